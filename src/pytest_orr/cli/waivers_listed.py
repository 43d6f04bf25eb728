"""``orr waive --list``: each waiver, whether it counts, and whether the last run needed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import Outcome
from pytest_orr.profile.standing import waiver_standing

from .asking import say
from .waiver_asked import covered

if TYPE_CHECKING:
    from pytest_orr.profile.schema import Waiver

    from .case import Case


def show_waivers(case: Case) -> int:
    """Print every waiver with its standing; return 0."""
    for waiver in case.written.waivers:
        standing, why = _standing(waiver, case)
        resource = f"  {waiver.resource}" if waiver.resource else ""
        say(f"{waiver.item}{resource}: {standing}, until {waiver.expires}")
        for told in (why, f"{waiver.reason} (approved by {waiver.approver})"):
            if told:
                say(told, indent="  ")
        if waiver.action:
            action = waiver.action
            say(f"To do: {action.what} ({action.owner}, by {action.due})", indent="  ")
    number = len(case.written.waivers)
    say(f"{number} waiver{'' if number == 1 else 's'} in {case.place.path_of('waivers.toml')}.")
    return 0


def _standing(waiver: Waiver, case: Case) -> tuple[str, str]:
    spec = next(one for one in case.place.items if one.id == waiver.item)
    judged = waiver_standing(spec, waiver, written=case.written, as_of=case.as_of)
    if not judged.in_force:
        return judged.force.value, f"{judged.reason}; {judged.remedy}"
    seen = case.seen(spec)
    if seen is None or seen.outcome is Outcome.MISSING:
        return _in_force(judged.notice), "No run shows whether it is needed."
    if covered(spec, case, waiver.resource):
        return _in_force(judged.notice), ""
    if waiver.resource and waiver.resource not in {one.subject for one in seen.findings}:
        return "unmatched", "No finding of the last run is about what it names."
    return "not needed", f"The last run's outcome was {seen.outcome.value} without it."


def _in_force(notice: str) -> str:
    return "expires soon" if notice else "in force"
