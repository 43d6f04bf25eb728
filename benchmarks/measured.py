"""Commands in alternation, each in a process of its own: wall time and memory, as a case."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

OURS = ("product", "limit")
STARTER = Path(__file__).with_name("starter.py")
CALM = 0.6
"""Share of idle time from which a machine counts as calm."""
LOOK_SECONDS = 0.3
MOST_CALM_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended."""

    status: int
    last: str
    """The last line that it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program with its arguments, somewhere."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    outcome: Callable[[Ended], str] = lambda ended: str(ended.status)
    """Makes a word of a run: the same from every run of every command that does the same work."""
    prepare: Callable[[], None] = lambda: None
    """Makes a run's beginning like that of the first; its time is not measured."""
    calls: Callable[[], int] = lambda: 0
    """Counts what was asked of others since the last ``prepare``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One run of a command."""

    seconds: float
    peak_mb: float
    outcome: str
    calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The product, its limit and its rivals on the same work."""

    name: str
    n: int
    """How many of ``unit``."""
    unit: str
    taken: Mapping[str, Sequence[Once]]
    """Runs by who ran: product, limit, and every rival by its name."""
    expected: str
    """What every run must say."""
    latency_ms: int = 0
    """Round trip to what is asked; 0 where no network is asked."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Bytes of what each made, where that is of interest."""

    @property
    def rivals(self) -> dict[str, Sequence[Once]]:
        """The runs of those who are neither product nor limit."""
        return {name: runs for name, runs in self.taken.items() if name not in OURS}

    @property
    def verdicts_equal(self) -> bool:
        """Whether every run, of whatever, said what it must."""
        return {once.outcome for runs in self.taken.values() for once in runs} == {self.expected}

    def lines(self) -> tuple[str, ...]:
        """Return what a person reads: medians with their ranges, then ratios."""
        product, limit = (middle(self.taken[name]) for name in OURS)
        return (
            f"{self.name} ({self.n} {self.unit}, {len(self.taken['product'])} alternating runs)",
            *(f"  {name:<20} {told(runs)}" for name, runs in self.taken.items()),
            f"  product / limit {product / limit:.2f}, {1000 * (product - limit):+.0f} ms",
            *(
                f"  {name} / product {middle(runs) / product:.1f}"
                for name, runs in self.rivals.items()
            ),
            *(
                f"  {name} makes {size / self.sizes['product']:.1f} times the product's bytes"
                for name, size in self.sizes.items()
                if name != "product"
            ),
            f"  outcomes {'agree' if self.verdicts_equal else 'DIFFER'}",
            *self._differences(),
        )

    def _differences(self) -> Iterator[str]:
        """Yield where each that said something else began to do so."""
        for name, runs in self.taken.items():
            for outcome in sorted({once.outcome for once in runs} - {self.expected}):
                both = zip(outcome, self.expected, strict=False)
                same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], both))
                part = slice(max(0, same - 60), same + 240)
                yield f"    {name}: …{outcome[part]}… and not …{self.expected[part]}…"

    def entry(self) -> dict[str, Any]:
        """Return the case as one entry of the JSON line."""
        product, limit = (self.taken[name] for name in OURS)
        return {
            "case": self.name,
            "n": self.n,
            "latency_ms": self.latency_ms,
            "product_s": round(middle(product), 4),
            "limit_s": round(middle(limit), 4),
            "rivals": {name: round(middle(runs), 4) for name, runs in self.rivals.items()},
            "calls": max(once.calls for once in product),
            "limit_calls": max(once.calls for once in limit),
            "peak_mb": round(max(once.peak_mb for once in product), 1),
            "verdicts_equal": self.verdicts_equal,
            **({"bytes": dict(self.sizes)} if self.sizes else {}),
        }


def middle(runs: Sequence[Once]) -> float:
    """Return the median of some runs' wall times."""
    return median(once.seconds for once in runs)


def told(runs: Sequence[Once]) -> str:
    """Return median, least and most in milliseconds, runs, memory, and calls if there were any."""
    times = [once.seconds for once in runs]
    low, half, high = (round(1000 * value) for value in (min(times), median(times), max(times)))
    calls = max(once.calls for once in runs)
    peak = max(once.peak_mb for once in runs)
    whole = f"{half} ms [{low}-{high}], {len(runs)} runs, {peak:.0f} MB"
    return f"{whole}, {calls} calls" if calls else whole


def alternate(
    commands: Mapping[str, Command],
    *,
    runs: int,
    warm_up: int = 1,
    most_seconds: float = float("inf"),
) -> dict[str, tuple[Once, ...]]:
    """Run all in turn, ``warm_up`` rounds that do not count first; return every command's runs.

    A command whose next run would bring it over ``most_seconds`` is left out of further rounds.
    """
    taken: dict[str, list[Once]] = {name: [] for name in commands}
    for number in range(runs + warm_up):
        for name, command in commands.items():
            if is_affordable(taken[name], most_seconds):
                once = run(command)
                taken[name] += [once] if number >= warm_up else []
    return {name: tuple(kept) for name, kept in taken.items()}


def is_affordable(runs: Sequence[Once], most_seconds: float) -> bool:
    """Say whether one more run like the last keeps the whole within ``most_seconds``."""
    return not runs or sum(once.seconds for once in (*runs, runs[-1])) <= most_seconds


def settle() -> None:
    """Wait until this machine is mostly idle, for some seconds at most."""
    deadline = time.monotonic() + MOST_CALM_SECONDS
    while time.monotonic() < deadline:
        before = processor_time()
        time.sleep(LOOK_SECONDS)
        idle, whole = (now - then for now, then in zip(processor_time(), before, strict=True))
        if idle >= CALM * whole:
            return


def processor_time() -> tuple[int, int]:
    """Return idle and whole time of all processors since the machine started, in ticks."""
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    ticks = [int(word) for word in first.split()[1:]]
    return ticks[3] + ticks[4], sum(ticks)


def run(command: Command) -> Once:
    """Run a command once. Its output goes to a file, which what it leaves running may keep open."""
    command.prepare()
    with tempfile.TemporaryFile(mode="w+") as said, tempfile.NamedTemporaryFile() as figures:
        subprocess.run(
            (sys.executable, "-I", "-S", str(STARTER), figures.name, *command.arguments),
            cwd=command.folder,
            env=dict(command.environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            check=True,
        )
        told = json.load(figures)
        said.seek(0)
        lines = [line for line in said.read().splitlines() if line.strip()]
    return Once(
        seconds=told["seconds"],
        peak_mb=told["peak_mb"],
        outcome=command.outcome(Ended(status=told["status"], last=lines[-1] if lines else "")),
        calls=command.calls(),
    )


def pytest_run(*arguments: str) -> tuple[str, ...]:
    """Return ``python -m pytest`` of this Python with some arguments, keeping no cache."""
    return (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments)
