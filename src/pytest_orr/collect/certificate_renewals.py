"""Joins public certificates with what renews them, at AWS or on hosts: ``certificate_renewals``.

A source that readiness.toml does not declare is not asked, and one that cannot be asked makes
exactly those certificates unknown that nobody else renews.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pytest_orr.collect import listener_certificates
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_renewals import HostRenewals, Renewals
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.listener_certificates import read_listener_certificates
from pytest_orr.collect.public_certificates import PublicCertificate, PublicCertificates
from pytest_orr.collect.renewals import Renewal, Sources
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer, Unavailable

T = TypeVar("T")

AT_AWS = "certificates at AWS"
ON_HOSTS = "certificates on hosts"
PUBLIC = "public certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRenewalFacts:
    """Every certificate that users of the service may see, and all that may renew it."""

    shown: tuple[PublicCertificate, ...]
    """At the https places of the endpoints, in the order of these."""
    sources: Sources

    @property
    def found(self) -> tuple[Renewal, ...]:
        """Each certificate once for every place that shows it, then those at AWS.

        What could not be read of AWS or of public places stands among them, since nobody can tell
        which certificates are missing then.
        """
        sources = self.sources
        return (
            *(Renewal(name=one.name, shown=one, sources=sources) for one in self.shown),
            *(Renewal(name=one.arn, held=one, sources=sources) for one in sources.held),
            *(
                Renewal(name=name, unavailable=why, sources=sources)
                for name, why in sources.unavailable
                if name != ON_HOSTS
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRenewals:
    """What renews each certificate that users may see?"""

    name: str = "certificate_renewals"
    source: str = "TLS handshakes, AWS acm and elasticloadbalancing, DNS, SSH"
    operations: tuple[str, ...] = (
        *PublicCertificates().operations,
        *listener_certificates.OPERATIONS,
        *HostRenewals().operations,
    )
    fact_type: Any = CertificateRenewalFacts

    def collect(self, desk: Desk) -> Answer[CertificateRenewalFacts]:
        """Ask what the profile declares; one source that does not answer hides no other."""
        profile, asking = desk.profile, _Asking()
        nobody: tuple[Any, ...] = ()
        places = asking.of(PUBLIC, lambda: PublicCertificates().collect(desk).value, nobody)
        held = asking.of(
            AT_AWS, lambda: read_listener_certificates(desk), nobody, declared=profile.aws
        )
        hosts = asking.of(ON_HOSTS, lambda: _own_hosts(desk), nobody, declared=profile.hosts)
        declared = {"[aws]": profile.aws, "[[hosts]]": profile.hosts}
        sources = Sources(
            held=held,
            hosts=hosts,
            jobs=tuple(sorted(profile.certificates.renewal_jobs.items())),
            hosted=tuple(
                sorted(
                    (one.endpoint, one.provider) for one in profile.hosting if one.provider != "s3"
                )
            ),
            undeclared=tuple(section for section, what in declared.items() if not what),
            unavailable=tuple(asking.failed),
        )
        facts = CertificateRenewalFacts(shown=places, sources=sources)
        return Answer(value=facts, where=tuple(one.name for one in facts.found))


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks several sources, and keeps by name why one did not answer."""

    failed: list[tuple[str, Unavailable]] = field(default_factory=list)

    def of(self, name: str, ask: Callable[[], T], nothing: T, *, declared: object = True) -> T:
        if not declared:
            return nothing
        try:
            return ask()
        except FactUnavailable as error:
            why = Unavailable(cause=error.cause, remedy=error.remedy)
        except KeyError as missing:
            why = Unavailable(
                cause=f"an answer about {name} lacks {missing}",
                remedy="update pytest-orr, which does not know this kind of answer",
            )
        self.failed.append((name, why))
        return nothing


def _own_hosts(desk: Desk) -> tuple[HostFact[Renewals], ...]:
    return tuple(host for host in HostRenewals().collect(desk).value if host.is_own)
