"""A change is judged as a run would judge it, before anything is replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.writing.changes import WouldBeRefused, tables_of, with_changed, with_table
from pytest_orr.writing.edits import Table
from pytest_orr.writing.second_persons import second_persons

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec
    from pytest_orr.writing.changes import Place

FILE = "attestations.toml"


def test_a_change_is_made_when_it_is_asked_for(place: Place, answer: dict[str, Any]) -> None:
    change = with_table(place, FILE, "attestation", answer)
    assert not place.path_of(FILE).exists()
    assert change.written.statements[0].by == "ana@example.org"
    assert change.make() == place.path_of(FILE)
    assert place.load().statements == change.written.statements
    assert change.shown in place.path_of(FILE).read_text(encoding="utf-8")


def test_what_a_run_would_refuse_is_told_with_its_line_and_not_written(
    place: Place, answer: dict[str, Any]
) -> None:
    with pytest.raises(WouldBeRefused) as refused:
        with_table(place, FILE, "attestation", {**answer, "by": "zoe@example.org"})
    assert refused.value.exit_code == 22
    first, second = refused.value.diagnostics().splitlines()
    assert first == "Nothing was written, as a run would refuse it:"
    assert f'{place.path_of(FILE)}:4: `attestation.by` is "zoe@example.org", who is not' in second
    assert not place.path_of(FILE).exists()


def test_a_statement_is_changed_in_its_place(place: Place, answer: dict[str, Any]) -> None:
    with_table(place, FILE, "attestation", answer).make()
    (written,) = tables_of(place, FILE, "attestation")
    assert written == answer
    table = Table(name="attestation", place=0)
    with_changed(place, FILE, table, {**written, "confirmed": "bo@example.org"}).make()
    assert place.load().statements[0].confirmed == "bo@example.org"


def test_a_profile_of_another_name_is_changed_under_its_own(place: Place) -> None:
    other = place.profile.rename(place.profile.with_name("production.toml"))
    there = replace(place, profile=other)
    values: dict[str, Any] = {
        "item": place.items[0].id,
        "reason": "no-such-component",
        "text": "There is none.",
        "approver": "ana@example.org",
        "on": place.as_of,
    }
    assert with_table(there, "readiness.toml", "not_applicable", values).make() == other
    assert there.load().profile.not_applicable[0].text == "There is none."


def test_a_reviewers_note_is_added_to_its_file(place: Place) -> None:
    text = place.profile.read_text(encoding="utf-8")
    roles = text.replace('["platform"]', '["principal-engineer"]')
    place.profile.write_text(roles, encoding="utf-8")
    note: dict[str, Any] = {
        "kind": "condition",
        "text": "Who is woken?",
        "by": "bo@example.org",
        "on": place.as_of,
    }
    assert with_table(place, "review-notes.toml", "note", note).make().name == "review-notes.toml"
    assert place.load().notes[0].text == "Who is woken?"


@pytest.mark.parametrize(
    ("broken", "told"),
    [(b"\xff", ":1: is not UTF-8"), (b"# one\n= 2\n", ":2: is not valid TOML")],
)
def test_a_file_that_is_broken_already_is_told_by_its_line(
    place: Place, answer: dict[str, Any], broken: bytes, told: str
) -> None:
    place.path_of(FILE).write_bytes(broken)
    with pytest.raises(InvalidInput) as refused:
        with_table(place, FILE, "attestation", answer)
    assert told in refused.value.mistakes[0]


def test_whoever_could_confirm_is_told_by_the_judgement_of_a_run(
    place: Place, answer: dict[str, Any], spec: ItemSpec
) -> None:
    written = with_table(place, FILE, "attestation", answer).written
    (statement,) = written.statements
    asked: dict[str, Any] = {"written": written, "as_of": place.as_of}
    assert second_persons(spec, statement, **asked) == ("bo@example.org",)
    confirmed = replace(statement, confirmed="bo@example.org")
    assert second_persons(spec, confirmed, **asked) is None
    too_long = replace(statement, until=statement.until.replace(year=2028))
    assert second_persons(spec, too_long, **asked) is None


def test_nobody_can_confirm_where_the_profile_names_one_person(
    place: Place, answer: dict[str, Any], spec: ItemSpec
) -> None:
    text = place.profile.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "bo@example.org" not in line]
    place.profile.write_text("\n".join(lines), encoding="utf-8")
    written = with_table(place, FILE, "attestation", answer).written
    statement = written.statements[0]
    assert second_persons(spec, statement, written=written, as_of=place.as_of) == ()
