"""A run that is killed at any moment leaves nothing that says ready, and loses nothing it kept."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import main
from pytest_orr.errors import InvalidInput
from pytest_orr.record.journal import line_of, read_journal
from tests.trials.disk_trouble import KILL, VARIABLE
from tests.trials.signing_place import DOCUMENTS, TROUBLE, files_in

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository

pytestmark = pytest.mark.trial

SEED = 20261120
KEPT, PROCESS = "kept", "process"
WITNESS = f"""
import os
import pytest

@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish(nodeid):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with open("{KEPT}", "a") as stream:
            stream.write(nodeid + "\\n")

if "PYTEST_XDIST_WORKER" not in os.environ:
    with open("{PROCESS}", "w") as stream:
        stream.write(f"{{os.getpid()}}\\n")
"""
"""Says from outside which process judges, and which results it has taken: after the journal."""

LINES = 78
"""Of a whole journal: what is expected, 76 results, the end."""
MODES = {"plain": ("-p", "no:xdist"), "two workers": ("-n2",)}
TENTHS = {"plain": 7, "two workers": 3}
"""Of a hundred kills."""
FRESH = 5
"""Every so many, the run is not forked but has an interpreter of its own."""


@dataclass(frozen=True)
class Moment:
    """When to kill: after some seconds, or as soon as the journal has some lines."""

    seconds: float
    lines: int = 0

    def wait(self, alive: Callable[[], bool], journal: Path, *, before: int) -> None:
        deadline = time.monotonic() + self.seconds
        while alive() and not self._came(deadline, journal, before=before):
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
    (ready.suite / "conftest.py").write_text(WITNESS, encoding="utf-8")
    shutil.copyfile(TROUBLE, ready.path / TROUBLE.name)
    return ready


class Kills:
    """Kills runs of one repository, each in a report's folder where a whole, ready run lies."""

    def __init__(self, repository: Repository, mode: tuple[str, ...]) -> None:
        self.repository = repository
        self._mode = mode
        self._told = repository.path / PROCESS
        self.journal = repository.report / "journal.jsonl"

    def begin(self) -> int:
        """Forget the run before; return the inode of the journal that lies there."""
        (self.repository.path / KEPT).write_text("", encoding="utf-8")
        self._told.unlink(missing_ok=True)
        return self.journal.stat().st_ino

    def at_a_moment(self, moment: Moment, *, before: int) -> int:
        """Judge in a forked process, and kill it from outside; return its group."""
        judging = Thread(target=self.repository.judge, args=self._mode)
        judging.start()
        while judging.is_alive() and not self._is_told():
            time.sleep(0.001)
        moment.wait(judging.is_alive, self.journal, before=before)
        if judging.is_alive():
            self._kill(self._group())
        judging.join()
        return self._group()

    def of_its_own(self, run: subprocess.Popen[str], moment: Moment, *, before: int) -> int:
        """Kill a run that has an interpreter of its own; return its group."""
        moment.wait(lambda: run.poll() is None, self.journal, before=before)
        run.send_signal(signal.SIGKILL)
        run.wait()
        return run.pid

    def at_a_call(self, number: int) -> int:
        """Judge in a forked process that dies at one of its calls to the disk; return its group."""
        how = {"folder": str(self.repository.report), "how": KILL, "at": number}
        trouble_too = ("-p", "disk_trouble", *self._mode)
        ran = self.repository.judge(*trouble_too, env={VARIABLE: json.dumps(how)})
        assert ran.status in {-signal.SIGKILL, 0}
        return self._group()

    def calls(self, log: Path) -> int:
        """How many calls to the disk a run makes."""
        asked = json.dumps({"folder": str(self.repository.report), "log": str(log)})
        assert self.repository.judge("-p", "disk_trouble", env={VARIABLE: asked}).status == 0
        return len(json.loads(log.read_text(encoding="utf-8")))

    def _group(self) -> int:
        """The run's process, which leads a group; 0 if it was gone before it could say so."""
        return int(self._told.read_text(encoding="utf-8")) if self._is_told() else 0

    def _is_told(self) -> bool:
        return self._told.exists() and self._told.read_bytes().endswith(b"\n")

    @staticmethod
    def _kill(process: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("name", MODES)
def test_a_killed_run_leaves_no_ready_review_and_loses_no_result(
    witnessed: Repository,
    start: Callable[..., subprocess.Popen[str]],
    running: Callable[[int], list[int]],
    trials: Any,
    tmp_path: Path,
    name: str,
) -> None:
    kills, chance = Kills(witnessed, MODES[name]), random.Random(SEED)  # noqa: S311 a fixed seed
    calls = kills.calls(tmp_path / "calls")
    began = time.monotonic()
    assert witnessed.judge(*MODES[name]).status == 0
    whole = time.monotonic() - began
    ready = {one: (witnessed.report / one).read_bytes() for one in DOCUMENTS}
    ends: Counter[str] = Counter()
    count = trials.many(TENTHS[name], 10 * TENTHS[name])
    for number, moment in enumerate(moments(chance, count, whole)):
        before = kills.begin()
        if number % FRESH == 0:
            group = kills.of_its_own(start(witnessed, *MODES[name]), moment, before=before)
        elif name == "plain" and number % 2:
            group = kills.at_a_call(chance.randrange(calls))
        else:
            group = kills.at_a_moment(moment, before=before)
        ends[what_is_left(witnessed, ready, before=before)] += 1
        assert not group or workers_leave(partial(running, group))
        assert_next_run_is_clean(witnessed, ready)
    text = ", ".join(f"{number} {end}" for end, number in sorted(ends.items()))
    trials.saw(
        f"kill -9 of the controller, {name}",
        seed=SEED,
        text=f"{count} kills: {text}; the run after each was READY",
    )


def assert_next_run_is_clean(repository: Repository, ready: dict[str, bytes]) -> None:
    """The next run is ready with the same bytes, and nothing of the killed one lies beside it."""
    assert repository.judge("-p", "no:xdist").status == 0
    found = files_in(repository.report)
    assert {name: found[name] for name in DOCUMENTS} == ready
    assert main(["gate", str(repository.report)]) == 0
    assert not [name for name in found if ".tmp-" in name or name.startswith(".run/")]


def what_is_left(repository: Repository, ready: dict[str, bytes], *, before: int) -> str:
    """Hold what a killed run left against its promises; say how far it had come."""
    found = files_in(repository.report)
    assert {*ready.values()} <= {*found.values()}  # here, or among what was put aside
    path = repository.report / "journal.jsonl"
    kept = (repository.path / KEPT).read_text(encoding="utf-8").split()
    if path.exists() and path.stat().st_ino == before:
        assert not kept
        return "before it began"
    records = whole_records(path)
    assert {record.node for record in records} >= set(kept)
    if not path.exists() or main(["gate", str(repository.report)]) != 0:
        return "in its midst"
    assert len(records) == 76
    assert {name: found[name] for name in DOCUMENTS} == ready
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
