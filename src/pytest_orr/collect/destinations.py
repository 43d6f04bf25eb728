"""Tells which balancer or distribution of the service a name is, for ``backend_routes``."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_orr.clients.dns import DnsAccess

from .distributions import Distribution
from .hosted_zones import plain
from .public_names import MOST_TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What of the service answers in public, by its DNS name."""

    balancers: Mapping[str, str]
    """ARNs."""
    distributions: Mapping[str, Distribution]


class Destinations:
    """Gathers where names lead: to the service's front, or elsewhere."""

    def __init__(self, dns: DnsAccess, front: Front) -> None:
        self._dns = dns
        self._front = front
        self.balancers: set[str] = set()
        """ARNs."""
        self.distributions: dict[str, Distribution] = {}
        """By id."""
        self.strays: set[str] = set()

    def follow(self, target: str) -> None:
        """Note where a record leads, which names a target or an address."""
        if self._take(target):
            return
        if _is_address(target):
            self._match((target,))
        else:
            self.follow_dns(target)

    def follow_dns(self, host: str) -> None:
        """Ask DNS for a name, and note what it leads to: by its aliases, or else by addresses."""
        if self._take(host):
            return
        four, six = self._dns.resolution(host, "A"), self._dns.resolution(host, "AAAA")
        aliases = [plain(alias) for alias in (*four.aliases, *six.aliases)]
        if not any(self._take(alias) for alias in aliases):
            self._match((*four.records, *six.records))

    def _take(self, name: str) -> bool:
        """Note a name of the front itself, and tell whether it is one."""
        if name in self._front.balancers:
            self.balancers.add(self._front.balancers[name])
        elif name in self._front.distributions:
            distribution = self._front.distributions[name]
            self.distributions[distribution.id] = distribution
        else:
            return False
        return True

    def _match(self, addresses: Iterable[str]) -> None:
        """Note whose addresses these are; of what tells a part of its own, one is enough."""
        left = {*addresses}
        for name in (*self._front.balancers, *self._front.distributions):
            if not left:
                break
            theirs = {*self._dns.lookup(name, "A"), *self._dns.lookup(name, "AAAA")}
            if shared := theirs & left:
                self._take(name)
                left -= left if len(theirs) >= MOST_TOLD else shared
        self.strays |= left


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
