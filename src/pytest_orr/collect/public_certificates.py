"""Shakes hands with every https endpoint, and tells what its TLS shows: ``public_certificates``."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pytest_orr.clients.tls import Certificate, Handshake, Reason, Target, TlsAccess, Version
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.schema import Endpoint

AT_ONCE = 8
"""Each tries several versions at once besides."""
OLD = ("TLSv1", "TLSv1.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCertificate:
    """A public place that speaks TLS, with its certificate, or why nothing could be seen.

    Every property but ``seen`` raises ``FactUnavailable`` when nothing can be said, so that an
    item that reads it inside ``subject`` finds exactly this place unknown.
    """

    name: str
    """``host:port`` of the URL."""
    host: str
    endpoints: tuple[str, ...]
    """Names of the ``[[endpoints]]`` there, sorted."""
    observed: Handshake | None = None
    unavailable: Unavailable | None = None

    @property
    def handshake(self) -> Handshake:
        """What was seen."""
        if self.observed is not None:
            return self.observed
        why = self.unavailable or Unavailable(cause="it was not asked", remedy="run again")
        raise FactUnavailable(why.cause, why.remedy)

    @property
    def certificate(self) -> Certificate:
        """The certificate, whether or not it holds."""
        if self.handshake.certificate is not None:
            return self.handshake.certificate
        raise FactUnavailable(
            self.handshake.trouble,
            "serve TLS there, or correct the url of the endpoint in readiness.toml",
        )

    @property
    def trusted(self) -> bool:
        """Whether a client of today verifies it: authority, chain, dates and name."""
        return not self.handshake.trouble

    @property
    def trouble(self) -> str:
        """Why one does not, as a sentence; empty when it does."""
        return self.handshake.trouble

    @property
    def reason(self) -> Reason:
        """The same by its kind, such as ``expired`` or ``incomplete chain``."""
        return self.handshake.reason

    @property
    def names_match(self) -> bool:
        """Whether it is valid for the host of the URL, whatever else is wrong with it."""
        return self.certificate.is_valid_for(self.host)

    @property
    def not_before(self) -> datetime:
        """Since when it holds."""
        return self.certificate.not_before

    @property
    def not_after(self) -> datetime:
        """Until when it holds."""
        return self.certificate.not_after

    @property
    def lifetime_days(self) -> int:
        """Whole days between the two."""
        return self.certificate.lifetime_days

    @property
    def versions_accepted(self) -> tuple[Version, ...]:
        """Versions of TLS with which a handshake stood, the oldest first."""
        seen = self.handshake.versions
        return tuple(one.version for one in seen if one.state == "accepted")

    @property
    def old_versions(self) -> tuple[Version, ...]:
        """Those of them that no client should use any more.

        Unknown when none was seen and not each of them could be tried.
        """
        accepted = tuple(one for one in self.versions_accepted if one in OLD)
        untried = [one.version for one in self.handshake.versions if one.state == "not tried"]
        if not accepted and (missed := [version for version in untried if version in OLD]):
            raise FactUnavailable(
                f"{self.name} could not be offered {' and '.join(missed)} from here",
                "run the review where OpenSSL knows old versions and the network is sound",
            )
        return accepted

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        if self.observed is None:
            return self.unavailable.cause if self.unavailable else ""
        own = self.observed.certificate
        if own is None:
            return self.observed.trouble
        until = f"certificate of {own.issuer} until {own.not_after:%Y-%m-%d}"
        return f"{until}, {', '.join(self.versions_accepted) or 'no version of TLS'} accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCertificates:
    """What TLS do the service's https endpoints show?"""

    name: str = "public_certificates"
    source: str = "TLS handshakes"
    operations: tuple[str, ...] = ("tls:Handshake",)
    fact_type: Any = tuple[PublicCertificate, ...]

    def collect(self, desk: Desk) -> Answer[tuple[PublicCertificate, ...]]:
        """Look at every place once, all at once; one in trouble does not hide the others."""
        if not desk.profile.endpoints:
            raise Undeclared("[[endpoints]]", "the service's URLs")
        encrypted = [one for one in desk.profile.endpoints if one.url.startswith("https:")]
        asked = _places(desk.tls, encrypted)
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            facts = tuple(pool.map(partial(_look, desk.tls), asked))
        return Answer(value=facts, where=tuple(fact.name for fact in facts))


@dataclass(slots=True, kw_only=True)
class _Asked:
    """A place, or why it is unknown, with the endpoints there."""

    target: Target | Unavailable
    endpoints: list[str]


def _places(tls: TlsAccess, endpoints: Iterable[Endpoint]) -> tuple[_Asked, ...]:
    """Return each place once, however many endpoints are there; the most patient one counts."""
    places: dict[object, _Asked] = {}
    for endpoint in sorted(endpoints, key=lambda one: -one.timeout):
        try:
            target: Target | Unavailable = tls.target_of(endpoint)
        except FactUnavailable as error:  # a variable that is not set, a URL that cannot be read
            target = Unavailable(cause=error.cause, remedy=error.remedy)
        place = places.setdefault(_identity(target), _Asked(target=target, endpoints=[]))
        place.endpoints.append(endpoint.name)
    return tuple(sorted(places.values(), key=lambda one: min(one.endpoints)))


def _identity(target: Target | Unavailable) -> object:
    if isinstance(target, Unavailable):
        return target
    return target.host, target.port, target.route.connect, target.route.ca


def _look(tls: TlsAccess, asked: _Asked) -> PublicCertificate:
    target, endpoints = asked.target, tuple(sorted(asked.endpoints))
    if isinstance(target, Unavailable):
        name = f"endpoint {' and '.join(endpoints)}"
        return PublicCertificate(name=name, host="", endpoints=endpoints, unavailable=target)
    name = f"{target.host}:{target.port}"
    try:
        seen, unavailable = tls.handshake_with(target), None
    except FactUnavailable as error:
        seen, unavailable = None, Unavailable(cause=error.cause, remedy=error.remedy)
    return PublicCertificate(
        name=name, host=target.host, endpoints=endpoints, observed=seen, unavailable=unavailable
    )
