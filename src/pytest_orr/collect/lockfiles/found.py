"""Finds lockfiles and manifests at the release's commit, and reads what is locked."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pytest_orr.clients.git_globs import matches
from pytest_orr.clients.hostile_json import LARGEST_MIB, MIB
from pytest_orr.errors import FactUnavailable

from .kinds import kind_of, manifest_kind_of, unlocked
from .manifests import asks_for_packages
from .reading import read_lockfile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pytest_orr.clients.git import GitAccess
    from pytest_orr.clients.git_said import Entry

    from .packages import Locked


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLock:
    """A lockfile or a manifest without one, and how what it locks is read."""

    path: str
    read: Callable[[], Locked]
    """Raises ``FactUnavailable`` when it cannot be read, or locks nothing."""


class Found:
    """The release's files of package managers, but for those of others that lie in it."""

    def __init__(self, git: GitAccess, of_others: Collection[str]) -> None:
        self._git = git
        files = [one for one in git.tree if one.is_file and not matches(one.path, of_others)]
        self._entries = {one.path: one for one in files}
        self.lockfiles = tuple(sorted(path for path in self._entries if kind_of(path)))
        self._manifests = tuple(sorted(path for path in self._entries if manifest_kind_of(path)))
        needed = (*self.lockfiles, *self._manifests)
        largest = LARGEST_MIB * MIB
        self._contents = git.contents_of([self._entries[path] for path in needed], largest)

    @property
    def locks(self) -> tuple[FoundLock, ...]:
        """Each lockfile, then each manifest that asks for packages and has no lockfile."""
        asking = [path for path in self._manifests if self._asks(path)]
        return (
            *(FoundLock(path=path, read=partial(self._locked, path)) for path in self.lockfiles),
            *(
                FoundLock(path=path, read=partial(_refuse_unlocked, path))
                for path in unlocked(asking, self.lockfiles)
            ),
        )

    def _asks(self, path: str) -> bool:
        content = self._content(self._entries[path])
        return content is None or asks_for_packages(path, content)

    def _locked(self, path: str) -> Locked:
        content = self._content(self._entries[path])
        if content is None:
            raise FactUnavailable(
                f"the content of {path} is not in this clone", "clone without leaving files out"
            )
        return read_lockfile(path, content, partial(self._beside, path))

    def _beside(self, path: str, other: str) -> bytes | None:
        """Return a file by its path relative to another one's folder; none if it is not there."""
        entry = self._entries.get(
            posixpath.normpath(posixpath.join(posixpath.dirname(path), other))
        )
        if entry is None:
            return None
        return self._content(entry) or self._git.contents_of((entry,)).get(entry.id)

    def _content(self, entry: Entry) -> bytes | None:
        content = self._contents.get(entry.id)
        if content is not None and entry.size is not None and len(content) < entry.size:
            raise FactUnavailable(
                f"{entry.path} is larger than {LARGEST_MIB} MiB", "let a scanner read it"
            )
        return content


def _refuse_unlocked(path: str) -> Locked:
    raise FactUnavailable(
        f"{path} asks for packages, and no lockfile says which are installed",
        "commit the lockfile of its package manager beside it, or let a report under [[scans]] "
        "that looked at them name it under covers",
    )
