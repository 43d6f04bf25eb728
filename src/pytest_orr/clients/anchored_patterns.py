"""Matches whole texts by RE2's syntax, as Alertmanager's routes do, in time that is bounded.

Python's own expressions mean other things by the same signs, such as ``$`` and ``{,3}``, and some
take years. What is not understood here is refused, so that nobody guesses.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Step = Callable[[frozenset[int]], frozenset[int]]
    """From the places where a part may begin to those where it then ends."""

MOST_STEPS = 1_000_000
MOST_REPEATS = 1000
"""Of one part; RE2 takes no more."""
DEEPEST = 50
DIGITS, WORDS, SPACES = (
    frozenset(string.digits),
    frozenset(string.ascii_letters + string.digits + "_"),
    frozenset("\t\n\f\r "),
)
CLASSES = MappingProxyType({"d": DIGITS, "w": WORDS, "s": SPACES})
CONTROLS = MappingProxyType({"t": "\t", "n": "\n", "f": "\f", "r": "\r", "v": "\v", "a": "\a"})
PUNCTUATION = frozenset(string.punctuation)


class Undecidable(ValueError):
    """The pattern has what is not understood here, or takes too long; the text says what."""


def matches_whole(pattern: str, text: str) -> bool:
    """Tell whether a pattern of RE2 matches a whole text; ``Undecidable`` if nobody can tell."""
    folded = pattern.startswith("(?i)")
    if folded and not text.isascii():
        raise Undecidable("folds the case of letters beyond ASCII")
    walk = _Walk(text=text, folded=folded, pattern=pattern[4:] if folded else pattern)
    step = walk.alternatives(0)
    if walk.at < len(walk.pattern):
        raise Undecidable("has a closing bracket too many")
    return len(text) in step(frozenset({0}))


@dataclass(slots=True)
class _Walk:
    """Reads a pattern from left to right and makes of each part a step over one text."""

    text: str
    folded: bool
    pattern: str
    at: int = 0
    steps: int = 0

    def alternatives(self, depth: int) -> Step:
        if depth > DEEPEST:
            raise Undecidable(f"has more than {DEEPEST} levels")
        branches = [self._sequence(depth)]
        while self._took("|"):
            branches.append(self._sequence(depth))
        return lambda places: frozenset().union(*(branch(places) for branch in branches))

    def _sequence(self, depth: int) -> Step:
        parts: list[Step] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self._repeated(self._one(depth)))

        def step(places: frozenset[int]) -> frozenset[int]:
            for part in parts:
                places = part(places)
            return places

        return step

    def _one(self, depth: int) -> Step:
        sign = self._next()
        if sign == "(":
            return self._group(depth)
        if sign in "^$":
            edge = frozenset({0 if sign == "^" else len(self.text)})
            return lambda places: places & edge
        return self._character(self._test(sign))

    def _test(self, sign: str) -> Callable[[str], bool]:
        if sign == "[":
            return self._set()
        if sign == ".":
            return lambda one: one != "\n"
        if sign == "\\":
            return self._escaped()
        if sign in "*+?{":
            raise Undecidable(f"repeats nothing by {sign}")
        return lambda one: one == sign

    def _group(self, depth: int) -> Step:
        if self._took("?"):
            if self._took("P<"):
                self.at = self.pattern.find(">", self.at) + 1 or len(self.pattern)
            elif not self._took(":"):
                raise Undecidable("sets flags inside")
        inner = self.alternatives(depth + 1)
        if not self._took(")"):
            raise Undecidable("lacks a closing bracket")
        return inner

    def _character(self, is_one: Callable[[str], bool]) -> Step:
        def fits(place: int) -> bool:
            one = self.text[place]
            return is_one(one) or (self.folded and (is_one(one.lower()) or is_one(one.upper())))

        def step(places: frozenset[int]) -> frozenset[int]:
            self.steps += len(places) + 1
            if self.steps > MOST_STEPS:
                raise Undecidable("takes too long to match")
            return frozenset(one + 1 for one in places if one < len(self.text) and fits(one))

        return step

    def _escaped(self) -> Callable[[str], bool]:
        sign = self._next()
        if sign.lower() in CLASSES:
            members, wanted = CLASSES[sign.lower()], sign.islower()
            return lambda one: (one in members) == wanted
        literal = self._literal(sign)
        return lambda one: one == literal

    def _literal(self, sign: str) -> str:
        if sign in CONTROLS or sign in PUNCTUATION:
            return CONTROLS.get(sign, sign)
        raise Undecidable(f"has \\{sign}")

    def _set(self) -> Callable[[str], bool]:
        wanted = not self._took("^")
        tests: list[Callable[[str], bool]] = []
        while not tests or self.pattern[self.at : self.at + 1] != "]":
            tests.append(self._member())
        self.at += 1
        return lambda one: any(test(one) for test in tests) == wanted

    def _member(self) -> Callable[[str], bool]:
        first = self._next()
        if first == "[" and self.pattern[self.at : self.at + 1] == ":":
            raise Undecidable("names a class of characters")
        if first == "\\":
            if self.pattern[self.at : self.at + 1].lower() in CLASSES:
                return self._escaped()
            first = self._literal(self._next())
        if self.pattern[self.at : self.at + 1] == "-" and self._after_dash() not in {"]", ""}:
            self.at += 1
            last = self._next()
            last = self._literal(self._next()) if last == "\\" else last
            return lambda one: first <= one <= last
        return lambda one: one == first

    def _after_dash(self) -> str:
        return self.pattern[self.at + 1 : self.at + 2]

    def _repeated(self, one: Step) -> Step:
        bounds = self._bounds()
        if bounds is None:
            return one
        self._took("?")  # as few as possible matches the same whole texts
        if self.pattern[self.at : self.at + 1] in {*"*+?"}:
            raise Undecidable("repeats what is repeated already")
        least, most = bounds
        return lambda places: _times(one, places, least, most)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._took(sign):
                return bounds
        if not self._took("{"):
            return None
        said, closed, _ = self.pattern[self.at :].partition("}")
        least, comma, most = said.partition(",")
        if not closed or not least.isdecimal() or (most and not most.isdecimal()):
            raise Undecidable("has a brace that is no count")
        self.at += len(said) + 1
        if max(int(least), int(most or 0)) > MOST_REPEATS:
            raise Undecidable(f"repeats more than {MOST_REPEATS} times")
        return int(least), (int(most) if most else None) if comma else int(least)

    def _next(self) -> str:
        if self.at >= len(self.pattern):
            raise Undecidable("ends in the middle")
        self.at += 1
        return self.pattern[self.at - 1]

    def _took(self, sign: str) -> bool:
        if self.pattern.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False


def _times(one: Step, places: frozenset[int], least: int, most: int | None) -> frozenset[int]:
    """Return where a part ends that comes at least and at most so many times."""
    for _ in range(least):
        places = one(places)
    reached, new, count = places, places, least
    while new and (most is None or count < most):
        new = one(new) - reached
        reached, count = reached | new, count + 1
    return reached
