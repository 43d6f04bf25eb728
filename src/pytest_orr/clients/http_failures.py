"""Names what went wrong with an HTTP request: cause and remedy, for ``clients.http_exchange``."""

from __future__ import annotations

import socket
import ssl
from errno import EHOSTUNREACH, ENETUNREACH
from http.client import HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import DecodeError, HTTPError, LocationValueError
from urllib3.util.ssl_match_hostname import CertificateError

from pytest_orr.errors import FactUnavailable

from .http import Hop, NoAnswer, TlsRefused, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPIRED = 10
NOT_YET_VALID = 9
OTHER_NAME = (62, 64)
UNTRUSTED = (18, 19, 20, 21)
"""Codes of OpenSSL's X509_verify_cert."""

UP = "start the service, or correct the url or connect of the endpoint in readiness.toml"


def named(error: Exception, hop: Hop) -> FactUnavailable:
    """Return the failure behind a client library's exception, by name."""
    if isinstance(error, requests.exceptions.InvalidURL | LocationValueError):
        return FactUnavailable(
            f"{hop.url.hostname} is not a host name",
            "correct the url of the endpoint in readiness.toml",
        )
    for cause in _causes(error):
        failure = _tls_failure(cause, hop) or _way_failure(cause, hop) or _silence(cause, hop)
        if failure:
            return failure
    return NoAnswer(f"{hop.place} gave no complete answer", UP)


def timed_out(hop: Hop) -> NoAnswer:
    """Return the failure of an answer that was not complete at its deadline."""
    return NoAnswer(
        f"{shown(hop.url)} gave no complete answer within {hop.route.timeout:g} s",
        "find out why the service is slow, or raise timeout of the endpoint in readiness.toml",
    )


def unreadable_authorities(hop: Hop) -> FactUnavailable:
    """Return the failure of a ``ca`` that is no readable file of certificates."""
    return FactUnavailable(
        f"{hop.route.ca} is not a readable file of PEM certificates",
        "correct ca of the endpoint in readiness.toml",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what lies inside an exception, innermost reasons too, without the libraries' wraps."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        if not isinstance(current, requests.RequestException | HTTPError):
            yield current
        inside = (*current.args, getattr(current, "reason", None), current.__cause__)
        waiting += [thing for thing in inside if isinstance(thing, BaseException)]
        if isinstance(current, DecodeError):
            yield ValueError()


def _tls_failure(cause: BaseException, hop: Hop) -> FactUnavailable | None:
    match cause:
        case ssl.SSLCertVerificationError():
            return _untrusted(cause, hop)
        case CertificateError():
            return _other_name(hop)
        case ssl.SSLError():
            reason = (cause.reason or "handshake failed").replace("_", " ").lower()
            return TlsRefused(
                f"{hop.place} does not complete a TLS handshake: {reason}",
                "serve TLS at this port, or correct the url of the endpoint in readiness.toml",
            )
        case _:
            return None


def _untrusted(cause: ssl.SSLCertVerificationError, hop: Hop) -> TlsRefused:
    host = hop.url.hostname
    if cause.verify_code == EXPIRED:
        return TlsRefused(f"the certificate of {host} has expired", "renew the certificate")
    if cause.verify_code == NOT_YET_VALID:
        return TlsRefused(
            f"the certificate of {host} is not valid yet",
            "check the clock of this machine and the certificate's dates",
        )
    if cause.verify_code in OTHER_NAME:
        return _other_name(hop)
    if cause.verify_code in UNTRUSTED:
        return TlsRefused(
            f"the certificate of {host} is not issued by a trusted authority: "
            f"{cause.verify_message}",
            "serve the whole chain of a public authority, or name a private one with ca",
        )
    return TlsRefused(
        f"the certificate of {host} does not verify: {cause.verify_message}",
        "replace the certificate",
    )


def _other_name(hop: Hop) -> TlsRefused:
    return TlsRefused(
        f"the certificate at {hop.place} is not valid for {hop.url.hostname}",
        "issue the certificate for this name, or correct the url of the endpoint",
    )


def _silence(cause: BaseException, hop: Hop) -> NoAnswer | None:
    match cause:
        case TimeoutError():
            return timed_out(hop)
        case ConnectionRefusedError():
            return NoAnswer(f"{hop.place} refused the connection", UP)
        case RemoteDisconnected() | ConnectionResetError() | BrokenPipeError():
            return NoAnswer(f"{hop.place} closed the connection without an answer", UP)
        case HTTPException() | ValueError():
            return NoAnswer(
                f"{hop.place} does not speak HTTP",
                "correct the url or connect of the endpoint in readiness.toml",
            )
        case _:
            return None


def _way_failure(cause: BaseException, hop: Hop) -> FactUnavailable | None:
    match cause:
        case socket.gaierror():
            return _no_such_name(hop)
        case OSError() if cause.errno in {ENETUNREACH, EHOSTUNREACH}:
            return FactUnavailable(
                f"{hop.place} cannot be reached from here: {cause.strerror}",
                "check the network, routes and firewall of the machine that runs the review",
            )
        case _:
            return None


def _no_such_name(hop: Hop) -> FactUnavailable:
    if hop.route.connect:
        return FactUnavailable(
            f"{hop.place.rpartition(':')[0]} does not resolve",
            "correct connect of the endpoint in readiness.toml",
        )
    return FactUnavailable(
        f"{hop.url.hostname} does not resolve",
        "correct the url of the endpoint in readiness.toml or its DNS record, "
        "or name an address with connect",
    )
