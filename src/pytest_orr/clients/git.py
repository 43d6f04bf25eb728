"""Asks a checkout about the release's commit and the history before it; ``desk.git``.

Everything comes from git's objects: the work tree's files are never read, so that a dirty tree or
another branch beside it changes no answer. Every answer is remembered for the run.
"""

from __future__ import annotations

import os
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from pytest_orr.errors import FactUnavailable, Undeclared

from . import git_history, git_tags, git_trees, git_work_tree
from .git_borrowed import borrow
from .git_globs import matches
from .git_trees import LARGEST
from .memo import Memo
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pytest_orr.profile.schema import Profile

    from .git_borrowed import Borrowed
    from .git_said import Commit, Entry, LinesChanged, Signature, TagRef

T = TypeVar("T")


class GitAccess:
    """The service's repository at the release's commit.

    Every method raises ``FactUnavailable`` with cause and remedy: no git, no checkout, a commit
    that is not there, history that a shallow clone left out, contents that a partial one did.
    """

    def __init__(
        self, profile: Profile, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._profile, self._folder = profile, folder
        self._environment = os.environ if environment is None else environment
        self._lock = RLock()
        self._memo = Memo()
        self._lent: Borrowed | None = None

    def close(self) -> None:
        """Remove what was made to ask."""
        if self._lent is not None:
            self._lent.close()

    @property
    def commit(self) -> str:
        """The release's commit, whole."""
        return self.whole(self._profile.release.commit, "[release] commit")

    @property
    def where(self) -> tuple[str, ...]:
        """What was looked at, as pages print it."""
        looked = (f"git {self.commit[:12]}",)
        return (*looked, "its work tree holds other changes") if self.is_dirty else looked

    @property
    def checkout(self) -> Path:
        """The folder that was named, somewhere in the repository."""
        return self._borrowed.checkout

    @property
    def is_shallow(self) -> bool:
        """Whether history was left out."""
        return self._borrowed.is_shallow

    @property
    def is_dirty(self) -> bool:
        """Whether tracked files of the work tree differ from the commit it stands at."""
        return self._once("dirty", lambda: git_work_tree.is_dirty(self._borrowed))

    def whole(self, commit: str, place: str) -> str:
        """Return the whole id of a commit that may be shortened; ``place`` says who names it."""
        return self._once(f"whole {commit}", lambda: git_trees.whole(self._borrowed, commit, place))

    @property
    def tree(self) -> tuple[Entry, ...]:
        """Every path of the release's commit, in git's order."""
        return self._once("tree", lambda: git_trees.tree(self._borrowed, self.commit))

    def entries(self, patterns: Iterable[str]) -> tuple[Entry, ...]:
        """Return the paths of the release's commit that fit one of the patterns."""
        wanted = tuple(patterns)
        return tuple(entry for entry in self.tree if matches(entry.path, wanted))

    def read(self, path: str, largest: int = LARGEST) -> bytes:
        """Return the content of a file of the release's commit, of at most so many bytes."""
        entry = next((entry for entry in self.tree if entry.path == path), None)
        if entry is None or not entry.is_file:
            is_what = "is not in" if entry is None else f"is a {entry.kind} in"
            raise FactUnavailable(
                f"{path} {is_what} the release's commit", "correct its path in readiness.toml"
            )
        git_trees.refuse_large(entry, largest)
        return self.contents_of((entry,), largest)[entry.id]

    def contents_of(self, entries: Iterable[Entry], largest: int = LARGEST) -> dict[str, bytes]:
        """Return the contents of files by id, read together; of a longer one the beginning.

        What is no file, and what a partial clone left out, is not among them.
        """
        files = {one.id: one.size for one in entries if one.is_file and one.size is not None}
        small = tuple(sorted(one for one, size in files.items() if size <= LARGEST))
        found = dict(
            self._once(
                f"contents {' '.join(small)}", lambda: git_trees.contents(self._borrowed, small)
            )
        )
        for large in files.keys() - set(small):
            ask = partial(git_trees.beginning, self._borrowed, large, largest)
            found[large] = self._once(f"beginning {large} {largest}", ask)
        return {one: content[:largest] for one, content in found.items()}

    def is_ancestor(self, commit: str, place: str) -> bool:
        """Tell whether the release was built upon a commit, or is it; ``place`` names it."""
        older = self.whole(commit, place)
        ask = partial(git_history.is_ancestor, self._borrowed, older, self.commit)
        return self._once(f"ancestor {older}", ask)

    def changed_since(self, commit: str, place: str, patterns: Iterable[str]) -> LinesChanged:
        """Return what differs between a commit and the release in paths that fit."""
        older, wanted = self.whole(commit, place), tuple(patterns)
        ask = partial(git_history.changed, self._borrowed, (older, self.commit), wanted)
        return self._once(f"changed {older} {wanted}", ask)

    def lines_at(self, commit: str, place: str, patterns: Iterable[str]) -> LinesChanged:
        """Return the files of a commit that fit, with the number of their lines."""
        older, wanted = self.whole(commit, place), tuple(patterns)
        ask = partial(git_history.contained, self._borrowed, older, wanted)
        return self._once(f"lines {older} {wanted}", ask)

    def ever(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """Return the paths that fit and that the history of any branch or tag ever had."""
        wanted = tuple(patterns)
        ask = partial(git_history.ever, self._borrowed, self.commit, wanted)
        return self._once(f"ever {wanted}", ask)

    def commits_since(self, commit: str | None) -> tuple[Commit, ...]:
        """Return the release's commits that another one lacks, newest first; all without one."""
        ask = partial(git_history.commits, self._borrowed, self.commit, commit)
        return self._once(f"commits {commit}", ask)

    def newest_change(
        self, paths: Iterable[str], *, up_to: str = "", place: str = ""
    ) -> Commit | None:
        """Return the newest commit that changed one of these paths, up to the release's.

        ``up_to`` is another commit up to which is looked; ``place`` names it.
        """
        wanted = tuple(sorted(paths))
        tip = self.whole(up_to, place) if up_to else self.commit
        ask = partial(git_history.newest, self._borrowed, tip, wanted)
        return self._once(f"newest {tip} {wanted}", ask)

    @property
    def tags(self) -> tuple[TagRef, ...]:
        """Every tag that leads to a commit, by name."""
        return self._once("tags", lambda: git_tags.tags(self._borrowed))

    def previous_release(self, pattern: str) -> TagRef | None:
        """Return the newest tag of a release that this one was built upon; none at a first launch.

        Tags of candidates (``v2-rc1``) are left out. Raises when there is none and ``[release]
        first`` is not set.
        """
        if self._profile.release.first:
            return None
        return self._once(f"previous {pattern}", partial(self._previous, pattern))

    def releases_since(self, commit: str, place: str, pattern: str) -> tuple[TagRef, ...]:
        """Return the tags of releases from a commit up to the release's, both included."""
        between = (self.whole(commit, place), self.commit)
        ask = partial(git_tags.between, self._borrowed, self.tags, between, pattern)
        return self._once(f"between {between} {pattern}", ask)

    def within(self, folder: Path) -> str:
        """Return a folder's path below the repository's top, with / at its end; empty if none."""
        return self._once(f"within {folder}", partial(git_work_tree.within, self._borrowed, folder))

    def signature_of(self, tag: TagRef) -> Signature:
        """Return what ``[repository] signers`` makes of a tag's signature."""
        ask = partial(git_tags.signature, self._borrowed, tag, self.signers)
        return self._once(f"signature {tag.id}", ask)

    def ignores(self, path: str) -> bool:
        """Tell whether the ``.gitignore`` files of the release's commit leave a path out."""
        files = [one for one in self.tree if one.path.rpartition("/")[2] == ".gitignore"]
        texts = self.contents_of(files)
        rules = {one.path: texts[one.id] for one in files if one.id in texts}
        ask = partial(git_work_tree.ignores, self._borrowed, rules, path)
        return self._once(f"ignores {path}", ask)

    def _previous(self, pattern: str) -> TagRef:
        found = git_tags.previous(self._borrowed, self.tags, self.commit, pattern)
        if found is None:
            raise FactUnavailable(
                f"no earlier tag that fits {pattern} leads to the release's commit",
                "fetch the tags, correct [forge] release_tags, or set [release] first = true",
            )
        return found

    @property
    def signers(self) -> Path:
        """The file of whoever may sign; raises ``Undeclared`` without ``[repository] signers``."""
        declared = self._profile.repository
        place = "[repository] signers"
        written = setting(
            declared.signers if declared else None, where=place, environment=self._environment
        )
        if not written:
            raise Undeclared(place, "the file of whoever may sign")
        return self._folder / written

    @property
    def _borrowed(self) -> Borrowed:
        lent: Borrowed = self._once("borrowed", self._borrow)
        return lent

    def _borrow(self) -> Borrowed:
        declared = self._profile.repository
        place = "[repository] path"
        written = setting(
            declared.path if declared else None, where=place, environment=self._environment
        )
        self._lent = borrow((self._folder / written).absolute())
        return self._lent

    def _once(self, question: str, ask: Callable[[], T]) -> T:
        """Ask once a run, and one thing at a time: questions share one borrowed repository."""
        with self._lock:
            return self._memo.once(question, ask)
