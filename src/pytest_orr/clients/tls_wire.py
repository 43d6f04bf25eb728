"""Handshakes over the wire, for ``clients.tls``: the only module that connects for them."""

from __future__ import annotations

import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import certifi

from pytest_orr.errors import FactUnavailable

from .http import address_of
from .tls import VERSIONS, Handshake, Target, Version, VersionSeen, VersionState
from .tls_reading import certificate_in, trouble_with

EVERYTHING = "ALL:@SECLEVEL=0"
"""Ciphers, and of OpenSSL's security levels the one that leaves old versions in."""
NUMBERS = MappingProxyType(
    {
        "TLSv1": ssl.TLSVersion.TLSv1,
        "TLSv1.1": ssl.TLSVersion.TLSv1_1,
        "TLSv1.2": ssl.TLSVersion.TLSv1_2,
        "TLSv1.3": ssl.TLSVersion.TLSv1_3,
    }
)
ANOTHER_VERSION = ("UNSUPPORTED_PROTOCOL", "WRONG_VERSION_NUMBER", "WRONG_SSL_VERSION")
"""What OpenSSL says when the server insists on a version that was not offered."""
ENCODING_DER = 2
"""The number by which Python's ssl module means DER, where it has no public name for it."""
UP = "start the service, or correct the url or connect of the endpoint in readiness.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a handshake that came to its end showed."""

    version: str
    chain: tuple[bytes, ...]
    """Certificates as the server sent them (DER), its own first."""


def look(target: Target) -> Handshake:
    """Verify the server's certificate, see it even if it does not hold, and try each version.

    Raises ``FactUnavailable`` when the place cannot be reached or gives no answer.
    """
    shown: Shown | None = None
    error: ssl.SSLError | ClosedByServer | None = None
    try:
        shown = _shake(target, _verifying(target))
    except (ssl.SSLError, ClosedByServer) as caught:  # closed: perhaps it knows old versions alone
        error = caught
    seen = shown or _unverified(target)
    certificate = certificate_in(seen.chain[0], target.place) if seen else None
    reason, trouble = trouble_with(target, error, seen.chain if seen else ())
    return Handshake(
        version=shown.version if shown else "",
        reason=reason,
        trouble=trouble,
        certificate=certificate,
        versions=_versions(target, shown.version if shown else ""),
    )


def _unverified(target: Target) -> Shown | None:
    """Look at a certificate that does not hold, at any age of version and cipher."""
    try:
        return _shake(target, _accepting())
    except ssl.SSLError:
        return None


def _versions(target: Target, negotiated: str) -> tuple[VersionSeen, ...]:
    """Offer each version alone; what was negotiated is accepted, and not asked again."""
    with ThreadPoolExecutor(max_workers=len(VERSIONS)) as pool:
        states = pool.map(partial(_state, target, negotiated), VERSIONS)
        return tuple(
            VersionSeen(version=version, state=state)
            for version, state in zip(VERSIONS, states, strict=True)
        )


def _state(target: Target, negotiated: str, version: Version) -> VersionState:
    if version == negotiated:
        return "accepted"
    context = _offering(version)
    if context is None:
        return "not tried"
    try:
        _shake(target, context)
    except ssl.SSLError as error:
        return "refused" if _is_refusal(error) else "not tried"
    except ClosedByServer:
        return "refused"
    except FactUnavailable:
        return "not tried"
    return "accepted"


def _is_refusal(error: ssl.SSLError) -> bool:
    """Tell the server's no from trouble on this side, which says nothing about the server."""
    reason = error.reason or ""
    return "ALERT" in reason or reason in ANOTHER_VERSION


def _verifying(target: Target) -> ssl.SSLContext:
    """Trust what browsers trust, or the route's own authorities; accept what clients of today do.

    The authorities of this machine are left out, or another machine would see something else.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False  # as browsers do
    try:
        context.load_verify_locations(target.route.ca or certifi.where())
    except (OSError, ValueError):
        raise FactUnavailable(
            f"{target.route.ca} is not a readable file of PEM certificates",
            "correct ca of the endpoint in readiness.toml",
        ) from None
    return context


def _accepting(
    first: ssl.TLSVersion = ssl.TLSVersion.MINIMUM_SUPPORTED,
    last: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> ssl.SSLContext:
    """Take any certificate, old versions and weak ciphers: to look at, never to send by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(EVERYTHING)
    context.minimum_version = first
    context.maximum_version = last
    return context


