"""A column for pytest-html: the outcome as this product names it, escaped, one row an item."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import MutableSequence


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
