"""Reads who is told when an instance's load rises: the fact ``watched_instances``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import instances, load_metrics, metrics, place_alarms
from pytest_orr.collect.instances import Instance, known_instances, own_machines
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.load_metrics import CREDITS, EC2, METRIC, read_agent_metrics
from pytest_orr.collect.machine_alarms import Watch
from pytest_orr.collect.metrics import Metric, Series, Span, read_series
from pytest_orr.collect.parts import Part, parts_by_id
from pytest_orr.collect.place_alarms import read_place_alarms
from pytest_orr.observation import Answer
from pytest_orr.profile.compute import Load

LOOKED_BACK = timedelta(hours=1)
MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """When each metric of an instance was last measured, within the hour before the run."""

    last: tuple[tuple[str, datetime], ...] = ()
    """Names of metrics with the start of the last minute that has a sample, sorted."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        words = (f"{name} of {moment:%Y-%m-%d %H:%M}" for name, moment in self.last)
        return ", ".join(words) or "no samples"

    def seen_of(self, load: Load) -> str:
        """One line about one load, for a finding."""
        moment = dict(self.last).get(METRIC[load])
        return f"{METRIC[load]} of {moment:%Y-%m-%d %H:%M}" if moment else "no samples"

    def are_recent(self, load: Load, minutes: int, as_of: datetime) -> bool:
        """Tell whether a load's metric has a sample of the last minutes before ``as_of``."""
        moment = dict(self.last).get(METRIC[load])
        return moment is not None and as_of - moment <= timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedInstance:
    """An instance of the service with what watches it."""

    instance: Instance
    watch: Part[Watch]
    samples: Part[Samples]

    @property
    def name(self) -> str:
        """How pages name it."""
        return self.instance.name

    def seen(self, load: Load) -> str:
        """One line about how a load is watched, for a finding."""
        watch, samples = self.watch.observed, self.samples.observed
        watched = watch.seen_of(load) if watch else self.watch.seen
        return f"{watched}; {samples.seen_of(load) if samples else self.samples.seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedInstanceFacts:
    """The service's instances, compared with the declared hosts both ways."""

    found: tuple[WatchedInstance, ...]
    lost: tuple[str, ...]
    """Declared hosts that are none of the instances, sorted."""

    @property
    def running(self) -> tuple[WatchedInstance, ...]:
        """Those that run, or soon will."""
        return tuple(one for one in self.found if one.instance.is_running)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedInstances:
    """Who is told when the load of an instance rises?"""

    name: str = "watched_instances"
    source: str = "AWS ec2, cloudwatch and sns"
    operations: tuple[str, ...] = tuple(
        sorted(
            {
                *instances.OPERATIONS,
                *load_metrics.OPERATIONS,
                *place_alarms.OPERATIONS,
                *metrics.OPERATIONS,
            }
        )
    )
    fact_type: Any = WatchedInstanceFacts

    def collect(self, desk: Desk) -> Answer[WatchedInstanceFacts]:
        """Read them in every account and region of the profile."""
        there = known_instances(desk.profile, desk.aws)
        hosts = {machine.name for machine in own_machines(desk.profile)}
        by_place = desk.aws.everywhere(partial(_in_place, desk, there))
        facts = WatchedInstanceFacts(
            found=tuple(one for some in by_place for one in some),
            lost=tuple(sorted(hosts - {one.host for one in there})),
        )
        return Answer(value=facts, where=tuple(str(place) for place in desk.aws.places))


def _in_place(desk: Desk, there: Iterable[Instance], place: Place) -> tuple[WatchedInstance, ...]:
    own = tuple(one for one in there if (one.account, one.region) == (place.account, place.region))
    if not own:
        return ()
    names = {one.id: one.name for one in own}
    watches = parts_by_id(names, lambda: _watches(desk, place, own))
    samples = parts_by_id(names, lambda: _samples(desk, place, own))
    return tuple(
        WatchedInstance(instance=one, watch=watches[one.id], samples=samples[one.id]) for one in own
    )


def _watches(desk: Desk, place: Place, own: Iterable[Instance]) -> dict[str, Watch]:
    alarms = read_place_alarms(desk.aws, place)
    namespaces = (EC2, desk.profile.compute.agent_namespace)
    return {one.id: alarms.watching(one, namespaces) for one in own}


def _samples(desk: Desk, place: Place, own: Iterable[Instance]) -> dict[str, Samples]:
    agent = read_agent_metrics(desk.aws, place, desk.profile.compute.agent_namespace)
    asked = [
        (one.id, metric)
        for one in own
        for name, metric in agent.of(one.id).items()
        if name != CREDITS
    ]
    series = _last_hour(desk.aws, place, [metric for _, metric in asked], desk.as_of)
    last: dict[str, list[tuple[str, datetime]]] = {one.id: [] for one in own}
    for (instance, metric), one in zip(asked, series, strict=True):
        if one.last is not None:
            last[instance].append((metric.name, one.last.astimezone(UTC)))
    return {instance: Samples(last=tuple(sorted(some))) for instance, some in last.items()}


def _last_hour(
    aws: AwsAccess, place: Place, wanted: Iterable[Metric], as_of: datetime
) -> tuple[Series, ...]:
    start = (as_of - LOOKED_BACK).replace(second=0, microsecond=0)
    span = Span(start=start, end=as_of, period=MINUTE)
    return read_series(aws, place, [(metric, "SampleCount") for metric in wanted], span)
