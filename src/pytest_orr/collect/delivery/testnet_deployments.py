"""What reaches the testnet by itself, and whether it lives: the fact ``testnet_deployments``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import sleep
from typing import Any

from pytest_orr.clients.forge.said import Schedule
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of, parts_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.forge import Testnet

from .last_deployments import LastDeployment, last_deployment
from .releases_before import branch_of, same_commit
from .testnet_images import RunningDigests, TagOfImage, running_digests, tag_of_image

AFTER_ALL = datetime.max.replace(tzinfo=UTC)
PAUSES = (0.05, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)
"""Seconds between reads of a height until it has grown: longer together than any testnet's block
takes, one that a proposer missed included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploySchedule:
    """The schedule that deploys the testnet."""

    schedule: Schedule
    branch: str
    """The branch that shall reach the testnet."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        last = self.schedule.last_success
        when = f"{last:%Y-%m-%d %H:%M} UTC" if last else "none known"
        state = "active" if self.schedule.is_active else "switched off"
        return f"{state}, {self.schedule.cron} on {self.schedule.ref}, last success {when}"

    @property
    def is_of_the_branch(self) -> bool:
        """Whether it builds the branch."""
        return self.schedule.ref.removeprefix("refs/heads/") == self.branch

    def has_succeeded_within(self, hours: int, as_of: datetime) -> bool:
        """Tell whether its last success is so new; unknown if no run of it is told."""
        one = self.schedule
        if one.last_success is None and one.last_failure is None:
            raise FactUnavailable(
                f"the forge tells of no run of the schedule {one.name}",
                "let it run once, and look again",
            )
        late = timedelta(hours=hours)
        return one.last_success is not None and as_of - one.last_success <= late


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHeights:
    """The height of the testnet's chain, by one node, before and after a pause."""

    before: int
    after: int
    waited: float
    """Seconds between the two reads, on purpose."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return f"height {self.before}, then {self.after} after {self.waited:g} s"

    @property
    def grows(self) -> bool:
        """Whether the chain goes on."""
        return self.after > self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class TestnetDeploymentFacts:
    """The schedule, the deployment, the image and the chain, each read by itself."""

    __test__ = False  # its name begins as those of pytest's classes do

    schedules: tuple[Part[DeploySchedule], ...]
    """Those of the declared name."""
    deployment: Part[LastDeployment]
    image: Part[TagOfImage]
    running: Part[RunningDigests]
    heights: Part[ChainHeights]

    def runs_its_image(self) -> bool:
        """Tell whether what runs there is what the image's tag leads to, and nothing else."""
        running = self.running.reading.digests
        return bool(running) and {*running} <= {*self.image.reading.digests}

    def is_built_from_what_was_deployed(self) -> bool:
        """Tell whether the image's commit, by its label, is the one that was deployed last."""
        image, deployed = self.image.reading, self.deployment.reading.deployment.commit
        revisions = image.revisions or self.running.reading.revisions
        if not revisions:
            raise FactUnavailable(
                f"nothing says which commit {image.image} was built from",
                "let the build set the label org.opencontainers.image.revision",
            )
        return all(same_commit(one, deployed) for one in revisions)

    def came_by_the_schedule(self) -> bool:
        """Tell whether the last deployment is of a commit that the schedule last succeeded for.

        One of the branch since then will do: many deploy whatever is merged, and each night too.
        """
        made = self.deployment.reading.deployment
        told = [one.reading for one in self.schedules]
        return any(
            same_commit(one.schedule.last_commit, made.commit)
            or (made.ref == one.branch and made.created > (one.schedule.last_success or AFTER_ALL))
            for one in told
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestnetDeployments:
    """Does a schedule bring the branch to the testnet, and does the testnet live?"""

    __test__ = False  # as above

    rest: Callable[[float], None] = sleep
    """Waits so many seconds."""
    name: str = "testnet_deployments"
    source: str = "the forge, the registry, hosts and a node"
    operations: tuple[str, ...] = (
        "forge:artifact",
        "forge:deployments",
        "forge:project",
        "forge:schedules",
        "registry:manifests",
        "rpc:eth_blockNumber",
        "ssh:deployment",
    )
    fact_type: Any = TestnetDeploymentFacts

    def collect(self, desk: Desk) -> Answer[TestnetDeploymentFacts]:
        """Ask for each of them by itself."""
        declared = desk.profile.delivery.testnet
        made = partial(last_deployment, desk.forge, declared.environment)
        heights = partial(_heights, desk, declared, self.rest)
        facts = TestnetDeploymentFacts(
            schedules=parts_of("schedule of the testnet", lambda: _schedules(desk, declared)),
            deployment=part_of(f"deployment to {declared.environment}", made),
            image=part_of("image of the testnet", partial(tag_of_image, desk, declared)),
            running=part_of("what runs on the testnet", partial(running_digests, desk, declared)),
            heights=part_of("chain of the testnet", heights),
        )
        return Answer(value=facts, where=(desk.forge.where,))


def _schedules(desk: Desk, declared: Testnet) -> list[tuple[str, DeploySchedule]]:
    if declared.schedule is None:
        raise Undeclared("[delivery.testnet] schedule", "the name of what deploys it")
    branch = branch_of(desk)
    return [
        (f"schedule {one.name}", DeploySchedule(schedule=one, branch=branch))
        for one in desk.forge.schedules()
        if declared.schedule in {one.name, one.name.rpartition("/")[2]}
    ]


def _heights(desk: Desk, declared: Testnet, rest: Callable[[float], None]) -> ChainHeights:
    """Read the height until it has grown, within the patience that ``PAUSES`` has."""
    if declared.rpc is None:
        raise Undeclared("[delivery.testnet] rpc", "the URL of a node that tells the height")
    read = partial(desk.evm.block_number, declared.rpc, "[delivery.testnet] rpc")
    before = after = read()
    waited = 0.0
    for pause in PAUSES:
        if after > before:
            break
        rest(pause)
        waited += pause
        after = read()
    return ChainHeights(before=before, after=after, waited=waited)
