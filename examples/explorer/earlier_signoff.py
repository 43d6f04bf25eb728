"""Signs the example's release before off, as three people did in July: by keys that nobody keeps.

Run by ``bind.py``, which may change the commit of that release, or by itself, as a module. Each
state gets the sign-off and the policy of then; in the faulty one Eve's signature is one over
something else.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from examples.explorer.compute import EARLIER_IMAGE
from examples.explorer.repository import HERE, named
from pytest_orr.judge import decide
from pytest_orr.model import (
    ItemResult,
    Need,
    Outcome,
    Provenance,
    Release,
    Review,
    RunBlock,
    Signing,
    SignOff,
    StatementUsed,
)
from pytest_orr.render import statement
from pytest_orr.sign import envelope, sshsig
from pytest_orr.sign.envelope import NAMESPACE, PAYLOAD_TYPE, Envelope, Signature
from pytest_orr.ssh_keys.public_keys import read_line
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.model import ItemSpec

PEOPLE = {"ana": "service", "bo": "security", "eve": "principal-engineer"}
JUDGED, ENDED = "2026-07-14T18:00:00Z", "2026-07-14T18:04:31Z"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/explorer@"
SIGNOFF, POLICY = "signoff-v1.3.0.json", "policy-v1.3.0.toml"
HEAD = """\
# The platform's rules when v1.3.0 went: everybody has had another key since.

[signoff]
need     = {{ service = 1, principal-engineer = 1, security = 1 }}
max_days = 14
"""
APPROVER = """
[[signoff.approvers]]
email = "{name}@example.org"
roles = ["{role}"]
keys  = [{{ key = "{key}" }}]
"""


def main() -> None:
    """Sign, and write what was signed into both states."""
    with tempfile.TemporaryDirectory() as folder:
        keys = {name: _key(Path(folder) / name) for name in PEOPLE}
        policy = _policy(keys)
        payload = _payload(hashlib.sha256(policy).hexdigest())
        signed = {name: _signature(key, payload) for name, key in keys.items()}
        other = _signature(keys["eve"], payload.replace(b'"launch"', b'"plan"'))
    for state, signatures in {
        "repaired": signed,
        "faulty": {**signed, "eve": other},
    }.items():
        written = Envelope(
            payload=payload, payload_type=PAYLOAD_TYPE, signatures=tuple(signatures.values())
        )
        evidence = HERE / state / "evidence"
        (evidence / SIGNOFF).write_bytes(envelope.write(written))
        (evidence / POLICY).write_bytes(policy)


def _policy(keys: Mapping[str, Path]) -> bytes:
    people = (
        APPROVER.format(name=name, role=role, key=_public(keys[name]))
        for name, role in PEOPLE.items()
    )
    return "".join((HEAD.format(), *people)).encode()


def _payload(policy_sha256: str) -> bytes:
    suite = read(baseline(), fact_names=())
    review = Review(
        service="explorer",
        environment="production",
        release=Release(commit=named("previous"), images=(f"{IMAGE}{EARLIER_IMAGE}",)),
        phase="launch",
        run=RunBlock(
            id="51ce", started=JUDGED, as_of=JUDGED, tool="pytest-orr 0.1.0", suite=_of("suite")
        ),
        provenance=_provenance(policy_sha256),
        people=(),
        items=tuple(sorted(map(_result, suite.items), key=lambda one: one.spec.id)),
    )
    text = statement.render(
        SignOff(review=review, verdict=decide(review)),
        report_sha256=_of("page"),
        journal_sha256=_of("journal"),
    )
    return text.encode()


def _provenance(policy_sha256: str) -> Provenance:
    need = tuple(Need(role=role, people=1) for role in PEOPLE.values())
    return Provenance(
        profile_sha256=_of("profile"),
        attestations_sha256=_of("attestations"),
        waivers_sha256="",
        policy_sha256=policy_sha256,
        facts_sha256=_of("facts"),
        accounts=("123456789012",),
        regions=("eu-central-1",),
        checklist_version="0.1.0",
        tool_sha256=_of("tool"),
        finished=ENDED,
        authors=("finn@example.org",),
        signing=Signing(need=need, max_days=14, solo=False),
    )


def _result(spec: ItemSpec) -> ItemResult:
    """Say what became of an item then: a machine found it good, or Ana has stated it."""
    said = StatementUsed(
        statement="As it was in July.",
        by="ana@example.org",
        confirmed="bo@example.org",
        on="2026-07-13",
        until="2026-07-31",
        release="any",
        covers="question",
        evidence=(),
    )
    return ItemResult(
        spec=spec,
        outcome=Outcome.ATTESTED if spec.manual else Outcome.PASS,
        gated=True,
        reason="as it should be",
        remedy="",
        attestation=said if spec.manual else None,
    )


def _of(what: str) -> str:
    """Stand for the digest of something of then that nobody has any more."""
    return hashlib.sha256(f"{what} of v1.3.0".encode()).hexdigest()


def _key(path: Path) -> Path:
    _ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path))
    return path


def _public(key: Path) -> str:
    return key.with_suffix(".pub").read_text(encoding="utf-8").strip()


def _signature(key: Path, payload: bytes) -> Signature:
    said = envelope.pae(payload)
    signed = _ssh_keygen("-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE, said=said)
    fingerprint = read_line(_public(key)).fingerprint
    return Signature(keyid=fingerprint, blob=sshsig.unarmoured(signed.decode()))


def _ssh_keygen(*arguments: str, said: bytes = b"") -> bytes:
    return subprocess.run(  # noqa: S603 arguments of our own
        ["ssh-keygen", *arguments],  # noqa: S607 as a person would
        input=said,
        capture_output=True,
        check=True,
    ).stdout


if __name__ == "__main__":
    main()
