"""Reads below which balance alert rules go off, for ``balances``: a rule's expression, by its form.

Understood are comparisons of one series with a number, also of its least (``min``), of what it was
over some time, and of a multiple of it. What ``and`` and ``unless`` add to them only narrows when
a rule goes off and is left alone; of what ``or`` joins each part counts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pytest_orr.collect.watching.promql import Piece, pieces_of
from pytest_orr.collect.watching.thresholds import threshold_of

JOINING = frozenset({"and", "or", "unless"})
GROUPED = frozenset({"by", "without"})
OVER_TIME = frozenset({"min_over_time", "max_over_time", "avg_over_time", "last_over_time"})
DEEPEST = 20
"""Brackets inside each other."""
ALTERNATIVES = re.compile(r"[A-Za-z0-9_:/ -]+(\|[A-Za-z0-9_:/ -]+)*")
"""What is read of regular expressions: names, and | between them."""


class NotUnderstood(ValueError):
    """An expression is none of those whose threshold is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """What a selector asks of a label."""

    label: str
    operator: str
    """``=``, ``!=``, ``=~`` or ``!~``."""
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether a series has such a label; ``NotUnderstood`` of what is not read."""
        value = labels.get(self.label, "")
        if self.operator in {"=", "!="}:
            return (value == self.value) is (self.operator == "=")
        if not ALTERNATIVES.fullmatch(self.value):
            raise NotUnderstood
        return (value in self.value.split("|")) is (self.operator == "=~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A series whose fall below a number lets a rule go off."""

    metric: str
    matchers: tuple[Matcher, ...]
    below: Decimal
    """The number, in what the series counts."""

    def is_about(self, labels: Mapping[str, str]) -> bool:
        """Tell whether a series of this name is among those that are compared."""
        return all(one.matches(labels) for one in self.matchers)


def names(expression: str, metric: str) -> bool:
    """Tell whether an expression speaks of a metric at all."""
    try:
        return any(one.kind == "name" and one.text == metric for one in pieces_of(expression))
    except ValueError:
        return metric in expression


def compared_in(expression: str, metric: str) -> tuple[Compared, ...]:
    """Return every comparison of a metric in an expression, by the series and the number.

    ``NotUnderstood`` where the metric stands in anything else.
    """
    try:
        pieces = pieces_of(expression)
    except ValueError as error:
        raise NotUnderstood from error
    if max((len(one.inside) for one in pieces), default=0) > DEEPEST:
        raise NotUnderstood
    return tuple(_comparisons(expression, pieces, metric))


def _comparisons(expression: str, pieces: Sequence[Piece], metric: str) -> Iterator[Compared]:
    pieces = _unwrapped(pieces)
    parts = list(_joined(pieces))
    if len(parts) > 1:
        for word, part in parts:
            if word != "unless":
                yield from _comparisons(expression, part, metric)
        return
    if _is_absence(pieces) or not any(one.text == metric for one in pieces):
        return
    found = threshold_of(expression[pieces[0].start : pieces[-1].end])
    if found is None:
        raise NotUnderstood
    if found.falls:
        yield _series(pieces_of(found.of), Decimal(repr(found.value)))


def _joined(pieces: Sequence[Piece]) -> Iterator[tuple[str, Sequence[Piece]]]:
    """Yield what ``and``, ``or`` and ``unless`` join, each with the word before it."""
    depth = len(pieces[0].inside) if pieces else 0
    word, start = "", 0
    for at, piece in enumerate(pieces):
        if piece.text.lower() in JOINING and len(piece.inside) == depth and piece.kind == "name":
            yield word, pieces[start:at]
            word, start = piece.text.lower(), _after_grouping(pieces, at + 1)
    yield word, pieces[start:]


def _after_grouping(pieces: Sequence[Piece], at: int) -> int:
    """Return where the operand of ``and on (…)`` begins."""
    if at < len(pieces) and pieces[at].text.lower() in {"on", "ignoring"}:
        return _end_of(pieces, at + 1) + 1
    return at


