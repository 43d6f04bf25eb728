"""Which of a service's values are weaker than the organisation's, and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.model import Weakening

from .limits import direction_of
from .mistakes import show
from .strength import Compared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .documents import Document
    from .overlay import Overlay
    from .toml_lines import KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Weaker:
    """A value of the service that is weaker than the organisation's."""

    path: KeyPath
    compared: Compared

    @property
    def key(self) -> str:
        """The key, dotted."""
        return ".".join(map(str, self.path))

    @property
    def difference(self) -> str:
        """What makes it weaker, in one line."""
        compared = self.compared
        if compared.lacking:
            return f"lacks {_several(compared.lacking)}"
        if compared.added:
            return f"adds {_several(compared.added)}"
        return f"is {written(compared.ours)}"


def weaker_values(overlay: Overlay, items: Mapping[str, str]) -> tuple[Weaker, ...]:
    """Return every value that is weaker than the organisation's, approved or not, by key.

    ``items`` are the suite's ids and aliases, by which two lists of items are compared.
    """
    if overlay.base is None:
        return ()
    found = []
    for path, theirs in _leaves(overlay.base.values, ()):
        direction = direction_of(path)
        ours = value_at(overlay.own(f"{path[0]}.").values, path)
        if direction is None or ours is None:
            continue
        compared = Compared(direction, _plain(theirs, items), _plain(ours, items))
        if compared.is_weaker:
            found.append(Weaker(path=path, compared=compared))
    return tuple(sorted(found, key=lambda one: one.key))


def weakenings_of(overlay: Overlay, items: Mapping[str, str]) -> tuple[Weakening, ...]:
    """Return the approved weakenings of a profile without mistakes, as documents show them."""
    approved = {entry["key"].strip(): entry for _, entry in approvals(overlay)}
    return tuple(_shown(overlay, one, approved[one.key]) for one in weaker_values(overlay, items))


def written(value: object) -> str:
    """Show a value as it is written in the file, a list with its entries."""
    if isinstance(value, list):
        return f"[{', '.join(map(show, value))}]"
    return show(value)


def _shown(overlay: Overlay, one: Weaker, entry: Mapping[str, Any]) -> Weakening:
    where = overlay.own(one.key)
    return Weakening(
        key=one.key,
        organisation=overlay.name,
        organisation_value=written(one.compared.theirs),
        value=written(one.compared.ours),
        where=f"{where.file}:{where.lines.line_of(one.path)}",
        beneath=beneath(overlay.base, one.path) if overlay.base else "",
        reason=entry["reason"].strip(),
        approver=entry["approver"],
        on=entry["on"].isoformat(),
        until=entry["until"].isoformat(),
    )


def beneath(base: Document, path: KeyPath) -> str:
    """Return where the organisation wrote a value: ``file:line``."""
    return f"{base.file}:{base.lines.line_of(path)}"


def approvals(overlay: Overlay) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield every entry of ``[[weakenings]]`` as written, with its path."""
    for path, entry in overlay.readiness.occurrences("weakenings"):
        if isinstance(entry, dict):
            yield path, entry


def value_at(values: Any, path: KeyPath) -> Any:
    """Return the value at a path through tables; nothing where none is written."""
    for step in path:
        if not isinstance(values, dict):
            return None
        values = values.get(step)
    return values


def _leaves(values: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for key, value in values.items():
        where = (*path, key)
        if direction_of(where) is not None:
            yield where, value
        elif isinstance(value, dict):
            yield from _leaves(value, where)


def _plain(value: Any, items: Mapping[str, str]) -> Any:
    """Return a value with texts as they are read, and items by their ids."""
    if isinstance(value, list):
        return [_plain(one, items) for one in value]
    return items.get(value.strip(), value.strip()) if isinstance(value, str) else value


def _several(entries: Iterable[object]) -> str:
    return " and ".join(map(show, entries))
