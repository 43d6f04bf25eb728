"""SignOff to the summary that ends a run in the terminal: grouped by remedy, then what failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import section_to_declare
from pytest_orr.model import SEVERITIES, Outcome, VerdictWord
from pytest_orr.phases import later

from . import coming, escape, outline, weakenings
from .missing_settings import FILL_IN, first_setting
from .words import NOBODY, OUTCOME_WORDS, VERDICT_WORDS, banners, caller, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.model import (
        Action,
        AwsCaller,
        Finding,
        ItemResult,
        Review,
        SignOff,
        Verdict,
        Weakening,
    )

MOST_GROUPS = 8
MOST_FAILURES = 10
MOST_CALLERS = 4
MOST_WEAKENINGS = 4
MOST_NOTES = 4
QUESTION = "question"
WIDEST = 300
"""Characters of one line; a resource may have a name of a megabyte."""
REASON = 100
"""Characters of why a single item waits, so that the remedy behind it fits."""
OUTCOME_STYLES = {
    Outcome.PASS: "green",
    Outcome.ATTESTED: "green",
    Outcome.NOT_APPLICABLE: "",
    Outcome.WAIVED: "purple",
    Outcome.PENDING: "yellow",
    Outcome.UNKNOWN: "yellow",
    Outcome.FAIL: "red",
    Outcome.MISSING: "yellow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line for the terminal writer."""

    text: str
    style: str = ""
    """One of the terminal writer's markup words, or none."""


def summary(signoff: SignOff, *, verbose: bool, report_path: str) -> tuple[Line, ...]:
    """Return what a person reads last: what waits, what failed, the verdict, and the page.

    ``verbose`` adds every item with its findings in front.
    """
    return (
        *(_findings(signoff) if verbose else ()),
        *_waiting(signoff),
        *_asked(signoff.verdict.actions),
        *_failed(signoff.review.items),
        *_weakened(signoff.review.weakenings),
        *_notices(signoff),
        *_coming(signoff.review),
        *_callers(signoff.review.provenance.callers),
        _verdict(signoff.verdict),
        Line(text=f"report: {_shown(report_path)}"),
    )


def _waiting(signoff: SignOff) -> Iterator[Line]:
    groups: dict[tuple[Outcome, str], list[Action]] = {}
    for action in signoff.verdict.actions:
        if action.outcome is not Outcome.FAIL and not action.note:
            what = FILL_IN if section_to_declare(action.what) else action.what
            groups.setdefault((action.outcome, what), []).append(action)
    told = sorted(groups.items(), key=lambda pair: pair[0][1] != FILL_IN)
    for (outcome, what), together in told[:MOST_GROUPS]:
        ids = {one for action in together for one in action.items}
        needed = first_setting(signoff.review.items, ids) if what == FILL_IN else what
        line = f"{_told(signoff.review, outcome, ids, needed)} ({_whose(together)})"
        yield _line(line, OUTCOME_STYLES[outcome])
    if rest := told[MOST_GROUPS:]:
        items = sum(_items(together) for _, together in rest)
        yield Line(text=f"… and {count(items, 'item')} more in the page")


def _told(review: Review, outcome: Outcome, ids: set[str], what: str) -> str:
    """Say what items wait for; of a single one besides which and why: a remedy may say `it`."""
    word = OUTCOME_WORDS[outcome]
    if len(ids) > 1:
        return f"{count(len(ids), 'item')} {word}: {what}"
    [item] = (one for one in review.items if one.spec.id in ids)
    why = "" if item.reason == what else f"{_cut(item.reason, REASON)}; "
    return f"{word} {item.spec.severity} {item.spec.id}: {why}{what}"


def _whose(together: Iterable[Action]) -> str:
    owners: dict[str, list[Action]] = {}
    for action in together:
        owners.setdefault(action.owner, []).append(action)
    return _owners([*owners.values()])


