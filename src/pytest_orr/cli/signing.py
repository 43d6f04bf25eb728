"""A proposal that an item does not apply, signed by somebody who may: shown, judged, agreed to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.standing import APPROVING, not_applicable_standing
from pytest_orr.render.escape import visible_lines
from pytest_orr.writing.changes import PROFILE, WouldBeRefused, tables_of, with_changed
from pytest_orr.writing.edits import Table

from .asking import Declined, Question, require, say
from .item_shown import show_item

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.schema import NotApplicable
    from pytest_orr.writing.changes import Change

    from .asking import Asking
    from .case import Case
    from .statement_asked import Given

NAME = "not_applicable"


def proposed(spec: ItemSpec, case: Case) -> NotApplicable | None:
    """Return the proposal that an item does not apply, if nobody has agreed to it yet."""
    declared = case.written.not_applicable(spec.id)
    return declared if declared and declared.approver is None else None


def signers(declared: NotApplicable, case: Case) -> tuple[str, ...] | None:
    """Return who may agree to a proposal; ``None`` for one that would be void all the same."""
    able = case.having(*APPROVING)
    signed = [replace(declared, approver=one, on=case.as_of) for one in able]
    judged = [not_applicable_standing(one, written=case.written) for one in signed]
    return None if judged and not judged[0].in_force else able


def sign(spec: ItemSpec, case: Case, asking: Asking, given: Given, *, head: str = "") -> Case:
    """Show a proposal to somebody who may agree, and write that they do."""
    if not asking.is_terminal:
        needed = (("--confirm EMAIL", given.confirm), ("--yes", given.yes))
        require(needed, what=f"orr attest {spec.id}")
    show_item(spec, case, head=head)
    table = _table_of(spec, case)
    written = tables_of(case.place, PROFILE, NAME)[table.place]
    say()
    say(f"It is proposed that this does not apply ({written['reason']}):")
    say(str(written["text"]), indent="  ")
    email = asking.ask(_who(case, given))
    values = {**written, "approver": email, "on": case.as_of}
    change = with_changed(case.place, PROFILE, table, values)
    print(f"\n{visible_lines(change.shown)}")
    _refuse_what_would_not_count(spec, change)
    if not asking.agrees(f"Write this to {change.original.path}?", flag="--yes", given=given.yes):
        raise Declined("Nothing was written.")
    change.make()
    say(f"Written to {change.original.path}.")
    return case.again()


def _who(case: Case, given: Given) -> Question[str]:
    return Question(
        label="Who agrees (e-mail)",
        flag="--confirm",
        read=case.person,
        given=given.confirm or "",
        enter=case.me or None,
    )


def _refuse_what_would_not_count(spec: ItemSpec, change: Change) -> None:
    declared = change.written.not_applicable(spec.id)
    assert declared is not None
    judged = not_applicable_standing(declared, written=change.written)
    if not judged.in_force:
        raise WouldBeRefused((f"{change.original.path}: {judged.reason}; {judged.remedy}",))


def _table_of(spec: ItemSpec, case: Case) -> Table:
    names = {spec.id, *spec.aliases}
    for place, one in enumerate(tables_of(case.place, PROFILE, NAME)):
        if str(one["item"]).strip() in names:
            return Table(name=NAME, place=place)
    raise InvalidInput((f"{case.file} does not say of {spec.id} itself that it does not apply",))
