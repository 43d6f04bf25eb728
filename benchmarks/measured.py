"""Commands in alternation, each in a process of its own: wall time and memory, as a case."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """``python -m pytest`` with some arguments, somewhere."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One run of a command."""

    seconds: float
    peak_mb: float
    outcome: str
    """What it said: the same from every run of a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The product and its limit on the same work."""

    name: str
    n: int
    """How many tests."""
    product: tuple[Once, ...]
    limit: tuple[Once, ...]
    expected: str
    """What every run of the product must say."""

    @property
    def verdicts_equal(self) -> bool:
        """Whether every run of the product said what it must, and the limit's runs agree."""
        said = {once.outcome for once in self.product}
        return said == {self.expected} and len({once.outcome for once in self.limit}) == 1

    def lines(self) -> tuple[str, ...]:
        """Return what a person reads: medians with their ranges, then ratio and difference."""
        product, limit = seconds(self.product), seconds(self.limit)
        difference = 1000 * (median(product) - median(limit))
        agree = "agree" if self.verdicts_equal else "DIFFER"
        return (
            f"{self.name} ({self.n} tests, {len(product)} alternating runs)",
            f"  product  {spread(product)}",
            f"  limit    {spread(limit)}",
            f"  ratio {median(product) / median(limit):.2f}, difference {difference:.0f} ms",
            f"  outcomes {agree}",
        )

    def entry(self) -> dict[str, Any]:
        """Return the case as one entry of the JSON line; nothing here asks a network."""
        return {
            "case": self.name,
            "n": self.n,
            "latency_ms": 0,
            "product_s": round(median(seconds(self.product)), 4),
            "limit_s": round(median(seconds(self.limit)), 4),
            "rivals": {},
            "calls": 0,
            "limit_calls": 0,
            "peak_mb": round(max(once.peak_mb for once in self.product), 1),
            "verdicts_equal": self.verdicts_equal,
        }


def seconds(runs: Sequence[Once]) -> list[float]:
    """Return the wall times of some runs."""
    return [once.seconds for once in runs]


def spread(times: Sequence[float]) -> str:
    """Return median, least and most in milliseconds."""
    low, middle, high = (round(1000 * value) for value in (min(times), median(times), max(times)))
    return f"{middle} ms [{low}-{high}]"


def alternate(
    product: Command, limit: Command, *, runs: int, outcome: Callable[[int, str], str]
) -> tuple[tuple[Once, ...], tuple[Once, ...]]:
    """Run both in turn, after one run of each that does not count; return (product, limit)."""
    taken: tuple[list[Once], list[Once]] = ([], [])
    for number in range(runs + 1):
        for kept, command in zip(taken, (product, limit), strict=True):
            once = run(command, outcome)
            if number:
                kept.append(once)
    return tuple(taken[0]), tuple(taken[1])


def run(command: Command, outcome: Callable[[int, str], str]) -> Once:
    """Run a command once; ``outcome`` makes a word of its exit status and its last line."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *command.arguments],
        cwd=command.folder,
        env=dict(command.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read().splitlines()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Once(
        seconds=time.perf_counter() - began,
        peak_mb=usage.ru_maxrss / 1024,
        outcome=outcome(process.returncode, said[-1] if said else ""),
    )
