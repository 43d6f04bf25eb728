"""Reads whether instances are large enough for the load: the fact ``sized_instances``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import Place
from pytest_orr.collect import instances, load_metrics, machine_sizes, metrics
from pytest_orr.collect.instances import Instance, known_instances
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.load_metrics import read_agent_metrics
from pytest_orr.collect.machine_sizes import Advice, Size, read_advice, read_sizes
from pytest_orr.collect.parts import Part, parts_by_id, unread
from pytest_orr.collect.stress_loads import StressLoad, read_loads
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.schema import StressTest

UNTESTED = Undeclared("[[stress_tests]]", "when the service was tested, and with which result,")


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedInstance:
    """A running instance of the service with what it has, and how much of it was in use.

    Jump hosts are none: the service's load does not reach them.
    """

    instance: Instance
    size: Part[Size]
    advice: Part[Advice]
    loads: tuple[Part[StressLoad], ...]
    """One for each declared stress test; if there is none, one that says so."""

    @property
    def name(self) -> str:
        """How pages name it."""
        return self.instance.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedInstances:
    """Are the service's instances large enough?"""

    name: str = "sized_instances"
    source: str = "AWS ec2, cloudwatch and compute-optimizer"
    operations: tuple[str, ...] = tuple(
        sorted(
            {
                *instances.OPERATIONS,
                *load_metrics.OPERATIONS,
                *machine_sizes.OPERATIONS,
                *metrics.OPERATIONS,
            }
        )
    )
    fact_type: Any = tuple[SizedInstance, ...]

    def collect(self, desk: Desk) -> Answer[tuple[SizedInstance, ...]]:
        """Read them in every account and region; a profile without ``[aws]`` has none."""
        if desk.profile.aws is None:
            return Answer(value=())
        there = known_instances(desk.profile, desk.aws)
        running = [one for one in there if one.is_running and one.role != "jump"]
        by_place = desk.aws.everywhere(partial(_in_place, desk, running))
        return Answer(
            value=tuple(one for some in by_place for one in some),
            where=tuple(str(place) for place in desk.aws.places),
        )


def _in_place(desk: Desk, running: Iterable[Instance], place: Place) -> tuple[SizedInstance, ...]:
    own = tuple(
        one for one in running if (one.account, one.region) == (place.account, place.region)
    )
    if not own:
        return ()
    names = {one.id: one.name for one in own}
    sizes = parts_by_id(names, lambda: read_sizes(desk.aws, place, own))
    advice = parts_by_id(names, lambda: read_advice(desk.aws, place, own))
    loads = dict(_loads(desk, place, own))
    return tuple(
        SizedInstance(
            instance=one,
            size=sizes[one.id],
            advice=advice[one.id],
            loads=tuple(loads[test][one.id] for test in loads),
        )
        for one in own
    )


def _loads(
    desk: Desk, place: Place, own: tuple[Instance, ...]
) -> Iterator[tuple[str, Mapping[str, Part[StressLoad]]]]:
    if not desk.profile.stress_tests:
        yield "", {one.id: unread("stress test", UNTESTED) for one in own}

    def read(test: StressTest) -> Mapping[str, StressLoad]:
        agent = read_agent_metrics(desk.aws, place, desk.profile.compute.agent_namespace)
        return read_loads(desk.aws, place, test, own, agent)

    for test in desk.profile.stress_tests:
        if elsewhere := loaded_elsewhere(desk, test):
            yield test.file, {one.id: unread(test.file, elsewhere) for one in own}
            continue
        yield test.file, parts_by_id({one.id: test.file for one in own}, partial(read, test))


def loaded_elsewhere(desk: Desk, test: StressTest) -> FactUnavailable | None:
    """Return why the machines' load during a test says nothing: others were under it."""
    if not test.stands_for and test.host in desk.profile.hosts_of_endpoints:
        return None
    return FactUnavailable(
        f"the test loaded {test.host}, not the machines that are judged",
        "test these machines, or say in a statement what the tested ones bore and how they differ",
    )
