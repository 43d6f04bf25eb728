"""How a suite would be read at one moment of an update: in a copy, with what people wrote."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orr.clients.organisation_file import read_pinned
from pytest_orr.errors import InvalidInput, NeededFileMissing
from pytest_orr.locate import LOCK
from pytest_orr.profile.load import load
from pytest_orr.record.review import lost_item
from pytest_orr.suite import modules, read

from .inventory import inventory

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from pytest_orr.model import ItemSpec
    from pytest_orr.suite import Suite

PROFILE = "readiness.toml"
AS_IT_LIES: Mapping[str, bytes | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an update is about."""

    folder: Path
    """Of the suite, with no link in it."""
    source: Path
    """Of the baseline that the product carries."""
    fact_names: frozenset[str]
    as_of: date
    """The day by which dates in written files lie in the future."""
    restore: bool = False
    """Whether modules that the team deleted come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a suite reads at one moment, and what people wrote with it."""

    suite: Suite | None
    mistakes: tuple[str, ...]
    """For which a run would be refused, in the suite or in what was written."""

    @property
    def lost(self) -> frozenset[str]:
        """Items of the baseline that no module states."""
        return frozenset(self.suite.lost) if self.suite else frozenset()

    @property
    def stamps(self) -> Mapping[str, int]:
        """How many items are baseline, modified and local."""
        return Counter(item.stamp for item in self.suite.items) if self.suite else {}


def judged(request: Request, instead: Mapping[str, bytes | None] = AS_IT_LIES) -> Judged:
    """Read a suite as it would be with other contents of some files; nothing is changed."""
    with tempfile.TemporaryDirectory(prefix="orr-update-") as home:
        copy = Path(home) / request.folder.name
        _lay_out(copy, request.folder, instead)
        try:
            suite = read(copy, fact_names=request.fact_names, published=request.source)
        except InvalidInput as error:
            refusals = _refusals(request, _stated(copy))
            return Judged(suite=None, mistakes=(*error.mistakes, *refusals))
    items = (*suite.items, *map(lost_item, suite.lost))
    return Judged(suite=suite, mistakes=_refusals(request, items))


def _lay_out(copy: Path, folder: Path, instead: Mapping[str, bytes | None]) -> None:
    names = [LOCK, *(path.relative_to(folder).as_posix() for path in modules(folder))]
    contents = {name: (folder / name).read_bytes() for name in names} | dict(instead)
    for name, content in contents.items():
        if content is not None:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(content)


def _stated(folder: Path) -> tuple[ItemSpec, ...]:
    """Return the items of a suite that cannot be read whole."""
    texts = {path.name: path.read_bytes() for path in modules(folder)}
    return tuple(one.spec for one in inventory(texts, ()).values())


def _refusals(request: Request, items: Collection[ItemSpec]) -> tuple[str, ...]:
    """Return what a run would say of the written files, with these items."""
    try:
        load(request.folder / PROFILE, items=items, as_of=request.as_of, pinned=read_pinned)
    except InvalidInput as error:
        return error.mistakes
    except NeededFileMissing:
        return ()
    return ()
