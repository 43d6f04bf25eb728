"""Reads what DNSLink and gateways say about a build on IPFS, for ``static_sites``."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_orr.clients.settings import setting
from pytest_orr.errors import FactUnavailable

from .content_ids import canonical
from .parts import Part, part_of, unread
from .static_declared import required

if TYPE_CHECKING:
    from pytest_orr.clients.http import HttpAccess
    from pytest_orr.profile.schema import Hosting

    from .interface import Desk

LINK = "dnslink="
CONTENT = "/ipfs/"
REFUSING = frozenset({401, 403, 429})
"""With these a gateway says who may ask, and nothing about the content."""
FEWEST_GATEWAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The DNSLink record of an endpoint's host."""

    paths: tuple[str, ...]
    """Content paths that it names, sorted, such as ``/ipfs/…``. Of several, any may be taken."""
    leads_to_build: bool
    """Whether it names the declared build and nothing else."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"leads to {', '.join(self.paths) or 'nothing'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway that was asked for the declared build."""

    status: int
    names_build: bool
    """Whether the answer says (X-Ipfs-Path) that it is the declared build."""

    @property
    def serves_build(self) -> bool:
        """Whether the build can be had there; a page that answers to everything is no gateway."""
        return self.status == 200 and self.names_build

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"status {self.status}" + ("" if self.names_build else " without its X-Ipfs-Path")


def read_link(desk: Desk, hosting: Hosting, host: str) -> Part[Link]:
    """Read the DNSLink record of the endpoint's host: TXT of ``_dnslink.`` before it."""
    name = f"_dnslink.{host}"
    return part_of(name, partial(_link, desk, hosting, name))


def read_gateways(desk: Desk, hosting: Hosting) -> tuple[Part[Gateway], ...]:
    """Ask every declared gateway for the build; fewer than two independent ones prove nothing."""
    try:
        cid, addresses = required(hosting, "cid"), _independent(desk, hosting)
    except FactUnavailable as error:
        return (unread(f"gateways of {hosting.endpoint}", error),)
    return tuple(
        part_of(f"gateway {_host(one)}", partial(_gateway, desk.http, one, cid))
        for one in addresses
    )


def _link(desk: Desk, hosting: Hosting, name: str) -> Link:
    cid = required(hosting, "cid")
    found = (one for one in desk.dns.lookup(name, "TXT") if one.startswith(LINK))
    paths = tuple(sorted(one.removeprefix(LINK) for one in found))
    leads = bool(paths) and all(_is_path_of(path, cid) for path in paths)
    return Link(paths=paths, leads_to_build=leads)


def _independent(desk: Desk, hosting: Hosting) -> tuple[str, ...]:
    where, environment = "[[hosting]] gateways", desk.http.environment
    addresses = tuple(
        setting(one, where=where, environment=environment) for one in hosting.gateways
    )
    if len({_domain(_host(one)) for one in addresses}) < FEWEST_GATEWAYS:
        raise FactUnavailable(
            f'[[hosting]] of endpoint "{hosting.endpoint}" does not name two independent gateways',
            "name gateways of two different domains under [[hosting]] in readiness.toml",
        )
    return addresses


def _host(address: str) -> str:
    return (urlsplit(address).hostname or address).lower()


def _domain(host: str) -> str:
    """Return what two hosts of the same owner have in common."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ".".join(host.split(".")[-2:])


def _gateway(http: HttpAccess, address: str, cid: str) -> Gateway:
    page = http.head(f"{address.rstrip('/')}{CONTENT}{cid}")
    if page.status in REFUSING:
        raise FactUnavailable(
            f"{_host(address)} refuses to say whether it has the build (status {page.status})",
            "run again later, or name another gateway under [[hosting]] in readiness.toml",
        )
    path = dict(page.headers).get("x-ipfs-path", "")
    return Gateway(status=page.status, names_build=_is_path_of(path, cid))


def _is_path_of(path: str, cid: str) -> bool:
    """Tell whether a content path is the build itself, not something in it or beside it."""
    found = path.removeprefix(CONTENT).rstrip("/")
    return path.startswith(CONTENT) and canonical(found) == canonical(cid)
