"""Docker Hub's own API as collectors see it: whose a namespace is, and who owns the organisation.

The protocol of registries tells neither. A login is traded for a token that lasts minutes, by the
one POST there is; nothing else but GET is sent.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pytest_orr.errors import FactUnavailable

from .http import TOKEN, Hop, Route
from .registry_place import REDIRECTS, address
from .registry_reading import json_object
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_orr.profile.images import Namespace

    from .registry_wire import Reply

API = "https://hub.docker.com"
LARGEST = 4 * 1024 * 1024
PAGE = 100
MOST_PAGES = 20
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,254}")
OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerHubAccess:
    """Asks Docker Hub about namespaces; raises ``FactUnavailable`` with cause and remedy."""

    declared: Namespace | None
    folder: Path
    environment: Mapping[str, str] | None = None

    def is_organisation(self, name: str) -> bool:
        """Tell whether a namespace is an organisation's, and not one person's.

        What is no organisation is redirected to the person who has the name (GET /v2/orgs/{name}/).
        """
        reply = self._get(f"/v2/orgs/{_named(name)}/", {})
        if reply.status in REDIRECTS and "/v2/users/" in reply.headers.get("Location", ""):
            return False
        if reply.status == 404:
            raise FactUnavailable(
                f"Docker Hub knows no organisation or person {name}",
                "correct namespace under [images] in readiness.toml",
            )
        said = _told(reply, "to tell whose a namespace is")
        return said.get("type") == "Organization"

    def owners(self, name: str) -> tuple[str, ...]:
        """Return who owns an organisation, sorted (GET /v2/orgs/{name}/members)."""
        allowed = {"Authorization": f"Bearer {self._token(_named(name))}"}
        found: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            query = urlencode({"role": OWNER, "page": page, "page_size": PAGE})
            reply = self._get(f"/v2/orgs/{name}/members", allowed, query)
            if reply.status == 404:
                raise _not_shown(name)
            said = _told(reply, f"to tell who owns {name}")
            found |= set(_owners(said.get("results")))
            if not said.get("next"):
                return tuple(sorted(found))
        raise FactUnavailable(
            f"Docker Hub lists more than {PAGE * MOST_PAGES} owners of {name}",
            "look at the organisation's members by hand",
        )

    def _token(self, name: str) -> str:
        """Trade the login for a token; an organisation's own is given under its name."""
        from .registry_wire import asked  # noqa: PLC0415 the client library loads when used

        secret = Secret(self._setting("token"))
        if not secret.value:
            raise FactUnavailable(
                "Docker Hub tells the owners of an organisation to its members alone",
                "name token, and user if it is a person's, under [images.namespace]",
            )
        login = {"identifier": self._setting("user") or name, "secret": secret.value}
        reply = asked(self._hop("/v2/auth/token", "", method="POST"), {}, login)
        said = _told(reply, "to give a token")
        token = said.get("access_token")
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise FactUnavailable("Docker Hub gives no token", "run again later")
        return token

    def _get(self, path: str, headers: Mapping[str, str], query: str = "") -> Reply:
        from .registry_wire import asked  # noqa: PLC0415 the client library loads when used

        return asked(self._hop(path, query), {"Accept": "application/json", **headers})

    def _hop(self, path: str, query: str, method: str = "GET") -> Hop:
        url = address(self._setting("url") or API)
        target = url._replace(path=f"{url.path.rstrip('/')}{path}", query=query)
        ca = self._setting("ca")
        route = Route(ca=str(self.folder / ca) if ca else "")
        deadline = time.monotonic() + route.timeout
        return Hop(method=method, url=target, route=route, deadline=deadline, largest_body=LARGEST)

    def _setting(self, key: str) -> str:
        environment = os.environ if self.environment is None else self.environment
        where = f"[images.namespace] {key}"
        return setting(getattr(self.declared, key, None), where=where, environment=environment)


def _named(name: str) -> str:
    if NAME.fullmatch(name):
        return name
    raise FactUnavailable(
        f"{name[:80]!r} is no namespace of Docker Hub",
        "correct namespace under [images] in readiness.toml",
    )


def _owners(results: Any) -> list[str]:
    members = [one for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    return [
        one["username"]
        for one in members
        if isinstance(one.get("username"), str) and str(one.get("role", "")).lower() == OWNER
    ]


def _not_shown(name: str) -> FactUnavailable:
    return FactUnavailable(
        f"Docker Hub does not show the members of {name} to this token",
        "name a token of the organisation, or of somebody in it, that may read its members",
    )


def _told(reply: Reply, what: str) -> dict[str, Any]:
    if reply.status == 200:
        return json_object(reply.body)
    if reply.status in {401, 403}:
        raise FactUnavailable(
            f"Docker Hub refuses {what}",
            "name a token of the organisation that may read its members under [images.namespace]",
        )
    if reply.status == 429:
        raise FactUnavailable("Docker Hub asks for fewer requests", "run again later")
    raise FactUnavailable(
        f"Docker Hub was asked {what}, and answered {reply.status}", "run again later"
    )
