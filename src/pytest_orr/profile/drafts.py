"""The written files together, before anything is checked, as rules that span them read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Mapping

    from pytest_orr.model import ItemSpec

    from .documents import Document
    from .toml_lines import KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """The five files as written, by the names they usually have, and what they are held against."""

    documents: Mapping[str, Document]
    items: Mapping[str, str]
    """Every id and alias of the suite, with the id it stands for."""
    as_of: dt.date
    drills: tuple[Document, ...] = ()
    """Records of drills, as written."""

    def called(self, name: str) -> tuple[Document, ...]:
        """Return the files of a name: one, or every record of a drill."""
        return self.drills if name == "drills" else (self.documents[name],)

    def texts(self, *keys: tuple[str, str]) -> Iterator[tuple[Document, KeyPath, str]]:
        """Yield every text at keys, each the name of a file and a dotted key in it."""
        for name, key in keys:
            for document in self.called(name):
                yield from ((document, path, text) for path, text in document.texts(key))


def ids_and_aliases(items: Collection[ItemSpec]) -> dict[str, str]:
    """Return every id and alias with the id it stands for."""
    return {name: item.id for item in items for name in (item.id, *item.aliases)}
