from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_orr.model import Outcome, Release
from pytest_orr.render import escape, review_json, statement
from pytest_orr.sign.statement import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, SignOff

REPORT, JOURNAL = "e" * 64, "f" * 64


def stated(signoff: SignOff) -> dict[str, Any]:
    text = statement.render(signoff, report_sha256=REPORT, journal_sha256=JOURNAL)
    return dict(json.loads(text))


def digests(plain: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {subject["name"]: subject["digest"] for subject in plain["subject"]}


def test_it_is_an_in_toto_statement_in_canonical_form(every_outcome: SignOff) -> None:
    text = statement.render(every_outcome, report_sha256=REPORT, journal_sha256=JOURNAL)
    plain = json.loads(text)

    assert plain["_type"] == "https://in-toto.io/Statement/v1"
    assert plain.keys() == {"_type", "subject", "predicateType", "predicate"}
    assert rfc8785.dumps(plain) == text.encode()


@pytest.mark.usefixtures("untraced")
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abcxyz_[~"), inner),
    )
)
def test_what_a_statement_may_hold_is_written_as_the_standard_has_it(value: Any) -> None:
    assert statement._canonical(value) == rfc8785.dumps(value)


@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_a_lone_surrogate_is_written_as_its_escape_shows(text: str) -> None:
    assert statement._canonical([text]) == rfc8785.dumps([escape.well_formed(text)])


def test_its_subjects_are_commit_images_results_report_and_journal(every_outcome: SignOff) -> None:
    plain = stated(every_outcome)
    results = rfc8785.dumps(plain["predicate"]["results"])

    assert digests(plain) == {
        "commit": {"gitCommit": every_outcome.review.release.commit},
        "registry.example.org/explorer/backend": {"sha256": "a" * 64},
        "results": {"sha256": sha256(results).hexdigest()},
        "report": {"sha256": REPORT},
        "journal": {"sha256": JOURNAL},
    }


def test_an_image_without_a_digest_is_stated_but_no_subject(
    a_review: Callable[..., Review], signed_off: Callable[[Review], SignOff]
) -> None:
    release = Release(commit="3f2a9c1", images=("explorer:latest",))
    plain = stated(signed_off(a_review(release=release)))

    assert plain["predicate"]["images"] == ["explorer:latest"]
    assert "explorer:latest" not in digests(plain)


def test_every_item_is_bound_by_the_digest_of_its_record(every_outcome: SignOff) -> None:
    items = json.loads(review_json.render(every_outcome))["items"]

    assert stated(every_outcome)["predicate"]["results"] == [
        {
            "id": item["id"],
            "status": item["outcome"],
            "sha256": sha256(rfc8785.dumps(item)).hexdigest(),
            **({"waived": {"true_status": "fail"}} if item["outcome"] == "waived" else {}),
        }
        for item in items
    ]


def test_a_waiver_is_bound_to_the_result_it_covers(every_outcome: SignOff) -> None:
    predicate = stated(every_outcome)["predicate"]
    (waiver,) = predicate["waivers"]
    (result,) = [one for one in predicate["results"] if one["id"] == waiver["item"]]

    assert waiver["result_sha256"] == result["sha256"]
    assert waiver["true_outcome"] == "fail"
    assert waiver["approver"] == "eve@example.org"


def test_statements_and_exceptions_name_their_people_and_evidence(every_outcome: SignOff) -> None:
    predicate = stated(every_outcome)["predicate"]
    (attestation,) = predicate["attestations"]
    (exception,) = predicate["not_applicable"]

    assert (attestation["by"], attestation["confirmed"]) == ("ana@example.org", "bo@example.org")
    assert predicate["evidence"] == [
        {"name": "drills/2026-11-02.md", "sha256": "d" * 64, "size": 2048}
    ]
    assert exception["approver"] == "eve@example.org"


def test_another_detail_of_one_finding_is_another_statement(
    every_outcome: SignOff, signed_off: Callable[[Review], SignOff]
) -> None:
    first, *others = every_outcome.review.items
    other = dataclasses.replace(first, reason=first.reason + ".")
    changed = dataclasses.replace(every_outcome.review, items=(other, *others))

    before, after = digests(stated(every_outcome)), digests(stated(signed_off(changed)))
    assert before["results"] != after["results"]


@pytest.mark.parametrize("text", ["\udcff", "a\u2028b", "\x00", "é", "\U0001f600"])
def test_any_text_of_the_world_can_be_stated(
    text: str,
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    item = an_item(outcome=Outcome.FAIL, reason=text)

    assert stated(signed_off(a_review(item)))["predicate"]["results"][0]["status"] == "fail"


def test_it_fits_the_published_schema(every_outcome: SignOff) -> None:
    Draft202012Validator.check_schema(schema())

    assert list(Draft202012Validator(schema()).iter_errors(stated(every_outcome))) == []


def test_it_may_be_signed_from_its_last_fact_on_for_the_days_of_the_policy(
    every_outcome: SignOff,
) -> None:
    predicate = stated(every_outcome)["predicate"]

    assert predicate["finished"] == predicate["not_before"] == "2026-11-20T09:34:10Z"
    assert predicate["not_after"] == "2026-11-27T09:34:10Z"
    assert datetime.fromtimestamp(predicate["seq"], UTC).isoformat() == "2026-11-20T09:34:10+00:00"
    assert (predicate["author"], predicate["supersedes"]) == (["ana@example.org"], "9" * 64)
    assert predicate["tool"] == {"name": "pytest-orr", "version": "0.1.0", "sha256": "8" * 64}
    assert predicate["checklist"]["version"] == "0.1.0"


def test_without_rules_it_may_be_signed_for_a_fortnight_and_never_before_its_day(
    a_review: Callable[..., Review], signed_off: Callable[[Review], SignOff]
) -> None:
    review = a_review()
    run = dataclasses.replace(review.run, as_of="2026-11-24T00:00:00Z")
    provenance = dataclasses.replace(review.provenance, signing=None, finished="")
    later = dataclasses.replace(review, run=run, provenance=provenance)
    predicate = stated(signed_off(later))["predicate"]

    assert predicate["finished"] == "2026-11-20T09:30:00Z"
    assert predicate["not_before"] == "2026-11-24T00:00:00Z"
    assert predicate["not_after"] == "2026-12-04T09:30:00Z"


@pytest.mark.parametrize(
    ("outcome", "selection", "decision"),
    [
        (Outcome.PASS, "", "GO"),
        (Outcome.PASS, "-k one", "NO_GO"),
        (Outcome.FAIL, "", "NO_GO"),
        (Outcome.UNKNOWN, "", "NO_GO"),
        (Outcome.WAIVED, "", "GO"),
    ],
)
def test_its_decision_is_go_for_a_whole_run_alone_that_is_ready(
    outcome: Outcome,
    selection: str,
    decision: str,
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    signoff = signed_off(a_review(an_item(outcome=outcome), selection=selection))

    predicate = stated(signoff)["predicate"]
    assert (predicate["decision"], predicate["reason"]) == (decision, "")