def _offering(version: Version) -> ssl.SSLContext | None:
    """Return a context for one version alone, if this machine's OpenSSL can begin with it."""
    try:
        context = _accepting(NUMBERS[version], NUMBERS[version])
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO()).do_handshake()
    except ssl.SSLWantReadError:
        return context
    except (ssl.SSLError, ValueError):  # ValueError: it was built without this version
        pass
    return None


class ClosedByServer(FactUnavailable):
    """The server closed the connection instead of going on with the handshake."""


def _shake(target: Target, context: ssl.SSLContext) -> Shown:
    """Connect and shake hands, all within the route's time; the connection is closed at once.

    Raises ``ssl.SSLError`` with the handshake's own trouble, ``FactUnavailable`` with any other.
    """
    deadline = time.monotonic() + target.route.timeout
    _refuse_no_name(target)
    with closing(_connected(target, deadline)) as plain:
        try:
            with context.wrap_socket(
                plain, server_hostname=target.host, do_handshake_on_connect=False
            ) as wrapped:
                wrapped.settimeout(_left(deadline))  # of the whole handshake, however it drips
                wrapped.do_handshake()
                return Shown(version=wrapped.version() or "", chain=_chain(wrapped))
        except TimeoutError:
            raise _silent(target) from None
        except (ssl.SSLEOFError, ConnectionError):
            raise ClosedByServer(
                f"{target.place} closes the connection in a handshake", UP
            ) from None


def _refuse_no_name(target: Target) -> None:
    """Refuse what no certificate can name, before anything is connected."""
    try:
        target.host.encode("idna")
    except UnicodeError:
        raise FactUnavailable(
            f"{target.host} is not a host name",
            "correct the url of the endpoint in readiness.toml",
        ) from None


def _chain(wrapped: ssl.SSLSocket) -> tuple[bytes, ...]:
    """Return what the server sent; Python 3.13 says it, older ones know it behind the scenes."""
    public: Any = getattr(wrapped, "get_unverified_chain", None)
    if public is not None:
        return tuple(public())
    within: Any = getattr(wrapped, "_sslobj", None)
    return tuple(one.public_bytes(ENCODING_DER) for one in within.get_unverified_chain())


def _connected(target: Target, deadline: float) -> socket.socket:
    """Connect to the first address that accepts."""
    connect = target.route.connect
    host, port = address_of(connect) if connect else (target.host, target.port)
    trouble: OSError = OSError("it has no address")
    for family, kind, _, _, address in _resolved(host, port):
        wire = socket.socket(family, kind)
        wire.settimeout(_left(deadline))
        try:
            wire.connect(address)
        except OSError as error:
            wire.close()
            trouble = error
        else:
            return wire
    raise _silent(target) if isinstance(trouble, TimeoutError) else _unreached(target, trouble)


def _resolved(host: str, port: int) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FactUnavailable(
            f"{host} does not resolve",
            "correct the url or connect of the endpoint in readiness.toml, or its DNS record",
        ) from None


def _left(deadline: float) -> float:
    """Return the seconds that are left; never zero, which would mean not to wait at all."""
    return max(deadline - time.monotonic(), 0.001)


def _silent(target: Target) -> FactUnavailable:
    return FactUnavailable(
        f"{target.place} completed no TLS handshake within {target.route.timeout:g} s",
        "find out why the service is slow, or raise timeout of the endpoint in readiness.toml",
    )


def _unreached(target: Target, trouble: OSError) -> FactUnavailable:
    if isinstance(trouble, ConnectionRefusedError):
        return FactUnavailable(f"{target.place} refused the connection", UP)
    return FactUnavailable(
        f"{target.place} cannot be reached from here: {trouble.strerror or trouble}",
        "check the network, routes and firewall of the machine that runs the review",
    )
