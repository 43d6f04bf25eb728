"""Reads which series an expression of Prometheus is about, and narrows selectors by labels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .promql import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .promql import Piece

GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
"""Words that a list of labels follows."""
WORDS = GROUPING | {"and", "or", "unless", "offset", "bool", "atan2", "inf", "nan"}
"""What looks like the name of a series and is none."""


def series_in(expression: str) -> tuple[str, ...]:
    """Return the selectors of an expression, each once, in their order.

    Raises ``ValueError`` for what is no expression.
    """
    found = _selectors(expression, pieces_of(expression))
    return tuple(dict.fromkeys(found))


def name_of(selector: str) -> str:
    """Return the metric that a selector names outside its braces; empty if it names none."""
    return selector.partition("{")[0].strip()


def is_selector(expression: str) -> bool:
    """Tell whether an expression is one selector and nothing else."""
    try:
        return series_in(expression) == (expression.strip(),)
    except ValueError:
        return False


def narrowed(selector: str, labels: Mapping[str, str]) -> str:
    """Return a selector that asks for some labels, too, but for those that it names itself."""
    name, _, rest = selector.strip().partition("{")
    inside = rest.rpartition("}")[0].strip().rstrip(",")
    pieces = pieces_of(f"{{{inside}}}")
    named = {one.text for one in pieces if one.kind == "name"}
    more = (
        f"{key}={json.dumps(labels[key], ensure_ascii=False)}"
        for key in sorted(labels)
        if key not in named
    )
    matchers = ",".join(one for one in (inside, *more) if one)
    return f"{name.strip()}{{{matchers}}}" if matchers else name.strip()


def _selectors(expression: str, pieces: tuple[Piece, ...]) -> Iterator[str]:
    at = 0
    while at < len(pieces):
        piece, after = pieces[at], pieces[at + 1 :]
        following = after[0].text if after else ""
        if piece.text.lower() in GROUPING and following == "(":
            at = _end_of(pieces, at + 1)
        elif piece.text == "{" or _is_series(piece, following):
            end = at
            if piece.text == "{" or following == "{":
                end = _end_of(pieces, at if piece.text == "{" else at + 1)
            yield expression[piece.start : pieces[end].end]
            at = end
        elif piece.text == "[":
            at = _end_of(pieces, at)
        at += 1


def _is_series(piece: Piece, following: str) -> bool:
    """Tell a series' name from functions, aggregations and words of the language."""
    is_called = following == "(" or following.lower() in {"by", "without"}
    return piece.kind == "name" and piece.text.lower() not in WORDS and not is_called


def _end_of(pieces: tuple[Piece, ...], opening: int) -> int:
    """Return where the bracket is that closes the one at a place."""
    inside = pieces[opening].inside
    closing = (
        at
        for at in range(opening + 1, len(pieces))
        if pieces[at].kind == "closing" and pieces[at].inside == inside
    )
    return next(closing)
