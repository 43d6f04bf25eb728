"""Where each statement stands in attestations.toml, for messages and for who wrote its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .documents import Document
    from .schema import Statement

FILE = "attestations.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one statement stands."""

    item: str
    """Id of its item."""
    named: str
    """The item as it is written there: an id, or an alias."""
    line: int
    """Its first one, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """All statements of attestations.toml as they were read."""

    sha256: str = ""
    """Of the file; empty when it is absent."""
    statements: tuple[Statement, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def placed(self) -> tuple[tuple[Place, Statement], ...]:
        """Each statement with its place."""
        return tuple(zip(self.places, self.statements, strict=True))


def places_of(attestations: Document, ids: Mapping[str, str]) -> tuple[Place, ...]:
    """Return the place of each statement, in the file's order; ``ids`` resolve aliases."""
    named = [
        (path, name.strip())
        for path, name in attestations.occurrences("attestation.item")
        if isinstance(name, str)
    ]
    return tuple(
        Place(item=ids.get(name, name), named=name, line=attestations.lines.line_of(path[:-1]))
        for path, name in named
    )
