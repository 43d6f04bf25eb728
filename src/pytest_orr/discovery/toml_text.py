"""Writes foreign text as TOML that means exactly this text, and as comments that stay comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.profile.mistakes import escape
from pytest_orr.profile.toml_quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST = 90
"""Characters of a line with an array."""
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
MARK, REMARK = "# ", "## "
"""What stands before a proposed line, to be taken away; before a remark, which stays one."""


def listed(key: str, texts: Sequence[str]) -> Iterator[str]:
    """Write texts as an array: on one line if that is short, else each on a line of its own."""
    values = [quoted(text) for text in texts]
    line = f"{key} = [{', '.join(values)}]"
    if len(line) <= LONGEST:
        yield line
        return
    yield from (f"{key} = [", *(f"    {value}," for value in values), "]")


def table(entries: Mapping[str, str]) -> str:
    """Write texts by key as an inline table."""
    pairs = (f"{_key(key)} = {quoted(value)}" for key, value in entries.items())
    return f"{{ {', '.join(pairs)} }}"


def proposed(line: str) -> str:
    """Write a line of TOML as a proposal."""
    return f"{MARK}{line}".rstrip()


def remark(text: str) -> str:
    """Write a remark about the proposal: still a comment when the proposal is accepted."""
    return f"{REMARK}{escape(text)}".rstrip()


def _key(text: str) -> str:
    return text if BARE_KEY.fullmatch(text) else quoted(text)
