"""The report's folder: one writer at a time, whole files or none, and the last run put aside."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pytest_orr.errors import RunFolderBusy, RunFolderUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN_FOLDER = ".run"
"""What only the processes of one run share: recorded facts, locks, progress."""

COLLECTED = "collected.json"
"""Item id and node id of every test of the suite, as collected before anybody deselects."""

SIGNOFF = "signoff.json"
RUN_FILES = (
    "review.json",
    "readiness.html",
    "changes.html",
    "signoff.md",
    "statement.json",
    SIGNOFF,
    "veto.json",
    "results.json",
    "selection.json",
    "journal.jsonl",
    "facts.json",
)
"""In the order in which they are put aside: first what says ready."""
EVIDENCE = "evidence"
"""Folder of the files that statements rest on, each by its digest."""
OTHERS = "review-"
"""How the names of others' documents begin, so that they are put aside with the run's own."""

COMPLETE = ("review.json", "selection.json")
PREVIOUS = "previous"
ACCEPTED = "accepted"
"""Folder inside the previous run's for the last signed run before that."""
TEMPORARY = ".tmp-readiness-"
"""What a write that was killed leaves behind."""


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole or not at all: temporary file, fsync, rename, fsync of the folder."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)  # noqa: PTH101 the name came from mkstemp
        os.replace(temporary, path)  # noqa: PTH105 the same
    finally:
        with suppress(FileNotFoundError):  # it is there if the disk, or Ctrl-C, came first
            os.unlink(temporary)  # noqa: PTH108 the same
    _sync(path.parent)


def put_aside(folder: Path) -> None:
    """Move a previous run's files into ``previous/``, so that none outlives a run that died.

    A run that came to its end replaces the one that lay there; the remains of one that did not go
    into ``previous/unfinished/`` and leave the last whole run where it is. A signed run is not
    replaced but goes into ``previous/accepted/``: later ones are compared with it. Other files
    stay.
    """
    for half in (*folder.glob(f"{TEMPORARY}*"), *folder.glob(f"{EVIDENCE}/{TEMPORARY}*")):
        half.unlink()
    if not run_files(folder):
        return
    previous = folder / PREVIOUS
    if not any((folder / name).exists() for name in COMPLETE):
        previous /= "unfinished"
    elif (previous / SIGNOFF).exists():
        _move_run(previous, previous / ACCEPTED)
    _move_run(folder, previous)
    _sync(folder)


def _move_run(source: Path, target: Path) -> None:
    """Move a run's files from one folder to another, in place of the run that lies there."""
    target.mkdir(parents=True, exist_ok=True)
    for path in run_files(target):
        path.unlink()
    for path in run_files(source):
        os.replace(path, target / path.name)  # noqa: PTH105 atomic, over what is there
    if (target / EVIDENCE).is_dir():
        shutil.rmtree(target / EVIDENCE)
    if (source / EVIDENCE).is_dir():
        (source / EVIDENCE).rename(target / EVIDENCE)


def run_files(folder: Path) -> list[Path]:
    """Return the files in a folder that a run wrote, what says ready first."""
    own = [folder / name for name in RUN_FILES if (folder / name).exists()]
    return [*own, *(path for path in sorted(folder.glob(f"{OTHERS}*")) if path.is_file())]


class FolderLock:
    """Holds a report's folder for one run; a second run is refused, not mixed in."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise RunFolderBusy(
                f"Another run is writing to {folder}. Wait for it, or give this one a folder of"
                " its own with --orr-report."
            ) from None

    def release(self) -> None:
        """Let the next run in."""
        os.close(self._descriptor)


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses in the block into ``RunFolderUnusable``."""
    try:
        yield
    except OSError as error:
        raise RunFolderUnusable(
            f"{folder} cannot hold the report: {error.strerror}. Name another folder with"
            " --orr-report."
        ) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
