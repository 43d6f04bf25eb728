"""Reads at which number an alert rule of Prometheus goes off, for collectors that compare it."""

from dataclasses import dataclass
from math import isfinite

from pytest_orr.errors import FactUnavailable

from .promql import Piece, pieces_of

MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
LOGICAL = frozenset({"and", "or", "unless"})
SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a rule compares with which number."""

    of: str
    """The expression that is compared."""
    comparison: str
    """``>``, ``>=``, ``<``, ``<=``, ``==`` or ``!=``, with the expression on its left."""
    value: float

    @property
    def rises(self) -> bool:
        """Whether the rule goes off when the expression rises."""
        return self.comparison in {">", ">="}

    @property
    def falls(self) -> bool:
        """Whether the rule goes off when the expression falls."""
        return self.comparison in {"<", "<="}

    @property
    def seen(self) -> str:
        """A few words for a finding."""
        return f"{self.comparison} {self.value:g}"


def threshold_of(expression: str) -> Threshold | None:
    """Return what a rule's expression compares with which number.

    None for everything but one comparison of something with a number: what joins comparisons, and
    what compares two series, goes off at no one number.
    """
    try:
        pieces = _unwrapped(pieces_of(expression))
    except ValueError:
        return None
    depth = len(pieces[0].inside) if pieces else 0
    outside = [one for one in pieces if len(one.inside) == depth]
    compared = [one for one in outside if one.text in MIRRORED and one.kind == "operator"]
    joined = any(one.kind == "name" and one.text.lower() in LOGICAL for one in outside)
    if len(compared) != 1 or joined:
        return None
    at = pieces.index(compared[0])
    return _compared(expression, pieces[:at], compared[0].text, pieces[at + 1 :])


def read_threshold(expression: str) -> Threshold:
    """Return what ``threshold_of`` does, and raise ``FactUnavailable`` where it returns none."""
    found = threshold_of(expression)
    if found is None:
        raise FactUnavailable(
            f"{expression[:SHOWN]!r} is no comparison of one expression with a number",
            "write the rule as expression > number, and conditions beside it into rules of"
            " their own; or say in a statement when it goes off",
        )
    return found


def _unwrapped(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Take brackets away that stand around the whole."""
    while len(pieces) > 2 and pieces[0].text == "(" and _closes(pieces):
        pieces = pieces[1:-1]
    return pieces


def _closes(pieces: tuple[Piece, ...]) -> bool:
    depth = len(pieces[0].inside)
    return all(len(one.inside) > depth for one in pieces[1:-1])


def _compared(
    expression: str, left: tuple[Piece, ...], comparison: str, right: tuple[Piece, ...]
) -> Threshold | None:
    before, after = _number(left), _number(right)
    if before is None and after is not None and left:
        of = expression[left[0].start : left[-1].end]
        return Threshold(of=of, comparison=comparison, value=after)
    if before is not None and after is None and right and right[0].text.lower() != "bool":
        of = expression[right[0].start : right[-1].end]
        return Threshold(of=of, comparison=MIRRORED[comparison], value=before)
    return None


def _number(pieces: tuple[Piece, ...]) -> float | None:
    """Return a number, or a product of numbers such as ``0.8 * 50``; none if it is another thing.

    What cannot be reckoned with (nothing, infinity, a division by zero) is none either.
    """
    pieces = _unwrapped(pieces)
    is_negative = bool(pieces) and pieces[0].text == "-"
    pieces = pieces[1:] if pieces and pieces[0].text in {"-", "+"} else pieces
    numbers, between = pieces[::2], [one.text for one in pieces[1::2]]
    if len(pieces) % 2 == 0 or any(one.kind != "number" for one in numbers):
        return None
    if not {*between} <= {"*", "/"}:
        return None
    value = -_read(numbers[0].text) if is_negative else _read(numbers[0].text)
    for operator, one in zip(between, numbers[1:], strict=True):
        factor = _read(one.text)
        if operator == "/" and not factor:
            return None
        value = value * factor if operator == "*" else value / factor
    return value if isfinite(value) else None


def _read(text: str) -> float:
    try:
        return float(int(text, 16)) if text[:2].lower() == "0x" else float(text)
    except OverflowError:
        return float("inf")
