"""``python -m benchmarks plugin|ssh|aws|report|sign [--json]``: run one, print its figures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import aws, plugin, report, sign, ssh
from .rivals import LACKING, Lacking
from .ssh_topology import MOST_BACKENDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .measured import Case


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmark; 1 when those who were measured did not agree about the outcome."""
    told = parser().parse_args(arguments)
    if told.benchmark == "ssh" and not told.inside:
        ssh.enter(arguments[1:], rivals=told.rivals)
    try:
        cases = [*shown(measured(told))]
    except Lacking as lacking:
        print(f"benchmark {told.benchmark}: {lacking}", file=sys.stderr)
        return LACKING
    if told.json:
        entries = [case.entry() for case in cases]
        print(json.dumps({"benchmark": told.benchmark, "cases": entries}))
    return 0 if all(case.verdicts_equal for case in cases) else 1


def parser() -> argparse.ArgumentParser:
    """Return what the command line may say."""
    whole = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    named = whole.add_subparsers(dest="benchmark", required=True, metavar="BENCHMARK")
    start = named.add_parser("plugin", help="a start where the plugin sleeps, and a replay")
    count = within(1, MOST_BACKENDS)
    start.add_argument("--runs", type=count, default=20, help="runs of each start (default: 20)")
    start.add_argument("--replays", type=count, default=5, help="replays (default: 5)")
    start.add_argument(
        "--facts",
        type=Path,
        default=None,
        metavar="FILE",
        help="facts.json of the example, READY (default: its world is started to record them)",
    )
    hosts = named.add_parser("ssh", help="hosts behind a jump host; needs root and sshd")
    hosts.add_argument("--hosts", type=count, nargs="+", default=[1, 10, 50], metavar="N")
    hosts.add_argument("--runs", type=count, default=5, help="runs of each (default: 5)")
    hosts.add_argument("--no-rivals", dest="rivals", action="store_false", help="the limit alone")
    hosts.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    accounts = named.add_parser("aws", help="a simulated AWS; installs Prowler, which is large")
    add_aws_options(accounts)
    page = named.add_parser("report", help="a page of 10,000 findings, beside pytest-html's")
    page.add_argument("--findings", type=within(10, 50_000), default=10_000, metavar="N")
    page.add_argument("--runs", type=within(1, 100), default=5, help="runs of each (default: 5)")
    page.add_argument("--no-rivals", dest="rivals", action="store_false", help="the limit alone")
    people = named.add_parser("sign", help="three people sign, beside bare calls of ssh-keygen -Y")
    people.add_argument(
        "--runs", type=within(1, 100), default=15, help="runs of each (default: 15)"
    )
    for one in (start, hosts, accounts, page, people):
        one.add_argument("--json", action="store_true", help="end with one line of JSON")
    return whole


def add_aws_options(accounts: argparse.ArgumentParser) -> None:
    """Declare what the benchmark of AWS may be told."""
    groups, delays = within(10, 50_000), within(0, 1000)
    add = accounts.add_argument
    sizes = [100, 1000, 5000]
    add("--n", type=groups, nargs="+", default=sizes, metavar="GROUPS", help="security groups")
    add("--latency", type=delays, nargs="+", default=[0, 50], metavar="MS", help="of a request")
    add("--accounts", type=within(0, 100), default=20, metavar="N", help="of four regions each")
    add("--runs", type=within(1, 100), default=5, help="runs of each (default: 5)")
    add("--without", nargs="+", choices=aws.RIVALS, default=[], help="rivals to leave out")


def within(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of numbers; backends have the last octets of a network's addresses."""

    def number(text: str) -> int:
        if not (text.isdecimal() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text} is not a number from {least} to {most}")
        return int(text)

    return number


def measured(told: argparse.Namespace) -> Iterable[Case]:
    """Measure what was asked for."""
    if told.benchmark == "plugin":
        return plugin.cases(runs=told.runs, replays=told.replays, facts=told.facts)
    if told.benchmark == "aws":
        return aws.cases(
            aws.Asked(
                groups=told.n,
                latencies_ms=told.latency,
                accounts=told.accounts,
                runs=told.runs,
                without=told.without,
            )
        )
    if told.benchmark == "report":
        return report.cases(findings=told.findings, runs=told.runs, rivals=told.rivals)
    if told.benchmark == "sign":
        return sign.cases(runs=told.runs)
    return ssh.cases(hosts=told.hosts, runs=told.runs, rivals=told.rivals)


def shown(cases: Iterable[Case]) -> Iterable[Case]:
    """Print each case as soon as it is there."""
    for case in cases:
        print("\n".join(case.lines()), flush=True)
        yield case


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
