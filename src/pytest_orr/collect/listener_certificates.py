"""Reads the certificates that AWS shows for the service, and whether it renews them.

Those of its balancers' listeners, by default and by name (SNI), and of its distributions; for
``certificate_renewals``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable

from . import distributions, ownership
from .interface import Desk

ELB = "elasticloadbalancing"
OPERATIONS = (
    "acm:DescribeCertificate",
    "dns:CNAME",
    f"{ELB}:DescribeListenerCertificates",
    f"{ELB}:DescribeListeners",
    *dict.fromkeys((*ownership.OPERATIONS, *distributions.OPERATIONS)),
)
"""What is asked to know them."""

ISSUED = "ISSUED"
OF_IAM = "IAM"
IMPORTED = "IMPORTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """How ACM checks, at each renewal, that a name is still its owner's."""

    domain: str
    method: str
    """``DNS``, ``EMAIL`` or ``HTTP``."""
    record: str = ""
    """Name of the CNAME record that must stand, without the final dot."""
    value: str = ""
    """Where it must lead."""
    found: tuple[str, ...] = ()
    """Where it leads."""
    unavailable: Unavailable | None = None
    """Why DNS could not be asked."""

    @property
    def obstacle(self) -> str:
        """What stops a renewal here; ``FactUnavailable`` when DNS could not be asked."""
        if self.method == "EMAIL":
            return f"its renewal waits for a click in a mail to the owner of {self.domain}"
        if self.unavailable is not None:
            raise FactUnavailable(self.unavailable.cause, self.unavailable.remedy)
        if self.record and self.value not in self.found:
            there = ", ".join(self.found) or "nowhere"
            return f"its validation record {self.record} leads {there}, not to {self.value}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerCertificate:
    """A certificate at ACM or IAM that a balancer or distribution of the service shows."""

    arn: str
    kind: str
    """``AMAZON_ISSUED``, ``PRIVATE``, ``IMPORTED``, or ``IAM`` for a server certificate there."""
    used_by: tuple[str, ...]
    """ARNs of the service's balancers and distributions that show it, sorted."""
    names: tuple[str, ...] = ()
    """Sorted; none are known of IAM's."""
    serial: str = ""
    """Hexadecimal, without separators."""
    status: str = ""
    not_after: datetime | None = None
    """Aware, UTC; none while it is not issued, and of IAM's."""
    is_eligible: bool = False
    """Whether ACM says that it will renew it."""
    renewal_status: str = ""
    """Of its last renewal; empty before the first."""
    renewal_reason: str = ""
    in_use_by: tuple[str, ...] = ()
    """What shows it, as ACM sees it, sorted."""
    validations: tuple[Validation, ...] = ()
    """By name."""

    @property
    def is_imported(self) -> bool:
        """Whether somebody else issued it, so that AWS cannot renew it."""
        return self.kind in {IMPORTED, OF_IAM}

    @property
    def obstacle(self) -> str:
        """What keeps AWS from renewing it; empty when nothing does.

        Raises ``FactUnavailable`` when that hangs on DNS and DNS could not be asked.
        """
        return next((why for why in self._obstacles() if why), "")

    def _obstacles(self) -> Iterator[str]:
        if self.is_imported:
            yield f"it was imported to {'IAM' if self.kind == OF_IAM else 'ACM'}, which renews none"
        if self.status != ISSUED:
            yield f"ACM says that it is {self.status}"
        if self.renewal_status == "FAILED":
            yield f"its last renewal failed: {self.renewal_reason or 'ACM names no reason'}"
        if self.renewal_status == "PENDING_VALIDATION":
            yield "its renewal waits for somebody to validate its names"
        for unseen in sorted({*self.used_by} - {*self.in_use_by}):
            yield f"ACM does not see that {unseen} uses it"
        if not self.is_eligible:
            yield "ACM says that it is not eligible for renewal"
        yield from (validation.obstacle for validation in self.validations)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        until = f", until {self.not_after:%Y-%m-%d}" if self.not_after else ""
        renewal = f", renewal {self.renewal_status}" if self.renewal_status else ""
        words = ", ".join(filter(None, (self.kind, self.status)))
        return f"{words} for {', '.join(self.names) or 'names unknown'}{until}{renewal}"


