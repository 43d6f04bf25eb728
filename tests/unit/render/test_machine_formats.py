"""SARIF, code quality and commands of a job: valid, escaped, and the same findings in each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema.validators import validator_for

from pytest_orr.model import Finding, Outcome
from pytest_orr.render import code_quality, job_annotations, sarif
from pytest_orr.render.located import located

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import SignOff

CODE_QUALITY: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab's documentation asks of a report, in its words of 2026."""


def is_file(text: str) -> bool:
    return text.startswith("docs/") and " " not in text and "\n" not in text and ":" not in text


@pytest.fixture(scope="session")
def oasis(published_schema: Callable[[str], Any]) -> Any:
    """The schema of SARIF 2.1.0 as OASIS published it."""
    schema = published_schema("https://json.schemastore.org/sarif-2.1.0.json")
    assert schema["$id"].startswith("https://raw.githubusercontent.com/oasis-tcs/sarif-spec/")
    return schema


@pytest.fixture
def with_files(an_item: Any, a_review: Any, a_waiver: Any, signed_off: Any) -> SignOff:
    """A review with a finding of each outcome in a file, and one without."""
    words = (Outcome.FAIL, Outcome.PENDING, Outcome.UNKNOWN, Outcome.PASS)
    findings = tuple(
        Finding(subject=f"docs/{word.value}.md:{line}", outcome=word, detail="said")
        for line, word in enumerate(words, start=1)
    )
    elsewhere = Finding(subject="eu-west-1", outcome=Outcome.FAIL)
    waived = Finding(subject="docs/waived.md", outcome=Outcome.WAIVED)
    return signed_off(  # type: ignore[no-any-return] # the fixture's own type
        a_review(
            an_item(id="a.a.a", outcome=Outcome.FAIL, findings=(*findings, elsewhere)),
            an_item(
                id="b.b.b",
                outcome=Outcome.WAIVED,
                severity="minor",
                waiver=a_waiver(),
                findings=(waived,),
            ),
        )
    )


def log_of(signoff: SignOff) -> Any:
    return json.loads(sarif.render(signoff, located(signoff.review, is_file)))


def complaints(schema: Any, value: Any) -> list[str]:
    return [error.message for error in validator_for(schema)(schema).iter_errors(value)]


def test_a_log_is_what_the_schema_of_the_standard_says(oasis: Any, with_files: SignOff) -> None:
    log = log_of(with_files)

    assert complaints(oasis, log) == []
    assert complaints(oasis, {**log, "version": "2.0"})
    log["runs"][0]["results"][0]["kind"] = "bad"
    assert complaints(oasis, log)


def test_a_log_says_how_bad_and_of_which_kind_each_finding_is(with_files: SignOff) -> None:
    [run] = log_of(with_files)["runs"]

    told = [(one["kind"], one["level"], one["ruleId"]) for one in run["results"]]
    assert told == [
        ("fail", "error", "a.a.a"),
        ("review", "none", "a.a.a"),
        ("open", "none", "a.a.a"),
        ("fail", "note", "b.b.b"),
    ]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [one[2] for one in told]
    assert (run["tool"]["driver"]["name"], run["tool"]["driver"]["version"]) == (
        "pytest-orr",
        "0.1.0",
    )


def test_a_log_names_file_and_line_and_what_has_none_is_counted(with_files: SignOff) -> None:
    [run] = log_of(with_files)["runs"]

    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    assert places[0] == {
        "artifactLocation": {"uri": "docs/fail.md"},
        "region": {"startLine": 1},
    }
    assert places[3] == {"artifactLocation": {"uri": "docs/waived.md"}}
    assert run["properties"] == {"verdict": "not_ready", "findingsWithoutFile": 1}


def test_a_waived_finding_is_suppressed_with_reason_and_approver(with_files: SignOff) -> None:
    [run] = log_of(with_files)["runs"]

    [suppressed] = run["results"][3]["suppressions"]
    assert (suppressed["kind"], suppressed["status"]) == ("external", "accepted")
    assert "approved by" in suppressed["justification"]
    assert all("suppressions" not in one for one in run["results"][:3])


def test_a_finding_is_known_by_what_it_is_about_and_not_by_its_line(
    with_files: SignOff,
) -> None:
    marks = [
        one["partialFingerprints"]["orrFinding/v1"]
        for one in log_of(with_files)["runs"][0]["results"]
    ]

    assert len(set(marks)) == 4
    assert [len(mark) for mark in marks] == [64] * 4


