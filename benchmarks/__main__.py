"""``python -m benchmarks plugin|ssh [--json]``: run one benchmark and print its figures."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from . import plugin, ssh
from .ssh_topology import MOST_BACKENDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .measured import Case


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmark; 1 when those who were measured did not agree about the outcome."""
    told = parser().parse_args(arguments)
    if told.benchmark == "ssh" and not told.inside:
        ssh.enter(arguments[1:], rivals=told.rivals)
    cases = [*shown(measured(told))]
    if told.json:
        entries = [case.entry() for case in cases]
        print(json.dumps({"benchmark": told.benchmark, "cases": entries}))
    return 0 if all(case.verdicts_equal for case in cases) else 1


def parser() -> argparse.ArgumentParser:
    """Return what the command line may say."""
    whole = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    named = whole.add_subparsers(dest="benchmark", required=True, metavar="BENCHMARK")
    start = named.add_parser("plugin", help="a start where the plugin sleeps, and a replay")
    start.add_argument("--runs", type=count, default=20, help="runs of each start (default: 20)")
    start.add_argument("--replays", type=count, default=5, help="replays (default: 5)")
    hosts = named.add_parser("ssh", help="hosts behind a jump host; needs root and sshd")
    hosts.add_argument("--hosts", type=count, nargs="+", default=[1, 10, 50], metavar="N")
    hosts.add_argument("--runs", type=count, default=5, help="runs of each (default: 5)")
    hosts.add_argument("--no-rivals", dest="rivals", action="store_false", help="the limit alone")
    hosts.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    for one in (start, hosts):
        one.add_argument("--json", action="store_true", help="end with one line of JSON")
    return whole


def count(text: str) -> int:
    """Read a number from 1 on; backends have the last octets of a network's addresses."""
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MOST_BACKENDS:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {MOST_BACKENDS}")
    return number


def measured(told: argparse.Namespace) -> Iterable[Case]:
    """Measure what was asked for."""
    if told.benchmark == "plugin":
        return plugin.cases(runs=told.runs, replays=told.replays)
    return ssh.cases(hosts=told.hosts, runs=told.runs, rivals=told.rivals)


def shown(cases: Iterable[Case]) -> Iterable[Case]:
    """Print each case as soon as it is there."""
    for case in cases:
        print("\n".join(case.lines()), flush=True)
        yield case


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
