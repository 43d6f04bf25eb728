"""How a registry lets somebody in: its challenge, and the token for reading one repository."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from pytest_orr.errors import FactUnavailable

from .http import OWN_MACHINE, TOKEN
from .secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from urllib.parse import SplitResult

    from .registry_wire import Reply

PARAMETER = re.compile(r'([a-z_]+)="([^"]*)"')
CHALLENGE = re.compile(r"\s*(bearer|basic)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
LONGEST_CHALLENGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user's name and password or token; both are empty for whoever is anonymous."""

    user: str = ""
    secret: Secret = field(default_factory=lambda: Secret(""))

    @property
    def is_known(self) -> bool:
        """Whether there is something to send."""
        return bool(self.secret.value)

    @property
    def basic(self) -> str:
        """The header's value, which goes to one place and shows nowhere."""
        pair = f"{self.user}:{self.secret.value}".encode()
        return f"Basic {b64encode(pair).decode('ascii')}"


def authorization(
    said: str,
    registry: SplitResult,
    repository: str,
    *,
    login: Login,
    ask: Callable[[SplitResult, Mapping[str, str]], Reply],
) -> str:
    """Return the ``Authorization`` that a registry's ``WWW-Authenticate`` asks for.

    ``ask(url, headers)`` sends one request. The token is asked for reading this repository,
    whatever else the challenge names. Raises ``FactUnavailable`` if nobody is declared to log in
    as, or if the place that gives tokens is none that this registry may name.
    """
    challenge = CHALLENGE.fullmatch(said[:LONGEST_CHALLENGE])
    if challenge is None:
        raise FactUnavailable(
            f"{registry.hostname} wants to know who asks, and does not say how to tell it",
            "see that its address under [[images.registries]] is the registry's own",
        )
    if challenge[1].lower() == "basic":
        if not login.is_known:
            raise unknown_caller(registry)
        return login.basic
    told = dict(PARAMETER.findall(challenge[2] or ""))
    realm = _realm(told.get("realm", ""), registry)
    query = {"service": told.get("service", ""), "scope": f"repository:{repository}:pull"}
    asked = urlunsplit(realm._replace(query=urlencode(query), fragment=""))
    reply = ask(urlsplit(asked), {"Authorization": login.basic} if login.is_known else {})
    return f"Bearer {_token(reply, realm, login)}"


def unknown_caller(registry: SplitResult) -> FactUnavailable:
    """Return that a registry tells nobody without a login, or not this one."""
    return FactUnavailable(
        f"{registry.hostname} does not show it to this login, or to nobody",
        "name user and token of somebody who may pull it under [[images.registries]]",
    )


def _realm(said: str, registry: SplitResult) -> SplitResult:
    """Return where tokens are given: within the registry's own domain, and never in the clear."""
    try:
        realm = urlsplit(said)
        host, here = realm.hostname or "", registry.hostname or ""
        _ = realm.port
    except ValueError:
        host = here = ""
    local = host in OWN_MACHINE and here in OWN_MACHINE
    if realm_is_own(host, here) and (realm.scheme == "https" or local) and not realm.username:
        return realm
    raise FactUnavailable(
        f"{registry.hostname} sends whoever wants a token to {said[:200]!r}, where nobody goes",
        "let the registry name an https address of its own domain as the realm",
    )


def realm_is_own(realm: str, registry: str) -> bool:
    """Tell whether a host is the registry's, its parent domain, or below that."""
    if realm == registry or (realm in OWN_MACHINE and registry in OWN_MACHINE):
        return bool(realm)
    parent = registry.partition(".")[2]
    return "." in parent and (realm == parent or realm.endswith(f".{parent}"))


def _token(reply: Reply, realm: SplitResult, login: Login) -> str:
    if reply.status in {401, 403}:
        who = "the login of [[images.registries]]" if login.is_known else "anybody without a login"
        raise FactUnavailable(
            f"{realm.hostname} refuses {who}", "name user and token of somebody who may pull it"
        )
    try:
        told = json.loads(reply.body) if reply.status == 200 else None
    except (ValueError, RecursionError):
        told = None
    token = (told.get("token") or told.get("access_token")) if isinstance(told, dict) else None
    if isinstance(token, str) and TOKEN.fullmatch(token):
        return token
    raise FactUnavailable(
        f"{realm.hostname} answered {reply.status} without a token", "ask again later"
    )
