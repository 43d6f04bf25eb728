"""What the plugin costs: a start where it sleeps, and a judging replay, against bare pytest."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .measured import Case, Command, alternate, pytest_run, run

CHECKOUT = Path(__file__).resolve().parents[1]
TRIVIAL = """\
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_holds(number):
    assert number >= 0
"""
ITEMS = 76


def cases(*, runs: int, replays: int, facts: Path | None) -> tuple[Case, ...]:
    """Measure every case; facts of the example's repaired world are recorded unless given."""
    with tempfile.TemporaryDirectory(prefix="orr-bench-") as named:
        folder = Path(named)
        started = start_up(folder, runs=runs)
        return started, replay(folder, facts or record(folder), replays=replays)


def start_up(folder: Path, *, runs: int) -> Case:
    """Collect nothing in an empty project: with the plugin, and without it."""
    empty = folder / "empty"
    empty.mkdir()
    plain = pytest_run("--collect-only", "-q")
    with_plugin = Command(arguments=plain, folder=empty, environment=environment())
    without = Command(arguments=(*plain, "-p", "no:orr"), folder=empty, environment=environment())
    taken = alternate({"product": with_plugin, "limit": without}, runs=runs)
    return Case(name="start-up", n=0, unit="tests", expected="5", taken=taken)


def replay(folder: Path, facts: Path, *, replays: int) -> Case:
    """Judge the example's recorded facts; the limit is as many tests that ask nothing."""
    trivial = folder / "trivial"
    trivial.mkdir()
    (trivial / "test_trivial.py").write_text(TRIVIAL.format(count=ITEMS), encoding="utf-8")
    judging = Command(
        arguments=pytest_run("readiness/", "--orr-facts", str(facts.resolve())),
        folder=CHECKOUT,
        environment=environment(ORR_EXAMPLE="repaired", ORR_REPORT=str(folder / "replay")),
    )
    asking_nothing = Command(
        arguments=pytest_run("-p", "no:orr"), folder=trivial, environment=environment()
    )
    taken = alternate({"product": judging, "limit": asking_nothing}, runs=replays)
    return Case(name="replay", n=ITEMS, unit="tests", expected="0", taken=taken)


def record(folder: Path) -> Path:
    """Judge the example's repaired world once and return the facts that were seen."""
    report = folder / "recorded"
    live = Command(
        arguments=pytest_run("readiness/"),
        folder=CHECKOUT,
        environment=environment(ORR_EXAMPLE="repaired", ORR_REPORT=str(report)),
        outcome=lambda ended: f"{ended.status}: {ended.last}",
    )
    once = run(live)
    if not once.outcome.startswith("0:"):
        raise RuntimeError(
            f"the example is not READY, so there is nothing to replay: {once.outcome}"
        )
    return report / "facts.json"


def environment(**more: str) -> dict[str, str]:
    """Return a person's environment, without what may steer pytest or the product.

    Python may keep its bytecode, as it does for people: who measures runs everything once before.
    """
    own = ("ORR_", "PYTEST_", "AWS_", "EXPLORER_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, **more}
