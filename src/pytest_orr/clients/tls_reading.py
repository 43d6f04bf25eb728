"""Reads certificates, and says why one does not hold, for ``clients.tls_wire``."""

from __future__ import annotations

import datetime as dt
import ssl
from types import MappingProxyType
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import SignatureAlgorithmOID

from pytest_orr.errors import FactUnavailable

from .tls import Certificate, Reason, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

ALGORITHMS = MappingProxyType(
    {
        oid: name
        for name, oid in vars(SignatureAlgorithmOID).items()
        if isinstance(oid, x509.ObjectIdentifier)
    }
)
UNREADABLE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What reading a certificate raises that breaks the rules."""

NOT_YET_VALID = 9
EXPIRED = 10
SELF_SIGNED = 18
WITHOUT_ISSUER = (2, 19, 20, 21)
OTHER_NAME = (62, 64)
"""Codes of OpenSSL's X509_verify_cert."""


def certificate_in(der: bytes, place: str) -> Certificate:
    """Read a certificate; one that breaks the rules is ``FactUnavailable``."""
    try:
        return _certificate(x509.load_der_x509_certificate(der))
    except UNREADABLE as error:
        raise FactUnavailable(
            f"the certificate of {place} cannot be read: {error}", "replace the certificate"
        ) from None


def _certificate(read: x509.Certificate) -> Certificate:
    return Certificate(
        subject=read.subject.rfc4514_string(),
        names=_names(read),
        issuer=read.issuer.rfc4514_string(),
        serial=f"{read.serial_number:x}",
        not_before=read.not_valid_before_utc,
        not_after=read.not_valid_after_utc,
        key=_key(read),
        signed_with=ALGORITHMS.get(
            read.signature_algorithm_oid, read.signature_algorithm_oid.dotted_string
        ),
        sha256=read.fingerprint(hashes.SHA256()).hex(),
        is_self_signed=read.issuer == read.subject,
    )


def _names(read: x509.Certificate) -> tuple[str, ...]:
    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return tuple(sorted({*found.get_values_for_type(x509.DNSName), *addresses}))


def _key(read: x509.Certificate) -> str:
    match read.public_key():
        case rsa.RSAPublicKey() as key:
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey() as key:
            return f"EC {key.curve.name}"
        case key:
            return type(key).__name__.removesuffix("PublicKey")


def trouble_with(
    target: Target, error: Exception | None, chain: Sequence[bytes]
) -> tuple[Reason, str]:
    """Return why a verified handshake failed, and a sentence; nothing when it did not fail.

    ``chain`` is what the server sends, in DER.
    """
    match error:
        case None:
            return "", ""
        case ssl.SSLCertVerificationError():
            sent = [x509.load_der_x509_certificate(der) for der in chain]
            return _unverified(target, error, sent)
        case ssl.SSLError():
            said = (error.reason or "handshake failed").replace("_", " ").lower()
        case _:
            said = "it closes the connection"
    return "no handshake", f"{target.place} completes no TLS handshake of today: {said}"


def _unverified(
    target: Target, error: ssl.SSLCertVerificationError, sent: Sequence[x509.Certificate]
) -> tuple[Reason, str]:
    host, code = target.host, error.verify_code
    whose = f"the certificate of {host}"
    if code in (EXPIRED, NOT_YET_VALID):
        return _out_of_time(whose, error, sent)
    if code in OTHER_NAME:
        return "other name", f"the certificate at {target.place} is not valid for {host}"
    if code == SELF_SIGNED:
        return "self-signed", f"{whose} is signed by itself, and by no authority"
    if code in WITHOUT_ISSUER and sent:
        return _without_issuer(whose, sent)
    return "not verified", f"{whose} does not verify: {error.verify_message}"


def _out_of_time(
    whose: str, error: ssl.SSLCertVerificationError, sent: Sequence[x509.Certificate]
) -> tuple[Reason, str]:
    """Tell the server's own certificate from one further up in its chain."""
    reason: Reason = "expired" if error.verify_code == EXPIRED else "not yet valid"
    now = dt.datetime.now(dt.UTC)
    holds = sent and sent[0].not_valid_before_utc <= now <= sent[0].not_valid_after_utc
    which = f"an authority's certificate above {whose}" if holds else whose
    return reason, f"{which} {'has expired' if reason == 'expired' else 'is not valid yet'}"


def _without_issuer(whose: str, sent: Sequence[x509.Certificate]) -> tuple[Reason, str]:
    """Follow the chain as far as the server sends it, and name who is missing at its end."""
    last, by_name = sent[0], {one.subject: one for one in sent}
    for _ in sent:
        if last.issuer != last.subject:
            last = by_name.get(last.issuer, last)
    issuer = last.issuer.rfc4514_string()
    if last is sent[0]:
        return "incomplete chain", (
            f"the server sends {whose} without that of its issuer, {issuer},"
            " which is no trusted authority itself"
        )
    return "unknown authority", f"{whose} leads to {issuer}, which is no trusted authority"
