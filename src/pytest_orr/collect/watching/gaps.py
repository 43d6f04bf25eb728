"""Finds the one among several watchers that counts, or what keeps each of them from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


def least_gap(watchers: Iterable[T], gap: Callable[[T], str], nobody: str) -> str:
    """Return nothing if one of the watchers has no gap, else the gaps of all in words.

    ``gap`` tells in words what a watcher lacks. ``nobody`` are the words for there being none.
    Raises ``FactUnavailable`` when none is known to do, and one might.
    """
    gaps: list[str] = []
    unknown: FactUnavailable | None = None
    for one in watchers:
        try:
            found = gap(one)
        except FactUnavailable as error:
            unknown = unknown or error
            continue
        if not found:
            return ""
        gaps.append(found)
    if unknown:
        raise unknown
    return "; ".join(gaps) or nobody
