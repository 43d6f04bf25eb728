"""What trials share: how many times, how a run is started and left alone, where figures go."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Repository

FIGURES = Path(__file__).parents[2] / "docs" / "trials.md"
HEAD = """\
# Trials

What each trial saw when it last ran in full: `make trials`. The trials write this page themselves;
`make test` runs each of them at about a tenth, with the same seeds, and writes nothing here.

| trial | seed | what was seen | on |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Trials:
    """How often a trial is made, and what became of it."""

    full: bool

    def many(self, tenth: int, full: int) -> int:
        """How often to try."""
        return full if self.full else tenth

    def saw(self, trial: str, *, seed: int, text: str) -> None:
        """Write a trial's figures into ``docs/trials.md``, if it ran in full."""
        if self.full:
            day = datetime.now(UTC).date().isoformat()
            _write_row(trial, f"| {trial} | {seed} | {text} | {day} |")


def _write_row(trial: str, row: str) -> None:
    with FIGURES.open("a+", encoding="utf-8") as page:
        fcntl.flock(page, fcntl.LOCK_EX)  # trials of several workers end at the same time
        page.seek(0)
        rows = [line for line in page.read().splitlines() if line.startswith("| ")][1:]
        kept = [line for line in rows if not line.startswith(f"| {trial} |")]
        page.truncate(0)
        page.write(HEAD + "\n".join(sorted([*kept, row])) + "\n")


@pytest.fixture(autouse=True)
def repeated(untraced: None) -> None:
    """A trial starts the same run again and again."""


@pytest.fixture(scope="session")
def trials() -> Trials:
    """A tenth of every trial, or with ``ORR_TRIALS=full`` all of it."""
    return Trials(full=os.environ.get("ORR_TRIALS") == "full")


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a judging run without waiting for it, in a process group of its own."""
    started: list[subprocess.Popen[str]] = []

    def begin(repository: Repository, *arguments: str) -> subprocess.Popen[str]:
        run = subprocess.Popen(
            [sys.executable, "-m", "pytest", "readiness/", *repository.arguments, *arguments],
            cwd=repository.path,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(run)
        return run

    yield begin
    for run in started:
        if members(run.pid):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        if run.stderr is not None:
            run.stderr.close()


def _environment() -> dict[str, str]:
    own = ("ORR_", "PYTEST_", "AWS_", "EXPLORER_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "COLUMNS": "200"}


def members(group: int) -> list[int]:
    """Processes of a group that still run; one that ended and waits for its parent does not."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            status = (entry / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, of_group = status.rpartition(")")[2].split()[:3]
        if int(of_group) == group and state != "Z":
            found.append(int(entry.name))
    return found


@pytest.fixture
def running() -> Callable[[int], list[int]]:
    """Processes of a group that still run."""
    return members
