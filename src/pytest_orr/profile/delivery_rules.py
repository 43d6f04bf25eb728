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
OF_A_CANARY = ("requests", "errors", "canary", "baseline")
"""Keys of [delivery.canary] that say nothing without each other."""


def broken_delivery_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about delivery that one key alone cannot show."""
    yield from _rehearsed_in_production(readiness)
    yield from _vaults_without_forge(readiness)
    yield from _impossible_successors(readiness)
    yield from _canaries_that_cannot_be_told(readiness)


def _rehearsed_in_production(readiness: Document) -> Iterator[Mistake]:
    live = [name for _, name in readiness.occurrences("forge.production")] or ["production"]
    for path, name in readiness.occurrences("forge.staging"):
        if name == live[0]:
            told = "which is production: name where a first launch is rehearsed"
            yield readiness.mistake(path, f"{show_key(path)} is {show(name)}, {told}")


def _vaults_without_forge(readiness: Document) -> Iterator[Mistake]:
    if not list(readiness.occurrences("forge")):
        for path, name in readiness.occurrences("vault_repository.project"):
            told = "but there is no `forge` to have it"
            yield readiness.mistake(path, f"{show_key(path)} is {show(name)}, {told}")


def _impossible_successors(readiness: Document) -> Iterator[Mistake]:
    kinds = [kind for _, kind in readiness.occurrences("forge.kind")]
    for path, travis in readiness.occurrences("delivery.travis"):
        if not isinstance(travis, dict) or "successor" not in travis:
            continue
        successor, where = travis["successor"], (*path, "successor")
        if "repository" in travis:
            told = "beside `repository`: name what builds and tests now alone"
            yield readiness.mistake(where, f"{show_key(where)} is {show(successor)} {told}")
        if "test_job" not in travis:
            told = "and names no `test_job`, which is the job that tests there: add it"
            yield readiness.mistake(where, f"{show_key(where)} is {show(successor)} {told}")
        if kinds and SUCCESSORS.get(str(successor), kinds[0]) != kinds[0]:
            told = f"but `forge.kind` is {show(kinds[0])}: name what tests there"
            yield readiness.mistake(where, f"{show_key(where)} is {show(successor)}, {told}")


def _canaries_that_cannot_be_told(readiness: Document) -> Iterator[Mistake]:
    for path, canary in readiness.tables("delivery.canary"):
        missing = [key for key in OF_A_CANARY if key not in canary]
        if missing and len(missing) < len(OF_A_CANARY):
            told = f"needs `{missing[0]}` beside what else it says of its traffic"
            yield readiness.mistake(path, f"{show_key(path)} {told}")
        own, other = canary.get("canary"), canary.get("baseline")
        if isinstance(own, dict) and isinstance(other, dict) and not _differ(own, other):
            where = (*path, "canary")
            told = "has no label of which `baseline` says another value: add one"
            yield readiness.mistake(where, f"{show_key(where)} {told}")


def _differ(own: dict[str, object], other: dict[str, object]) -> bool:
    return any(other.get(key, value) != value for key, value in own.items())
