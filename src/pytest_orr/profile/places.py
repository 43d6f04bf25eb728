"""Where statements, waivers and not-applicables stand, for messages and for who wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .documents import Document
    from .schema import Statement

FILE = "attestations.toml"
WAIVERS = "waivers.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one table that is about an item stands."""

    item: str
    """Id of its item."""
    named: str
    """The item as it is written there: an id, or an alias."""
    line: int
    """Its first one, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything stands that people said of items, in the order of each file."""

    statements: tuple[Place, ...] = ()
    waivers: tuple[Place, ...] = ()
    not_applicables: tuple[Place, ...] = ()
    profile: str = "readiness.toml"
    """Name of the profile, without folders."""


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


def places_of(
    document: Document, ids: Mapping[str, str], key: str = "attestation"
) -> tuple[Place, ...]:
    """Return the place of each table ``[[key]]``, in the file's order; ``ids`` resolve aliases."""
    named = [
        (path, name.strip())
        for path, name in document.occurrences(f"{key}.item")
        if isinstance(name, str)
    ]
    return tuple(
        Place(item=ids.get(name, name), named=name, line=document.lines.line_of(path[:-1]))
        for path, name in named
    )


def all_places(documents: Mapping[str, Document], ids: Mapping[str, str]) -> Places:
    """Return where everything stands; ``documents`` are the profile's files by their names."""
    return Places(
        statements=places_of(documents["attestations"], ids),
        waivers=places_of(documents["waivers"], ids, "waiver"),
        not_applicables=places_of(documents["readiness"], ids, "not_applicable"),
        profile=PurePath(documents["readiness"].file).name,
    )


def line_of(places: Iterable[Place], item: str, file: str) -> str:
    """Return ``waivers.toml:7: ``, the first place that is about an item; empty if none is."""
    return next((f"{file}:{one.line}: " for one in places if one.item == item), "")
