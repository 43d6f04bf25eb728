"""Asks every declared endpoint once, and tells what answered there: the fact ``endpoints``."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal
from urllib.parse import urlsplit

from pytest_orr.clients.http import HttpAccess, NoAnswer, Page, Route, TlsFacts, TlsRefused
from pytest_orr.collect.assets import assets_in
from pytest_orr.collect.exposition import families_in
from pytest_orr.collect.health import Dependency, dependencies_in
from pytest_orr.collect.interface import Desk

# The variable too: by it alone a fact that is read back finds what its parts are.
from pytest_orr.collect.parts import Part, T, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.schema import Endpoint

AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A script or style sheet that a page needs, from the page's own place."""

    url: str
    status: int
    """HTTP status; 0 when nothing answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen at an endpoint. Bodies are not kept, only what they say."""

    status: int = 0
    """HTTP status; 0 when no answer came."""
    trouble: str = ""
    """Why no answer came: refused, timed out, a certificate that does not verify."""
    tls_error: str = ""
    """The trouble, when it is one of TLS."""
    final_url: str = ""
    tls: TlsFacts | None = None
    marker_found: bool = False
    assets: tuple[Asset, ...] = ()
    """Of a frontend: the first script or style sheet from its own place."""
    dependencies: tuple[Dependency, ...] = ()
    """Of a backend: what its health answer reports."""
    families: tuple[str, ...] = ()
    """Of a metrics endpoint: families with samples."""
    missing_families: tuple[str, ...] = ()
    """Families that the profile declares and that have no samples."""
    exposition_error: str = ""
    """Why the metrics do not parse."""

    @property
    def seen(self) -> str:
        """One line about the endpoint, for a finding."""
        if self.trouble:
            return self.trouble
        tls = self.tls
        until = f", {tls.version}, certificate until {tls.not_after:%Y-%m-%d}" if tls else ""
        return f"status {self.status}{until}"

    @property
    def certificate_trusted(self) -> bool:
        """Whether the answer came over TLS with a certificate that verified."""
        return self.tls is not None

    @property
    def failed_assets(self) -> tuple[Asset, ...]:
        """What the page needs and does not get."""
        return tuple(asset for asset in self.assets if asset.status != 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFact(Part[T], Generic[T]):
    """One declared endpoint with what was seen there: of a service that is down, its trouble."""

    role: Literal["service", "frontend", "backend", "metrics"]
    url: str

    @property
    def answers(self) -> bool:
        """Whether it was seen to answer with status 200; never raises."""
        return isinstance(self.observed, Seen) and self.observed.status == 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """What do the service's own endpoints answer?"""

    name: str = "endpoints"
    source: str = "HTTP"
    operations: tuple[str, ...] = ("http:GET", "http:HEAD")
    fact_type: Any = tuple[EndpointFact[Seen], ...]

    def collect(self, desk: Desk) -> Answer[tuple[EndpointFact[Seen], ...]]:
        """Read all declared endpoints at once; one that cannot be had does not hide the others."""
        declared = desk.profile.endpoints
        if not declared:
            raise Undeclared("[[endpoints]]", "the service's URLs")
        with ThreadPoolExecutor(max_workers=min(len(declared), AT_ONCE)) as pool:
            facts = tuple(pool.map(partial(_ask, desk.http), declared))
        return Answer(value=facts, where=tuple(fact.url for fact in facts))


def _ask(http: HttpAccess, endpoint: Endpoint) -> EndpointFact[Seen]:
    part = part_of(endpoint.name, partial(_look, http, endpoint))
    return EndpointFact(
        name=endpoint.name,
        role=endpoint.role,
        url=_public(endpoint.url),
        observed=part.observed,
        unavailable=part.unavailable,
    )


def _look(http: HttpAccess, endpoint: Endpoint) -> Seen:
    _refuse_blind(endpoint)
    route = http.route_to(endpoint)
    try:
        page = http.get(endpoint.url, route)
    except TlsRefused as error:
        return Seen(trouble=error.cause, tls_error=error.cause)
    except NoAnswer as error:
        return Seen(trouble=error.cause)
    families, exposition_error = _families(endpoint, page)
    return Seen(
        status=page.status,
        final_url=page.final_url,
        tls=page.tls,
        marker_found=bool(endpoint.marker) and endpoint.marker in page.text,
        assets=_assets(http, page, route) if endpoint.role == "frontend" else (),
        dependencies=dependencies_in(page.text) if endpoint.role == "backend" else (),
        families=families,
        missing_families=tuple(sorted({*endpoint.metrics} - {*families})),
        exposition_error=exposition_error,
    )


def _assets(http: HttpAccess, page: Page, route: Route) -> tuple[Asset, ...]:
    needed = assets_in(page.text, page.final_url)
    return tuple(_asset(http, url, route) for url in needed[:1])


def _asset(http: HttpAccess, url: str, route: Route) -> Asset:
    try:
        status = http.head(url, route).status
    except NoAnswer:
        status = 0
    return Asset(url=_public(url), status=status)


def _refuse_blind(endpoint: Endpoint) -> None:
    """Refuse to ask where any answer would do: nothing seen must not look like all seen."""
    if endpoint.role in {"service", "frontend"} and not endpoint.marker:
        raise FactUnavailable(
            f'endpoint "{endpoint.name}" declares no marker',
            "write a marker in readiness.toml: text that only a working answer contains",
        )
    if endpoint.role == "metrics" and not endpoint.metrics:
        raise FactUnavailable(
            f'endpoint "{endpoint.name}" declares no metrics',
            "name in readiness.toml the metric families that it must export",
        )


def _families(endpoint: Endpoint, page: Page) -> tuple[tuple[str, ...], str]:
    if endpoint.role != "metrics":
        return (), ""
    try:
        return families_in(page.text), ""
    except ValueError as error:
        return (), str(error)


def _public(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()
