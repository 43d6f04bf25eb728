"""Looks at every place that hosts static files, from outside and inside: ``static_sites``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from pytest_orr.clients.http import NoAnswer
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from . import static_cloudfront, static_s3
from .parts import Part, part_of, parts_of, unread
from .static_cloudfront import (
    Distribution,
    TaggedDistribution,
    read_distribution,
    tagged_distributions,
)
from .static_declared import endpoint_of
from .static_ipfs import Gateway, Link, read_gateways, read_link
from .static_netlify import Deploy, read_deploy
from .static_s3 import Bucket, read_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.profile.schema import Endpoint, Hosting

    from .interface import Desk

AT_ONCE = 8
OUTSIDE = ("http:GET", "http:HEAD", "dns:TXT")

Provider = Literal["s3", "netlify", "ipfs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What users get at the endpoint."""

    status: int = 0
    """HTTP status; 0 when no answer came."""
    trouble: str = ""
    """Why no answer came."""
    signs: tuple[str, ...] = ()
    """Headers by which the declared provider shows, sorted; their values tell no more."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        by = f", by {', '.join(self.signs)}" if self.signs else ""
        return self.trouble or f"status {self.status}{by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One ``[[hosting]]`` entry. Each part is read by itself; those of other providers are none."""

    provider: Provider
    endpoint: str
    front: Part[Front]
    buckets: tuple[Part[Bucket], ...] = ()
    distributions: tuple[Part[Distribution], ...] = ()
    deploys: tuple[Part[Deploy], ...] = ()
    links: tuple[Part[Link], ...] = ()
    gateways: tuple[Part[Gateway], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticSiteFacts:
    """Every declared site, and every distribution that would have to be declared."""

    found: tuple[Site, ...]
    """In the profile's order."""
    tagged: tuple[Part[TaggedDistribution], ...]
    """Distributions with the service's tags that serve a bucket, by account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticSites:
    """Where are the frontend's static files hosted, and is that place set up as declared?"""

    name: str = "static_sites"
    source: str = "HTTP, DNS, AWS cloudfront and s3, Netlify"
    operations: tuple[str, ...] = (
        *OUTSIDE,
        *static_cloudfront.OPERATIONS,
        *static_s3.OPERATIONS,
    )
    fact_type: Any = StaticSiteFacts

    def collect(self, desk: Desk) -> Answer[StaticSiteFacts]:
        """Look at every declared site; one that cannot be read does not hide the others."""
        declared = desk.profile.hosting
        if not declared:
            raise Undeclared("[[hosting]]", "where the frontend's files are hosted")
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="orr-sites") as pool:
            found = tuple(pool.map(partial(_site, desk), declared))
        facts = StaticSiteFacts(found=found, tagged=tuple(_tagged(desk)))
        return Answer(value=facts, where=tuple(site.front.name for site in found))


def _site(desk: Desk, hosting: Hosting) -> Site:
    try:
        endpoint = endpoint_of(hosting, desk.profile)
    except FactUnavailable as error:
        front = unread(hosting.endpoint, error)
        return Site(provider=hosting.provider, endpoint=hosting.endpoint, front=front)
    address = urlsplit(endpoint.url)
    name = address._replace(query="", fragment="").geturl()
    host = (address.hostname or "").lower()
    return Site(
        provider=hosting.provider,
        endpoint=hosting.endpoint,
        front=part_of(name, partial(_front, desk, hosting.provider, endpoint)),
        **_inside(desk, hosting, host),
    )


def _inside(desk: Desk, hosting: Hosting, host: str) -> Mapping[str, tuple[Part[Any], ...]]:
    match hosting.provider:
        case "s3":
            distribution = read_distribution(desk.aws, hosting, host)
            return {
                "buckets": (read_bucket(desk.aws, hosting),),
                "distributions": (distribution,),
            }
        case "netlify":
            return {"deploys": (read_deploy(desk.http, hosting, host),)}
        case "ipfs":
            gateways = read_gateways(desk, hosting)
            return {"links": (read_link(desk, hosting, host),), "gateways": gateways}


def _front(desk: Desk, provider: Provider, endpoint: Endpoint) -> Front:
    try:
        page = desk.http.get(endpoint.url, desk.http.route_to(endpoint))
    except NoAnswer as error:
        return Front(trouble=error.cause)
    return Front(status=page.status, signs=tuple(sorted(_signs(provider, dict(page.headers)))))


def _signs(provider: Provider, headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of headers that only the declared provider sends."""
    server, via = headers.get("server", "").lower(), headers.get("via", "").lower()
    own = {"s3": "x-amz-cf-id", "netlify": "x-nf-request-id", "ipfs": "x-ipfs-path"}[provider]
    if own in headers:
        yield own
    if server.startswith({"s3": "cloudfront", "netlify": "netlify", "ipfs": "ipfs"}[provider]):
        yield "server"
    if provider == "s3" and "(cloudfront)" in via:
        yield "via"


def _tagged(desk: Desk) -> Iterator[Part[TaggedDistribution]]:
    """Yield what carries the service's tags; without any, nothing says what would be its own."""
    if desk.profile.aws is None or not desk.profile.aws.resources.tags:
        return
    declared = frozenset(one.distribution for one in desk.profile.hosting if one.distribution)
    for home in desk.aws.homes:
        name = f"CloudFront distributions of {home.account}"
        yield from parts_of(name, partial(tagged_distributions, desk.aws, declared, home))
