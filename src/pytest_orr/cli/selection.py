"""Which items a command is about: named by id, by a former id, or by the area they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.mistakes import did_you_mean, show

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from pytest_orr.model import ItemSpec


def declare_items(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name items."""
    parser.add_argument(
        "items",
        metavar="ITEM",
        nargs="*",
        help="id of an item, or what ids begin with, such as network or compute.vps (default: all)",
    )


def selected(items: Sequence[ItemSpec], names: Iterable[str]) -> tuple[ItemSpec, ...]:
    """Return the items that are named, in the suite's order; all of them if none is.

    Raises ``InvalidInput`` with every name that fits no item, and the nearest that would.
    """
    wanted = tuple(names)
    strays = [name for name in wanted if not any(_fits(item, name) for item in items)]
    if strays:
        known = {known for item in items for known in _names(item)}
        raise InvalidInput(tuple(_unknown(name, known) for name in strays))
    if not wanted:
        return tuple(items)
    return tuple(item for item in items if any(_fits(item, name) for name in wanted))


def _fits(item: ItemSpec, name: str) -> bool:
    return name in _names(item) or name in item.aliases


def _names(item: ItemSpec) -> tuple[str, ...]:
    """Return the item's id and every area around it: a.b.c, a.b, a."""
    parts = item.id.split(".")
    return tuple(".".join(parts[:end]) for end in range(len(parts), 0, -1))


def _unknown(name: str, known: Iterable[str]) -> str:
    near = did_you_mean(name, known, most=3) or "; see `orr catalogue`"
    return f"no item or area has the id {show(name)}{near}"
