"""pytest-html's page of a judging run: one row an item, with outcome, findings and evidence."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

DAY = ("--orr-as-of", "2026-11-20")
BODY = """
    for number in numbers:
        with subject(f"<b>{number}</b>"):
            assert number == 1, "\\x1b[2J<img src=x>"
"""


@pytest.fixture
def rows(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str]
) -> list[dict[str, Any]]:
    """What the page's table is made from, of one item that fails and one that holds."""
    repository = small(
        item("demo.a.one", BODY.strip(), asks="numbers, subject"),
        item("demo.a.two", "assert numbers", asks="numbers"),
    )
    ran = repository.judge(*DAY, *spread, "--html=page.html", "--self-contained-html")
    assert ran.status == 1, ran.out + ran.err
    page = (repository.path / "page.html").read_text(encoding="utf-8")
    blob = re.search(r'data-jsonblob="([^"]*)"', page)
    assert blob is not None
    tests = json.loads(html.unescape(blob[1]))["tests"]
    return sorted(
        (row for several in tests.values() for row in several),
        key=lambda row: str(row["resultsTableRow"]),
    )


def test_an_item_is_one_row_of_text_that_opens_with_findings_and_digests(
    rows: list[dict[str, Any]],
) -> None:
    cells = [re.findall(r">([^<]+)<", "".join(row["resultsTableRow"]))[:3] for row in rows]
    failed, held = (row["log"] for row in rows)

    assert len(rows) == 2
    assert cells == [["Failed", "fail", "demo.a.one"], ["Passed", "pass", "demo.a.two"]]
    assert "FAIL &lt;b&gt;2&lt;/b&gt;: \\x1b[2J&lt;img src=x&gt;" in failed
    assert "PASS &lt;b&gt;1&lt;/b&gt;" in failed
    assert re.search(r"fact numbers, the numbers, SHA-256 [0-9a-f]{64}\n", held)

    told = "".join(row["log"] for row in rows)
    made = "".join(cell for row in rows for cell in row["resultsTableRow"])
    assert re.findall(r"<\w+", told) == []
    assert "\x1b" not in told + made
    assert set(re.findall(r"<\w+", made)) == {"<td"}
