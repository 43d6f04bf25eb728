"""SignOff to ``signoff.md``: the document that is read in a merge request and signed on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import Outcome

from . import coming, outline, weakenings
from .escape import markdown, markdown_code
from .exceptions import WAIVED, exempted
from .markdown_conditions import asked, conditions
from .markdown_signatures import signatures, unsigned
from .markdown_table import table
from .words import (
    NOBODY,
    OUTCOME_WORDS,
    VERDICT_WORDS,
    banners,
    caller,
    count,
    instant,
    sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_orr.model import ItemResult, Review, SignOff

    from .markdown_signatures import SignatureLine

FILE_NAME = "signoff.md"
SAID_BY = {
    Outcome.PASS: "a machine",
    Outcome.ATTESTED: "a person",
    Outcome.WAIVED: "a waiver",
    Outcome.NOT_APPLICABLE: "the profile",
    Outcome.PENDING: "nobody yet",
    Outcome.UNKNOWN: "nobody yet",
    Outcome.MISSING: "nobody yet",
}


def render(signoff: SignOff, signed: Sequence[SignatureLine] | None = None) -> str:
    """Return the sign-off document, from its scope to the lines for signatures.

    ``signed`` are those lines, once somebody has put a key under the statement.
    """
    review = signoff.review
    blocks = (
        f"# Launch readiness: {markdown(review.service)}, {markdown(review.environment)}",
        *(f"**{markdown(sentence(banner))}**" for banner in banners(review)),
        *_scope(review),
        *_decision(signoff),
        *conditions(review),
        *asked(review),
        *_exceptions(review),
        *weakenings.in_markdown(review),
        *_actions(signoff),
        *coming.in_markdown(review),
        *_notices(review),
        *_results(review),
        *_statements(review),
        *_provenance(review),
        *signatures(signed or unsigned(review.provenance.signing)),
    )
    return "\n\n".join(blocks) + "\n"


def _scope(review: Review) -> Iterator[str]:
    release, run = review.release, review.run
    first = " (first launch)" if release.first else ""
    yield "## Scope"
    yield (
        f"Whether {markdown(review.service)} may be launched in {markdown(review.environment)}."
        " What follows holds for this release, these accounts and this run alone."
    )
    yield table(
        ("What", "Which"),
        (
            ("Service", markdown(review.service)),
            ("Environment", markdown(review.environment)),
            ("Release", markdown_code(release.commit) + first),
            *(("Image", markdown_code(image)) for image in release.images),
            ("Phase", markdown(review.phase)),
            ("Accounts", markdown(", ".join(review.provenance.accounts)) or "none"),
            ("Regions", markdown(", ".join(review.provenance.regions)) or "none"),
            *(("Asked by", markdown(caller(one))) for one in review.provenance.callers),
            ("Run", markdown_code(run.id)),
            ("Judged as of", markdown(instant(run.as_of))),
            ("Started", markdown(instant(run.started))),
            ("Checked by", markdown(run.tool)),
            ("Suite, SHA-256", markdown_code(run.suite)),
            *([("Only a selection", markdown(review.selection))] if review.selection else []),
        ),
    )


def _decision(signoff: SignOff) -> Iterator[str]:
    verdict, tally = signoff.verdict, outline.tally(signoff)
    yield "## Decision"
    yield f"**{VERDICT_WORDS[verdict.word]}.** {markdown(sentence(verdict.reason))}"
    yield (
        f"Raw score {verdict.raw.met} of {verdict.raw.of};"
        f" adjusted score {verdict.adjusted.met} of {verdict.adjusted.of}"
        " (waived items counted, items that are not applicable left out)."
    )
    yield (
        f"A machine saw {count(tally.machine, 'pass', 'passes')}, a person said"
        f" {tally.person}; {tally.waived} waived, {tally.not_applicable} not applicable,"
        f" {count(tally.modified, 'check')} modified."
    )


def _exceptions(review: Review) -> Iterator[str]:
    rows = [
        (
            markdown_code(one.item),
            one.kind,
            markdown(one.reason),
            ", ".join(filter(None, (markdown(one.by), markdown(one.holds))))
            or "whoever signs below",
        )
        for one in exempted(review)
        if one.kind != WAIVED
    ]
    head = ("Item", "Exception", "Reason", "Approved by")
    yield "## Exceptions"
    yield table(head, rows) if rows else "None: every item applies, every check is as published."


def _actions(signoff: SignOff) -> Iterator[str]:
    lines = [
        f"{number}. {markdown(sentence(action.what))} {action.severity.capitalize()},"
        f" {OUTCOME_WORDS[action.outcome]}. Owner: {markdown(action.owner)}"
        f" ({markdown(', '.join(action.people)) or NOBODY})."
        f" Items: {', '.join(map(markdown_code, action.items)) or 'the whole review'}."
        + (f" How to mend it: {markdown(sentence(fix))}" if fix else "")
        for number, action in enumerate(signoff.verdict.actions, start=1)
        for fix in [outline.fix_of(action, signoff.review)]
    ]
    yield "## Open actions"
    yield "\n".join(lines) or "None."


def _notices(review: Review) -> Iterator[str]:
    if review.notices:
        yield "## Notices"
        yield "\n".join(
            f"- {markdown(sentence(notice.text))}"
            + (f" Item: {markdown_code(notice.item)}." if notice.item else "")
            for notice in review.notices
        )


def _results(review: Review) -> Iterator[str]:
    parts = outline.parts(review)
    sections = [section for part in parts for section in part.sections]
    yield "## Results"
    yield table(
        ("Section", "Items", "Outcomes"),
        ((markdown(one.title), str(len(one.items)), _counted(one)) for one in sections),
    )
    for part in parts:
        yield f"### {markdown(part.title)}"
        for section in part.sections:
            yield f"#### {markdown(section.title)}"
            head = ("Outcome", "Item", "Title", "Severity", "Owner", "Said by", "Why this outcome")
            yield table(head, map(_result, section.items))


def _counted(section: outline.Section) -> str:
    return ", ".join(f"{number} {OUTCOME_WORDS[word]}" for word, number in section.counts)


def _result(item: ItemResult) -> tuple[str, ...]:
    spec = item.spec
    preview = "" if item.gated else " (preview)"
    return (
        f"**{OUTCOME_WORDS[item.outcome]}**{preview}",
        markdown_code(spec.id),
        markdown(spec.title),
        spec.severity,
        markdown(spec.owner),
        SAID_BY.get(item.outcome, "a person" if spec.class_as_built == "person" else "a machine"),
        markdown(item.reason),
    )


def _statements(review: Review) -> Iterator[str]:
    rows = [
        (
            markdown_code(item.spec.id),
            markdown(used.statement),
            markdown(used.by)
            + (f", confirmed by {markdown(used.confirmed)}" * bool(used.confirmed))
            + f"<br>{markdown(used.brought or used.authorship)}",
            f"{markdown(used.on)} to {markdown(used.until)}",
            markdown_code(used.release),
            "<br>".join(
                f"{markdown(seen.kind)} {markdown_code(seen.ref)}, {markdown(seen.dated)}"
                + (f", SHA-256 {markdown_code(seen.sha256)}" if seen.sha256 else "")
                for seen in used.evidence
            ),
            "<br>".join(map(markdown, used.corroborated)) or "nothing",
        )
        for item, used in outline.stated(review)
    ]
    head = ("Item", "Statement", "By", "Holds", "Release", "Evidence", "Seen by machine")
    yield "## Statements and evidence"
    yield table(head, rows) if rows else "No statements."


def _provenance(review: Review) -> Iterator[str]:
    bound = review.provenance
    digests = (
        ("readiness.toml", bound.profile_sha256),
        ("attestations.toml", bound.attestations_sha256),
        ("waivers.toml", bound.waivers_sha256),
        ("policy.toml", bound.policy_sha256),
        ("review-notes.toml", bound.notes_sha256),
        ("the organisation's file", bound.organisation_sha256),
        ("facts.json", bound.facts_sha256),
    )
    yield "## What this rests on"
    yield table(
        ("File", "SHA-256"),
        ((markdown_code(name), markdown_code(digest) or "absent") for name, digest in digests),
    )
