"""What the profile's parts about the forge and delivery must agree on, for ``rules``."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .mistakes import Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document

SUCCESSORS = MappingProxyType({"gitlab-ci": "gitlab", "github-actions": "github"})
"""What may have taken Travis's place, and the kind of forge that has it."""


def broken_delivery_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about delivery that one key alone cannot show."""
    kinds = [kind for _, kind in readiness.occurrences("forge.kind")]
    for path, travis in readiness.occurrences("delivery.travis"):
        if not isinstance(travis, dict) or "successor" not in travis:
            continue
        successor, where = travis["successor"], (*path, "successor")
        if "repository" in travis:
            told = "beside `repository`: name what builds and tests now alone"
            yield readiness.mistake(where, f"{show_key(where)} is {show(successor)} {told}")
        if "test_job" not in travis:
            told = "and names no `test_job`, which is the job that tests there"
            yield readiness.mistake(where, f"{show_key(where)} is {show(successor)} {told}")
        if kinds and SUCCESSORS.get(str(successor), kinds[0]) != kinds[0]:
            told = f"but `forge.kind` is {show(kinds[0])}"
            yield readiness.mistake(where, f"{show_key(where)} is {show(successor)}, {told}")
