"""What judging whole AWS accounts costs: product, Prowler on the matching checks, and a limit.

All ask the same simulated AWS, through the same proxy, in alternation; their verdicts must agree,
check by check and resource by resource. The product runs a suite of 29 items that decide what 29 of
Prowler's checks decide, each as a service would write it; it starts pytest, and writes all of its
documents. Calls are requests.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import aws_verdicts
from .aws_size import Size
from .aws_world import world
from .measured import Case, Command, alternate, pytest_run, settle
from .plugin import CHECKOUT
from .rivals import python_with
from .ssh import FIRST, OTHER_PLUGINS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .aws_verdicts import Verdicts
    from .aws_world import World

SUITE = Path(__file__).with_name("aws_suite")
PROWLER = "prowler==5.46.0"
REGIONS = 4
"""Of each account, where there are several accounts."""
LATENCY_MS = 50
"""Of a request, where there are several accounts."""
IN_MANY = Size(groups=20, few=1)
"""What each region of many has."""
MOST_SECONDS = 150.0
"""What one of them may take of a case before it is left out of its further rounds."""
RIVALS = ("prowler",)
MEMORY = "/dev/shm"  # noqa: S108 a folder of its own is made in it
"""Where everybody's files are, so that no disk is measured: the product waits for its journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is measured."""

    groups: Sequence[int]
    latencies_ms: Sequence[int]
    accounts: int
    """In the case of many accounts; 0 leaves it out."""
    runs: int
    without: Sequence[str] = ()
    """Rivals that are left out."""


def cases(asked: Asked) -> Iterator[Case]:
    """Measure every case; a rival that cannot be installed raises ``Lacking`` before the first."""
    if "prowler" not in asked.without:
        python_with(PROWLER)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    in_memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="orr-bench-", dir=in_memory) as folder:
        for n in asked.groups:
            yield from of_groups(Path(folder), n, asked)
        if asked.accounts:
            yield of_accounts(Path(folder), asked)


def of_groups(folder: Path, n: int, asked: Asked) -> Iterator[Case]:
    """Measure one account with ``n`` security groups, once for each latency."""
    with world(folder / f"groups-{n}", Size(groups=n)) as made:
        for number, latency_ms in enumerate(asked.latencies_ms):
            askers = Askers(world=made, latency_ms=latency_ms, is_trial=asked.runs == 1)
            askers.make()
            commands = askers.ours()
            if "prowler" not in asked.without:
                commands["prowler"] = askers.prowler()
            yield askers.case("groups", n, commands, asked, warm_up=not number)


def of_accounts(folder: Path, asked: Asked) -> Case:
    """Measure many accounts with several regions each."""
    n = asked.accounts * REGIONS
    spread = {"accounts": asked.accounts, "regions": REGIONS}
    with world(folder / "accounts", IN_MANY, **spread) as made:
        askers = Askers(world=made, latency_ms=LATENCY_MS, is_trial=asked.runs == 1)
        askers.make()
        return askers.case("accounts", n, askers.ours(), asked, warm_up=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Askers:
    """Those who ask a simulated AWS with some latency."""

    world: World
    latency_ms: int
    is_trial: bool
    """Whether there is a single run: it waits for no calm moment, and nothing is run before it."""

    @property
    def suite(self) -> Path:
        """The product's suite, with the collectors beside it."""
        return self.world.folder / "service" / "readiness"

    @property
    def answers(self) -> Path:
        """Where everybody writes what was decided."""
        return self.world.folder / "answers"

    def make(self) -> None:
        """Write what the product needs."""
        shutil.copytree(SUITE, self.suite.parent, dirs_exist_ok=True)
        shutil.copy(self.world.profile, self.suite)

    def case(
        self, name: str, n: int, commands: dict[str, Command], asked: Asked, *, warm_up: bool
    ) -> Case:
        """Run all in turn; to warm up fills the proxy's memory, and everybody's bytecode."""
        rounds = 1 if warm_up and not self.is_trial else 0
        taken = alternate(commands, runs=asked.runs, warm_up=rounds, most_seconds=MOST_SECONDS)
        return Case(
            name=name,
            n=n,
            unit="security groups" if name == "groups" else "regions of accounts",
            taken=taken,
            expected=taken["limit"][0].outcome,
            latency_ms=self.latency_ms,
        )

    def ours(self) -> dict[str, Command]:
        """Return the product and its limit."""
        return {"product": self.product(), "limit": self.limit()}

    def product(self) -> Command:
        """Judge the suite."""
        report = self.answers / "report"
        return self.asking(
            pytest_run("-q", *OTHER_PLUGINS, str(self.suite)),
            lambda: aws_verdicts.of_product(report / "review.json"),
            folder=self.suite.parent,
            ORR_REPORT=str(report),
        )

    def limit(self) -> Command:
        """Decide the same by the least that is needed."""
        output = self.answers / "limit.json"
        command = (sys.executable, "-m", "benchmarks.aws_limit", str(self.world.places))
        return self.asking(
            (*command, str(output)), lambda: aws_verdicts.of_limit(output), folder=CHECKOUT
        )

    def prowler(self) -> Command:
        """Run Prowler's checks of the same names, in the region that has something."""
        command = (str(python_with(PROWLER).with_name("prowler")), "aws")
        checks = sorted(map(aws_verdicts.check_of, items()))
        written = ("--output-formats", "json-ocsf", "-o", str(self.answers), "-F", "prowler")
        region = ("--region", self.world.regions[0], "--scan-unused-services")
        quiet = ("--no-banner", "--no-color", "--log-level", "CRITICAL", "--ignore-exit-code-3")
        return self.asking(
            (*command, *region, *quiet, *written, "--checks", *checks),
            lambda: aws_verdicts.of_prowler(self.answers / "prowler.ocsf.json"),
            folder=self.world.folder,
            AWS_PROFILE=self.world.keys[0]["account"],
        )

    def asking(
        self,
        arguments: tuple[str, ...],
        read: Callable[[], Verdicts],
        *,
        folder: Path,
        **variables: str,
    ) -> Command:
        """Return a command whose outcome is every verdict that it gave."""
        return Command(
            arguments=arguments,
            folder=folder,
            environment=self.world.environment(**variables),
            outcome=lambda ended: aws_verdicts.told(ended, read),
            prepare=self.forget,
            calls=self.world.calls,
        )

    def forget(self) -> None:
        """Take away what anybody wrote, wait for a calm moment, and count from there."""
        shutil.rmtree(self.answers, ignore_errors=True)
        self.answers.mkdir()
        if not self.is_trial:
            settle()
        self.world.begin(self.latency_ms)


def items() -> tuple[str, ...]:
    """Return the ids of the product's items, in whose names the checks' names are."""
    locked = aws_verdicts.read_json(SUITE / "readiness" / "suite.lock")
    return tuple(locked["items"])
