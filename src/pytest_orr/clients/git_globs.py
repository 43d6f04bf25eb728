"""Patterns of paths in a repository, as the profile writes them: ``deploy/**/*.yml``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PIECE = re.compile(
    r"(?P<folders>(?:^|(?<=/))\*\*/)|(?P<all>\*\*)|(?P<some>\*)|(?P<one>\?)|"
    r"(?P<of>\[[!^]?[^\]/]+\])|(?P<text>.)",
    re.DOTALL,
)
"""What a pattern consists of."""
MEANS = {"folders": "(?:[^/]+/)*", "all": ".*", "some": "[^/]*", "one": "[^/]"}


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path, from the repository's top on, fits one of the patterns.

    ``*`` and ``?`` stay within a folder; ``**/`` is any number of folders, and none too; ``**``
    elsewhere is everything.
    """
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(map(_meaning, PIECE.finditer(pattern))), re.DOTALL)


def _meaning(piece: re.Match[str]) -> str:
    kind, text = piece.lastgroup or "", piece[0]
    if kind == "of":
        inside = text[1:-1]
        negated = inside[0] in "!^"
        members = re.sub(r"([\\^\]\[&~|])", r"\\\1", inside[negated:])
        return f"[{'^/' if negated else ''}{members}]"
    return MEANS.get(kind) or re.escape(text)
