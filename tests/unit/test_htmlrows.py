"""pytest-html gets two columns, and nothing of an item reaches its page as markup."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_orr.htmlrows import HtmlRows


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
