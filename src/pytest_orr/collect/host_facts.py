"""A fact about every declared host: what was seen on each, or why nothing could be."""

from dataclasses import dataclass
from typing import Generic, Literal

# The variable too: by it alone a fact that is read back finds what its parts are.
from pytest_orr.collect.parts import Part, T


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFact(Part[T], Generic[T]):
    """One declared host with what was seen on it."""

    role: Literal["backend", "jump"]
    environment: str
    is_own: bool
    """Of the environment that is judged; the others are there to be compared with."""
