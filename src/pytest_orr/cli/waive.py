"""``orr waive``: permission to launch in spite of a finding, asked for, judged and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.standing import waiver_standing
from pytest_orr.render.escape import visible_lines
from pytest_orr.writing.changes import WouldBeRefused, tables_of, with_changed, with_table
from pytest_orr.writing.edits import Table

from .asking import Asking, Declined, WrongUse, interruptible, on_terminal, require, say
from .case import case_of, declare_case
from .item_shown import show_item
from .waiver_asked import asked_waiver, covered
from .waivers_listed import show_waivers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from pytest_orr.model import ItemSpec
    from pytest_orr.writing.changes import Change

    from .case import Case

FILE, NAME = "waivers.toml", "waiver"
FLAGS = (
    ("--resource", "NAME", "only this finding of the item (default by flags: all of them)"),
    ("--reason", "TEXT", "why"),
    ("--requester", "EMAIL", "who asks for it (default on a terminal: git's user.email)"),
    ("--approver", "EMAIL", "another person, with the role approver or principal-engineer"),
    ("--expires", "DATE", "last day on which it holds (default: as long as the policy allows)"),
    ("--action", "TEXT", "what will be done about it"),
    ("--action-owner", "EMAIL", "who does that"),
    ("--action-due", "DATE", "by when"),
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", nargs="?", default="", help="id of the item")
    parser.add_argument(
        "--list", action="store_true", help="print each waiver and whether it counts"
    )
    declare_case(parser)
    about = "Without these flags they are asked on a terminal."
    asked = parser.add_argument_group("the waiver", description=about)
    for flag, metavar, text in FLAGS:
        asked.add_argument(flag, metavar=metavar, default="", help=text)
    asked.add_argument("--again", action="store_true", help="put it in the place of another")
    asked.add_argument("--yes", action="store_true", help="write it without asking once more")


def run(arguments: argparse.Namespace) -> int:
    """Write one waiver, or list all; return 0 when that was done."""
    if bool(arguments.id) == arguments.list:
        raise WrongUse("name one item, or give --list")
    with interruptible():
        case = case_of(arguments)
        if arguments.list:
            return show_waivers(case)
        _waive(case.item(arguments.id), case, Asking(is_terminal=on_terminal()), arguments)
    return 0


def _waive(spec: ItemSpec, case: Case, asking: Asking, flags: argparse.Namespace) -> None:
    _refuse_unwaivable(spec, case)
    tables_of(case.place, FILE, NAME)  # what cannot be written is told before anything is asked
    if not asking.is_terminal:
        require(_needed(flags), what=f"orr waive {spec.id}")
    show_item(spec, case)
    values = asked_waiver(spec, case, asking, flags)
    table = _table_of(spec, case, values.get("resource", ""))
    if table:
        _replacing(spec, asking, again=flags.again)
    change = (
        with_changed(case.place, FILE, table, values)
        if table
        else with_table(case.place, FILE, NAME, values)
    )
    print(f"\n{visible_lines(change.shown)}")
    _refuse_what_would_not_count(spec, case, change, values)
    _tell_what_it_covers(spec, case, values)
    path = change.original.path
    if not asking.agrees(f"Write this to {path}?", flag="--yes", given=flags.yes):
        raise Declined("Nothing was written.")
    change.make()
    say(f"Written to {path}. Commit it; `pytest readiness/` judges it.")


def _replacing(spec: ItemSpec, asking: Asking, *, again: bool) -> None:
    """Go on only if somebody wants another waiver in the place of the one that is there."""
    if not (again or asking.is_terminal):
        told = f"{spec.id} has such a waiver; --again puts another in its place"
        raise WrongUse(f"{told}. Nothing was written.")
    if not asking.agrees("Put it in the place of the one there?", flag="--again", given=again):
        raise Declined("It stays as it is.")


def _needed(flags: argparse.Namespace) -> tuple[tuple[str, object], ...]:
    action = (("--action-owner", flags.action_owner), ("--action-due", flags.action_due))
    return (
        ("--reason", flags.reason),
        ("--requester", flags.requester),
        ("--approver", flags.approver),
        *(action if flags.action else ()),
        ("--yes", flags.yes),
    )


def _refuse_unwaivable(spec: ItemSpec, case: Case) -> None:
    if spec.id in case.written.policy.gate.unwaivable:
        where = case.written.layers.origin_of("gate.unwaivable")
        told = f"{where}: gate.unwaivable names {spec.id}, so nobody can waive it: {spec.fix}"
        raise InvalidInput((told,))


def _table_of(spec: ItemSpec, case: Case, resource: str) -> Table | None:
    names = {spec.id, *spec.aliases}
    for place, one in enumerate(tables_of(case.place, FILE, NAME)):
        if str(one["item"]).strip() in names and str(one.get("resource", "")).strip() == resource:
            return Table(name=NAME, place=place)
    return None


def _refuse_what_would_not_count(
    spec: ItemSpec, case: Case, change: Change, values: Mapping[str, Any]
) -> None:
    written = change.written
    resource = values.get("resource")
    waiver = next(one for one in written.waivers_of(spec.id) if one.resource == resource)
    judged = waiver_standing(spec, waiver, written=written, as_of=case.as_of)
    if not judged.in_force:
        raise WouldBeRefused((f"{change.original.path}: {judged.reason}; {judged.remedy}",))


def _tell_what_it_covers(spec: ItemSpec, case: Case, values: Mapping[str, Any]) -> None:
    found = covered(spec, case, values.get("resource"))
    if not found:
        say("It covers no finding of the last run: what is unknown, no waiver covers.")
    for one in found:
        say(f"covers {one.outcome.value} {one.subject}", indent="  ")
