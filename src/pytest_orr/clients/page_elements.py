"""Finds elements in HTML by simple selectors, as the page was built and before any script runs.

A selector is one element with conditions: ``.help``, ``#fees``, ``[data-help]``,
``[role=tooltip]``, ``details``, or several of them at once: ``button.help[aria-describedby]``.
Selectors of one element inside another are not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from .page_html import OVERLONG, UNSHOWN, skipped_declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ELEMENT = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
CONDITION = re.compile(
    r"(?P<kind>[.#])(?P<name>[A-Za-z_][\w-]*)"
    r"|\[(?P<attribute>[A-Za-z_][\w:.-]*)(?:=(?P<quote>[\"']?)(?P<value>[^\"'\]]*)(?P=quote))?\]",
    re.ASCII,
)
MOST_ELEMENTS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """What an element must be like."""

    element: str = ""
    """Its name; any if empty."""
    conditions: tuple[tuple[str, str, str | None], ...] = ()
    """``=`` (an attribute, and its value if one is asked for) or ``~`` (one of its words)."""

    def fits(self, element: str, attributes: dict[str, str]) -> bool:
        """Tell whether an element is like this."""
        return self.element in {"", element} and all(
            _holds(attributes.get(name), kind, value) for kind, name, value in self.conditions
        )


def selector_of(text: str) -> Selector | None:
    """Return the selector that a text is; none if it is none, or one that is not known here."""
    named = ELEMENT.match(text)
    at = named.end() if named else 0
    conditions = []
    while at < len(text):
        found = CONDITION.match(text, at)
        if found is None:
            return None
        conditions.append(_condition(found))
        at = found.end()
    element = named[0].lower() if named else ""
    return Selector(element=element, conditions=tuple(conditions)) if text else None


def found_in(html: str, selectors: Iterable[str]) -> frozenset[str]:
    """Return the selectors for which a page has an element that its reader is shown."""
    known = {one: selector for one in selectors if (selector := selector_of(one))}
    reader = _Elements(known)
    reader.feed(OVERLONG.sub("\N{REPLACEMENT CHARACTER}", html))
    return frozenset(reader.found)


def _condition(found: re.Match[str]) -> tuple[str, str, str | None]:
    if found["attribute"]:
        return "=", found["attribute"].lower(), found["value"]
    return ("~", "class", found["name"]) if found["kind"] == "." else ("=", "id", found["name"])


def _holds(said: str | None, kind: str, value: str | None) -> bool:
    if said is None:
        return False
    return value is None or (value in said.split() if kind == "~" else value == said)


class _Elements(HTMLParser):
    def __init__(self, wanted: dict[str, Selector]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self._wanted, self._seen, self._unshown = wanted, 0, dict.fromkeys(UNSHOWN, 0)

    def parse_html_declaration(self, i: int) -> int:
        """Skip a doctype, and whatever else begins like one."""
        return skipped_declaration(self, i)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Compare an element with what is still wanted."""
        self._seen += 1
        if tag in self._unshown:
            self._unshown[tag] += 1
        if any(self._unshown.values()) or self._seen > MOST_ELEMENTS:
            return
        said = {name: value or "" for name, value in reversed(attrs)}
        if "hidden" not in said:
            self.found |= {one for one, like in self._wanted.items() if like.fits(tag, said)}

    def handle_endtag(self, tag: str) -> None:
        """Notice where what is not shown ends."""
        if tag in self._unshown:
            self._unshown[tag] = max(self._unshown[tag] - 1, 0)
