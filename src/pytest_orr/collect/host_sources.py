"""Joins what hosts say by SSH with what SSM says of instances: a host answers by one of the two.

SSM is asked about instances alone that no host's answer stands for: those that no host is, and
those whose host did not answer, which stays a finding beside what SSM says.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.instances import known_instances
from pytest_orr.collect.parts import parts_by_id
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Caveat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.collect.instances import Instance
    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part

    Read = Callable[[AwsAccess, Place, Iterable[Instance]], Mapping[str, Any]]

INSTANCES = "instances of the service"


def with_managed(
    desk: Desk, by_ssh: Callable[[], Answer[tuple[HostFact[Any], ...]]], read: Read
) -> Answer[tuple[HostFact[Any], ...]]:
    """Return a fact about every declared host and every other running instance of the service.

    ``by_ssh`` asks the hosts, ``read`` asks SSM about instances of one place and returns what it
    knows of each by id, or why that is nothing.
    """
    profile = desk.profile
    if not profile.hosts and profile.aws is None:
        raise Undeclared("[[hosts]]", "the service's hosts, and the jump hosts before them,")
    hosts: Answer[tuple[HostFact[Any], ...]] = by_ssh() if profile.hosts else Answer(value=())
    if profile.aws is None:
        return hosts
    try:
        instances = known_instances(profile, desk.aws)
    except FactUnavailable as error:
        if not hosts.value:
            raise
        return Answer(value=hosts.value, where=hosts.where, caveats=(_caveat(INSTANCES, error),))
    return _joined(desk, hosts, instances, read)


def _joined(
    desk: Desk,
    hosts: Answer[tuple[HostFact[Any], ...]],
    instances: Iterable[Instance],
    read: Read,
) -> Answer[tuple[HostFact[Any], ...]]:
    answered = {host.name for host in hosts.value if host.observed is not None}
    silent = tuple(one for one in instances if one.is_running and one.host not in answered)
    managed = dict(_managed(desk, silent, read))
    by_host = {one.host: managed[one.id] for one in silent if one.host}
    own = desk.profile.service.environment
    others = (managed[one.id] for one in silent if not one.host)
    return Answer(
        value=(
            *(_stand_in(host, by_host.get(host.name)) for host in hosts.value),
            *(_fact(part, role="backend", environment=own, is_own=True) for part in others),
        ),
        where=(*hosts.where, *(f"SSM {place}" for place in sorted(_places(silent)))),
        caveats=tuple(
            Caveat(subject=f"{host.name} by SSH", cause=why.cause, remedy=why.remedy)
            for host in hosts.value
            if (why := host.unavailable) and _answers(by_host.get(host.name))
        ),
    )


def _places(instances: Iterable[Instance]) -> set[str]:
    return {f"{one.account} {one.region}" for one in instances}


def _managed(
    desk: Desk, silent: tuple[Instance, ...], read: Read
) -> Iterator[tuple[str, Part[Any]]]:
    for place in desk.aws.places:
        here = (place.account, place.region)
        own = tuple(one for one in silent if (one.account, one.region) == here)
        names = {one.id: one.name for one in own}
        yield from parts_by_id(names, partial(read, desk.aws, place, own)).items() if own else ()


def _answers(part: Part[Any] | None) -> bool:
    return part is not None and part.observed is not None


def _stand_in(host: HostFact[Any], part: Part[Any] | None) -> HostFact[Any]:
    """Return the host with what SSM says of it, if it did not answer itself and SSM does."""
    if part is None or not _answers(part):
        return host
    return _fact(part, role=host.role, environment=host.environment, is_own=host.is_own)


def _fact(part: Part[Any], **host: Any) -> HostFact[Any]:
    return HostFact(name=part.name, observed=part.observed, unavailable=part.unavailable, **host)


def _caveat(subject: str, error: FactUnavailable) -> Caveat:
    return Caveat(subject=subject, cause=error.cause, remedy=error.remedy)
