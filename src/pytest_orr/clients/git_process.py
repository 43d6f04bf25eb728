"""Runs git so that nothing of a repository is ever executed: the only module that starts it.

Git works in a folder of this module's making (``git_borrowed.py``), where no configuration, hook,
attribute or replacement of the repository is in force; what has to be asked inside the repository
itself is asked with ``FORCED``. The environment is made anew, so that no ``GIT_…`` leads elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypedDict, Unpack

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 60.0
"""Seconds of one question."""
MOST_BYTES = 64 * 1024 * 1024
"""Of one answer."""
MOST_COMPLAINT = 4096
CHUNK = 64 * 1024
COMMANDS = frozenset(
    {"rev-parse", "for-each-ref", "cat-file", "ls-tree", "diff-tree", "diff", "log", "merge-base"}
    | {"check-ignore", "verify-tag", "verify-commit", "blame", "merge-file"}
)
"""All that git is asked with: none writes to the repository."""
FORCED = (
    "--no-pager",
    "--no-replace-objects",
    "--no-optional-locks",
    *("-c", "safe.directory=*"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "core.excludesFile=/dev/null"),
    *("-c", "core.commitGraph=false"),
    *("-c", "core.pager=cat"),
    *("-c", "core.sshCommand=false"),
    *("-c", "core.editor=false"),
    *("-c", "core.askPass=false"),
    *("-c", "credential.helper="),
    *("-c", "diff.external="),
    *("-c", "protocol.allow=never"),
    *("-c", "submodule.recurse=false"),
    *("-c", "gc.auto=0"),
    *("-c", "gpg.program=false"),
    *("-c", "gpg.openpgp.program=false"),
    *("-c", "gpg.x509.program=false"),
)
"""Settings that win over whatever a repository sets for itself: each names what could be run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What git answered."""

    code: int
    out: bytes
    complaint: str
    """The beginning of what it wrote to its error output."""


class How(TypedDict, total=False):
    """How git is asked."""

    given: bytes
    """What it reads from its input."""
    also: tuple[str, ...]
    """Further settings, as ``name=value``."""
    most: int
    """Bytes of its answer after which no more is wanted."""


def ask(*words: str, home: Path, **how: Unpack[How]) -> Said:
    """Run one command of git and return what it said, whatever its exit status.

    Raises ``FactUnavailable`` when there is no git, when it takes too long and when it says more
    than ``MOST_BYTES``.
    """
    settings = (word for one in how.get("also", ()) for word in ("-c", one))
    process = subprocess.Popen(  # noqa: S603 our own words; ids and paths come as arguments
        [git_program(), *FORCED, *settings, *words],
        env=environment_of(home),
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    return _Listener(process, words, how.get("most")).heard(how.get("given", b""))


class _Listener:
    """Hears one process out, within limits of time and size."""

    def __init__(
        self, process: subprocess.Popen[bytes], words: tuple[str, ...], most: int | None
    ) -> None:
        self._process, self._words, self._most = process, words, most
        self._is_late = False
        self._complaint = b""

    def heard(self, given: bytes) -> Said:
        """Feed the process, read both of its outputs to their ends and return them."""
        process = self._process
        assert process.stdin
        assert process.stdout
        assert process.stderr
        impatience = threading.Timer(LONGEST, self._give_up)
        beside = (
            threading.Thread(target=_feed, args=(process.stdin, given), daemon=True),
            threading.Thread(target=self._hear_complaint, args=(process.stderr,), daemon=True),
        )
        impatience.daemon = True
        for thread in (impatience, *beside):
            thread.start()
        try:
            out = self._out(process.stdout)
            code = process.wait()
        finally:
            impatience.cancel()
            process.kill()
            process.wait()
            for thread in beside:
                thread.join()
            process.stdout.close()
            process.stderr.close()
        if self._is_late:
            raise _refused(self._words, f"took longer than {LONGEST:g} seconds")
        complaint = self._complaint.decode(errors="replace").strip()
        return Said(code=code, out=out, complaint=complaint)

    def _out(self, stream: IO[bytes]) -> bytes:
        heard, size = [], 0
        for chunk in _chunks(stream):
            heard.append(chunk)
            size += len(chunk)
            if self._most is not None and size >= self._most:
                self._process.kill()
                return b"".join(heard)[: self._most]
            if size > MOST_BYTES:
                raise _refused(self._words, f"said more than {MOST_BYTES // 1024 // 1024} MiB")
        return b"".join(heard)

    def _hear_complaint(self, stream: IO[bytes]) -> None:
        for chunk in _chunks(stream):
            self._complaint = (self._complaint + chunk)[:MOST_COMPLAINT]

    def _give_up(self) -> None:
        self._is_late = True
        self._process.kill()


def program(name: str) -> str | None:
    """Return where a program is, as whoever runs this would find it, and never in a checkout.

    A relative folder of PATH leads wherever somebody stands.
    """
    folders = (one for one in os.get_exec_path() if Path(one).is_absolute())
    return shutil.which(name, path=os.pathsep.join(folders))


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _feed(stream: IO[bytes], given: bytes) -> None:
    with suppress(OSError):  # it may have heard enough
        stream.write(given)
    with suppress(OSError):
        stream.close()


def git_program() -> str:
    """Return where git is; ``FactUnavailable`` if nowhere."""
    found = program("git")
    if found is None:
        raise FactUnavailable("no git is on the PATH", "install git where this runs")
    return found


def _refused(words: tuple[str, ...], why: str) -> FactUnavailable:
    command = next((word for word in words if word in COMMANDS), "")
    return FactUnavailable(f"git {command} {why}", "look at the repository's size and disk")


def environment_of(home: Path) -> dict[str, str]:
    """Return all variables that git gets, and whoever runs git for us."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_CEILING_DIRECTORIES": "",
    }
