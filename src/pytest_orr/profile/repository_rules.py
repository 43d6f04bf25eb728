"""What the profile's part about the repository must agree on, for ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mistakes import Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document

BOUNDS = "repository.contingency_scripts"


def broken_repository_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about the repository that one key alone cannot show."""
    yield from _bounds_out_of_order(readiness)
    yield from _secrets_in_clear(readiness)


def _bounds_out_of_order(readiness: Document) -> Iterator[Mistake]:
    for path, script in readiness.tables(BOUNDS):
        lowest, highest = _number(script.get("lowest")), _number(script.get("highest"))
        if lowest is not None and highest is not None and lowest >= highest:
            where = (*path, "highest")
            told = f"not more than `lowest` ({show(lowest)}): correct one of the two"
            yield readiness.mistake(where, f"{show_key(where)} is {show(highest)}, {told}")


def _secrets_in_clear(readiness: Document) -> Iterator[Mistake]:
    secrets = {pattern for _, pattern in readiness.occurrences("repository.secrets")}
    for path, pattern in readiness.occurrences("repository.in_clear.files"):
        if isinstance(pattern, str) and pattern in secrets:
            told = "which `repository.secrets` names: what holds a credential stays in no clear"
            yield readiness.mistake(path, f"{show_key(path)} is {show(pattern)}, {told}")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 else None
