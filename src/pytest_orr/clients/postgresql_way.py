"""How a server of PostgreSQL is reached: a login of readiness.toml, its URL and its environment."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import certifi

from pytest_orr.errors import FactUnavailable

from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.schema import DatabaseLogin

WHERE = "[[databases]] login"
KNOWN = ("host", "port", "dbname", "user", "password", "sslmode", "sslrootcert")
"""What a URL may say; all else that libpq knows could lead elsewhere, and is refused."""
VERIFYING = ("verify-full", "verify-ca")
SESSION = (
    "default_transaction_read_only=on",
    "statement_timeout=10000",
    "lock_timeout=2000",
    "idle_in_transaction_session_timeout=20000",
    "search_path=pg_catalog",
)
"""What every session is told before its first statement, whatever the profile says."""
ALWAYS = MappingProxyType(
    {
        "application_name": "pytest-orr",
        "connect_timeout": "5",
        "gssencmode": "disable",
        "passfile": os.devnull,
        "tcp_user_timeout": "10000",
        "options": " ".join(f"-c {one}" for one in SESSION),
    }
)
"""Parameters of libpq that no profile changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The parameters of libpq for one login; neither ``str`` nor ``repr`` shows the password."""

    parameters: Mapping[str, str] = field(repr=False)

    def __str__(self) -> str:
        known = self.parameters
        return f"{known['host']}:{known['port']}/{known['dbname']}"

    @property
    def user(self) -> str:
        """The role that logs in."""
        return self.parameters["user"]

    def without_secret(self, text: str) -> str:
        """Return a text of the server or of libpq with the password taken out."""
        secret = self.parameters.get("password", "")
        return text.replace(secret, "[redacted]") if secret else text


def way_of(login: DatabaseLogin, environment: Mapping[str, str]) -> Way:
    """Return how a login is made; what the profile says goes before what its URL says.

    Raises ``FactUnavailable`` for a variable that is not set, and for a URL that is none.
    """

    def read(key: str) -> str:
        value: Any = getattr(login, key)
        return setting(value, where=f"{WHERE}.{key}", environment=environment)

    own = {key: read(key) for key in ("host", "user", "password")}
    own |= {"port": str(login.port or ""), "dbname": login.dbname or ""}
    said = _of_url(read("url")) if login.url else {}
    named = {"port": "5432", **said, **{key: value for key, value in own.items() if value}}
    for key in ("host", "user"):
        if key not in named:
            raise FactUnavailable(
                f"the connection URL of {WHERE} names no {key}",
                f"name the {key} in the URL, or under {WHERE} in readiness.toml",
            )
    return Way(parameters=_secured({"dbname": named["user"], **named}, login, read("ca")))


def _of_url(url: str) -> dict[str, str]:
    """Read a URL as libpq does. It is never shown: a password may stand in it anywhere."""
    from psycopg import ProgrammingError, conninfo  # noqa: PLC0415 loaded with the first login

    try:
        said = conninfo.conninfo_to_dict(url)
    except ProgrammingError:
        said = {"host": ""}
    if any(key not in KNOWN or not value for key, value in said.items()):
        raise FactUnavailable(
            f"the connection URL of {WHERE} cannot be used",
            "write postgresql://user:password@host:port/database, and the rest in readiness.toml",
        )
    return {key: str(value) for key, value in said.items()}


def _secured(named: Mapping[str, str], login: DatabaseLogin, authorities: str) -> Mapping[str, str]:
    """Let the certificate be verified, but on this machine only if somebody says by whom."""
    authorities = authorities or named.get("sslrootcert", "")
    hosts = named["host"].split(",")
    if not authorities and all(map(_is_this_machine, hosts)):
        return {**named, **ALWAYS, "sslmode": "prefer"}
    asked = named.get("sslmode", "")
    mode = asked if asked in VERIFYING else login.sslmode
    return {**named, **ALWAYS, "sslmode": mode, "sslrootcert": authorities or certifi.where()}


def _is_this_machine(host: str) -> bool:
    """Whether no wire leads to a host: a socket in a folder, or an address of loopback."""
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
