"""pytest-html gets two columns, and nothing of an item reaches its page as markup."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_orr.htmlrows import HtmlRows
from pytest_orr.model import Evidence, FactSeen, Finding, Outcome, StatementUsed
from pytest_orr.record.values import RECORDS, ItemRecord


def test_two_columns_stand_after_the_first() -> None:
    cells = ["<th>Result</th>", "<th>Test</th>"]
    HtmlRows().pytest_html_results_table_header(cells)
    assert [cell.partition(">")[2] for cell in cells] == [
        "Result</th>",
        "Readiness</th>",
        "Item</th>",
        "Test</th>",
    ]


@pytest.mark.parametrize(
    ("properties", "outcome", "item"),
    [
        (
            [("orr.id", "demo.a.one"), ("orr.outcome", "not_applicable")],
            "not applicable",
            "demo.a.one",
        ),
        ([("orr.id", "demo.a.one")], "unknown", "demo.a.one"),
        ([("other", "x")], "", ""),
        ([], "", ""),
        (
            [("orr.id", "<b>&\"'"), ("orr.outcome", "<i>")],
            "&lt;i&gt;",
            "&lt;b&gt;&amp;&quot;&#x27;",
        ),
    ],
)
def test_a_row_shows_outcome_and_item_as_text(
    properties: list[tuple[str, str]], outcome: str, item: str
) -> None:
    report: Any = SimpleNamespace(user_properties=properties)
    cells = ["<td>Passed</td>", "<td>test</td>"]
    HtmlRows().pytest_html_results_table_row(report, cells)
    assert cells == [
        "<td>Passed</td>",
        f"<td>{outcome}</td>",
        f"<td>{item}</td>",
        "<td>test</td>",
    ]


def record(text: str) -> ItemRecord:
    """A record that says the same in every field that a row opens with."""
    return ItemRecord(
        id="demo.a.one",
        node="test_demo.py::test_one",
        outcome=Outcome.FAIL,
        reason=text,
        findings=(
            Finding(subject=text, outcome=Outcome.FAIL, detail=text, remedy=text),
            Finding(subject="quiet", outcome=Outcome.PASS),
        ),
        facts=(FactSeen(name="numbers", source=text, digest="d" * 64, observed=True),),
        attestation=StatementUsed(
            statement=text,
            by="ana@example.org",
            confirmed="",
            on="2026-11-02",
            until="2027-01-31",
            release="any",
            covers="question",
            evidence=(Evidence(kind="drill", ref=text, sha256="e" * 64, dated="2026-11-02"),),
        ),
    )


def opens_with(when: str, **more: object) -> list[str]:
    report: Any = SimpleNamespace(when=when, **more)
    data = ["the log"]
    HtmlRows().pytest_html_results_table_html(report, data)
    return data


def test_a_row_opens_with_findings_and_evidence_by_digest() -> None:
    said = RECORDS.dump_json(record("a port")).decode()
    told, log = opens_with("call", orr_record=said)

    assert log == "the log"
    assert told.splitlines() == [
        "FAIL a port: a port; a port",
        "PASS quiet",
        f"fact numbers, a port, SHA-256 {'d' * 64}",
        f"evidence drill a port, 2026-11-02, SHA-256 {'e' * 64}",
    ]


def test_what_a_row_opens_with_is_text() -> None:
    said = RECORDS.dump_json(record("<img src=x>\x1b[2J\u202e")).decode()
    told, _ = opens_with("call", orr_record=said)

    assert told.count(r"&lt;img src=x&gt;\x1b[2J\u202e") == 5
    assert "<" not in told


@pytest.mark.parametrize("when", ["setup", "teardown", "call", "collect"])
def test_a_report_without_a_record_opens_with_its_log(when: str) -> None:
    assert opens_with(when) == ["the log"]
