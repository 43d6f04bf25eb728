"""When the releases of distributions stop getting security updates: a table that is shipped."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "support_ends.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportEnd:
    """Until when a release gets security updates without a contract."""

    is_lts: bool
    until: datetime
    """The end of its last day, UTC: of Debian's LTS team, of Ubuntu's standard support."""


def support_end(distribution: str, version: str) -> SupportEnd | None:
    """Return the end of ``debian`` 12's or ``ubuntu`` 24.04's support, if the table knows it."""
    return _table()[1].get((distribution, version))


def table_source() -> str:
    """Return where the table is from, and of when."""
    return _table()[0]


@cache
def _table() -> tuple[str, dict[tuple[str, str], SupportEnd]]:
    source, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines)
    return source.removeprefix("# "), {
        (row["distribution"], row["version"]): SupportEnd(
            is_lts=row["lts"] == "yes",
            until=datetime.combine(datetime.fromisoformat(row["until"]), time.max, UTC).replace(
                microsecond=0
            ),
        )
        for row in rows
    }
