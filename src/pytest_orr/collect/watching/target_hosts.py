"""Finds the declared host that a node target is, for ``scrape_targets``."""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.prometheus_said import Target
    from pytest_orr.collect.interface import Desk
    from pytest_orr.profile.hosts import Machine


class TargetHosts:
    """Knows every declared host by its names and its address.

    What a host says of itself counts more than the label that somebody gave it.
    """

    def __init__(self, desk: Desk) -> None:
        machines = desk.profile.machines
        self._by_name = {one.name.lower(): one.name for one in machines}
        self._by_address = _by_address(desk, machines)
        self._said = _names_said(desk)

    def of(self, target: Target) -> str:
        """Return the declared host that a target is; empty if it is none of them."""
        said = self._said.get((target.job, target.instance), "")
        labelled, scraped = _host_in(f"//{target.instance}"), _host_in(target.url)
        for name in (said, labelled):
            if host := self._by_name.get(name) or self._by_name.get(name.partition(".")[0]):
                return host
        for address in (labelled, scraped):
            if host := self._by_address.get(address):
                return host
        return self._by_name.get(scraped) or self._by_name.get(scraped.partition(".")[0], "")


def _names_said(desk: Desk) -> dict[tuple[str, str], str]:
    """Return by job and instance what each host calls itself."""
    told = desk.prometheus.query("node_uname_info", at=desk.as_of)
    return {
        (one.labels.get("job", ""), one.labels.get("instance", "")): one.labels.get(
            "nodename", ""
        ).lower()
        for one in told
    }


def _by_address(desk: Desk, machines: tuple[Machine, ...]) -> dict[str, str]:
    """Return hosts by the address that SSH knows; one that is shared, or loopback, says nothing."""
    known = [(address, one.name) for one in machines for address in _addresses(desk, one)]
    times = Counter(address for address, _ in known)
    return {
        address: name
        for address, name in known
        if times[address] == 1 and not _is_loopback(address)
    }


def _addresses(desk: Desk, machine: Machine) -> Iterator[str]:
    try:
        yield desk.ssh.route(machine).host.address.lower()
    except FactUnavailable:
        return  # no ssh_config leads there: names must do


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _host_in(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
