"""Columns and evidence for pytest-html, whose cells are raw HTML: escaped, one row an item."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pytest

from .record.reports import attached
from .render.escape import visible_lines
from .render.words import OUTCOME_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableSequence

    from .record.values import ItemRecord


class HtmlRows:
    """Registered only where pytest-html is loaded, whose cells are raw HTML."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: MutableSequence[str]) -> None:
        """Add the columns' heads."""
        cells.insert(1, '<th class="sortable" data-column-type="outcome">Readiness</th>')
        cells.insert(2, '<th class="sortable" data-column-type="item">Item</th>')

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(
        self, report: pytest.TestReport, cells: MutableSequence[str]
    ) -> None:
        """Add the cells of one row."""
        said = dict(getattr(report, "user_properties", ()))
        # pytest-html puts the test's name in as it stands, and a parameter may be anything.
        for place, cell in enumerate(cells):
            if 'class="col-testId"' in cell:
                cells[place] = f'<td class="col-testId">{escape(report.nodeid)}</td>'
        outcome = str(said.get("orr.outcome", "unknown" if "orr.id" in said else ""))
        cells.insert(1, f"<td>{escape(outcome.replace('_', ' '))}</td>")
        cells.insert(2, f"<td>{escape(str(said.get('orr.id', '')))}</td>")

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(
        self, report: pytest.TestReport, data: MutableSequence[str]
    ) -> None:
        """Put findings and evidence before the log that opens with a row."""
        record = attached(report) if report.when == "call" else None
        if record is not None:
            told = "\n".join(map(visible_lines, _told(record)))
            data.insert(0, f"{escape(told)}\n")


def _told(record: ItemRecord) -> Iterator[str]:
    """Yield what an item found, and what it rests on by digest."""
    for one in record.findings:
        said = "; ".join(filter(None, (one.detail, one.remedy)))
        yield f"{OUTCOME_WORDS[one.outcome]} {one.subject}{f': {said}' if said else ''}"
    for fact in record.facts:
        yield f"fact {fact.name}, {fact.source}, SHA-256 {fact.digest or 'none'}"
    for seen in record.attestation.evidence if record.attestation else ():
        yield f"evidence {seen.kind} {seen.ref}, {seen.dated}, SHA-256 {seen.sha256 or 'none'}"
