"""Which sections of readiness.toml items wait for, said so that the most useful one comes first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_orr.errors import section_to_declare

from .words import count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_orr.model import ItemResult

FILL_IN = "fill in readiness.toml"
MOST_OTHERS = 6


def first_setting(items: Iterable[ItemResult], waiting: Collection[str]) -> str:
    """Say which section most of the items with these ids wait for, and then which others.

    An item that waits for several sections counts for each.
    """
    wanted = Counter(
        section for item in items if item.spec.id in waiting for section in _sections(item)
    )
    [(first, number), *others] = sorted(wanted.items(), key=lambda pair: (-pair[1], pair[0]))
    wait = "item waits" if number == 1 else "items wait"
    return f"{FILL_IN}, first {first}: {number} {wait} for it{''.join(_then(others))}"


def _then(others: list[tuple[str, int]]) -> Iterator[str]:
    if others:
        yield "; then "
        yield ", ".join(f"{section} {number}" for section, number in others[:MOST_OTHERS])
    if rest := others[MOST_OTHERS:]:
        yield f", and {count(len(rest), 'other section')}"


def _sections(item: ItemResult) -> set[str]:
    remedies = (item.remedy or item.reason, *(finding.remedy for finding in item.findings))
    return {section for remedy in remedies if (section := section_to_declare(remedy))}
