"""Turns what psycopg and libpq say into one honest cause, without the password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .postgresql_way import WHERE

if TYPE_CHECKING:
    import psycopg

    from .postgresql_way import Way

KNOWN = (
    (
        r"password authentication failed|no password supplied",
        "refused {user}: the password is wrong, or the role may not log in",
        f"correct user and password of {WHERE}",
    ),
    (
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "lets {user} not in from here: no entry of pg_hba.conf does",
        "let the login in from this address by pg_hba.conf, or run where it is let in",
    ),
    (
        r"[Cc]onnection refused|No such file or directory",
        "refused the connection: nothing listens there",
        f"start the server, or correct host and port of {WHERE}",
    ),
    (
        r"timeout expired|timed out|timeout",
        "did not answer in time",
        "open the way from here to the server, or run where there is one",
    ),
    (
        r"failed to resolve|could not translate host name|Name or service not known",
        "has a name that does not resolve from here",
        f"correct host of {WHERE}, or run where it resolves",
    ),
    (
        r"certificate verify failed|does not match host name|root certificate|no certificate",
        "shows a certificate that cannot be verified: {said}",
        f"name the authority's file in {WHERE}.ca, and the host as the certificate does",
    ),
    (
        r"does not support SSL|SSL error|SSL SYSCALL error",
        "cannot be spoken to by TLS: {said}",
        "let the server speak TLS; a password goes over no wire unencrypted",
    ),
    (
        r"database \".*\" does not exist",
        "has no such database: {said}",
        f"correct dbname of {WHERE}",
    ),
    (
        r"permission denied",
        "denies {user}: {said}",
        "grant the role CONNECT on the database; the catalogues are open to all",
    ),
)
"""What libpq or the server say, what that means, and what to do."""
OTHERWISE = ("cannot be read: {said}", f"see to what the server says, or correct {WHERE}")


def failure_of(error: psycopg.Error, way: Way) -> FactUnavailable:
    """Return whatever psycopg raises as a cause with a remedy.

    It is not attached: libpq may repeat what it was given.
    """
    cause, remedy = _explanation(error, way)
    return FactUnavailable(f"PostgreSQL at {way} {cause}", remedy)


def _explanation(error: psycopg.Error, way: Way) -> tuple[str, str]:
    text = way.without_secret(str(error))
    for pattern, cause, remedy in KNOWN:
        if re.search(pattern, text):
            return cause.format(user=way.user, said=_said(text)), remedy
    return OTHERWISE[0].format(said=_said(text)), OTHERWISE[1]


def _said(text: str) -> str:
    """Return the last thing that is said, which names the reason, on one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else "no reason given"
    return re.sub(r"^.*?(FATAL|ERROR):\s+", "", first)
