"""A hand-written file, read and replaced: whole or not at all, never over another's change."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.publish.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USUAL_MODE = 0o644
AGAIN = "run the command again; nothing was written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file as it was read; an absent one is empty."""

    path: Path
    content: bytes
    mode: int
    """Its permissions, which are kept."""
    exists: bool


def read_original(path: Path) -> Original:
    """Read a file. Raises ``InvalidInput`` for a link, a pipe or one that may not be written."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Original(path=path, content=b"", mode=USUAL_MODE, exists=False)
    except OSError as error:
        raise _refused(path, _why(error)) from error
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _refused(path, "is not a regular file; write it there by hand")
        if not os.access(path, os.W_OK):
            raise _refused(path, "may not be written; `chmod u+w` lets you")
        mode = stat.S_IMODE(status.st_mode)
        return Original(path=path, content=opened.read(), mode=mode, exists=True)


def replace_file(original: Original, content: bytes) -> None:
    """Put new content in the place of what was read, by rename, with the same permissions.

    Raises ``InvalidInput`` when somebody has changed the file since it was read.
    """
    with _alone(original.path.parent):
        if read_original(original.path) != original:
            raise _refused(original.path, f"was changed by somebody else meanwhile; {AGAIN}")
        write_whole(original.path, content, mode=original.mode)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other of these commands look between this one's look and its rename."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _why(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "is a symbolic link; change the file that it leads to, or put a plain file there"
    return f"cannot be read: {error.strerror}"


def _refused(path: Path, why: str) -> InvalidInput:
    return InvalidInput((f"{path}: {why}",))
