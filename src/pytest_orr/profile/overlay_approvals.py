"""What ``[[weakenings]]`` must hold: who let a service's value be weaker, which one, how long."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from .days import has_passed
from .documents import date_of
from .limits import direction_of, keys
from .mistakes import ANOTHER_DATE, ONE_OF_TWO, ORDER, Mistake, did_you_mean, show, show_key
from .overlay_values import approvals, value_at, written
from .standing import APPROVING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .overlay import Overlay
    from .overlay_values import Weaker

LONGEST = 180
"""Days that a weakening may last: as long as the longest waiver by default."""


def wrong_approvals(
    overlay: Overlay, as_of: dt.date, found: Mapping[str, Weaker]
) -> Iterator[Mistake]:
    """Yield what is wrong with the approvals; ``found`` are the weaker values by their keys."""
    seen: dict[str, int] = {}
    for path, entry in approvals(overlay):
        key = entry.get("key")
        if not isinstance(key, str):
            continue
        first = seen.setdefault(key.strip(), overlay.readiness.lines.line_of((*path, "key")))
        told = (
            *_about_the_key(overlay, key.strip(), found),
            *_about_the_value(entry, found.get(key.strip())),
            *_about_the_approver(overlay, entry.get("approver")),
            *_about_the_dates(entry, as_of),
        )
        if first != overlay.readiness.lines.line_of((*path, "key")):
            told = (("key", f"is {show(key)} again, as in line {first}: {ONE_OF_TWO}"), *told)
        for name, text in told:
            where = (*path, name)
            yield overlay.readiness.mistake(where, f"{show_key(where)} {text}")


def _about_the_key(
    overlay: Overlay, key: str, found: Mapping[str, Weaker]
) -> Iterator[tuple[str, str]]:
    if overlay.base is None:
        yield "key", f"is {show(key)}, but there is no [extends]: nothing is weakened; remove it"
    elif key in found:  # asked first: a name in it may have dots of its own
        return
    elif direction_of(tuple(key.split("."))) is None:
        near = did_you_mean(key, keys()) or "; name one that the organisation sets"
        yield "key", f"is {show(key)}, which is no limit{near}"
    else:
        yield "key", f"is {show(key)}, which is not weaker than the organisation's: remove it"


def _about_the_value(entry: Mapping[str, Any], one: Weaker | None) -> Iterator[tuple[str, str]]:
    approved = entry.get("value")
    if one is not None and approved is not None and not _same(approved, one.compared.ours):
        told = f"is {written(approved)}, but {one.key} is {written(one.compared.ours)} now"
        yield "value", f"{told}: have that approved"


def _same(approved: object, ours: object) -> bool:
    if isinstance(approved, list) and isinstance(ours, list):
        return {str(one).strip() for one in approved} == {str(one).strip() for one in ours}
    return type(approved) is type(ours) and approved == ours


def _about_the_approver(overlay: Overlay, approver: object) -> Iterator[tuple[str, str]]:
    people = approvers(overlay)
    if isinstance(approver, str) and approver not in people:
        whose = "the organisation's" if _of_the_organisation(overlay) else "the service's"
        roles = " or ".join(APPROVING)
        told = f"is {show(approver)}, who is none of {whose} people with the role {roles}"
        yield "approver", f"{told}: {', '.join(map(show, people)) or 'nobody has it'}"


def approvers(overlay: Overlay) -> tuple[str, ...]:
    """Return who may approve a weakening: the organisation's approvers, else the service's."""
    return _of_the_organisation(overlay) or _approving(
        value_at(overlay.readiness.values, ("service", "people"))
    )


def _of_the_organisation(overlay: Overlay) -> tuple[str, ...]:
    return _approving(overlay.base.values.get("people")) if overlay.base else ()


def _approving(people: object) -> tuple[str, ...]:
    entries = people if isinstance(people, list) else []
    return tuple(
        str(one.get("email"))
        for one in entries
        if isinstance(one, dict)
        and isinstance(one.get("roles"), list)
        and any(role in APPROVING for role in one["roles"])
    )


def _about_the_dates(entry: Mapping[str, Any], as_of: dt.date) -> Iterator[tuple[str, str]]:
    on, until = date_of(entry.get("on")), date_of(entry.get("until"))
    if on and on > as_of:
        yield "on", f"is {on}, which is in the future (judged as of {as_of}): {ANOTHER_DATE}"
    if on and until and until < on:
        yield "until", f"is {until}, before `on` ({on}): {ORDER}"
    elif on and until and (until - on).days > LONGEST:
        latest = on + dt.timedelta(days=LONGEST)
        yield "until", f"is {until}: a weakening lasts {LONGEST} days at most, until {latest}"
    if until and has_passed(until, as_of):
        told = f"is {until}: it has expired (judged as of {as_of})"
        yield "until", f"{told}; keep to the organisation's value, or have it approved again"
