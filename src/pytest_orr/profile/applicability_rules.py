"""What not-applicables must agree on: what they rest on, and that who agreed is told with when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .applicability import BASES, RESTS_ON
from .mistakes import show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .mistakes import Mistake
    from .toml_lines import KeyPath

SIGNED = {"approver": "on", "on": "approver"}


def broken_applicability_rules(profile: Document, items: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield every mistake about not-applicables; ``items`` are ids and aliases with their ids."""
    for path, entry in profile.tables("not_applicable"):
        yield from _signed_in_part(profile, path, entry)
        yield from _rests_elsewhere(profile, path, entry, items)


def _signed_in_part(
    profile: Document, path: KeyPath, entry: Mapping[str, object]
) -> Iterator[Mistake]:
    for key, other in SIGNED.items():
        if key in entry and other not in entry:
            where = (*path, key)
            told = f"{show_key(where)} needs `{other}` beside it; without both it is a proposal"
            yield profile.mistake(where, told)


def _rests_elsewhere(
    profile: Document, path: KeyPath, entry: Mapping[str, object], items: Mapping[str, str]
) -> Iterator[Mistake]:
    item, basis = entry.get("item"), entry.get("rests_on")
    known = RESTS_ON.get(items.get(item.strip(), "") if isinstance(item, str) else "")
    if known and basis in BASES and basis not in known:
        where = (*path, "rests_on")
        told = f"{show(item)} rests on {' and '.join(map(show, known))}: remove it"
        yield profile.mistake(where, f"{show_key(where)} is {show(basis)}, but {told}")
