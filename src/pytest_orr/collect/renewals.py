"""Finds for each certificate what renews it, and what is in the way: for ``certificate_renewals``.

Pure: it joins what TLS showed, what AWS said and what hosts printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_renewals import Renewals
from pytest_orr.collect.listener_certificates import ListenerCertificate
from pytest_orr.collect.public_certificates import PublicCertificate
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable

ASK_PEOPLE = "declare in readiness.toml where it is renewed, or say in a statement who renews it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was asked, besides TLS, and what could not be."""

    held: tuple[ListenerCertificate, ...] = ()
    """At AWS, by ARN."""
    hosts: tuple[HostFact[Renewals], ...] = ()
    """In the profile's order, those of other environments left out."""
    jobs: tuple[tuple[str, str], ...] = ()
    """Public names, each with the host that renews its imported certificate, sorted."""
    hosted: tuple[tuple[str, str], ...] = ()
    """Endpoints whose hosting is somebody else's, with the provider, sorted."""
    undeclared: tuple[str, ...] = ()
    """Sections that readiness.toml leaves out, so that nobody was asked."""
    unavailable: tuple[tuple[str, Unavailable], ...] = ()
    """Sources that should have answered and did not, by name."""

    def held_with(self, serial: str) -> ListenerCertificate | None:
        """Return the certificate at AWS with a serial number; leading zeros do not matter."""
        wanted = serial.lower().lstrip("0")
        return next((one for one in self.held if one.serial.lstrip("0") == wanted), None)

    def job_host(self, name: str) -> HostFact[Renewals]:
        """Return the host whose job is declared for a name; it must be there to be asked."""
        wanted = dict(self.jobs)[name]
        found = next((host for host in self.hosts if host.name == wanted), None)
        if found is not None:
            return found
        for _, why in self.unavailable:
            raise FactUnavailable(why.cause, why.remedy)
        raise FactUnavailable(
            f"[certificates] renewal_jobs names {wanted}, which is no host of readiness.toml",
            f"declare {wanted} under [[hosts]], or correct renewal_jobs",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """One certificate: shown at a public place, held at AWS, or what could not be seen at all."""

    name: str
    sources: Sources
    shown: PublicCertificate | None = None
    held: ListenerCertificate | None = None
    unavailable: Unavailable | None = None

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        if self.unavailable is not None:
            return self.unavailable.cause
        return (self.shown or self.held).seen  # type: ignore[union-attr] # one of the three is there

    @property
    def trouble(self) -> str:
        """Why a client of today refuses it where it is shown; empty when none does."""
        self._require()
        return self.shown.trouble if self.shown is not None else ""

    def ends_within(self, days: int, as_of: datetime) -> bool:
        """Whether it holds for fewer days than that; one that does not say so has an obstacle."""
        self._require()
        until = self.shown.not_after if self.shown is not None else None
        until = self.held.not_after if self.held is not None else until
        return until is not None and until - as_of < timedelta(days=days)

    def obstacle(self, as_of: datetime, oldest_run_days: int) -> str:
        """Return what keeps it from being renewed; empty when it renews by itself.

        One that AWS holds is judged there, not where it is shown. Raises ``FactUnavailable`` when
        that hangs on something that could not be asked.
        """
        self._require()
        days = Days(as_of=as_of, oldest_run=oldest_run_days)
        if self.held is not None:
            return self._of_held(self.held, days)
        if self.shown is not None and self.sources.held_with(self.shown.certificate.serial) is None:
            return self._of_shown(self.shown, days)
        return ""

    def _require(self) -> None:
        if self.unavailable is not None:
            raise FactUnavailable(self.unavailable.cause, self.unavailable.remedy)

    def _of_held(self, held: ListenerCertificate, days: "Days") -> str:
        if not held.is_imported:
            return held.obstacle
        named = [name for name in held.names if name in dict(self.sources.jobs)]
        if not named or held.not_after is None:
            return f"{held.obstacle}, and [certificates] renewal_jobs names no host that does"
        return _of_host(self.sources.job_host(named[0]), named[0], held.not_after, days)

    def _of_shown(self, shown: PublicCertificate, days: "Days") -> str:
        if shown.host in dict(self.sources.jobs):
            found: HostFact[Renewals] | None = self.sources.job_host(shown.host)
        else:
            found = self._keeper(shown)
        if found is None:
            return self._nobody(shown)
        return _of_host(found, shown.host, shown.not_after, days)

    def _keeper(self, shown: PublicCertificate) -> HostFact[Renewals] | None:
        """Return the host that keeps what is shown, or else a newer one for the same name.

        A newer one may have nothing to do with it while a source is left that could not be asked.
        """
        newer: HostFact[Renewals] | None = None
        doubts: list[FactUnavailable] = []
        for host in self.sources.hosts:
            try:
                kept = host.reading.certificate_for(shown.host)
            except FactUnavailable as error:
                doubts.append(error)
                continue
            if kept is not None and kept.not_after == shown.not_after:
                return host
            if kept is not None and kept.not_after > shown.not_after:
                newer = newer or host
        if newer is not None:
            doubts += [
                FactUnavailable(why.cause, why.remedy) for _, why in self.sources.unavailable
            ]
        for doubt in doubts:
            raise doubt
        return newer

    def _nobody(self, shown: PublicCertificate) -> str:
        for why in self._doubts(shown):
            raise FactUnavailable(why.cause, why.remedy)
        return "neither AWS nor a host is known to renew it"

    def _doubts(self, shown: PublicCertificate) -> Iterator[Unavailable]:
        """Yield why somebody who was not asked might renew it after all."""
        yield from (why for _, why in self.sources.unavailable)
        for endpoint, provider in self.sources.hosted:
            if endpoint in shown.endpoints:
                cause = f"{provider} serves it, and was not asked who renews its certificate"
                yield Unavailable(cause=cause, remedy=ASK_PEOPLE)
        if self.sources.undeclared:
            missing = " and ".join(self.sources.undeclared)
            cause = f"nothing is known to renew it, and readiness.toml declares no {missing}"
            yield Unavailable(cause=cause, remedy=ASK_PEOPLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """By which instant, and how long ago a renewal may last have run."""

    as_of: datetime
    oldest_run: int


def _of_host(host: HostFact[Renewals], name: str, shown_until: datetime, days: Days) -> str:
    """Return what keeps a host from renewing the certificate of a name that is shown."""
    return next(_in_the_way(host, name, shown_until, days), "")


def _in_the_way(
    host: HostFact[Renewals], name: str, shown_until: datetime, days: Days
) -> Iterator[str]:
    renewals = host.reading
    kept = renewals.certificate_for(name)
    if kept is None:
        yield f"{host.name}, which should renew it, keeps no certificate for {name}"
        return
    if not kept.is_renewed:
        yield f"certbot on {host.name} keeps it, and has no renewal configuration for it"
    if not renewals.is_scheduled:
        yield f"neither a timer nor cron starts the renewal on {host.name}"
    if renewals.last_run_failed:
        yield f"the last renewal on {host.name} failed"
    if renewals.timers and not renewals.ran_within(days.oldest_run, days.as_of):
        yield f"the last renewal on {host.name} ran too long ago"
    if shown_until < kept.not_after:
        yield f"{host.name} keeps a newer one, which is not shown: its server was not reloaded"
