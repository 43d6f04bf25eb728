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
    from .security_groups import BackendSecurityGroupFacts

SSH = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A rule of a server's group that lets somebody in."""

    rule: str
    """Id of the rule."""
    sources: tuple[str, ...]
    """Networks, or the id of a security group or prefix list."""
    strangers: tuple[str, ...]
    """Those of them that nobody meant."""
    seen: str
    """One line about the rule, for a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admissions:
    """Everybody who is let in, held against those whom the profile declares."""

    found: tuple[Admission, ...]
    """By group and rule."""
    declared: tuple[str, ...]
    """Sources that the profile declares, sorted."""
    balancers: tuple[str, ...]
    """Ids of the groups of the service's balancers."""

    def let_in(self, *sources: str) -> bool:
        """Whether a rule lets one of these sources in."""
        return any({*sources} & {*admission.sources} for admission in self.found)


def ssh_admissions(
    facts: BackendSecurityGroupFacts, network: Network, hosts: Collection[BackendHost]
) -> Admissions:
    """Return who may speak SSH to servers.

    Meant are: into a jump host's group whoever ``[network] ssh_sources`` names, and into any other
    group the jump hosts' groups, or the single addresses of the jump host before a host.
    """
    ports = {SSH, *(host.ssh_port for host in hosts)}
    declared = frozenset(_canonical(source) for source in network.ssh_sources)
    entries = tuple(_entries(facts.groups, ports, declared))
    known = {address for host in hosts for address in host.jump_addresses}
    own = [one for one in facts.interfaces if known & {*one.addresses}]
    jumps = frozenset(group for one in own for group in one.groups) | _jump_groups(
        entries, declared, most=max((len(host.jumps) for host in hosts), default=1)
    )
    singles = known.union(*(one.addresses for one in own))
    inside = jumps | {_canonical(address) for address in singles}
    found = (
        entry.held_against(jumps | declared if entry.group.id in jumps else inside)
        for entry in entries
    )
    return _admissions(found, declared, facts.groups)


def service_admissions(
    facts: BackendSecurityGroupFacts, network: Network, ports: Collection[int]
) -> Admissions:
    """Return who may reach the servers' service ports.

    Meant are the balancers' groups, and whoever ``[network] trusted`` names.
    """
    declared = frozenset(_canonical(source) for source in network.trusted)
    meant = declared.union(_of_balancers(facts.groups))
    found = (entry.held_against(meant) for entry in _entries(facts.groups, ports, declared))
    return _admissions(found, declared, facts.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A rule that lets in, with its group."""

    group: SecurityGroup
    rule: Rule
    sources: tuple[str, ...]

    def held_against(self, meant: frozenset[str]) -> Admission:
        return Admission(
            rule=self.rule.id,
            sources=self.sources,
            strangers=tuple(source for source in self.sources if source not in meant),
            seen=f"{self.rule.seen} to {self.group.name} ({self.group.id})",
        )


def _admissions(
    found: Iterable[Admission], declared: Iterable[str], groups: Iterable[SecurityGroup]
) -> Admissions:
    return Admissions(
        found=tuple(found), declared=tuple(sorted(declared)), balancers=_of_balancers(groups)
    )


def _of_balancers(groups: Iterable[SecurityGroup]) -> tuple[str, ...]:
    return tuple(group.id for group in groups if group.of_balancer)


def _entries(
    groups: Iterable[SecurityGroup], ports: Collection[int], declared: frozenset[str]
) -> Iterator[_Entry]:
    for group in groups:
        for rule in () if group.of_balancer else group.rules:
            if any(_lets_in(rule, port) for port in ports):
                yield _Entry(group=group, rule=rule, sources=_sources(rule, declared))


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
    entries: Collection[_Entry], declared: frozenset[str], *, most: int
) -> frozenset[str]:
    """Return the groups that must be jump hosts': others let them in, declared sources reach them.

    ``most`` jump hosts lie before a host, each of which but the first is reached from another.
    """
    let_in = {source for entry in entries for source in entry.sources if source != entry.group.id}
    jumps: frozenset[str] = frozenset()
    for _ in range(max(most, 1)):
        outside = declared | jumps
        jumps |= let_in & {one.group.id for one in entries if outside & {*one.sources}}
    return jumps


def _canonical(source: str) -> str:
    """Return a declared source as rules name it."""
    try:
        return str(ipaddress.ip_network(source, strict=False))
    except ValueError:  # the id of a group or a prefix list
        return source
