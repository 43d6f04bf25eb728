"""Records what real monitoring answers, for the embedded example: ``make record-monitoring``.

Starts the stack twice, sound and faulty, and gathers every fact about the example with it: whatever
collectors ask of Prometheus and Alertmanager is passed on, and goes with its answer to a file of
``examples/explorer/monitoring/``.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from examples.explorer.world import boot
from pytest_orr.collect.chains.provider_limits import ProviderLimits
from pytest_orr.collect.desk import opened_desk
from pytest_orr.collect.gather import gather
from pytest_orr.collect.registry import registry
from pytest_orr.profile.chains import Provider
from pytest_orr.profile.load import load
from pytest_orr.suite import read
from tests.system.monitoring.recorder import Clock, Recorder
from tests.system.monitoring.series import AS_OF, BEGINS
from tests.system.monitoring.stack import Stack, what_is_lacking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.collect.interface import Desk

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "examples/explorer/monitoring"
STATES = {
    "repaired": frozenset[str](),
    "faulty": frozenset({"node-down", "no-runbook", "route-to-nobody", "stale-series"}),
}
SETTLES = dt.timedelta(seconds=60)
"""After which everything has started, was scraped and evaluated some times."""


def main() -> None:
    """Record every state that is named, or both."""
    if lacking := what_is_lacking():
        sys.exit(f"Nothing was recorded: {lacking}")
    for state in sys.argv[1:] or STATES:
        with tempfile.TemporaryDirectory(prefix="monitoring-") as folder:
            exchanges = recorded(state, Path(folder))
        written = OUT / f"{state}.jsonl"
        written.parent.mkdir(exist_ok=True)
        written.write_text("".join(f"{line}\n" for line in _lines(exchanges)))
        print(f"{written.relative_to(ROOT)}: {len(exchanges)} exchanges")  # noqa: T201 a person runs this


def recorded(state: str, folder: Path) -> list[Mapping[str, Any]]:
    """Return every exchange of a run that judges the example in a state."""
    with ExitStack() as opened:
        edge = _edge(state, folder, opened)
        stack = opened.enter_context(
            Stack(
                folder=folder / "stack",
                faults=STATES[state],
                edge=edge["address"],
                ca=edge["ca"],
                since=BEGINS,
                begun=dt.datetime.now(dt.UTC) + SETTLES,
            )
        )
        time.sleep(max(0.0, (stack.begun - dt.datetime.now(dt.UTC)).total_seconds()))
        clock = Clock(begun=stack.begun)
        recorders = [
            Recorder(name="prometheus", url=stack.prometheus, clock=clock),
            Recorder(name="alertmanager", url=stack.alertmanager, clock=clock),
        ]
        urls = [opened.enter_context(closing(one.serve())).url for one in recorders]
        _ask_everything(state, urls)
        return [one for recorder in recorders for one in recorder.exchanges.values()]


def _edge(state: str, folder: Path, opened: ExitStack) -> Mapping[str, str]:
    """Start the example's edge, which the probes look at."""
    child = opened.enter_context(
        subprocess.Popen(
            [sys.executable, "-m", "examples.explorer.edge", state, str(_made(folder / "edge"))],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    )
    assert child.stdin
    assert child.stdout
    opened.callback(child.kill)
    said: Mapping[str, str] = json.loads(child.stdout.readline())
    return said


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _ask_everything(state: str, urls: Iterable[str]) -> None:
    """Gather every fact there is, with the recorders in the place of what was recorded before."""
    os.environ["EXPLORER_RECORDERS"] = " ".join(urls)
    known = registry()
    items = read(ROOT / "readiness", fact_names=known.keys()).items
    collectors = tuple(known.values())
    with boot(state) as world, patch.dict(os.environ, world.environment):
        for profile in STATES:  # tests judge either state by either profile
            written = load(
                ROOT / "examples/explorer" / profile / "readiness.toml",
                items=items,
                as_of=AS_OF.date(),
            )
            with opened_desk(written, collectors, _say_nothing, as_of=AS_OF) as desk:
                gather(collectors, desk, clock=lambda: dt.datetime.now(dt.UTC))
            _ask_besides(desk)


def _ask_besides(desk: Desk) -> None:
    """Ask what the example has no reason to: tests declare a provider of nodes, and a balance."""
    plan = Provider(
        calls_per_day=1, calls_per_request=1.0, refused_calls="explorer_node_refused_total"
    )
    ProviderLimits().collect(replace(desk, profile=replace(desk.profile, provider=plan)))
    desk.prometheus.sampled("explorer_account_balance", at=desk.as_of)


def _say_nothing(_: str) -> None:
    """Show no progress."""


def _lines(exchanges: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in exchanges)


if __name__ == "__main__":
    main()
