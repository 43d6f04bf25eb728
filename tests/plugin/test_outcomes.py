"""Each outcome, and how pytest shows it, in the three ways in which a run may be distributed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

STATEMENT = """
[[attestation]]
item = "{item}"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-10
until = {until}
covers = "{covers}"
evidence = [{{ kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-10 }}]
"""
WAIVER = """
[[waiver]]
item = "{item}"
{resource}reason = "accepted"
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-10
expires = {expires}
"""
LOOP = "for number in at_least_one({fact}):\n    with subject(f'n{{number}}', saw='it'):\n"
LOOP += "        assert {condition}, f'{{number}} is wrong'"


def loop(condition: str, fact: str = "numbers") -> str:
    return LOOP.format(fact=fact, condition=condition)


def stated(item: str, *, until: str = "2026-12-31", covers: str = "question") -> str:
    return STATEMENT.format(item=item, until=until, covers=covers)


def waived(item: str, *, resource: str = "", expires: str = "2026-12-01") -> str:
    named = f'resource = "{resource}"\n' if resource else ""
    return WAIVER.format(item=item, resource=named, expires=expires)


@pytest.fixture
def eight(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """A suite in which every outcome that a body can have occurs."""
    return small(
        item("demo.a.pass", loop("number > 0"), asks="numbers, subject"),
        item("demo.a.fail", loop("number != 2"), asks="numbers, subject"),
        item("demo.a.waived", loop("number != 2"), asks="numbers, subject"),
        item("demo.a.half-waived", loop("number == 1"), asks="numbers, subject"),
        item("demo.a.unknown", loop("number", "denied"), asks="denied, subject"),
        item("demo.a.nothing", loop("number", "nothings"), asks="nothings, subject"),
        item("demo.a.covered", loop("number", "denied"), asks="denied, subject"),
        item("demo.a.not-covered", loop("number", "denied"), asks="denied, subject"),
        item("demo.a.pending", "assert attestation.evidence", asks="attestation"),
        item("demo.a.expired", "assert attestation.evidence", asks="attestation"),
        item("demo.a.attested", "assert attestation.evidence", asks="attestation"),
        item("demo.a.fact-only", "assert numbers", asks="numbers"),
        item("demo.a.saw-nothing", "pass"),
        item(
            "demo.a.fail-beats-statement",
            loop("number != 2") + "\nassert attestation.evidence",
            asks="numbers, subject, attestation",
        ),
        attestations=stated("demo.a.attested")
        + stated("demo.a.expired", until="2026-11-12")
        + stated("demo.a.covered", covers="unknown")
        + stated("demo.a.not-covered")
        + stated("demo.a.fail-beats-statement"),
        waivers=waived("demo.a.waived")
        + waived("demo.a.half-waived", resource="n2")
        + waived("demo.a.pass")
        + waived("demo.a.fail", expires="2026-11-15")
        + waived("demo.a.unknown"),
    )


EXPECTED = {
    "demo.a.pass": "pass",
    "demo.a.fail": "fail",
    "demo.a.waived": "waived",
    "demo.a.half-waived": "fail",
    "demo.a.unknown": "unknown",
    "demo.a.nothing": "unknown",
    "demo.a.covered": "attested",
    "demo.a.not-covered": "unknown",
    "demo.a.pending": "pending",
    "demo.a.expired": "pending",
    "demo.a.attested": "attested",
    "demo.a.fact-only": "pass",
    "demo.a.saw-nothing": "unknown",
    "demo.a.fail-beats-statement": "fail",
}
SHOWN = {
    "pass": "passed",
    "attested": "passed",
    "waived": "skipped",
    "not_applicable": "skipped",
    "pending": "failed",
    "unknown": "failed",
    "fail": "failed",
}


def test_each_course_of_a_body_has_its_outcome(eight: Repository, mode: list[str]) -> None:
    ran = eight.judge("--orr-as-of", "2026-11-20", *mode)
    assert eight.outcomes() == EXPECTED, ran.out + ran.err
    assert ran.status == 1
    assert "NOT READY" in ran.out
    assert eight.orr("gate").status == 1


def test_findings_say_which_subject_and_what_was_seen(eight: Repository) -> None:
    eight.judge("--orr-as-of", "2026-11-20")
    findings = eight.item("demo.a.half-waived")["findings"]
    assert [(f["subject"], f["outcome"], f["detail"]) for f in findings] == [
        ("n1", "pass", "it"),
        ("n2", "waived", "2 is wrong; saw it"),
        ("n3", "fail", "3 is wrong; saw it"),
    ]
    unknown = eight.item("demo.a.unknown")
    assert unknown["reason"] == "denied: numbers:Denied was denied"
    assert unknown["remedy"] == "grant numbers:Denied"


def test_a_waiver_shows_the_true_result(eight: Repository) -> None:
    eight.judge("--orr-as-of", "2026-11-20")
    waiver = eight.item("demo.a.waived")["waiver"]
    assert waiver["true_outcome"] == "fail"
    assert waiver["true_reason"] == "n2: 2 is wrong; saw it"


def test_waivers_that_do_nothing_are_reported(eight: Repository) -> None:
    eight.judge("--orr-as-of", "2026-11-20")
    notices = [notice for notice in eight.review()["notices"] if notice["kind"] != "conftest"]
    kinds = {notice["item"]: notice["kind"] for notice in notices}
    assert kinds == {
        "demo.a.fail": "waiver-expired",
        "demo.a.half-waived": "waiver-expires-soon",
        "demo.a.pass": "waiver-not-needed",
        "demo.a.unknown": "waiver-not-needed",
        "demo.a.waived": "waiver-expires-soon",
    }


def test_junit_and_pytest_html_show_the_same_outcomes(eight: Repository, mode: list[str]) -> None:
    eight.judge(
        *("--orr-as-of", "2026-11-20", "--junitxml=junit.xml"),
        *("--html=page.html", "--self-contained-html", *mode),
    )
    tree = ET.parse(eight.path / "junit.xml")  # noqa: S314 our own file
    cases = tree.getroot().findall(".//testcase")
    assert len(cases) == len(EXPECTED) == len({str(case.get("name")) for case in cases})
    for case in cases:
        said = {p.get("name"): p.get("value") for p in case.findall("properties/property")}
        outcome = EXPECTED[str(said["orr.id"])]
        assert said["orr.outcome"] == outcome
        children = {child.tag for child in case} - {"properties"}
        shown = {"passed": set(), "skipped": {"skipped"}, "failed": {"failure"}}[SHOWN[outcome]]
        assert children == shown
    page = (eight.path / "page.html").read_text(encoding="utf-8")
    for item_id, outcome in EXPECTED.items():
        row = f"&lt;td&gt;{outcome}&lt;/td&gt;&#34;, &#34;&lt;td&gt;{item_id}&lt;/td&gt;"
        assert page.count(row) == 1, item_id


def test_the_documents_do_not_depend_on_the_distribution(
    eight: Repository, mode: list[str]
) -> None:
    eight.judge("--orr-as-of", "2026-11-20", "-p", "no:xdist")
    names = ("review.json", "signoff.md", "statement.json", "readiness.html")
    (eight.path / "facts.json").write_bytes((eight.report / "facts.json").read_bytes())
    first = {name: (eight.report / name).read_bytes() for name in names}
    eight.judge("--orr-facts", "facts.json", *mode)
    assert {name: (eight.report / name).read_bytes() for name in names} == first


def test_the_terminal_says_each_outcome(eight: Repository) -> None:
    ran = eight.judge("--orr-as-of", "2026-11-20", "-v", "-p", "no:xdist")
    for item_id, outcome in EXPECTED.items():
        name = item_id.replace(".", "_").replace("-", "_")
        word = {"pass": "PASSED", "fail": "FAILED"}.get(outcome, outcome.upper())
        assert f"test_demo.py::test_{name} {word}" in ran.out
