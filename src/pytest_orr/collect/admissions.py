"""Whom the rules of the servers' security groups let in on some ports, and whether that was meant.

Works on what ``backend_security_groups`` holds; every way to spell a rule counts, if it lets in.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .openings import EVERY_PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_orr.profile.schema import Network

    from .ingress import Rule, SecurityGroup
    from .port_readings import BackendHost

SSH = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """One source that a rule of a server's group lets in."""

    rule: str
    """Id of the rule."""
    source: str
    """A network, or the id of a security group or prefix list."""
    is_meant: bool
    seen: str
    """One line about the rule, for a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admissions:
    """Everybody who is let in, held against those whom the profile declares."""

    found: tuple[Admission, ...]
    """By group and rule."""
    missing: tuple[str, ...]
    """Declared sources that no rule lets in, sorted."""
    through_balancer: bool
    """Whether a rule lets a group of the service's balancers in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    group: SecurityGroup
    rule: Rule
    source: str

    def judged(self, *, is_meant: bool) -> Admission:
        return Admission(
            rule=self.rule.id,
            source=self.source,
            is_meant=is_meant,
            seen=f"{self.rule.seen} to {self.group.name} ({self.group.id})",
        )


def ssh_admissions(
    groups: Collection[SecurityGroup], network: Network, hosts: Collection[BackendHost]
) -> Admissions:
    """Return who may speak SSH to servers.

    Meant are: into a jump host's group whoever ``[network] ssh_sources`` names, and into any other
    group the jump hosts' groups, or the one address of the jump host before a host.
    """
    ports = {SSH, *(host.ssh_port for host in hosts)}
    declared = frozenset(_canonical(source) for source in network.ssh_sources)
    pairs = tuple(_pairs(groups, ports, declared))
    jumps = _jump_groups(pairs, declared, most=max((len(host.jumps) for host in hosts), default=1))
    inside = jumps | {_canonical(host.jump_address) for host in hosts if host.jump_address}
    found = tuple(
        pair.judged(
            is_meant=pair.source in (jumps | declared if pair.group.id in jumps else inside)
        )
        for pair in pairs
    )
    return _held(found, declared, groups)


def service_admissions(
    groups: Collection[SecurityGroup], network: Network, ports: Collection[int]
) -> Admissions:
    """Return who may reach the servers' service ports.

    Meant are the balancers' groups, and whoever ``[network] trusted`` names.
    """
    declared = frozenset(_canonical(source) for source in network.trusted)
    meant = declared | _of_balancers(groups)
    pairs = _pairs(groups, ports, declared)
    return _held(
        tuple(pair.judged(is_meant=pair.source in meant) for pair in pairs), declared, groups
    )


def _held(
    found: tuple[Admission, ...], declared: frozenset[str], groups: Iterable[SecurityGroup]
) -> Admissions:
    sources = {admission.source for admission in found}
    return Admissions(
        found=found,
        missing=tuple(sorted(declared - sources)),
        through_balancer=bool(sources & _of_balancers(groups)),
    )


def _of_balancers(groups: Iterable[SecurityGroup]) -> frozenset[str]:
    return frozenset(group.id for group in groups if group.of_balancer)


def _pairs(
    groups: Iterable[SecurityGroup], ports: Collection[int], declared: frozenset[str]
) -> Iterator[_Pair]:
    for group in groups:
        for rule in () if group.of_balancer else group.rules:
            if any(_lets_in(rule, port) for port in ports):
                for source in _sources(rule, declared):
                    yield _Pair(group=group, rule=rule, source=source)


def _lets_in(rule: Rule, port: int) -> bool:
    return rule.protocol in ("tcp", EVERY_PROTOCOL) and rule.from_port <= port <= rule.to_port


def _sources(rule: Rule, declared: frozenset[str]) -> tuple[str, ...]:
    """Name whom a rule lets in; a prefix list that nobody declared is what it holds."""
    if rule.group:
        return (rule.group,)
    if rule.prefix_list and (rule.prefix_list in declared or not rule.cidrs):
        return (rule.prefix_list,)
    return rule.cidrs


def _jump_groups(
    pairs: Collection[_Pair], declared: frozenset[str], *, most: int
) -> frozenset[str]:
    """Return the groups of jump hosts: others let them in, and declared sources reach them.

    ``most`` jump hosts lie before a host, each of which but the first is reached from another.
    """
    let_in = {pair.source for pair in pairs if pair.source != pair.group.id}
    jumps: frozenset[str] = frozenset()
    for _ in range(max(most, 1)):
        outside = declared | jumps
        reached = {pair.group.id for pair in pairs if pair.source in outside}
        jumps |= let_in & reached
    return jumps


def _canonical(source: str) -> str:
    """Return a declared source as rules name it."""
    try:
        return str(ipaddress.ip_network(source, strict=False))
    except ValueError:  # the id of a group or a prefix list
        return source