def read_listener_certificates(desk: Desk) -> tuple[ListenerCertificate, ...]:
    """Read them in every account and region of the profile, sorted by ARN."""
    aws = desk.aws
    ownership.require_resources(aws.resources)
    users: dict[tuple[Place, str], set[str]] = defaultdict(set)
    for several in aws.everywhere(partial(_of_listeners, aws)):
        for place, certificate, balancer in several:
            users[place, certificate].add(balancer)
    for edge in distributions.own_distributions(aws, desk.profile):
        if edge.certificate:
            users[edge.home, edge.certificate].add(edge.arn)
    read = aws.each(partial(_certificate, desk), users.items())
    return tuple(sorted(read, key=lambda certificate: certificate.arn))


def _of_listeners(aws: AwsAccess, place: Place) -> tuple[tuple[Place, str, str], ...]:
    """Return place, certificate and balancer of every encrypting listener."""
    own = ownership.own_balancers(aws, place, ownership.ownership(aws, place))

    def of_balancer(balancer: str) -> tuple[tuple[Place, str, str], ...]:
        listed = aws.listing(
            place, f"{ELB}:DescribeListeners", "Listeners", LoadBalancerArn=balancer
        )
        return tuple(
            (place, certificate["CertificateArn"], balancer)
            for listener in listed
            if listener.get("Certificates")
            for certificate in _shown_by(aws, place, listener["ListenerArn"])
        )

    several = aws.each(of_balancer, [str(one.raw["LoadBalancerArn"]) for one in own])
    return tuple(one for some in several for one in some)


def _shown_by(aws: AwsAccess, place: Place, listener: str) -> tuple[Mapping[str, Any], ...]:
    """Return a listener's certificates: the default one, and those by name."""
    operation = f"{ELB}:DescribeListenerCertificates"
    return aws.listing(place, operation, "Certificates", ListenerArn=listener)


def _certificate(desk: Desk, item: tuple[tuple[Place, str], Iterable[str]]) -> ListenerCertificate:
    (place, arn), users = item
    used_by = tuple(sorted(users))
    if ":iam:" in arn:
        return ListenerCertificate(arn=arn, kind=OF_IAM, used_by=used_by)
    asked = desk.aws.call(place, "acm:DescribeCertificate", CertificateArn=arn)
    raw = asked["Certificate"]
    renewal = raw.get("RenewalSummary", {})
    not_after = raw.get("NotAfter")
    return ListenerCertificate(
        arn=arn,
        kind=raw["Type"],
        used_by=used_by,
        names=tuple(sorted({raw["DomainName"], *raw.get("SubjectAlternativeNames", ())})),
        serial=raw.get("Serial", "").replace(":", "").lower(),
        status=raw["Status"],
        not_after=not_after.astimezone(UTC) if not_after else None,
        is_eligible=raw.get("RenewalEligibility") == "ELIGIBLE",
        renewal_status=renewal.get("RenewalStatus", ""),
        renewal_reason=renewal.get("RenewalStatusReason", ""),
        in_use_by=tuple(sorted(raw.get("InUseBy", ()))),
        validations=_validations(desk, raw.get("DomainValidationOptions", ())),
    )


def _validations(desk: Desk, raw: Iterable[Mapping[str, Any]]) -> tuple[Validation, ...]:
    read = (_validation(desk, one) for one in raw)
    return tuple(sorted(read, key=lambda validation: validation.domain))


def _validation(desk: Desk, raw: Mapping[str, Any]) -> Validation:
    domain, method = raw["DomainName"], raw.get("ValidationMethod", "")
    if "ResourceRecord" not in raw:
        return Validation(domain=domain, method=method)
    record, value = (raw["ResourceRecord"][key].lower().rstrip(".") for key in ("Name", "Value"))
    found: tuple[str, ...] = ()
    unavailable = None
    try:
        found = tuple(one.lower().rstrip(".") for one in desk.dns.lookup(record, "CNAME"))
    except FactUnavailable as error:
        unavailable = Unavailable(cause=error.cause, remedy=error.remedy)
    return Validation(
        domain=domain,
        method=method,
        record=record,
        value=value,
        found=found,
        unavailable=unavailable,
    )
