"""Takes an expression of Prometheus apart, for whoever reads thresholds or series out of it.

Only the form of words, brackets and operators is read: what an expression means is asked of
Prometheus itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 20_000
"""Characters of an expression; longer ones are not read."""
PIECES = re.compile(
    r"""
      (?P<space>\s++|\#[^\n]*+)
    | (?P<string>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|`[^`]*+`)
    | (?P<duration>(?:[0-9]++(?:ms|[smhdwy]))++)
    | (?P<number>0[xX][0-9a-fA-F]++|(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+)
    | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*+)
    | (?P<operator>==|!=|>=|<=|=~|!~|[><=+*/%^@,-])
    | (?P<opening>[({\[])
    | (?P<closing>[)}\]])
    """,
    re.VERBOSE,
)
"""Possessive throughout: a hostile expression costs no more time than a good one."""
PAIRS = {")": "(", "}": "{", "]": "["}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A word, a bracket or an operator of an expression."""

    kind: str
    """``string``, ``duration``, ``number``, ``name``, ``operator``, ``opening``, ``closing``."""
    text: str
    inside: str
    """The brackets that are open around it, outermost first: ``({`` …"""
    start: int
    end: int
    """Where it stands in the expression."""


def pieces_of(expression: str) -> tuple[Piece, ...]:
    """Return the pieces of an expression without spaces and comments.

    Raises ``ValueError`` for what is no expression: unknown characters, brackets that do not match.
    """
    if len(expression) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters")
    return tuple(_pieces(expression))


def _pieces(expression: str) -> Iterator[Piece]:
    at, inside = 0, ""
    while at < len(expression):
        found = PIECES.match(expression, at)
        if found is None:
            raise ValueError(f"{expression[at]!r} belongs to no expression")
        kind, text, start, at = found.lastgroup or "", found[0], at, found.end()
        if kind == "closing":
            inside = _closed(inside, text)
        if kind != "space":
            yield Piece(kind=kind, text=text, inside=inside, start=start, end=at)
        if kind == "opening":
            inside += text
    if inside:
        raise ValueError(f"{inside[-1]} is not closed")


def _closed(inside: str, bracket: str) -> str:
    if not inside.endswith(PAIRS[bracket]):
        raise ValueError(f"{bracket} closes nothing")
    return inside[:-1]
