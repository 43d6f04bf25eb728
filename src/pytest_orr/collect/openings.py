"""Finds what a security group opens to the whole world, however its rules spell that."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_orr.profile.schema import Network

    from .ingress import Rule

    Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

LAST_PORT = 65535
EVERY_PROTOCOL = "all"
WITH_PORTS = ("tcp", "udp")

NOT_PUBLIC = tuple(
    ipaddress.ip_network(cidr)
    for cidr in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Networks from which nobody outside can send; a table, since Python's own differs by version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A stretch of ports of one protocol."""

    protocol: str
    """``tcp``, ``udp``, another protocol, or ``all``."""
    from_port: int = 0
    to_port: int = LAST_PORT

    def __str__(self) -> str:
        if self.protocol == EVERY_PROTOCOL:
            return "every protocol and port"
        if self.protocol not in WITH_PORTS:
            return self.protocol
        if self.from_port == self.to_port:
            return f"{self.protocol} {self.from_port}"
        return f"{self.protocol} {self.from_port}-{self.to_port}"

    def without(self, ports: Collection[int]) -> Iterator[Opening]:
        """Yield what is left when single ports of TCP and UDP are taken out."""
        low = self.from_port
        if self.protocol in WITH_PORTS:
            for port in sorted(ports):
                if low <= port <= self.to_port:
                    if low < port:
                        yield Opening(protocol=self.protocol, from_port=low, to_port=port - 1)
                    low = port + 1
        if low <= self.to_port:
            yield Opening(protocol=self.protocol, from_port=low, to_port=self.to_port)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """A rule's ports with the public networks that it admits."""

    protocol: str
    from_port: int
    to_port: int
    networks: Networks


def world_openings(rules: Iterable[Rule], network: Network) -> tuple[Opening, ...]:
    """Return what the rules together open to the world, by protocol and port.

    Networks are merged per protocol and port before they are judged: 0.0.0.0/1 and 128.0.0.0/1
    are the world, whichever rules, prefix lists or protocols they come from.
    """
    reaches = tuple(reach for rule in rules if (reach := _reach(rule)).networks)
    everything = [reach for reach in reaches if reach.protocol == EVERY_PROTOCOL]
    if _is_world(everything, network):
        return (Opening(protocol=EVERY_PROTOCOL),)
    protocols = sorted({reach.protocol for reach in reaches} - {EVERY_PROTOCOL})
    return tuple(
        opening
        for protocol in protocols
        for opening in _openings(
            protocol,
            [one for one in reaches if one.protocol in {protocol, EVERY_PROTOCOL}],
            network,
        )
    )


def _reach(rule: Rule) -> _Reach:
    networks = (ipaddress.ip_network(cidr) for cidr in rule.cidrs)
    return _Reach(
        protocol=rule.protocol,
        from_port=rule.from_port,
        to_port=rule.to_port,
        networks=tuple(found for found in networks if _is_public(found)),
    )


def _is_public(found: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    first, last = found.network_address, found.broadcast_address
    return not any(first in private and last in private for private in NOT_PUBLIC)


def _openings(protocol: str, reaches: Collection[_Reach], network: Network) -> Iterator[Opening]:
    """Walk the stretches between the ports at which a rule begins or ends."""
    edges = sorted({edge for one in reaches for edge in (one.from_port, one.to_port + 1)})
    since: int | None = None
    for low, beyond in pairwise(edges):
        here = [one for one in reaches if one.from_port <= low and beyond <= one.to_port + 1]
        is_world = _is_world(here, network)
        if is_world and since is None:
            since = low
        if not is_world and since is not None:
            yield Opening(protocol=protocol, from_port=since, to_port=low - 1)
            since = None
    if since is not None:
        yield Opening(protocol=protocol, from_port=since, to_port=edges[-1] - 1)


def _is_world(reaches: Iterable[_Reach], network: Network) -> bool:
    found = [one for reach in reaches for one in reach.networks]
    fours = (one for one in found if isinstance(one, ipaddress.IPv4Network))
    sixes = (one for one in found if isinstance(one, ipaddress.IPv6Network))
    return any(
        one.prefixlen < narrowest or one.prefixlen == 0
        for merged, narrowest in (
            (ipaddress.collapse_addresses(fours), network.widest_ipv4_prefix),
            (ipaddress.collapse_addresses(sixes), network.widest_ipv6_prefix),
        )
        for one in merged
    )