def _owners(owners: list[list[Action]]) -> str:
    """Return whose items they are, and the people; those who stand for several roles once."""
    roles: dict[tuple[str, ...], list[str]] = {}
    for several in owners:
        share = "" if len(owners) == 1 else f" {_items(several)}"
        people = tuple(dict.fromkeys(person for action in several for person in action.people))
        roles.setdefault(people, []).append(f"{several[0].owner}{share}")
    return "; ".join(
        f"{', '.join(told)}: {', '.join(people) or NOBODY}" for people, told in roles.items()
    )


def _items(together: Iterable[Action]) -> int:
    return sum(len(action.items) for action in together)


def _asked(actions: Iterable[Action]) -> Iterator[Line]:
    asked = [action for action in actions if action.note]
    for action in sorted(asked, key=lambda one: one.note == QUESTION)[:MOST_NOTES]:
        about = f"{action.items[0]}; " if action.items else ""
        who = ", ".join(action.people) or NOBODY
        style = "" if action.note == QUESTION else "red"
        yield _line(f"{action.what} ({about}{action.owner}: {who})", style)
    if rest := asked[MOST_NOTES:]:
        yield Line(text=f"… and {count(len(rest), 'note')} more in the page")


def _failed(items: Iterable[ItemResult]) -> Iterator[Line]:
    failed = sorted(
        (item for item in items if item.outcome is Outcome.FAIL and item.gated),
        key=lambda item: (SEVERITIES.index(item.spec.severity), item.spec.position, item.spec.id),
    )
    for item in failed[:MOST_FAILURES]:
        yield _line(f"FAIL {item.spec.severity} {item.spec.id}: {item.reason}", "red")
    if rest := failed[MOST_FAILURES:]:
        yield Line(text=f"… and {len(rest)} more in the page", style="red")


def _notices(signoff: SignOff) -> Iterator[Line]:
    told = banners(signoff.review)
    yield from (_line(banner, "red") for banner in told)
    if others := [one.text for one in signoff.review.notices if one.text not in told]:
        yield _line(f"{count(len(others), 'notice')} in the page, first: {others[0]}")


def _weakened(several: tuple[Weakening, ...]) -> Iterator[Line]:
    for one in several[:MOST_WEAKENINGS]:
        yield _line(weakenings.line(one), "yellow")
    if rest := several[MOST_WEAKENINGS:]:
        yield Line(text=f"… and {count(len(rest), 'weaker limit')} more in the page")


def _coming(review: Review) -> Iterator[Line]:
    yield from (_line(coming.phase_line(due)) for due in later(review))
    yield from map(_line, coming.ending_lines(review))


def _callers(callers: tuple[AwsCaller, ...]) -> Iterator[Line]:
    for one in callers[:MOST_CALLERS]:
        yield _line(caller(one), "red" if one.width == "wide" else "")
    if rest := callers[MOST_CALLERS:]:
        yield Line(text=f"… and {count(len(rest), 'account')} more in the page")


def _verdict(verdict: Verdict) -> Line:
    scores = (
        f"raw {verdict.raw.met} of {verdict.raw.of},"
        f" adjusted {verdict.adjusted.met} of {verdict.adjusted.of}"
    )
    ready = verdict.word in {VerdictWord.READY, VerdictWord.READY_WITH_WAIVERS}
    text = f"{VERDICT_WORDS[verdict.word]}: {verdict.reason} ({scores})"
    return _line(text, "green" if ready else "red")


def _findings(signoff: SignOff) -> Iterator[Line]:
    for part in outline.parts(signoff.review):
        for section in part.sections:
            for item in section.items:
                text = f"{OUTCOME_WORDS[item.outcome]} {item.spec.id}: {item.reason}"
                yield _line(text, OUTCOME_STYLES[item.outcome])
                yield from map(_finding, item.findings)


def _finding(finding: Finding) -> Line:
    said = "; ".join(text for text in (finding.detail, finding.remedy) if text)
    tail = f": {said}" if said else ""
    return _line(f"    {OUTCOME_WORDS[finding.outcome]} {finding.subject}{tail}")


def _line(text: str, style: str = "") -> Line:
    return Line(text=_shown(text), style=style)


def _shown(text: str) -> str:
    return escape.visible(_cut(text, WIDEST))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
