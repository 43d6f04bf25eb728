"""Alertmanager's matchers of labels, read as it reads them, for its routes and silences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .anchored_patterns import Undecidable, matches_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORD = r"[^\s{}!=~,\\\"'`]+"
MATCHER = re.compile(
    rf'\s*(?P<name>"(?:[^"\\]|\\.)*"|{WORD})\s*(?P<sign>=~|!=|!~|=)\s*(?P<value>.*?)\s*', re.DOTALL
)
"""A name in either syntax: the older one knows no quotes and fewer characters."""
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
MOST = 1000
"""Matchers of one list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """What one label must be, or must not; a label that is not there is empty."""

    name: str
    value: str
    is_regex: bool
    is_equal: bool
    """False for ``!=`` and ``!~``."""

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels match; ``Undecidable`` for an expression nobody here can read."""
        found = labels.get(self.name, "")
        if not self.is_regex:
            return (found == self.value) == self.is_equal
        try:
            return matches_whole(self.value, found) == self.is_equal
        except Undecidable as error:
            raise Undecidable(
                f"the expression {self.value[:80]!r} for {self.name} {error}"
            ) from None

    def __str__(self) -> str:
        sign = (
            ("=~" if self.is_equal else "!~") if self.is_regex else "=" if self.is_equal else "!="
        )
        return f'{self.name}{sign}"{self.value}"'


def matchers_in(line: str) -> tuple[Matcher, ...]:
    """Return the matchers of a line such as ``{severity="page",team=~"a|b"}``."""
    inner = line.strip().removeprefix("{").removesuffix("}")
    return tuple(_matcher(part) for part in _parts(inner))


def matchers_of(route: Mapping[str, Any]) -> tuple[Matcher, ...]:
    """Return all matchers of a route or of one side of an inhibition, in every spelling."""
    lines = route.get("matchers") or []
    equal, regex = route.get("match") or {}, route.get("match_re") or {}
    if not isinstance(lines, list) or not isinstance(equal, dict) or not isinstance(regex, dict):
        raise Undecidable("a route's matchers are neither a list nor a table")
    found = [matcher for line in lines for matcher in matchers_in(_text(line))]
    found += [_legacy(name, value, is_regex=False) for name, value in equal.items()]
    found += [_legacy(name, value, is_regex=True) for name, value in regex.items()]
    if len(found) > MOST:
        raise Undecidable(f"a route has more than {MOST} matchers")
    return tuple(found)


def _legacy(name: str, value: object, *, is_regex: bool) -> Matcher:
    return Matcher(name=name, value=_text(value), is_regex=is_regex, is_equal=True)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Undecidable("a route's matcher is no text")


def _parts(inner: str) -> Iterator[str]:
    """Yield what stands between commas that are not inside quotes."""
    part, quoted, escaped = "", False, False
    for sign in inner:
        if sign == '"' and not escaped:
            quoted = not quoted
        escaped = sign == "\\" and not escaped
        if sign == "," and not quoted:
            yield part
            part = ""
        else:
            part += sign
    if part.strip():
        yield part


def _matcher(part: str) -> Matcher:
    found = MATCHER.fullmatch(part)
    if found is None:
        raise Undecidable(f"{part[:80]!r} is no matcher")
    sign, name = found["sign"], found["name"]
    return Matcher(
        name=_unescaped(name[1:-1]) if name.startswith('"') else name,
        value=_value(found["value"]),
        is_regex="~" in sign,
        is_equal="!" not in sign,
    )


def _value(raw: str) -> str:
    if raw.startswith('"'):
        if len(raw) < 2 or not raw.endswith('"'):
            raise Undecidable(f"{raw[:80]!r} lacks a closing quote")
        raw = raw[1:-1]
    if '"' in re.sub(r"\\.", "", raw, flags=re.DOTALL):
        raise Undecidable(f"{raw[:80]!r} has a quote inside")
    return _unescaped(raw)


def _unescaped(raw: str) -> str:
    """Take the escapes away that there are; before any other sign a backslash stays one."""
    return ESCAPED.sub(lambda found: _sign(found[1]), raw)


def _sign(sign: str) -> str:
    return "\n" if sign == "n" else sign if sign in {'"', "\\"} else f"\\{sign}"
