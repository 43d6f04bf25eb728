"""The organisation's file beneath the service's: found, held against its digest, and laid under.

Nothing is fetched. A local file is read here; a file of a commit is handed in by whoever may ask
git, and a reference that is not at hand ends the command with what gets it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from pytest_orr.errors import FactUnavailable, NeededFileMissing

from .documents import document_of, read_document
from .extends import Extends
from .layers import Layers, layered
from .limits import OF_POLICY, SECTIONS
from .mistakes import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .documents import Document

    Pinned = Callable[[Extends, Path], bytes]
    """Reads a file of a commit; raises ``FactUnavailable`` when it is not at hand."""

TABLES = frozenset(name.partition(".")[0] for name in SECTIONS) - OF_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The service's files and the organisation's, as written and as they hold together."""

    readiness: Document
    """The service's own."""
    policy: Document
    """The same of policy.toml."""
    base: Document | None
    """The organisation's file; nothing for a profile that extends none."""
    layers: Layers
    """What holds."""

    @property
    def name(self) -> str:
        """What documents call the organisation."""
        return str(self.base.values.get("name", "")) if self.base else ""

    def effective(self, documents: Mapping[str, Document]) -> dict[str, Document]:
        """Return the service's files, those two with the organisation's values beneath them."""
        both = {"readiness": self.layers.readiness, "policy": self.layers.policy}
        return {**documents, **{name: one for name, one in both.items() if one}}

    def own(self, key: str) -> Document:
        """Return the service's file that a key belongs to."""
        return self.policy if key.partition(".")[0] in OF_POLICY else self.readiness


def lay_under(
    documents: Mapping[str, Document], folder: Path, pinned: Pinned | None = None
) -> Overlay:
    """Find the organisation's file, if readiness.toml extends one, and lay it under the service's.

    ``folder`` is the profile's; ``pinned`` reads a file of a commit. Raises ``NeededFileMissing``
    (exit code 4) when the file is not at hand, with the command that gets it.
    """
    readiness, policy = documents["readiness"], documents["policy"]
    extends = _extends(readiness)
    base = _base(readiness, extends, folder, pinned) if extends else None
    layers = Layers(readiness=readiness, policy=policy)
    if base is not None:
        layers = Layers(
            readiness=layered(readiness, base, TABLES), policy=layered(policy, base, OF_POLICY)
        )
    return Overlay(readiness=readiness, policy=policy, base=base, layers=layers)


def _extends(readiness: Document) -> Extends | None:
    """Return what is extended; what is wrong with it is told with all else of the file."""
    written: Any = readiness.values.get("extends")
    if written is None:
        return None
    try:
        return TypeAdapter(Extends).validate_python(written)
    except ValidationError:
        return None


def _base(readiness: Document, extends: Extends, folder: Path, pinned: Pinned | None) -> Document:
    where = f"{readiness.file}:{readiness.lines.line_of(('extends', 'path'))}"
    if extends.commit is None:
        path = _shown(folder / extends.path)
        if not path.exists():
            raise NeededFileMissing(
                f"{escape(str(path))}, which {where} extends, is not there.", _copy(extends, path)
            )
        return read_document(path)
    what = f"{escape(extends.path)} of commit {extends.commit}, which {where} extends"
    if pinned is None:
        raise NeededFileMissing(f"{what}, is not read here.", "Name a local file as path.")
    try:
        content = pinned(extends, folder)
    except FactUnavailable as error:
        told = f"{what}, is not at hand: {escape(error.cause)}."
        raise NeededFileMissing(told, f"{escape(error.remedy)}.") from error
    return document_of(f"{extends.commit[:12]}:{extends.path}", content)


def _copy(extends: Extends, path: Path) -> str:
    source = f" from {escape(extends.repository)}" if extends.repository else ""
    return (
        f"Copy the organisation's file there{source}, or correct path under [extends]:"
        f" its SHA-256 is {extends.sha256} (`sha256sum {escape(str(path))}` prints it)."
    )


def _shown(path: Path) -> Path:
    """Return a path without the ``..`` in it, unless a link makes that another file."""
    short = Path(os.path.normpath(path))
    return short if short.resolve() == path.resolve() else path
