"""The sign-off of the signing benchmark: a review of 76 items, its statement, who may sign it."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from pytest_orr.judge import decide
from pytest_orr.model import (
    Evidence,
    ItemResult,
    ItemSpec,
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
from pytest_orr.profile.signoff import Approver, ListedKey, SignoffRules
from pytest_orr.render import statement
from pytest_orr.sign.expected import Expected

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.profile.fields import Role

PEOPLE: dict[str, Role] = {"ana": "service", "ben": "principal-engineer", "cara": "security"}
ITEMS, ATTESTED = 76, 35
INSTANT = "2026-11-20T09:30:00Z"
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
COMMIT = sha256(b"commit").hexdigest()[:40]


def digest(name: str) -> str:
    """Return a digest that belongs to a name."""
    return sha256(name.encode()).hexdigest()


def payload() -> bytes:
    """Return what is signed."""
    signoff = SignOff(review=review(), verdict=decide(review()))
    text = statement.render(
        signoff, report_sha256=digest("report"), journal_sha256=digest("journal")
    )
    return text.encode()


def review() -> Review:
    """Return a review of as many items as the checklist has, nearly half of them attested."""
    return Review(
        service="explorer",
        environment="production",
        release=Release(commit=COMMIT),
        phase="launch",
        run=RunBlock(
            id="run", started=INSTANT, as_of=INSTANT, tool="pytest-orr", suite=digest("suite")
        ),
        provenance=Provenance(
            profile_sha256=digest("profile"),
            attestations_sha256=digest("attestations"),
            waivers_sha256=digest("waivers"),
            policy_sha256=digest("policy"),
            facts_sha256=digest("facts"),
            tool_sha256=digest("tool"),
            checklist_version="1.0",
            finished=INSTANT,
            signing=Signing(
                need=tuple(Need(role=role, people=1) for role in sorted(PEOPLE.values())),
                max_days=14,
                solo=False,
            ),
        ),
        people=(),
        items=tuple(map(item, range(ITEMS))),
    )


def item(number: int) -> ItemResult:
    """Return an item that a machine found good, or that a person has attested by two files."""
    said = StatementUsed(
        statement="Looked through by Ana with the list of the last release beside it.",
        by="ana@example.org",
        confirmed="ben@example.org",
        on="2026-11-02",
        until="2027-01-31",
        release="any",
        covers="question",
        evidence=tuple(map(evidence, (2 * number, 2 * number + 1))),
    )
    is_attested = number < ATTESTED
    return ItemResult(
        spec=spec(number),
        outcome=Outcome.ATTESTED if is_attested else Outcome.PASS,
        gated=True,
        reason="",
        remedy="",
        attestation=said if is_attested else None,
    )


def evidence(number: int) -> Evidence:
    """Return a file that a statement rests on."""
    name = f"evidence/{number}.md"
    return Evidence(kind="report", ref=name, sha256=digest(name), dated="2026-11-02", size=number)


def spec(number: int) -> ItemSpec:
    """Return what an item states of itself."""
    return ItemSpec(
        id=f"network.group.item-{number:02}",
        position=number,
        part="launch-checklist",
        section="network",
        section_title="Network security",
        title="No security group opens more than it must.",
        stated="security group hardening",
        severity="blocker",
        phase="launch",
        owner="platform",
        why="Whatever is open will be found.",
        fix="Close what nobody declared.",
        question="Which groups are open to whom?",
        evidence_kind="report",
        valid_for=90,
        facts=(),
        class_as_built="partly",
        stamp="baseline",
        file="test_network.py",
        function=f"test_{number}",
    )


def expected(keys: Path) -> Expected:
    """Return what a verifier demands, with the public keys of a folder."""
    people = tuple(
        Approver(
            email=f"{name}@example.org",
            roles=(role,),
            keys=(ListedKey(key=(keys / f"{name}.pub").read_text(encoding="utf-8").strip()),),
        )
        for name, role in PEOPLE.items()
    )
    return Expected(
        service="explorer",
        environment="production",
        accounts=(),
        regions=(),
        commit=COMMIT,
        images=(),
        checklist_version="1.0",
        checklist_sha256=digest("suite"),
        items={spec(number).id: "launch" for number in range(ITEMS)},
        phase="launch",
        rules=SignoffRules(approvers=people),
        policy_sha256=digest("policy"),
        longest_waiver={},
        may_approve=frozenset(),
        at=AT,
    )
