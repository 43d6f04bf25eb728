"""One item answered, or an answer confirmed: asked, judged, shown, agreed to, written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.errors import InvalidInput
from pytest_orr.model import Outcome
from pytest_orr.profile.standing import Force, statement_standing
from pytest_orr.render.escape import visible_lines
from pytest_orr.writing.changes import WouldBeRefused, tables_of, with_changed, with_table
from pytest_orr.writing.edits import Table
from pytest_orr.writing.second_persons import second_persons

from .asking import Declined, Question, WrongUse, require, say
from .item_shown import show_item, show_question, show_statement
from .statement_asked import asked_statement

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.schema import Statement
    from pytest_orr.writing.changes import Change

    from .asking import Asking
    from .case import Case
    from .statement_asked import Given

FILE, NAME = "attestations.toml", "attestation"


def answer(spec: ItemSpec, case: Case, asking: Asking, given: Given, *, head: str = "") -> Case:
    """Ask for an answer and write it; return what is written then."""
    if not asking.is_terminal:
        require(_needed(given), what=f"orr attest {spec.id}")
    show_item(spec, case, head=head)
    _refuse_not_applicable(spec, case)
    tables_of(case.place, FILE, NAME)  # what cannot be written is told before anything is asked
    show_question(spec)
    _replacing(spec, case, asking, again=given.again)
    values = asked_statement(spec, case, asking, given)
    table = _table_on(spec, case)
    change = (
        with_changed(case.place, FILE, table, values)
        if table
        else with_table(case.place, FILE, NAME, values)
    )
    return _settled(spec, case, change, asking, yes=given.yes)


def _needed(given: Given) -> tuple[tuple[str, object], ...]:
    return (
        ("--by", given.by),
        ("--statement", given.statement),
        ("--evidence KIND=REF@DATE", given.evidence),
        ("--yes", given.yes),
    )


def confirm(spec: ItemSpec, case: Case, asking: Asking, given: Given, *, head: str = "") -> Case:
    """Show a statement to a second person and add that they confirm it."""
    statement = case.written.statement_on(spec.id)
    table = _table_on(spec, case)
    assert statement is not None
    assert table is not None
    if not asking.is_terminal:
        require((("--confirm EMAIL", given.confirm), ("--yes", given.yes)), what="orr attest")
    show_item(spec, case, head=head)
    show_question(spec)
    show_statement(statement)
    who = Question(
        label="Who confirms (e-mail)",
        flag="--confirm",
        read=case.person,
        given=given.confirm or "",
        enter=case.me or None,
    )
    email = asking.ask(who)
    _refuse_confirmation(spec, case, statement, email)
    written = tables_of(case.place, FILE, NAME)[table.place]
    change = with_changed(case.place, FILE, table, _confirmed(written, email))
    return _settled(spec, case, change, asking, yes=given.yes)


def waits_for(spec: ItemSpec, case: Case) -> tuple[str, ...] | None:
    """Return who could confirm the statement on an item, if that alone is missing."""
    statement = case.written.statement_on(spec.id)
    if statement is None:
        return None
    return second_persons(spec, statement, written=case.written, as_of=case.as_of)


def _confirmed(written: Any, email: str) -> dict[str, Any]:
    """Return a table's values with who confirms behind who says it."""
    values: dict[str, Any] = {}
    for key, value in written.items():
        values[key] = value
        if key == "by":
            values["confirmed"] = email
    return {**values, "confirmed": email}


def _refuse_confirmation(spec: ItemSpec, case: Case, statement: Statement, email: str) -> None:
    able = waits_for(spec, case)
    if able is None:
        judged = statement_standing(spec, statement, written=case.written, as_of=case.as_of)
        told = judged.reason or f"the statement is in force until {statement.until}"
        raise WrongUse(f"{spec.id} waits for no second person: {told}. Nothing was written.")
    if email not in able:
        who = ", ".join(able) or f"nobody yet: name somebody with the role {spec.owner}"
        raise WouldBeRefused(
            (f"{case.place.path_of(FILE)}: {email} cannot confirm it; can: {who}",)
        )


