"""Reads who may reach the service's interfaces, by their groups: ``backend_security_groups``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from . import ownership
from .admissions import service_admissions, ssh_admissions
from .ingress import Rule, SecurityGroup, read_rules
from .network_interfaces import (
    Interface,
    backend_interfaces,
    balancer_interfaces,
    tagged_instances,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import Network

    from .admissions import Admissions
    from .interface import Desk
    from .port_readings import BackendHost

LISTINGS = (
    ("ec2:DescribeInstances", "Reservations"),
    ("ec2:DescribeNetworkInterfaces", "NetworkInterfaces"),
    ("ec2:DescribeSecurityGroups", "SecurityGroups"),
)
"""What is read at once in a place, with the key that holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSecurityGroupFacts:
    """The backend's interfaces, the groups in front of them, and whom these may name."""

    interfaces: tuple[Interface, ...]
    """Attached ones of the service, by id; a balancer's own are left out."""
    groups: tuple[SecurityGroup, ...]
    """Groups that these interfaces or the service's balancers carry, by id."""
    strangers: tuple[str, ...]
    """Groups that rules let in and that are nobody's here: neither carried by the service or its
    balancers, nor tagged as the service's, nor declared; sorted."""
    declared: tuple[str, ...]
    """Ids of VPCs and groups that the profile declares, sorted."""
    lost: tuple[str, ...]
    """Those of them that are in none of the accounts and regions, sorted."""

    def has(self, declared: str) -> bool:
        """Whether a declared VPC or group is there."""
        return declared not in self.lost

    def knows(self, rule: Rule) -> bool:
        """Whether the group that a rule lets in, if it is one, is somebody's here."""
        return rule.group not in self.strangers

    def ssh_admissions(self, network: Network, hosts: Collection[BackendHost]) -> Admissions:
        """Return who may speak SSH to the servers, held against ``[network] ssh_sources``."""
        return ssh_admissions(self, network, hosts)

    def service_admissions(self, network: Network, ports: Collection[int]) -> Admissions:
        """Return who may reach service ports, held against ``[network] trusted``."""
        return service_admissions(self, network, ports)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSecurityGroups:
    """Who may reach the interfaces of the service's backend?"""

    name: str = "backend_security_groups"
    source: str = "AWS ec2"
    operations: tuple[str, ...] = (
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:GetManagedPrefixListEntries",
        *ownership.OPERATIONS,
    )
    fact_type: Any = BackendSecurityGroupFacts

    def collect(self, desk: Desk) -> Answer[BackendSecurityGroupFacts]:
        """Read them in every account and region of the profile."""
        aws = desk.aws
        ownership.require_resources(aws.resources)
        several = aws.everywhere(partial(_in_place, aws))
        groups = _by_id(one for seen in several for one in seen.groups)
        known = {*aws.resources.security_groups}.union(*(seen.known for seen in several))
        let_in = {rule.group for group in groups for rule in group.rules if rule.group}
        declared = {*aws.resources.vpcs, *aws.resources.security_groups}
        facts = BackendSecurityGroupFacts(
            interfaces=_by_id(one for seen in several for one in seen.interfaces),
            groups=groups,
            strangers=tuple(sorted(let_in - known)),
            declared=tuple(sorted(declared)),
            lost=tuple(sorted(declared.difference(*(seen.there for seen in several)))),
        )
        return Answer(value=facts, where=tuple(str(place) for place in aws.places))


def own_groups(aws: AwsAccess, place: Place) -> frozenset[str]:
    """Return the ids of groups in one place that the service or its balancers carry, or tag."""
    return _in_place(aws, place).known


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one place holds."""

    interfaces: tuple[Interface, ...]
    groups: tuple[SecurityGroup, ...]
    known: frozenset[str]
    there: frozenset[str]
    """Ids of all VPCs of the service and of all groups."""


def _by_id(things: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(things, key=lambda one: str(one.id)))


def _in_place(aws: AwsAccess, place: Place) -> _Seen:
    own = ownership.ownership(aws, place)
    listings = aws.each(lambda asked: aws.listing(place, *asked), LISTINGS)
    reservations, networks, groups = listings
    attached = [raw for raw in networks if raw.get("Attachment")]
    tagged = tagged_instances(own, reservations)
    interfaces = tuple(backend_interfaces(place, own, tagged, attached))
    carriers = _Carriers(
        backend=_carried((one.id, one.groups) for one in interfaces),
        balancers=_carried((*balancer_interfaces(own, attached), *_balancers(aws, place, own))),
    )
    by_id = {raw["GroupId"]: raw for raw in groups}
    tagged_groups = {one for one, raw in by_id.items() if own.has_tags(raw.get("Tags", ()))}
    return _Seen(
        interfaces=interfaces,
        groups=_security_groups(aws, place, carriers, by_id),
        known=frozenset(tagged_groups | carriers.groups),
        there=own.vpcs | by_id.keys(),
    )


def _balancers(
    aws: AwsAccess, place: Place, own: ownership.Ownership
) -> Iterator[tuple[str, Iterable[str]]]:
    for one in ownership.own_balancers(aws, place, own):
        yield one.raw["LoadBalancerArn"], one.raw.get("SecurityGroups", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Carriers:
    """Who carries which group, by the group's id."""

    backend: Mapping[str, frozenset[str]]
    balancers: Mapping[str, frozenset[str]]

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(self.backend) | frozenset(self.balancers)

    def of(self, group: str) -> tuple[str, ...]:
        none: frozenset[str] = frozenset()
        return tuple(sorted(self.backend.get(group, none) | self.balancers.get(group, none)))


def _carried(carriers: Iterable[tuple[str, Iterable[str]]]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for carrier, groups in carriers:
        for group in groups:
            found[group].add(carrier)
    return {group: frozenset(some) for group, some in found.items()}


def _security_groups(
    aws: AwsAccess, place: Place, carriers: _Carriers, by_id: Mapping[str, Mapping[str, Any]]
) -> tuple[SecurityGroup, ...]:
    if unseen := sorted(carriers.groups - by_id.keys()):
        raise FactUnavailable(
            f"AWS {place} does not show security group {unseen[0]},"
            f" which {carriers.of(unseen[0])[0]} carries",
            f"let the owner of {unseen[0]} share it, or name the owner's account in [aws] accounts",
        )
    rules = read_rules(aws, place, carriers.groups)
    listed = aws.resources.security_groups
    return tuple(
        SecurityGroup(
            id=group,
            name=by_id[group]["GroupName"],
            account=place.account,
            region=place.region,
            vpc=by_id[group]["VpcId"],
            carried_by=carriers.of(group),
            of_balancer=group not in carriers.backend,
            is_forgotten=bool(listed) and group not in listed,
            rules=rules[group],
        )
        for group in carriers.groups
    )
