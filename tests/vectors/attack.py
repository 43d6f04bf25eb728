"""What a vector is before it is made: a name, a sentence, the refusal, and a change of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.vectors.draft import Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.vectors.draft import Draft

Recipe = list[tuple[str, int]]
"""Texts and how often each is repeated: a file that is too large to be kept."""
Made = Plain | bytes | Recipe | None
"""An envelope to be written in canonical form, a file's bytes, a recipe, or: as drafted."""


@dataclass(frozen=True)
class Attack:
    """A sign-off that must be refused for this reason; a good one has no reason."""

    name: str
    about: str
    reason: str
    change: Callable[[Draft], Made]

    @property
    def folder(self) -> str:
        return f"{self.name}_fail" if self.reason else self.name


def attack(reason: str) -> Callable[[Callable[[Draft], Made]], Attack]:
    """Make an attack of a function: its name is the folder's, its docstring the sentence."""

    def named(change: Callable[[Draft], Made]) -> Attack:
        name = change.__name__.replace("_", "-")
        return Attack(name, (change.__doc__ or "").strip(), reason, change)

    return named


good = attack("")


def recipe(raw: str, repeated: str, times: int) -> Recipe:
    """Return how a long text is made of a short one, in which some characters were repeated."""
    head, found, tail = raw.partition(repeated * times)
    assert found, "that is not how the text goes"
    return [(head, 1), (repeated, times), (tail, 1)]
