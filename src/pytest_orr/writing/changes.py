"""A change of one file that people write, judged as a run would judge it, before it is made."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.organisation_file import read_pinned
from pytest_orr.errors import InvalidInput
from pytest_orr.profile.load import NOTHING_INSTEAD, load

from .edits import Table, added, changed
from .toml_text import table_text
from .whole_files import read_original, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

    from .toml_text import Value
    from .whole_files import Original

PROFILE = "readiness.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The profile beside which files lie, and what they are judged by."""

    profile: Path
    items: tuple[ItemSpec, ...]
    as_of: date

    def path_of(self, file: str) -> Path:
        """Return where a file lies that is usually called so."""
        return self.profile if file == PROFILE else self.profile.with_name(file)

    def load(self, instead: Mapping[str, bytes] = NOTHING_INSTEAD) -> Written:
        """Read what is written, or would be with other contents in place of files."""
        return load(
            self.profile, items=self.items, as_of=self.as_of, instead=instead, pinned=read_pinned
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a file would become, and everything that would then be written."""

    original: Original
    content: bytes
    shown: str
    """The table as TOML, for whoever is asked."""
    written: Written

    def make(self) -> Path:
        """Replace the file; raises ``InvalidInput`` when it was changed meanwhile."""
        replace_file(self.original, self.content)
        return self.original.path


class WouldBeRefused(InvalidInput):
    """A change that a run would refuse (exit code 22): nothing was written."""

    def diagnostics(self) -> str:
        """List every mistake, and say that the file is as it was."""
        told = "Nothing was written, as a run would refuse it:"
        return "\n".join([told, *(f"  {mistake}" for mistake in self.mistakes)])


def with_table(place: Place, file: str, name: str, values: Mapping[str, Value]) -> Change:
    """Return the change by which a file gets one more ``[[name]]``.

    Raises ``WouldBeRefused`` with what ``profile.load`` would say of it.
    """
    return _change(place, file, name, values, lambda text: added(text, name, values))


def with_changed(
    place: Place,
    file: str,
    table: Table,
    values: Mapping[str, Value],
) -> Change:
    """Return the change by which one table of a file gets exactly these values.

    Raises ``WouldBeRefused`` with what ``profile.load`` would say of it.
    """
    return _change(place, file, table.name, values, lambda text: changed(text, table, values))


def tables_of(place: Place, file: str, name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the tables ``[[name]]`` of a file that ``profile.load`` accepts, as written."""
    content = read_original(place.path_of(file)).content
    return tuple(tomllib.loads(content.decode()).get(name, ()))


def _change(
    place: Place,
    file: str,
    name: str,
    values: Mapping[str, Value],
    edit: Callable[[str], str],
) -> Change:
    original = read_original(place.path_of(file))
    content = _edited(place, original, edit)
    try:
        written = place.load({file: content})
    except InvalidInput as refused:
        raise WouldBeRefused(refused.mistakes) from refused
    shown = table_text(name, values)
    return Change(original=original, content=content, shown=shown, written=written)


def _edited(place: Place, original: Original, edit: Callable[[str], str]) -> bytes:
    try:
        return edit(original.content.decode()).encode()
    except ValueError:
        place.load()  # which tells where a file that is no TOML is broken
        raise
