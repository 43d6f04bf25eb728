"""Reads the organisation's file from a commit of a local clone, for whoever loads a profile."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_orr.profile.extends import Extends

    from .git_borrowed import Borrowed

LARGEST = 1 << 20
"""Bytes."""


def read_pinned(
    extends: Extends, folder: Path, environment: Mapping[str, str] | None = None
) -> bytes:
    """Return the bytes of the file that ``extends`` names; nothing is fetched.

    ``folder`` is the profile's. Raises ``FactUnavailable`` with cause and remedy when the clone,
    the commit or the file is not at hand.
    """
    from .git_borrowed import borrow  # noqa: PLC0415 few profiles name a commit

    said = os.environ if environment is None else environment
    named = setting(extends.clone, where="[extends] clone", environment=said)
    if not named:
        raise FactUnavailable("[extends] names no clone of its repository", _way(extends, "CLONE"))
    clone = folder / named
    if not clone.is_dir():
        raise FactUnavailable(f"there is no folder {clone}", _way(extends, str(clone)))
    try:
        lent = borrow(clone.resolve())
    except FactUnavailable as error:
        raise FactUnavailable(error.cause, _way(extends, str(clone))) from error
    with closing(lent) as borrowed:
        return _content(borrowed, extends, clone)


def _content(borrowed: Borrowed, extends: Extends, clone: Path) -> bytes:
    from . import git_trees  # noqa: PLC0415 as above

    commit = extends.commit or ""
    try:
        git_trees.whole(borrowed, commit, "[extends] commit")
    except FactUnavailable as error:
        fetch = f"`git -C {clone} fetch origin {commit}`"
        raise FactUnavailable(f"{clone} has no commit {commit}", f"get it: {fetch}") from error
    entries = git_trees.tree(borrowed, commit)
    entry = next((one for one in entries if one.path == extends.path and one.is_file), None)
    if entry is None:
        listing = f"`git -C {clone} ls-tree -r --name-only {commit}` lists its files"
        raise FactUnavailable(f"commit {commit} has no file {extends.path}", listing)
    git_trees.refuse_large(entry, LARGEST)
    return git_trees.contents(borrowed, (entry.id,))[entry.id]


def _way(extends: Extends, clone: str) -> str:
    source = extends.repository or "REPOSITORY"
    return f"`git clone {source} {clone}`, and name that folder as clone under [extends]"
