"""Of several runs on one folder one writes, and the others are refused without a trace."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.conftest import Repository

pytestmark = pytest.mark.trial

RUNS = 6
PATIENT = """
import time
from pathlib import Path

def pytest_collection_finish():
    deadline = time.monotonic() + 90
    while not Path("go").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
"""
"""Whoever has the folder keeps it until all others have tried."""


def wait_until(holds: Callable[[], bool], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def one_is_left(runs: list[subprocess.Popen[str]]) -> bool:
    return sum(run.poll() is None for run in runs) == 1


def test_six_runs_at_once_have_one_writer(
    ready: Repository, start: Callable[..., subprocess.Popen[str]], trials: Any
) -> None:
    (ready.suite / "conftest.py").write_text(PATIENT, encoding="utf-8")
    rounds = trials.many(1, 10)
    for _ in range(rounds):
        (ready.path / "go").unlink(missing_ok=True)
        runs = [start(ready, "-p", "no:xdist") for _ in range(RUNS)]
        assert wait_until(partial(one_is_left, runs))
        (ready.path / "go").touch()
        said = {run.communicate()[1] for run in runs if run.wait() == 4}
        assert sorted(run.returncode for run in runs) == [0] + [4] * (RUNS - 1)
        assert len(said) == 1
        assert f"ERROR: Another run is writing to {ready.report}." in said.pop()
        assert ready.orr("gate").status == 0
        assert len(ready.outcomes()) == 76
    text = f"{rounds} times {RUNS} runs at once: one wrote and was READY, {RUNS - 1} ended with 4"
    trials.saw("several runs on one folder", seed=0, text=text)
