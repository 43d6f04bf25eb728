"""A run that is killed at any moment leaves nothing that says ready, and loses nothing it kept."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.record.journal import line_of, read_journal

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository

pytestmark = pytest.mark.trial

SEED = 20261120
KEPT = "kept"
CONFTEST = f"""
import os
import pytest

@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish(nodeid):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with open("{KEPT}", "a") as stream:
            stream.write(nodeid + "\\n")
"""
"""Says from outside which results the run has taken: it is called after the journal's own."""

LINES = 78
"""Of a whole journal: what is expected, 76 results, the end."""
MODES = {"plain": ["-p", "no:xdist"], "two workers": ["-n2"]}


@dataclass(frozen=True)
class Moment:
    """When to kill: after some seconds, or as soon as the journal has some lines."""

    seconds: float
    lines: int = 0

    def wait(self, run: subprocess.Popen[str], journal: Path, *, before: int) -> None:
        deadline = time.monotonic() + self.seconds
        while run.poll() is None and not self._came(deadline, journal, before=before):
            time.sleep(0.001)

    def _came(self, deadline: float, journal: Path, *, before: int) -> bool:
        if not self.lines:
            return time.monotonic() >= deadline
        try:
            is_new = journal.stat().st_ino != before
            return is_new and journal.read_bytes().count(b"\n") >= self.lines
        except FileNotFoundError:
            return False


def moments(chance: random.Random, count: int, whole: float) -> list[Moment]:
    """Half at any time of a run, the others while results or documents are written."""
    return [
        Moment(chance.uniform(0, whole))
        if number % 2
        else Moment(0, lines=chance.choice([chance.randint(1, LINES - 1), LINES]))
        for number in range(count)
    ]


@pytest.fixture
def witnessed(ready: Repository) -> Repository:
    """The repository, with somebody in it who notes which results the run has taken."""
    (ready.suite / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    return ready


@pytest.mark.parametrize("name", MODES)
def test_a_killed_run_leaves_no_ready_review_and_loses_no_result(
    witnessed: Repository,
    start: Callable[..., subprocess.Popen[str]],
    running: Callable[[int], list[int]],
    trials: Any,
    name: str,
) -> None:
    mode = MODES[name]
    began = time.monotonic()
    assert witnessed.judge(*mode).status == 0
    whole = time.monotonic() - began
    reference = witnessed.path / "whole"
    shutil.copytree(witnessed.report, reference)
    count = trials.many(5, 50)
    ends: Counter[str] = Counter()
    for moment in moments(random.Random(SEED), count, whole):  # noqa: S311 a fixed seed
        before = lay_down_a_ready_review(witnessed, reference)
        run = start(witnessed, *mode)
        moment.wait(run, witnessed.report / "journal.jsonl", before=before)
        run.send_signal(signal.SIGKILL)
        run.wait()
        ends[what_is_left(witnessed, reference, before=before)] += 1
        assert workers_leave(partial(running, run.pid))
    assert witnessed.judge(*mode).status == 0
    assert witnessed.orr("gate").status == 0
    text = ", ".join(f"{number} {end}" for end, number in sorted(ends.items()))
    trials.saw(
        f"kill -9 of the controller, {name}",
        seed=SEED,
        text=f"{count} kills: {text}; the run after them was READY",
    )


def lay_down_a_ready_review(repository: Repository, reference: Path) -> int:
    """Put a whole, ready run where the next one will write; return its journal's inode."""
    (repository.path / KEPT).write_text("", encoding="utf-8")
    shutil.copytree(reference, repository.report, dirs_exist_ok=True)
    return (repository.report / "journal.jsonl").stat().st_ino


def what_is_left(repository: Repository, reference: Path, *, before: int) -> str:
    """Hold what a killed run left against its promises; say how far it had come."""
    path = repository.report / "journal.jsonl"
    kept = (repository.path / KEPT).read_text(encoding="utf-8").split()
    accepted = repository.orr("gate").status == 0
    if path.exists() and path.stat().st_ino == before:
        assert not kept
        return "before it began"
    records = whole_records(path)
    assert {record.node for record in records} >= set(kept)
    if not accepted:
        return "in its midst"
    assert len(records) == 76
    for document in reference.iterdir():
        if document.is_file() and document.name != "journal.jsonl":
            assert (repository.report / document.name).read_bytes() == document.read_bytes()
    return "after its end"


def whole_records(path: Path) -> tuple[Any, ...]:
    """Read a journal and show that it was read up to its last whole line."""
    if not path.exists():
        return ()
    lines = path.read_bytes().split(b"\n")[:-1]
    if not lines:
        with pytest.raises(InvalidInput):
            read_journal(path)
        return ()
    journal = read_journal(path)
    ends = 0 if journal.closing is None else 1
    assert [line_of(record) for record in journal.records] == [
        line + b"\n" for line in lines[1 : len(lines) - ends]
    ]
    return journal.records


def workers_leave(alive: Callable[[], list[int]], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive()
