"""Starts pytest over a suite in a process of its own: how a sign-off is judged once more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OURS = ("ORR_", "PYTEST_")
"""Variables that begin so would change what is judged."""
MOST_SAID = 2000
"""Characters of the end of what pytest said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a run ended."""

    status: int
    said: str
    """The end of what it printed."""


def judge_again(folder: Path, arguments: Sequence[str], *, seconds: float) -> Judged:
    """Run ``pytest`` in a folder with these arguments, and in no terminal.

    Raises ``FactUnavailable`` if it does not end in time; everything it started is ended then.
    """
    kept = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    process = subprocess.Popen(  # noqa: S603 this interpreter; paths come as arguments
        # -P: a file beside the suite must not pass for a module of Python's.
        [sys.executable, "-P", "-m", "pytest", *arguments],
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        remedy = "run `pytest readiness/` to see what it waits for"
        raise FactUnavailable(f"pytest took longer than {seconds:g} seconds", remedy) from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return Judged(status=process.returncode, said=said.decode(errors="replace")[-MOST_SAID:])
