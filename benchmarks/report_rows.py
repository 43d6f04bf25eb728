"""The rows of the report's benchmark, and the process that writes them and tells how long it took.

``page N FILE`` writes the product's page, ``plain N FILE`` as much text without a table. The time
printed is that of rendering and writing alone.
"""

from __future__ import annotations

import sys
import time
from hashlib import sha256
from html import escape
from pathlib import Path

from pytest_orr.judge import decide
from pytest_orr.model import (
    Evidence,
    FactSeen,
    Finding,
    ItemResult,
    ItemSpec,
    Outcome,
    Provenance,
    Release,
    Review,
    RunBlock,
    SignOff,
    StatementUsed,
)
from pytest_orr.publish.files import write_whole
from pytest_orr.render import html

ITEMS = 76
EVERY_FAILING = 10
INSTANT = "2026-11-20T09:30:00Z"
Row = tuple[str, bool, str]
"""Subject, whether it holds, and what was seen."""


def rows(count: int) -> list[Row]:
    """Return as many findings as are asked for, every tenth of them failing."""
    return [
        (
            f"arn:aws:ec2:eu-central-1:123456789012:security-group/sg-{digest(number)[:17]}",
            number % EVERY_FAILING > 0,
            f"tcp 443 from 10.0.{number % 256}.0/24, attached to eni-{digest(-number)[:17]}",
        )
        for number in range(count)
    ]


def digest(number: int) -> str:
    """Return a digest that belongs to a number."""
    return sha256(str(number).encode()).hexdigest()


def signoff(found: list[Row]) -> SignOff:
    """Spread findings over as many items as the checklist has, each with facts and evidence."""
    size = -(-len(found) // ITEMS)
    items = [item(n, found[n * size : (n + 1) * size]) for n in range(-(-len(found) // size))]
    review = Review(
        service="explorer",
        environment="production",
        release=Release(commit=digest(0)[:40]),
        phase="launch",
        run=RunBlock(id="run", started=INSTANT, as_of=INSTANT, tool="pytest-orr", suite=digest(1)),
        provenance=Provenance(
            profile_sha256=digest(2),
            attestations_sha256=digest(3),
            waivers_sha256=digest(4),
            policy_sha256=digest(5),
            facts_sha256=digest(6),
        ),
        people=(),
        items=tuple(items),
    )
    return SignOff(review=review, verdict=decide(review))


def item(number: int, found: list[Row]) -> ItemResult:
    """Return an item with what was found, a statement with evidence, and the facts' digests."""
    findings = tuple(
        Finding(subject=subject, outcome=Outcome.PASS if holds else Outcome.FAIL, detail=detail)
        for subject, holds, detail in found
    )
    statement = StatementUsed(
        statement="Looked through by Ana with the list of the last release beside it.",
        by="ana@example.org",
        confirmed="bo@example.org",
        on="2026-11-02",
        until="2027-01-31",
        release="any",
        covers="question",
        evidence=(
            Evidence(
                kind="report", ref="evidence/list.md", sha256=digest(number), dated="2026-11-02"
            ),
        ),
    )
    return ItemResult(
        spec=spec(number),
        outcome=Outcome.FAIL,
        gated=True,
        reason=f"{len(found)} groups seen",
        remedy="close what is open to more than it must be",
        findings=findings,
        facts=(
            FactSeen(
                name="security_groups",
                source="AWS ec2",
                digest=digest(number),
                observed=True,
                operations=("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"),
            ),
        ),
        attestation=statement,
    )


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
        phase="build",
        owner="platform",
        why="Whatever is open will be found.",
        fix="Close what nobody declared.",
        question="Which groups are open to whom?",
        evidence_kind="capture",
        valid_for=90,
        facts=("security_groups",),
        class_as_built="automatic",
        stamp="baseline",
        file="test_network_security.py",
        function=f"test_item_{number:02}",
    )


def plain(found: list[Row]) -> str:
    """Return the same rows as nothing but text: the least that a browser can be given."""
    lines = "\n".join(
        f"{'PASS' if holds else 'FAIL'} {subject} {detail}" for subject, holds, detail in found
    )
    return f"<!doctype html>\n<title>rows</title>\n<pre>{escape(lines)}</pre>\n"


def main(how: str, count: str, path: str) -> None:
    """Write a page and print how many seconds it took."""
    found = rows(int(count))
    made = signoff(found)
    html.prepare()
    began = time.perf_counter()
    text = html.render(made) if how == "page" else plain(found)
    write_whole(Path(path), text.encode())
    print(f"written {time.perf_counter() - began:.6f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
