"""A stored vector, read as any verifier would: the file, what its caller expects, the policy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import InvalidInput
from pytest_orr.model import ItemSpec
from pytest_orr.profile.load import load
from pytest_orr.sign import expected, verify

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_orr.profile.signoff import SignoffRules
    from pytest_orr.sign.expected import Expected

FOLDER = Path(__file__).parent
EXPECTED = "expected.json"
PROFILE = """\
[service]
name = "explorer"
environment = "production"

[[service.people]]
email = "eve@example.org"
name = "Eve"
roles = ["approver"]

[release]
commit = "3f2a9c1d5b"
"""
POLICY_REFUSED = "policy-refused"
"""Stands for a code where the policy itself must not be read."""
TUPLES = ("accounts", "regions", "images", "unwaivable", "may_approve", "authors")


@dataclass(frozen=True)
class Vector:
    """One folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def must_fail(self) -> bool:
        return self.name.endswith("_fail")

    @property
    def reason(self) -> str:
        """The code of the refusal; empty for what is good."""
        return self._text("reason") if self.must_fail else ""

    @property
    def roles(self) -> dict[str, str]:
        """Who fills which role, by e-mail."""
        return dict(json.loads(self._text("roles")))

    @cached_property
    def stated(self) -> dict[str, Any]:
        """What ``expected.json`` says."""
        return dict(json.loads(self._text(EXPECTED)))

    @property
    def about(self) -> str:
        return str(self.stated["about"])

    @property
    def kind(self) -> str:
        """``approval``, ``veto`` or ``results``."""
        return str(self.stated["kind"])

    @property
    def policy(self) -> bytes:
        return (self.folder / "policy.toml").read_bytes()

    def raw(self, name: str = "signoff.json") -> bytes:
        """Return a file's bytes, from its recipe if it is too large to be kept."""
        recipe = self.folder / "recipe.json"
        if name == "signoff.json" and recipe.is_file():
            return b"".join(text.encode() * times for text, times in json.loads(recipe.read_text()))
        return (self.folder / name).read_bytes()

    @property
    def veto(self) -> bytes | None:
        """The veto that lies beside the sign-off."""
        path = self.folder / "veto.json"
        return path.read_bytes() if path.is_file() else None

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8").strip()


def vectors() -> list[Vector]:
    """Return all that are stored, by name."""
    return [Vector(path.parent) for path in sorted(FOLDER.glob(f"*/{EXPECTED}"))]


class Policies:
    """Reads policies as a run does, beside a small profile; each text once."""

    def __init__(self, folder: Path) -> None:
        self._profile = folder / "readiness.toml"
        self._profile.write_text(PROFILE, encoding="utf-8")
        self._read: dict[tuple[bytes, tuple[str, ...]], SignoffRules] = {}

    def rules(self, policy: bytes, items: tuple[str, ...]) -> SignoffRules:
        """Return the rules; raises ``InvalidInput`` for a policy that must not be read."""
        if (policy, items) not in self._read:
            self._read[policy, items] = self._rules(policy, items)
        return self._read[policy, items]

    def _rules(self, policy: bytes, items: tuple[str, ...]) -> SignoffRules:
        specs = [_item(place, one) for place, one in enumerate(items)]
        instead = {"policy.toml": policy}
        written = load(self._profile, items=specs, as_of=date(2026, 11, 23), instead=instead)
        if written.policy.signoff is None:
            raise InvalidInput(("policy.toml names nobody who may approve",))
        return written.policy.signoff


@dataclass(frozen=True)
class Verifier:
    """What judges vectors: the product's modules, or others that stand for them."""

    verify: ModuleType
    expected: ModuleType


OURS = Verifier(verify, expected)


def judged(vector: Vector, policies: Policies, verifier: Verifier = OURS) -> dict[str, str]:
    """Verify a vector.

    Returns who fills which role, which is nobody unless it is an approval. Raises ``Refused``, or
    ``InvalidInput`` for the policy.
    """
    wanted = demanded(vector, policies, verifier)
    by = verifier.verify
    if vector.kind == "results":
        by.verify_results(vector.raw(), wanted, vector.stated["beside"])
        return {}
    if vector.kind == "veto":
        assert by.verify_veto(vector.raw(), wanted), "it is a veto of something else"
        return {}
    found = by.verify(vector.raw(), wanted)
    if vector.veto is not None and (veto := by.verify_veto(vector.veto, wanted)):
        by.refuse_vetoed(found.statement, veto)
    return {one.email: one.role for one in found.roles}


def demanded(vector: Vector, policies: Policies, verifier: Verifier = OURS) -> Expected:
    """Return what the verifier demands: what the vector states, and the policy beside it."""
    said = vector.stated["expected"]
    items = tuple(said["items"])
    made: Expected = verifier.expected.Expected(
        **{
            **said,
            **{name: tuple(said[name]) for name in TUPLES},
            "at": datetime.fromisoformat(said["at"]),
        },
        rules=policies.rules(vector.policy, items),
        policy_sha256=sha256(vector.policy).hexdigest(),
    )
    return made


def _item(place: int, name: str) -> ItemSpec:
    return ItemSpec(
        id=name,
        position=place + 1,
        part="service",
        section=name.partition(".")[0],
        section_title="",
        title="",
        stated="",
        severity="major",
        phase="launch",
        owner="service",
        why="",
        fix="",
        question="",
        evidence_kind="link",
        valid_for=90,
        class_as_built="automatic",
        stamp="local",
        file="test_items.py",
        function="test_item",
    )
