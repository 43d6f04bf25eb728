"""Reads rows out of what people write: TOML, JSON, or the tables of a Markdown page."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.hostile_json import Unreadable, read_json
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 256 * 1024
RULE = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")


def rows_in(content: bytes, path: str, key: str) -> tuple[dict[str, str], ...]:
    """Return the rows below ``key``, or of a page's tables, as texts by lower-case column.

    Raises ``FactUnavailable`` for what is none of the three formats.
    """
    if len(content) > LARGEST:
        raise FactUnavailable(f"{path} is larger than {LARGEST:,} bytes", "keep it to its rows")
    try:
        text = content.decode("utf-8-sig")
        if path.endswith(".toml"):
            return tuple(map(_row, _listed(tomllib.loads(text), key)))
        if path.endswith(".json"):
            return tuple(map(_row, _listed(read_json(content).value, key)))
    except (ValueError, RecursionError) as error:  # no UTF-8, or no TOML
        raise FactUnavailable(f"{path} cannot be read: {error}", "correct the file") from error
    except Unreadable as error:
        raise FactUnavailable(f"{path} {error}", "correct the file") from error
    return tuple(_of_page(text.splitlines()))


def _listed(document: Any, key: str) -> list[dict[str, Any]]:
    rows = document.get(key, []) if isinstance(document, dict) else document
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _row(row: dict[str, Any]) -> dict[str, str]:
    plain = {name: value for name, value in row.items() if isinstance(value, str | int | float)}
    return {name.lower(): str(value).strip() for name, value in plain.items()}


def _of_page(lines: list[str]) -> Iterator[dict[str, str]]:
    columns: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if RULE.fullmatch(line.strip()) and "|" in before:
            columns = [cell.lower() for cell in _cells(before)]
        elif "|" in line and columns:
            yield dict(zip(columns, _cells(line), strict=False))
        elif "|" not in line:
            columns = []


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