def _is_absence(pieces: Sequence[Piece]) -> bool:
    """Whether it goes off when a series is not there, which says nothing about its value."""
    return bool(pieces) and pieces[0].text.lower() in {"absent", "absent_over_time"}


def _unwrapped(pieces: Sequence[Piece]) -> Sequence[Piece]:
    while len(pieces) > 1 and pieces[0].text == "(" and _end_of(pieces, 0) == len(pieces) - 1:
        pieces = pieces[1:-1]
    return pieces


def _end_of(pieces: Sequence[Piece], opening: int) -> int:
    """Return where the bracket closes that opens at a place; ``NotUnderstood`` if none does."""
    if opening >= len(pieces) or pieces[opening].kind != "opening":
        raise NotUnderstood
    inside = pieces[opening].inside
    closing = (
        at
        for at in range(opening + 1, len(pieces))
        if pieces[at].kind == "closing" and pieces[at].inside == inside
    )
    found = next(closing, None)
    if found is None:
        raise NotUnderstood
    return found


def _series(pieces: Sequence[Piece], below: Decimal) -> Compared:
    """Take away what stands around a series, and undo what it is multiplied by."""
    pieces = _unwrapped(pieces)
    depth = len(pieces[0].inside) if pieces else 0
    factors = [at for at, one in enumerate(pieces) if len(one.inside) == depth and _scales(one)]
    if len(factors) > 1:
        raise NotUnderstood
    if factors:
        at = factors[0]
        return _series(pieces[:at], _unscaled(below, pieces[at].text, pieces[at + 1 :]))
    first = pieces[0].text.lower() if pieces else ""
    if first == "min":
        return _series(_of_aggregation(pieces), below)
    if first in OVER_TIME and _end_of(pieces, 1) == len(pieces) - 1:
        return _series(_without_range(pieces[2:-1]), below)
    return _selector(pieces, below)


def _scales(piece: Piece) -> bool:
    return piece.kind == "operator" and piece.text in {"*", "/"}


def _unscaled(below: Decimal, operator: str, pieces: Sequence[Piece]) -> Decimal:
    if len(pieces) != 1 or pieces[0].kind != "number" or "x" in pieces[0].text.lower():
        raise NotUnderstood
    factor = Decimal(pieces[0].text)
    if not factor or abs(factor.adjusted()) > 100:
        raise NotUnderstood
    return below * factor if operator == "/" else below / factor


def _of_aggregation(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return what ``min`` is of, wherever its labels stand."""
    at = 1
    if at < len(pieces) and pieces[at].text.lower() in GROUPED:
        at = _end_of(pieces, at + 1) + 1
    end = _end_of(pieces, at)
    rest = pieces[end + 1 :]
    if rest and (rest[0].text.lower() not in GROUPED or _end_of(rest, 1) != len(rest) - 1):
        raise NotUnderstood
    return pieces[at + 1 : end]


def _without_range(pieces: Sequence[Piece]) -> Sequence[Piece]:
    if len(pieces) < 4 or [one.text for one in (pieces[-3], pieces[-1])] != ["[", "]"]:
        raise NotUnderstood
    return pieces[:-3]


def _selector(pieces: Sequence[Piece], below: Decimal) -> Compared:
    if not pieces or pieces[0].kind != "name":
        raise NotUnderstood
    metric, *rest = pieces
    if rest and (rest[0].text != "{" or _end_of(rest, 0) != len(rest) - 1):
        raise NotUnderstood
    inside = [one for one in rest[1:-1] if one.text != ","]
    matchers = tuple(_matcher(inside[at : at + 3]) for at in range(0, len(inside), 3))
    return Compared(metric=metric.text, matchers=matchers, below=below)


def _matcher(pieces: Sequence[Piece]) -> Matcher:
    if [one.kind for one in pieces] != ["name", "operator", "string"]:
        raise NotUnderstood
    label, operator, value = (one.text for one in pieces)
    if "\\" in value or operator not in {"=", "!=", "=~", "!~"}:
        raise NotUnderstood
    return Matcher(label=label, operator=operator, value=value[1:-1])
