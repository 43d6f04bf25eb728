"""Firestore's rules: whom they let write, what cannot be read, and how their tests went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.junit import junit_result_of
from pytest_orr.collect.database_rules import DatabaseRules
from pytest_orr.collect.firestore_conditions import Answer, answer_to_nobody
from pytest_orr.collect.firestore_syntax import allowances_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.model import Outcome
from pytest_orr.profile.schema import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.model import Finding

WRITING = "deployment.database.write-restriction"
RULES = """\
rules_version = '2';
// who may what
service cloud.firestore {
  match /databases/{database}/documents {
    function signedIn() { return request.auth != null; }
    function owns(user) {
      let uid = request.auth.uid;
      return signedIn() && user == uid;
    }
    match /labels/{label} {
      allow read;
      allow write: if signedIn();
    }
    match /users/{user}/{rest=**} {
      allow get, list: if true; /* pages are public */
      allow create, update: if owns(user) && laterOn();
      allow delete: if false;
    }
    function laterOn() { return request.time < timestamp.date(2030, 1, 1); }
  }
}
"""
OF_A_CONDITION = """\
service cloud.firestore {{ match /databases/{{database}}/documents {{
  {functions}
  match /labels/{{label}} {{ allow write{condition}; }}
}} }}
"""
FUNCTIONS = """
function signedIn() { return request.auth != null; }
function anybody() { return true; }
function is(who) { return who.auth != null && who.auth.uid == 'a'; }
function has(auth) { return auth != null; }
function again() { return again() || again(); }
function bound() { let user = request.auth; return user != null; }
function open(x) { return x || anybody(); }
"""
CONDITIONS = {
    "": Answer.YES,
    "true": Answer.YES,
    "false": Answer.NO,
    "(true)": Answer.YES,
    "!true": Answer.NO,
    "!false": Answer.YES,
    "request.auth != null": Answer.NO,
    "null != request.auth": Answer.NO,
    "request.auth == null": Answer.YES,
    "!(request.auth == null)": Answer.YES,
    "request.auth.uid == user": Answer.ERROR,
    "!(request.auth.uid == user)": Answer.ERROR,
    "request.auth.token.admin": Answer.ERROR,
    "request.auth['uid'] == user": Answer.ERROR,
    "request.auth.uid in resource.data.members": Answer.ERROR,
    "get(/databases/$(database)/documents/users/$(request.auth.uid)).data.admin": Answer.ERROR,
    "request.auth != null && resource.data.open": Answer.NO,
    "request.auth.uid == user && true": Answer.ERROR,
    "request.auth != null || resource.data.open == true": Answer.YES,
    "request.auth.uid == user || request.auth.token.admin == true": Answer.ERROR,
    "request.auth.uid == user || request.auth != null": Answer.ERROR,
    "request.resource.data.size() < 10": Answer.YES,
    "resource.data.note == 'request.auth.uid'": Answer.YES,
    "!exists(/databases/$(database)/documents/closed/now)": Answer.YES,
    "resource.data.open ? true : false": Answer.YES,
    "request.auth != null ? true : false": Answer.UNSURE,
    "(request.auth != null) == true": Answer.UNSURE,
    "!(request.auth != null) == false": Answer.UNSURE,
    "!resource.data.a == false": Answer.YES,
    "debug(request.auth != null && true)": Answer.UNSURE,
    "request['auth'] != null": Answer.UNSURE,
    "(request.auth != null) == true && resource.data.open": Answer.UNSURE,
    "(request.auth != null) == true || false": Answer.UNSURE,
    "signedIn()": Answer.NO,
    "!signedIn()": Answer.YES,
    "signedIn() && anybody()": Answer.NO,
    "signedIn() || anybody()": Answer.YES,
    "is(request)": Answer.NO,
    "has(request.auth)": Answer.NO,
    "has(resource.data.a == 1)": Answer.YES,
    "bound()": Answer.NO,
    "open(signedIn())": Answer.YES,
    "again()": Answer.UNSURE,
    "has()": Answer.UNSURE,
    "signedIn() == true": Answer.UNSURE,
}
"""What each says to somebody who is not logged in."""

REFUSED = {
    "service cloud.firestore { match /a/{b} { allow write: if ; } }": "line 1 of x cannot be read",
    "service cloud.firestore { match /a/{b} { allow write if true; } }": "at 'if'",
    "service cloud.firestore { match /a/{b} { allow fly: if true; } }": "at 'fly'",
    "service cloud.firestore { match a { } }": "at 'a'",
    "service cloud.firestore { grant write; }": "at 'grant'",
    "service cloud.firestore { match /a/{b} { allow write: if (true; } }": "at '}'",
    "service cloud.firestore { match /a/{b} { allow write: if true) ; } }": "at ')'",
    "service cloud.firestore { match /a/{b} { allow write: if true": "x ends in the middle",
    "service cloud.firestore {\n match /a/{b} {\n allow write: if ?? @; } }": "line 3 of x",
    "service cloud.firestore { function f() { if (true) { return 1; } } }": "at 'if'",
    "service firebase.storage { match /b/{bucket}/o { } }": "x holds rules of firebase.storage",
    "{}": "line 1 of x cannot be read at '{'",
    "service cloud.firestore {" + "match /a {" * 200: "line 1 of x cannot be read at 'match'",
    "": "x holds no rules",
    "// service cloud.firestore { }": "x holds no rules",
}
JUNIT = """<?xml version="1.0"?>
<testsuites><testsuite name="rules" tests="3">
  <testcase classname="labels" name="nobody writes"/>
  <testcase classname="labels" name="the owner writes">{went}</testcase>
  <testcase name="later"><skipped/></testcase>
