"""Opens files and folders that lie beside the profile, for evidence: never one outside."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_DIRECTORY
FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""Without O_NONBLOCK a named pipe would be waited for."""


class FileRefused(Exception):
    """A file may not or cannot be read; the text goes on after its name: "x.md is not there"."""


@contextmanager
def opened_beside(folder: Path, ref: str) -> Iterator[BinaryIO]:
    """Open a regular file by its path relative to ``folder``, following no link on the way.

    Raises ``FileRefused`` when there is none, and when reading it fails.
    """
    try:
        with os.fdopen(_open(folder, ref), "rb") as opened:
            yield opened
    except FileNotFoundError as error:
        raise FileRefused("is not there") from error
    except OSError as error:
        raise FileRefused(f"cannot be read: {error.strerror}") from error


@contextmanager
def opened_folder(folder: Path, ref: str) -> Iterator[int]:
    """Open a folder by its path relative to ``folder``, following no link; yield its descriptor.

    Raises ``FileNotFoundError`` when it is not there, and ``FileRefused`` when it may not or
    cannot be opened.
    """
    try:
        at = _walk(folder, _path(ref).parts)
    except FileNotFoundError:
        raise
    except NotADirectoryError as error:
        raise FileRefused("is no folder") from error
    except OSError as error:
        raise FileRefused(f"cannot be read: {error.strerror}") from error
    try:
        yield at
    finally:
        os.close(at)


def _path(ref: str) -> PurePosixPath:
    path = PurePosixPath(ref)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in ref:
        raise FileRefused("leads out of the folder")
    return path


def _open(folder: Path, ref: str) -> int:
    path = _path(ref)
    at = _walk(folder, path.parts[:-1])
    try:
        return _open_file(at, path.name)
    finally:
        os.close(at)


def _walk(folder: Path, parts: tuple[str, ...]) -> int:
    at = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    for part in parts:
        at = _step_into(at, part)
    return at


def _step_into(at: int, part: str) -> int:
    """Open a folder inside another and close the outer one; a symbolic link is refused."""
    try:
        _refuse_link(at, part)
        return os.open(part, FOLDER, dir_fd=at)
    finally:
        os.close(at)


def _refuse_link(at: int, name: str) -> None:
    # Only for a clear message: O_NOFOLLOW holds even if the link appears after this look.
    if stat.S_ISLNK(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
        raise FileRefused("is reached by a symbolic link, which may lead out of the folder")


def _open_file(at: int, name: str) -> int:
    _refuse_link(at, name)
    opened = os.open(name, FILE, dir_fd=at)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise FileRefused("is not a regular file")
    return opened
