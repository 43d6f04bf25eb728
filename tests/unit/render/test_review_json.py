from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_orr.errors import InvalidInput
from pytest_orr.model import Finding, Notice, Outcome, SignOff
from pytest_orr.render import review_json, review_reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review

ANY_TEXT = st.text(st.characters(exclude_categories=()))
DESIGNED_KEYS = {
    "schema",
    "service",
    "environment",
    "release",
    "run",
    "verdict",
    "scores",
    "items",
}
DESIGNED_ITEM_KEYS = {
    "id",
    "part",
    "section",
    "title",
    "stated",
    "severity",
    "phase",
    "owner",
    "outcome",
    "stamp",
    "class_as_built",
    "reason",
    "remedy",
    "findings",
    "facts",
    "attestation",
    "waiver",
    "evidence",
}


def mistakes_in(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        review_json.read(text)
    return caught.value.diagnostics()


def changed(signoff: SignOff, change: Callable[[dict[str, Any]], object]) -> str:
    plain = json.loads(review_json.render(signoff))
    change(plain)
    return json.dumps(plain)


def test_the_review_is_rebuilt_exactly(every_outcome: SignOff) -> None:
    assert review_json.read(review_json.render(every_outcome)) == every_outcome.review


def test_a_review_whose_policy_says_nothing_of_signatures_is_rebuilt_exactly(
    every_outcome: SignOff,
) -> None:
    review = every_outcome.review
    silent = dataclasses.replace(
        review, provenance=dataclasses.replace(review.provenance, signing=None)
    )
    text = review_json.render(SignOff(review=silent, verdict=every_outcome.verdict))
    assert review_json.read(text) == silent


def test_every_designed_key_is_there(every_outcome: SignOff) -> None:
    plain = json.loads(review_json.render(every_outcome))

    assert plain.keys() >= DESIGNED_KEYS
    assert all(item.keys() >= DESIGNED_ITEM_KEYS for item in plain["items"])
    assert plain["scores"] == {"raw": {"met": 2, "of": 9}, "adjusted": {"met": 3, "of": 8}}
    assert plain["verdict"] == "not_ready"


def test_items_are_sorted_by_id_whatever_order_they_come_in(every_outcome: SignOff) -> None:
    review = dataclasses.replace(
        every_outcome.review, items=tuple(reversed(every_outcome.review.items))
    )
    turned = SignOff(review=review, verdict=every_outcome.verdict)

    assert review_json.render(turned) == review_json.render(every_outcome)


def test_what_is_written_fits_its_schema(every_outcome: SignOff) -> None:
    validator = Draft202012Validator(
        review_reading.schema(), format_checker=Draft202012Validator.FORMAT_CHECKER
    )

    assert list(validator.iter_errors(json.loads(review_json.render(every_outcome)))) == []


def test_the_schema_is_valid_names_itself_and_leaves_no_object_open() -> None:
    schema = review_reading.schema()
    Draft202012Validator.check_schema(schema)
    objects = [schema, *(part for part in schema["$defs"].values() if "properties" in part)]

    assert schema["$id"] == review_json.SCHEMA == schema["properties"]["schema"]["const"]
    for part in objects:
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])


def test_the_schema_lists_every_outcome() -> None:
    outcomes = review_reading.schema()["$defs"]["outcome"]["enum"]

    assert sorted(outcomes) == sorted(Outcome)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT.filter(bool))
def test_any_text_comes_back_as_it_was(
    text: str,
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    finding = Finding(subject=text, outcome=Outcome.FAIL, detail=text, remedy=text)
    item = an_item(
        outcome=Outcome.FAIL, title=text, stated=text, reason=text, remedy=text, why=text,
        question=text, fix=text, traceback=text, findings=(finding,),
    )  # fmt: skip
    review = a_review(item, service=text, notices=(Notice(kind="odd", item="", text=text),))

    assert review_json.read(review_json.render(signed_off(review))) == review


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not readable as JSON: Expecting value"),
        ("{", "not readable as JSON"),
        ("null", "$: None is not of type 'object'"),
        ("[]", "$: [] is not of type 'object'"),
        ('{"a": 1, "a": 2}', "key given twice: a"),
        ('{"a": NaN}', "NaN where only integers occur"),
        ('{"a": 1.5}', "1.5 where only integers occur"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5_000, "not readable as JSON"),
        ("\ufeff{}", "not readable as JSON"),
    ],
)
def test_what_is_no_review_is_refused_with_its_reason(text: str, said: str) -> None:
    assert said in mistakes_in(text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda plain: plain.pop("run"), "'run' is a required property"),
        (lambda plain: plain.update(extra=1), "'extra' was unexpected"),
        (lambda plain: plain.update(schema="other"), "$.schema: 'tag:pytest-orr,2026:review/v1'"),
        (lambda plain: plain.update(verdict="fine"), "$.verdict: 'fine' is not one of"),
        (lambda plain: plain["items"][0].update(outcome="green"), "$.items[0].outcome"),
        (lambda plain: plain["items"][0].update(gated=1), "$.items[0].gated"),
        (lambda plain: plain["items"][0].update(position=True), "$.items[0].position"),
        (lambda plain: plain["items"].reverse(), "every id once, sorted"),
        (lambda plain: plain["items"].append(plain["items"][-1]), "every id once, sorted"),
        (lambda plain: plain["items"][-1].update(attestation=None), "$.items[9].evidence"),
        (lambda plain: plain["run"].update(as_of="2026-11-20"), "$.run.as_of"),
    ],
    ids=range(11),
)
def test_a_review_that_was_tampered_with_is_refused_where_it_is_wrong(
    change: Callable[[dict[str, Any]], object], said: str, every_outcome: SignOff
) -> None:
    assert said in mistakes_in(changed(every_outcome, change))


def test_mistakes_come_all_at_once_but_not_by_the_hundred(every_outcome: SignOff) -> None:
    def spoil(plain: dict[str, Any]) -> None:
        for item in plain["items"]:
            item.update(outcome="x", severity="x", phase="x")

    said = mistakes_in(changed(every_outcome, spoil)).splitlines()

    assert said[-1].endswith("and 10 more")
    assert len(said) == 22