</testsuite></testsuites>
"""


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_answers_nobody_as_firestore_would(condition: str) -> None:
    written = f": if {condition}" if condition else ""
    text = OF_A_CONDITION.format(functions=FUNCTIONS, condition=written)
    [allowance] = allowances_of(text, "firestore.rules")
    assert answer_to_nobody(allowance) is CONDITIONS[condition]


def test_matches_methods_and_lines_are_told_and_reading_is_left_out() -> None:
    found = [(one.line, one.path, one.methods) for one in allowances_of(RULES, "x")]
    inside = "/databases/{database}/documents"
    assert found == [
        (12, f"{inside}/labels/{{label}}", ("write",)),
        (16, f"{inside}/users/{{user}}/{{rest=**}}", ("create", "update")),
        (17, f"{inside}/users/{{user}}/{{rest=**}}", ("delete",)),
    ]
    assert all(answer_to_nobody(one).denies for one in allowances_of(RULES, "x"))


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(FactUnavailable) as caught:
        allowances_of(text, "x")
    assert REFUSED[text] in caught.value.cause


def test_functions_that_double_each_other_end() -> None:
    several = "".join(
        f"function f{n}(a) {{ return f{n + 1}(a == a) || f{n + 1}(a == a); }}\n" for n in range(60)
    )
    text = OF_A_CONDITION.format(functions=several, condition=": if f0(request.auth)")
    [allowance] = allowances_of(text, "x")
    assert answer_to_nobody(allowance) is Answer.UNSURE


@pytest.mark.parametrize(
    ("went", "failed"),
    [
        ("", ()),
        ("<failure>was let in</failure>", ("labels the owner writes",)),
        ("<error/>", ("labels the owner writes",)),
    ],
)
def test_results_are_counted_by_their_cases(went: str, failed: tuple[str, ...]) -> None:
    found = junit_result_of(JUNIT.format(went=went), "rules.xml", "test")
    assert (found.ran, found.skipped, found.failed) == (2, 1, failed)


def test_a_suite_that_fails_outside_its_cases_has_failed() -> None:
    text = "<testsuite><error>no emulator</error></testsuite>"
    found = junit_result_of(text, "rules.xml", "test")
    assert (found.ran, found.failed) == (0, ("a suite outside its cases",))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("<testsuite>", "rules.xml is no XML: no element found"),
        (
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>',
            "rules.xml declares a document type, as no test result does",
        ),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "rules.xml declares a document type"),
    ],
)
def test_a_file_that_is_more_or_less_than_xml_is_refused(text: str, cause: str) -> None:
    with pytest.raises(FactUnavailable) as caught:
        junit_result_of(text, "rules.xml", "test")
    assert cause in caught.value.cause


@pytest.fixture
def judged(
    empty_account: Any, judge: Callable[..., tuple[Finding, ...]], tmp_path: Path
) -> Callable[..., dict[str, tuple[Outcome, str]]]:
    """Judge rules and results that are laid beside the profile; what is said of each subject."""

    def run(written: str, results: str | None, **more: Any) -> dict[str, tuple[Outcome, str]]:
        (tmp_path / "firestore.rules").write_text(written, encoding="utf-8")
        if results is not None:
            (tmp_path / "rules.xml").write_text(results, encoding="utf-8")
        named = {"rules": "firestore.rules", "rules_tests": "rules.xml"} | more
        empty_account.folder = tmp_path
        notes = Database(name="notes", kind="firestore", **named)
        findings = judge(WRITING, empty_account.desk(also={"databases": (notes,)}))
        return {one.subject: (one.outcome, one.detail) for one in findings}

    return run


def test_rules_that_deny_nobody_and_pass_their_tests_are_good(
    judged: Callable[..., dict[str, tuple[Outcome, str]]],
) -> None:
    said = judged(RULES, JUNIT.format(went=""))
    assert {outcome for outcome, _ in said.values()} == {Outcome.PASS}
    assert said["rules.xml"] == (Outcome.PASS, "2 ran, 0 failed, 1 skipped")
    inside = "/databases/{database}/documents"
    assert f"firestore.rules:12 {inside}/labels/{{label}}" in said


@pytest.mark.parametrize("condition", [";", ": if true;", ": if resource.data.open;"])
def test_a_rule_that_lets_nobody_write_is_a_finding_at_its_line(
    judged: Callable[..., dict[str, tuple[Outcome, str]]], condition: str
) -> None:
    said = judged(RULES.replace(": if signedIn();", condition), JUNIT.format(went=""))
    failed = {subject: why for subject, (how, why) in said.items() if how is Outcome.FAIL}
    [(subject, detail)] = failed.items()
    assert subject == "firestore.rules:12 /databases/{database}/documents/labels/{label}"
    assert detail.startswith("whoever is not logged in may write; saw allows write on")


def test_a_rule_that_cannot_be_worked_out_is_unknown_beside_the_others(
    judged: Callable[..., dict[str, tuple[Outcome, str]]],
) -> None:
    unclear = ": if (request.auth != null) == true;"
    said = judged(RULES.replace(": if signedIn();", unclear), JUNIT.format(went=""))
    unknown = [subject for subject, (how, _) in said.items() if how is Outcome.UNKNOWN]
    assert unknown == ["firestore.rules:12 /databases/{database}/documents/labels/{label}"]
    assert len(said) > 3


def test_tests_that_failed_or_did_not_run_are_findings(
    judged: Callable[..., dict[str, tuple[Outcome, str]]],
) -> None:
    failed = judged(RULES, JUNIT.format(went="<failure/>"))["rules.xml"]
    assert failed[1].startswith("tests of the rules failed: labels the owner writes")
    empty = judged(RULES, "<testsuite/>")["rules.xml"]
    assert empty[0] is Outcome.FAIL
    assert empty[1].startswith("no test of the rules ran")


def test_what_was_not_laid_beside_the_profile_is_unknown(
    judged: Callable[..., dict[str, tuple[Outcome, str]]],
) -> None:
    untested = judged(RULES, None)
    assert untested["rules.xml"] == (Outcome.UNKNOWN, "rules.xml is not there")
    unnamed = judged(RULES, None, rules_tests=None)
    assert unnamed["tests of firestore.rules"] == (
        Outcome.UNKNOWN,
        "[[databases]] names no rules_tests for notes",
    )
    gone = judged(RULES, None, rules="other.rules")
    assert gone["notes"] == (Outcome.UNKNOWN, "other.rules is not there")
    vast = judged("/" * (5 * 1024 * 1024 + 1), None)
    assert vast["notes"] == (Outcome.UNKNOWN, "firestore.rules is larger than 5 MiB")


def test_nothing_declared_is_unknown(empty_account: Any) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[\[databases\]\]"):
        DatabaseRules().collect(empty_account.desk())
