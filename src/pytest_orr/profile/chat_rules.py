"""What the profile's parts about support channels must agree on, for ``rules``."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .mistakes import ONE_OF_TWO, Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .toml_lines import KeyPath

DOOR: Mapping[object, str] = MappingProxyType({"discord": "invite", "telegram": "chat"})
"""The key by which each kind of channel is found."""
STRANGE: Mapping[object, tuple[str, ...]] = MappingProxyType(
    {"discord": ("chat",), "telegram": ("invite", "guild")}
)
"""Keys that say nothing about a kind of channel."""


def broken_chat_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about support channels that one key alone cannot show."""
    seen: dict[tuple[object, object], KeyPath] = {}
    for path, channel in readiness.tables("support.channels"):
        if channel.get("kind") in DOOR:
            yield from _of_one(readiness, path, channel)
            yield from _repeated(readiness, path, channel, seen)


def _of_one(readiness: Document, path: KeyPath, channel: Mapping[str, object]) -> Iterator[Mistake]:
    kind = channel["kind"]
    if DOOR[kind] not in channel:
        told = f"is {show(kind)} and names no `{DOOR[kind]}`: add it"
        yield readiness.mistake(path, f"{show_key((*path, 'kind'))} {told}")
    for key in STRANGE[kind]:
        if key in channel:
            where = (*path, key)
            told = f"says nothing about a channel whose kind is {show(kind)}: remove it"
            yield readiness.mistake(where, f"{show_key(where)} {told}")


def _repeated(
    readiness: Document,
    path: KeyPath,
    channel: Mapping[str, object],
    seen: dict[tuple[object, object], KeyPath],
) -> Iterator[Mistake]:
    kind = channel["kind"]
    where = (*path, DOOR[kind])
    door = channel.get(DOOR[kind])
    first = seen.setdefault((kind, str(door)), where)
    if door is not None and first != where:
        told = f"again, as in line {readiness.lines.line_of(first)}: {ONE_OF_TWO}"
        yield readiness.mistake(where, f"{show_key(where)} is {show(door)} {told}")
