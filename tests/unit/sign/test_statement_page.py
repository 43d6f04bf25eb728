"""docs/statement.md tells every member of a statement and every code of a refusal."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_orr.sign.refusal import REFUSALS
from pytest_orr.sign.statement import schema

PAGE = (Path(__file__).parents[3] / "docs" / "statement.md").read_text(encoding="utf-8")
MEMBERS, CODES = PAGE.split("## Why a sign-off is refused")


def test_the_page_tells_every_member() -> None:
    rows = [line.split("|")[1] for line in MEMBERS.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row)}
    assert told == set(schema()["properties"]["predicate"]["properties"])


def test_the_page_tells_every_code_as_the_table_has_it() -> None:
    assert re.findall(r"\| `([a-z0-9-]+)` \| (.+) \|", CODES) == list(REFUSALS.items())
