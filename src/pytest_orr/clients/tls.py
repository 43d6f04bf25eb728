"""TLS as collectors see it: whether a certificate holds, why not, what it says, and which versions.

Handshakes alone are made; nothing is ever sent through a connection that stands. OpenSSL and the
library that reads certificates are loaded by the first handshake, not with this module.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pytest_orr.profile.schema import Endpoint

from .http import HttpAccess, Route, checked, port_of

Version = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
VersionState = Literal["accepted", "refused", "not tried"]
VERSIONS: tuple[Version, ...] = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")

Reason = Literal[
    "",
    "expired",
    "not yet valid",
    "other name",
    "self-signed",
    "unknown authority",
    "incomplete chain",
    "not verified",
    "no handshake",
]
"""Why a certificate does not hold; empty when it does.

``incomplete chain``: the server does not send the certificate of the one that issued its own, and
that one is no trusted authority; mostly an intermediate was forgotten. ``no handshake``: there is
none that a client of today would complete.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A server's certificate, whether or not it holds."""

    subject: str
    """As RFC 4514 writes it."""
    names: tuple[str, ...]
    """DNS names and addresses for which it is valid, sorted."""
    issuer: str
    serial: str
    """Hexadecimal."""
    not_before: datetime
    not_after: datetime
    """Aware, UTC."""
    key: str
    """Kind and size: ``RSA 2048``, ``EC secp256r1``, ``Ed25519``."""
    signed_with: str
    """Algorithm of its issuer's signature: ``ECDSA_WITH_SHA256``."""
    sha256: str
    """Fingerprint."""
    is_self_signed: bool

    @property
    def lifetime_days(self) -> int:
        """Whole days between its two dates."""
        return (self.not_after - self.not_before).days

    def is_valid_for(self, host: str) -> bool:
        """Whether one of its names is the host's, or a wildcard for it."""
        asked = _as_certificates_write(host)
        accepted = {asked, f"*.{asked.partition('.')[2]}"}
        return any(name.lower() in accepted for name in self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSeen:
    """What becomes of a handshake that offers one version alone."""

    version: Version
    state: VersionState
    """``not tried``: this machine's OpenSSL cannot offer it, or no answer came that says either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """What a server shows of its TLS."""

    version: str
    """Negotiated with a client of today; empty when there is no handshake with one."""
    reason: Reason = ""
    trouble: str = ""
    """The reason as a sentence; empty when the certificate holds."""
    certificate: Certificate | None = None
    """Its certificate; none when no handshake shows one."""
    versions: tuple[VersionSeen, ...] = ()
    """By age, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whose TLS is looked at, and how the place is reached."""

    host: str
    """As its certificate must name it, and as it is asked for (SNI)."""
    port: int
    route: Route

    @property
    def place(self) -> str:
        """Host and port that are connected to."""
        return self.route.connect or f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsAccess:
    """Makes handshakes. ``environment`` answers for settings that name a variable."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def target_of(self, endpoint: Endpoint) -> Target:
        """Return where an https endpoint is; a variable that is not set is named."""
        url = checked(endpoint.url)
        route = HttpAccess(environment=self.environment).route_to(endpoint)
        return Target(host=(url.hostname or "").rstrip("."), port=port_of(url), route=route)

    def handshake(self, endpoint: Endpoint) -> Handshake:
        """Look at the TLS of an https endpoint."""
        return self.handshake_with(self.target_of(endpoint))

    def handshake_with(self, target: Target) -> Handshake:
        """Look at a server's TLS; each handshake has the route's time.

        A certificate that does not hold is seen; a place that cannot be reached, closes the
        connection or keeps silent is ``FactUnavailable``.
        """
        from .tls_wire import look  # noqa: PLC0415 the libraries load when used

        return look(target)


def _as_certificates_write(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower().rstrip(".")