def _refuse_not_applicable(spec: ItemSpec, case: Case) -> None:
    declared = case.written.not_applicable(spec.id)
    if declared and declared.approver is None:
        told = f"{case.file} proposes that {spec.id} does not apply: take that out, or have it"
        raise InvalidInput((f"{told} signed by `orr attest {spec.id} --confirm`",))
    if declared:
        told = f"{case.file} says that {spec.id} does not apply: keep that, or take it out first"
        raise InvalidInput((told,))


def _replacing(spec: ItemSpec, case: Case, asking: Asking, *, again: bool) -> None:
    """Go on only if there is no statement, or somebody wants another in its place."""
    statement = case.written.statement_on(spec.id)
    if statement is None or again:
        return
    judged = statement_standing(spec, statement, written=case.written, as_of=case.as_of)
    show_statement(statement)
    say(f"It is {judged.force.value}{': ' if judged.reason else ''}{judged.reason}.")
    if waits_for(spec, case) is not None:
        say(f"A second person confirms it by `orr attest {spec.id} --confirm`.")
    if not asking.is_terminal:
        told = f"{spec.id} has a statement; --again puts another in its place"
        raise WrongUse(f"{told}. Nothing was written.")
    if not asking.agrees("Put another in its place?", flag="--again", given=False):
        raise Declined("It stays as it is.")


def _table_on(spec: ItemSpec, case: Case) -> Table | None:
    names = {spec.id, *spec.aliases}
    tables = tables_of(case.place, FILE, NAME)
    found = [place for place, one in enumerate(tables) if str(one["item"]).strip() in names]
    return Table(name=NAME, place=found[0]) if found else None


def _settled(spec: ItemSpec, case: Case, change: Change, asking: Asking, *, yes: bool) -> Case:
    """Show what would be written, refuse what would not count, and write it if it is agreed to."""
    path = case.place.path_of(FILE)
    say()
    print(visible_lines(change.shown))
    waits = _refuse_what_would_not_count(spec, case, change)
    if not asking.agrees(f"Write this to {path}?", flag="--yes", given=yes):
        raise Declined("Nothing was written.")
    change.make()
    say(f"Written to {path}.")
    after = case.again()
    _tell_what_is_missing(spec, after, waits)
    return after


def _refuse_what_would_not_count(
    spec: ItemSpec, case: Case, change: Change
) -> tuple[str, ...] | None:
    """Return who must confirm it still; raise ``WouldBeRefused`` if more than that is missing."""
    written = change.written
    statement = written.statement_on(spec.id)
    assert statement is not None
    judged = statement_standing(spec, statement, written=written, as_of=case.as_of)
    waits = second_persons(spec, statement, written=written, as_of=case.as_of)
    if judged.in_force or (judged.force is Force.REFUSED and waits is not None):
        return waits
    raise WouldBeRefused((f"{judged.reason}; {judged.remedy}",))


def _tell_what_is_missing(spec: ItemSpec, case: Case, waits: tuple[str, ...] | None) -> None:
    if waits is not None:
        who = " or ".join(waits) or f"somebody with the role {spec.owner}, whom {case.file} lacks"
        say(f"It stays pending until {who} runs `orr attest {spec.id} --confirm`.")
    seen = case.seen(spec)
    if seen is not None and seen.outcome is Outcome.FAIL:
        say(f"The last run saw it fail, which no statement changes: {seen.reason}")
        say(f"To do: {seen.remedy or spec.fix}")
    statement = case.written.statement_on(spec.id)
    if statement is not None and case.me not in {statement.by, statement.confirmed}:
        say(f"Let {statement.by} commit it, so that the review can tell who said it.")
    if (asked := case.written.policy.gate.authorship) != "claimed":
        signed = ", signed" if asked == "proven" else ""
        say(f"The policy asks that whoever says or confirms it commits it themselves{signed}.")