def test_an_empty_log_says_how_it_stands_all_the_same(oasis: Any, every_outcome: SignOff) -> None:
    log = json.loads(sarif.render(every_outcome, ()))

    assert complaints(oasis, log) == []
    [run] = log["runs"]
    assert run["results"] == []
    assert run["properties"]["verdict"] == "not_ready"
    assert run["properties"]["findingsWithoutFile"] > 0


def test_a_report_of_code_quality_is_what_gitlab_asks_for(with_files: SignOff) -> None:
    found = located(with_files.review, is_file)

    report = json.loads(code_quality.render(with_files, found))

    assert complaints(CODE_QUALITY, report) == []
    assert [one["location"]["path"] for one in report] == [
        "docs/fail.md",
        "docs/pending.md",
        "docs/unknown.md",
    ]
    assert report[0]["description"] == "docs/fail.md:1: said"
    assert json.loads(code_quality.render(with_files, ())) == []


HOSTILE = "docs/x\x1b[2J\u202e\n::error::a,b:c%0A\udcff"


def test_hostile_texts_stay_values_of_valid_documents(
    oasis: Any, said_everywhere: Callable[[str], SignOff]
) -> None:
    signoff = said_everywhere(HOSTILE)
    found = located(signoff.review, lambda _: True)

    texts = (sarif.render(signoff, found), code_quality.render(signoff, found))

    assert found
    assert complaints(oasis, json.loads(texts[0])) == []
    assert "\x1b" in json.loads(texts[1])[0]["description"]
    for text in texts:
        assert not set(text) & set("\x1b\u202e\udcff")


def test_blockers_alone_are_marked_each_on_a_line_of_its_own(
    an_item: Any, a_review: Any, signed_off: Any
) -> None:
    finding = Finding(subject="docs/a.md:7", outcome=Outcome.FAIL)
    signoff = signed_off(
        a_review(
            an_item(id="a.a.a", outcome=Outcome.FAIL, reason="it broke", findings=(finding,)),
            an_item(id="b.b.b", outcome=Outcome.UNKNOWN, reason="not seen"),
            an_item(id="c.c.c", outcome=Outcome.FAIL, severity="major"),
            an_item(id="d.d.d", outcome=Outcome.WAIVED),
            an_item(id="e.e.e", outcome=Outcome.FAIL, gated=False),
        )
    )

    told = job_annotations.render(signoff, located(signoff.review, is_file))

    assert told == (
        "::error title=a.a.a,file=docs/a.md,line=7::FAIL: it broke\n"
        "::error title=b.b.b::UNKNOWN: not seen\n"
    )


def test_an_annotation_of_a_whole_file_has_no_line(
    an_item: Any, a_review: Any, signed_off: Any
) -> None:
    finding = Finding(subject="docs/a.md", outcome=Outcome.FAIL)
    signoff = signed_off(a_review(an_item(outcome=Outcome.FAIL, findings=(finding,))))

    told = job_annotations.render(signoff, located(signoff.review, is_file))

    assert ",file=docs/a.md::FAIL" in told


@pytest.mark.parametrize(("count", "lines"), [(0, 0), (10, 10), (11, 10), (40, 10)])
def test_no_more_is_marked_than_github_shows_and_the_rest_is_counted(
    an_item: Any, a_review: Any, signed_off: Any, count: int, lines: int
) -> None:
    items = [an_item(id=f"a.a.n{n:02}", outcome=Outcome.FAIL) for n in range(count)]

    told = job_annotations.render(signed_off(a_review(*items)), ()).splitlines()

    assert len(told) == lines
    if count > 10:
        assert told[-1] == f"::error title=Launch readiness::and {count - 9} more blockers"


def test_no_text_begins_a_command_or_ends_a_property(
    said_everywhere: Callable[[str], SignOff],
) -> None:
    signoff = said_everywhere("x\n::add-mask::y\r##[group]%0A::stop-commands::z, line=1")
    found = located(signoff.review, lambda _: True)

    told = job_annotations.render(signoff, found)

    assert found
    for line in told.splitlines():
        head, _, _ = line.removeprefix("::error ").partition("::")
        assert line.startswith("::error title=")
        assert {part.partition("=")[0] for part in head.split(",")} <= {"title", "file", "line"}
