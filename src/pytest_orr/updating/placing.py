"""Puts an update in place: staged whole beside the suite, then renamed file by file, the lock last.

From the moment at which the staged folder gets its name, a run refuses the suite until every file
is in place; what was killed in between is finished by the next ``orr update``. Before that moment
nothing of the suite was touched.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.locate import UPDATING

from .line_ends import sha256
from .sides import CannotUpdate, refuse_irregular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LIST = "steps.json"
USUAL_MODE = 0o644
AGAIN = "was changed by somebody else meanwhile; run `orr update` again, nothing was written"
SINCE = "was changed since an update was cut short; put it elsewhere, and run `orr update` again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One file that is put in place or removed."""

    name: str
    staged: str
    """Its name among the staged files; empty for one that is removed."""
    before: str
    """Digest of what it replaces; empty if nothing lies there."""
    after: str
    """Digest of what comes; empty for one that is removed."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a suite for one update; another one, or a change of what people write, is refused."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        told = f"Another command is changing {folder}. Wait for it, then run `orr update` again."
        raise CannotUpdate(told) from error
    finally:
        os.close(descriptor)


def put_in_place(
    folder: Path, contents: Mapping[str, bytes | None], before: Mapping[str, bytes | None]
) -> None:
    """Write all files or none; the last of ``contents`` is written last.

    ``before`` holds what each file was when the update was planned: raises ``InvalidInput`` if that
    is so no more. An ``OSError`` before the first rename leaves the suite as it was.
    """
    _remove_remains(folder)
    with ExitStack() as undo:
        staged = Path(tempfile.mkdtemp(dir=folder, prefix=f"{UPDATING}-"))
        undo.callback(shutil.rmtree, staged, ignore_errors=True)
        steps = tuple(_staged(folder, staged, contents, before))
        _write(staged / LIST, json.dumps([asdict(step) for step in steps]).encode(), USUAL_MODE)
        _sync(staged)
        _refuse_changed(folder, steps, AGAIN)
        staged.rename(folder / UPDATING)
        undo.pop_all()
    _sync(folder)
    _finish(folder, steps)


def is_cut_short(folder: Path) -> bool:
    """Tell whether an update of the suite began and did not come to its end."""
    return (folder / UPDATING).exists()


def finish(folder: Path) -> int:
    """Bring an update that was cut short to its end; return the number of its files.

    Raises ``InvalidInput`` if a file was changed since, or the list of them was.
    """
    steps = _steps(folder)
    refuse_irregular(folder, (step.name for step in steps))
    _refuse_changed(folder, steps, SINCE)
    _finish(folder, steps)
    return len(steps)


def _staged(
    folder: Path,
    staged: Path,
    contents: Mapping[str, bytes | None],
    before: Mapping[str, bytes | None],
) -> Iterator[Step]:
    for number, (name, content) in enumerate(contents.items()):
        was = before[name]
        if content is not None:
            _write(staged / str(number), content, _mode(folder / name))
        yield Step(
            name=name,
            staged="" if content is None else str(number),
            before="" if was is None else sha256(was),
            after="" if content is None else sha256(content),
        )


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return USUAL_MODE


def _write(path: Path, content: bytes, mode: int) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())


def _refuse_changed(folder: Path, steps: Iterable[Step], told: str) -> None:
    wrong = tuple(
        f"{folder.name}/{step.name}: {told}"
        for step in steps
        if _digest(folder / step.name) not in {step.before, step.after}
    )
    if wrong:
        raise InvalidInput(wrong)


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes())
    except FileNotFoundError:
        return ""


def _finish(folder: Path, steps: tuple[Step, ...]) -> None:
    try:
        _place(folder, steps)
    except OSError as error:
        told = f"{error.filename}: {error.strerror}. The update is cut short, and no run judges"
        raise CannotUpdate(f"{told} the suite: see to it, and run `orr update` again.") from error


def _place(folder: Path, steps: tuple[Step, ...]) -> None:
    """Put everything in its place, whatever of it is there already."""
    staged = folder / UPDATING
    for step in steps:
        path = folder / step.name
        if not step.staged:
            path.unlink(missing_ok=True)
        elif (staged / step.staged).exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            (staged / step.staged).replace(path)
        _sync(path.parent)
    (staged / LIST).unlink(missing_ok=True)
    staged.rmdir()
    _sync(folder)


def _steps(folder: Path) -> tuple[Step, ...]:
    """Read the list of an update that was cut short; without one, everything is in place."""
    staged = folder / UPDATING
    if staged.is_symlink() or not staged.is_dir():
        raise InvalidInput((f"{staged}: is no folder of an update; remove it",))
    try:
        listed = json.loads((staged / LIST).read_bytes())
        return tuple(Step(**{name: str(value) for name, value in one.items()}) for one in listed)
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        told = "is no list of an update; restore the folder from the repository's history"
        raise InvalidInput((f"{staged / LIST}: {told}",)) from error


def _remove_remains(folder: Path) -> None:
    """Remove what was staged by an update that was killed before it changed anything."""
    for remains in folder.glob(f"{UPDATING}-*"):
        if remains.is_dir() and not remains.is_symlink():
            shutil.rmtree(remains)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
