"""Payload to Statement: exactly one form, and a refusal for everything else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.model import Condition, Outcome
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.statement import read, schema, veto_of
from pytest_orr.sign.strict_json import canonical
from tests.reviews import a_note, a_weakening, an_item, seen
from tests.signoffs import (
    ATTESTED,
    COMMIT,
    EXEMPTED,
    IMAGE,
    WAIVED,
    attested,
    payload_of,
    reviewed,
    waived,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LAW = settings(deadline=None, derandomize=True, max_examples=100)

PAYLOAD = payload_of()
FILE = {"name": "drills/a.md", "sha256": "d" * 64, "size": 7}


def plain() -> dict[str, Any]:
    return dict(json.loads(PAYLOAD))


def refused(payload: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read(payload)
    return caught.value.code


def test_it_says_what_the_run_wrote() -> None:
    stated = read(PAYLOAD)

    assert (stated.decision, stated.verdict, stated.reason) == ("GO", "ready_with_waivers", "")
    assert (stated.service, stated.environment, stated.phase) == (
        "explorer",
        "production",
        "launch",
    )
    assert (stated.commit, stated.images) == (COMMIT, (IMAGE,))
    assert stated.finished == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert stated.seq == int(stated.finished.timestamp())
    assert stated.authors == ("max@example.org",)
    digests = dict(stated.digests)
    assert digests["results"] == sha256(canonical(plain()["predicate"]["results"])).hexdigest()
    assert (digests["report"], digests["journal"]) == ("e" * 64, "f" * 64)
    assert (digests["tool"], digests["policy_sha256"]) == ("8" * 64, "9" * 64)


def test_results_stand_beside_what_people_said_about_them() -> None:
    stated = read(PAYLOAD)

    statuses = {one.id: one.status.value for one in stated.results}
    assert statuses == {
        "code.a.passed": "pass",
        EXEMPTED: "not_applicable",
        WAIVED: "waived",
        ATTESTED: "attested",
    }
    [waiver] = stated.waivers
    [result] = [one for one in stated.results if one.id == WAIVED]
    assert (waiver.item, waiver.result_sha256) == (WAIVED, result.sha256)
    assert waiver.true_status is result.true_status is Outcome.FAIL
    assert (waiver.approvers, waiver.expires) == (("eve@example.org",), date(2026, 12, 2))
    assert [(one.item, one.until) for one in stated.attestations] == [(ATTESTED, date(2027, 1, 31))]
    assert [(one.item, one.approver) for one in stated.exempted] == [(EXEMPTED, "eve@example.org")]


def test_the_people_of_several_waivers_of_an_item_are_told_apart() -> None:
    promised = Condition(what="subnets", owner="ana@example.org", due="2026-12-01")
    review = reviewed(
        waived(
            approver="eve@example.org; pat@example.org",
            requester="ana@example.org; bo@example.org",
            conditions=(promised,),
        )
    )
    [waiver] = read(payload_of(review)).waivers

    assert waiver.approvers == ("eve@example.org", "pat@example.org")
    assert waiver.requesters == ("ana@example.org", "bo@example.org")
    assert waiver.due == (date(2026, 12, 1),)


def test_conditions_that_are_open_and_weaker_settings_stand_in_it() -> None:
    review = reviewed()
    notes = (a_note(), a_note(kind="question"), a_note(settled=True, waits_for="", reason=""))
    review = replace(review, notes=notes, weakenings=(a_weakening(until="2027-01-31"),))
    stated = read(payload_of(review))

    assert [one.is_settled for one in stated.conditions] == [False, True]
    assert [until for _, until in stated.weak_until] == [date(2027, 1, 31)]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another version": (
        lambda one: one.update(predicateType="tag:pytest-orr,2026:signoff/v2"),
        "unknown-statement",
    ),
    "another kind of statement": (
        lambda one: one.update(_type="https://in-toto.io/Statement/v0.1"),
        "unknown-statement",
    ),
    "a member more": (lambda one: one.update(note="x"), "statement-form"),
    "a member more in the predicate": (
        lambda one: one["predicate"].update(note="x"),
        "statement-form",
    ),
    "a member less": (lambda one: one["predicate"].pop("waivers"), "statement-form"),
    "a truth value as number": (lambda one: one["predicate"].update(seq=True), "statement-form"),
    "an unknown status": (
        lambda one: one["predicate"]["results"][0].update(status="ok"),
        "statement-form",
    ),
    "a pass that says it was waived": (
        lambda one: one["predicate"]["results"][0].update(waived={"true_status": "fail"}),
        "statement-form",
    ),
    "a waived result that does not say what it is": (
        lambda one: one["predicate"]["results"][2].pop("waived"),
        "statement-form",
    ),
    "words of a veto beside GO": (
        lambda one: one["predicate"].update(reason="too early"),
        "statement-form",
    ),
    "a line end behind a digest": (
        lambda one: one["predicate"].update(policy_sha256="9" * 64 + "\n"),
        "statement-form",
    ),
    "a line end behind an e-mail": (
        lambda one: one["predicate"]["attestations"][0].update(by="ana@example.org\n"),
        "statement-form",
    ),
    "a day that does not exist": (
        lambda one: one["predicate"]["waivers"][0].update(expires="2026-02-30"),
        "statement-time",
    ),
    "an instant that does not exist": (
        lambda one: one["predicate"].update(as_of="2026-11-31T00:00:00Z"),
        "statement-time",
    ),
    "subjects in another order": (lambda one: one["subject"].reverse(), "statement-subjects"),
    "a subject more": (
        lambda one: one["subject"].append({"name": "x", "digest": {"sha256": "a" * 64}}),
        "statement-subjects",
    ),
    "a commit by another kind of digest": (
        lambda one: one["subject"][0].update(digest={"sha256": "a" * 64}),
        "statement-subjects",
    ),
    "an image that is no subject": (
        lambda one: one["predicate"]["images"].append(IMAGE.replace("a" * 64, "b" * 64)),
        "statement-subjects",
    ),
    "evidence that no statement rests on": (
        lambda one: one["predicate"]["evidence"].append(FILE),
        "statement-evidence",
    ),
    "too few subjects": (lambda one: one["subject"].pop(), "statement-subjects"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_no_statement_of_this_version_is_refused(what: str) -> None:
    change, code = CHANGES[what]
    one = plain()
    change(one)
    assert refused(canonical(one)) == code


@pytest.mark.parametrize("value", [None, 1, "", [], {}, True, [{}], {"_type": []}])
def test_any_other_value_is_refused(value: object) -> None:
    assert refused(canonical(value)) == "unknown-statement"


def test_the_same_value_in_another_form_is_refused() -> None:
    assert refused(PAYLOAD + b"\n") == "not-canonical"
    assert refused(json.dumps(plain(), indent=1).encode()) == "not-canonical"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any) -> list[tuple[Any, ...]]:
    """The way to each part of a value."""
    match value:
        case dict():
            inner = list(value.items())
        case list():
            inner = list(enumerate(value))
        case _:
            inner = []
    return [way for key, one in inner for way in ((key,), *((key, *on) for on in places(one)))]


PLACES = places(plain())


@LAW
@given(st.sampled_from(PLACES), ANY_JSON)
def test_any_value_in_any_place_is_a_statement_or_refused(
    place: tuple[Any, ...], value: Any
) -> None:
    one = plain()
    *way, last = place
    holder: Any = one
    for key in way:
        holder = holder[key]
    holder[last] = value
    assert outcome_of(canonical(one)) in {
        "read",
        "unknown-statement",
        "statement-evidence",
        "statement-form",
        "statement-subjects",
        "statement-time",
    }


def outcome_of(payload: bytes) -> str:
    try:
        read(payload)
    except Refused as refusal:
        return refusal.code
    return "read"


@LAW
@given(ANY_JSON)
def test_any_value_at_all_is_refused(value: Any) -> None:
    assert refused(canonical(value)) == "unknown-statement"


@LAW
@given(st.text(st.characters(exclude_categories=()), min_size=1))
def test_whatever_people_write_and_machines_see_can_be_stated(text: str) -> None:
    review = reviewed(
        waived(reason=text, action=text, true_reason=text),
        attested(statement=text),
        an_item("code.a.seen", reason=text, findings=seen(**{text: f"pass:{text}"})),
        notes=(a_note(kind="question", text=text, answer=text),),
        weakenings=(a_weakening(reason=text, value=text, until="2027-01-31"),),
    )
    assert read(payload_of(review)).decision == "GO"


def test_a_veto_is_the_same_statement_with_no_go_and_words() -> None:
    veto = read(veto_of(PAYLOAD, " The pager is silent. "))
    stated = read(PAYLOAD)

    assert (veto.decision, veto.reason) == ("NO_GO", "The pager is silent.")
    assert replace(veto, decision="GO", reason="") == stated


def test_a_veto_needs_words_and_a_statement() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        veto_of(PAYLOAD, " ")
    with pytest.raises(Refused):
        veto_of(b"{}", "no")


def test_the_schema_names_itself_and_leaves_no_object_open() -> None:
    def objects(node: Any) -> list[dict[str, Any]]:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        found = [one for part in inner for one in objects(part)]
        is_object = isinstance(node, dict) and node.get("type") == "object"
        return [node, *found] if is_object else found

    assert schema()["$id"] == schema()["properties"]["predicateType"]["const"]
    assert len(objects(schema())) > 10
    assert [one for one in objects(schema()) if one.get("additionalProperties") is not False] == []
    optional = [set(one["properties"]) - set(one["required"]) for one in objects(schema())]
    assert [names for names in optional if names] == [{"waived"}]
