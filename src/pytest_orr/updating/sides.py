"""Reads both sides of an update: the suite as it lies on the disk, and the product's baseline."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from pytest_orr.errors import InvalidInput, OrrError
from pytest_orr.locate import LOCK
from pytest_orr.model import AREAS
from pytest_orr.suite import modules, read_lock

from .files import BESIDE, Sides
from .inventory import inventory
from .line_ends import fits, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from pytest_orr.suite import Lock

BEHIND = "behind"
"""Key of a lock: the digests that modules were last merged with whose new text lies beside."""


class CannotUpdate(OrrError):
    """The installed product has no newer baseline for this suite (exit code 4)."""

    exit_code = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A suite and a baseline, read and fit to be compared."""

    folder: Path
    source: Path
    lock: Lock
    published: Lock
    own: frozenset[str]
    """Modules that the lock names and that are the service's own."""
    sides: Sides
    """Without those."""


def read_both(folder: Path, source: Path, *, fact_names: Collection[str]) -> Found:
    """Read a suite and the baseline in ``source``, the product's.

    Raises ``CannotUpdate`` when the suite is the newer one, and ``InvalidInput`` for what is no
    plain file, or a module that lies where a new one belongs.
    """
    lock, published = read_lock(folder), read_lock(source)
    if folder.resolve() == source.resolve():
        raise CannotUpdate(f"{folder} is the baseline itself; name a service's suite")
    refuse_newer(folder, lock, published)
    names = sorted(dict(lock.files).keys() | dict(published.files).keys())
    refuse_irregular(folder, names)
    local = {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}
    new = {path.relative_to(source).as_posix(): path.read_bytes() for path in modules(source)}
    _refuse_in_the_way(folder, dict(lock.files), local, new)
    _refuse_others_beside(folder, dict(lock.files), new)
    own = frozenset(_own(lock, local, new, fact_names))
    locked = {**dict(lock.files), **behind(folder)}
    sides = Sides(
        locked={name: digest for name, digest in locked.items() if name not in own},
        local={name: text for name, text in local.items() if name not in own},
        new=new,
    )
    return Found(folder=folder, source=source, lock=lock, published=published, own=own, sides=sides)


def refuse_newer(folder: Path, lock: Lock, published: Lock) -> None:
    """Raise when a suite was laid down by a later version than the installed one."""
    try:
        was, comes = Version(lock.version), Version(published.version)
    except InvalidVersion as error:
        told = f"{folder / LOCK}: {lock.version!r} is no version of pytest-orr; nothing to update"
        raise InvalidInput((told,)) from error
    if was > comes:
        raise CannotUpdate(
            f"{folder.name}/ was laid down by version {was}, and {comes} is installed:"
            f" pip install 'pytest-orr>={was}'"
        )


def refuse_irregular(folder: Path, names: Iterable[str]) -> None:
    """Raise for every name at which, or on the way to which, lies something but a plain file."""
    both = [LOCK, *(one for name in names for one in (name, f"{name}{BESIDE}"))]
    wrong = tuple(_irregular(folder, both))
    if wrong:
        raise InvalidInput(tuple(dict.fromkeys(wrong)))


def _irregular(folder: Path, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        path = folder / name
        if not path.is_relative_to(folder) or ".." in path.parts:
            yield f"{name}: leads out of {folder}; restore {LOCK} from the repository's history"
            continue
        ways = [one for one in path.parents if one != folder and one.is_relative_to(folder)]
        for one in (*reversed(ways), path):
            what = _what(one, is_way=one != path)
            if what:
                yield f"{folder.name}/{one.relative_to(folder)}: is {what}"
                break


def _what(path: Path, *, is_way: bool) -> str:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return ""
    if stat.S_ISLNK(mode):
        return "a symbolic link; put what it leads to there, as nothing is written through links"
    if is_way:
        return "" if stat.S_ISDIR(mode) else "no folder; move it away"
    return "" if stat.S_ISREG(mode) else "no plain file; move it away"


def _refuse_in_the_way(
    folder: Path, locked: Collection[str], local: Mapping[str, bytes], new: Mapping[str, bytes]
) -> None:
    strays = [
        name for name in new if name not in locked and local.get(name, new[name]) != new[name]
    ]
    if strays:
        told = "a module of yours, where the new baseline has one; rename it"
        raise InvalidInput(tuple(f"{folder.name}/{name}: is {told}" for name in sorted(strays)))


def _refuse_others_beside(
    folder: Path, locked: Mapping[str, str], new: Mapping[str, bytes]
) -> None:
    """Raise where the place beside a module holds something that no update laid there."""
    others = []
    for name, text in new.items():
        beside = folder / f"{name}{BESIDE}"
        if beside.exists():
            lies = beside.read_bytes()
            if not (fits(lies, locked.get(name, "")) or plain(lies) == plain(text)):
                others.append(f"{folder.name}/{name}{BESIDE}: was changed; move it away")
    if others:
        raise InvalidInput(tuple(others))


def _own(
    lock: Lock, local: Mapping[str, bytes], new: Mapping[str, bytes], facts: Collection[str]
) -> Iterator[str]:
    """Yield the modules that a lock names although they are no baseline's: by their areas."""
    for name, _ in lock.files:
        if name not in new and name in local:
            found = inventory({name: local[name]}, facts)
            if not any(one.partition(".")[0] in AREAS for one in found):
                yield name


def behind(folder: Path) -> dict[str, str]:
    """Return the modules that were never merged with what still lies beside them.

    The value is the digest of the text that the local one was made from.
    """
    read_lock(folder)
    said = json.loads((folder / LOCK).read_text(encoding="utf-8")).get(BEHIND, {})
    return {
        str(name): str(digest)
        for name, digest in (said.items() if isinstance(said, dict) else ())
        if (folder / f"{name}{BESIDE}").is_file()
    }
