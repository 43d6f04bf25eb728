"""SignOff to ``readiness.html``: the one self-contained page from which a reviewer decides."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pytest_orr import phases
from pytest_orr.model import OWNERS, SEVERITIES, Outcome

from . import coming, engine, exceptions, notes, outline, weakenings, words
from .markdown_signatures import unsigned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_orr.model import Finding, Review, SignOff

FILE_NAME = "readiness.html"
TEMPLATE = "readiness.html.j2"
PIECES = (
    "readiness.css",
    "readiness.js",
    "symbols.html.j2",
    "pieces.html.j2",
    "picture.html.j2",
    "remarks.html.j2",
    "coming.html.j2",
    "filters.html.j2",
    "item.html.j2",
    "rests_on.html.j2",
)
"""What the template is put together from."""
MET = frozenset({Outcome.PASS, Outcome.ATTESTED, Outcome.NOT_APPLICABLE})
"""Findings that nobody must read; the others are shown first."""
WORST_FIRST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PENDING, Outcome.MISSING, Outcome.WAIVED)
BLOCKING = ("fail", "unknown", "pending", "missing")
FIRST_ACTIONS = 6
"""Actions that a reader sees without opening anything."""
FACE_COLUMNS = 20
"""Items in one row of a section's picture."""
AT_ONCE = 100
"""Findings that an open item shows; each hundred more waits until it is asked for."""


def render(signoff: SignOff) -> str:
    """Return the page: whole without its script, nothing loaded, every text escaped."""
    review = signoff.review
    template = engine.environment().get_template(TEMPLATE)
    return template.render(
        review=review,
        verdict=signoff.verdict,
        tally=outline.tally(signoff),
        parts=outline.parts(review),
        exempted=exceptions.exempted(review),
        signers=[words.signer(line.role) for line in unsigned(review.provenance.signing)],
        choices=choices(review),
        fix_of=outline.fix_of,
        open_findings=open_findings,
        met_findings=met_findings,
        chunks=chunks,
        alike=alike,
        coming=coming,
        phases=phases,
        notes=notes,
        weakenings=weakenings,
        blocking=BLOCKING,
        first_actions=FIRST_ACTIONS,
        face_columns=FACE_COLUMNS,
        at_once=AT_ONCE,
    )


def prepare() -> None:
    """Compile the page's templates, which the engine then keeps."""
    engine.prepare(TEMPLATE, *PIECES)


def open_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what a reader must see, worst first; within an outcome as the item reported it."""
    unmet = [finding for finding in findings if finding.outcome not in MET]
    return tuple(sorted(unmet, key=lambda finding: WORST_FIRST.index(finding.outcome)))


def met_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what held, in the item's order: thousands of lines that nobody must read."""
    return tuple(finding for finding in findings if finding.outcome in MET)


def chunks(findings: Sequence[Finding]) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Yield findings by the hundred, each with what it holds: ``101 to 200: FAIL, UNKNOWN``."""
    for start in range(0, len(findings), AT_ONCE):
        chunk = findings[start : start + AT_ONCE]
        names = ", ".join(words.OUTCOME_WORDS[one] for one, _ in alike(chunk))
        yield f"{start + 1} to {start + len(chunk)}: {names}", chunk


def alike(findings: Iterable[Finding]) -> Iterator[tuple[Outcome, Iterator[Finding]]]:
    """Yield findings that stand together with one outcome, and that outcome."""
    return groupby(findings, lambda finding: finding.outcome)


def choices(review: Review) -> dict[str, tuple[str, ...]]:
    """Return by what items can be told apart: only values that occur, in their usual order."""
    items = review.items
    outcomes, owners, severities = (
        {item.outcome.value for item in items},
        {item.spec.owner for item in items},
        {item.spec.severity for item in items},
    )
    return {
        "outcome": tuple(one.value for one in Outcome if one.value in outcomes),
        "owner": tuple(one for one in OWNERS if one in owners),
        "severity": tuple(one for one in SEVERITIES if one in severities),
    }
