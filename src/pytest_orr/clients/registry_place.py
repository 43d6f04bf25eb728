"""One registry: what is asked of it, as whom, and what its refusals mean."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pytest_orr.errors import FactUnavailable

from .http import OWN_MACHINE, Hop, Route, checked
from .registry_login import Login, authorization, unknown_caller

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from .registry_wire import Reply

LARGEST = 4 * 1024 * 1024
"""Bytes that a manifest may have, as the protocol has it; configurations are smaller."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 3
NOT_THERE = frozenset({"MANIFEST_UNKNOWN", "BLOB_UNKNOWN"})
"""What a registry says of a tag or digest in a repository that may be read."""


class NotPublished(FactUnavailable):
    """The registry lets us read the repository, and it has no such tag or digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a registry is, and as whom it is asked."""

    url: SplitResult
    route: Route
    login: Login
    _known: dict[str, str] = field(default_factory=dict, repr=False)
    """The ``Authorization`` of each repository, once it was asked for."""

    def get(self, repository: str, path: str, accept: str) -> Reply:
        """Return an answer of 200; anything else raises ``FactUnavailable`` by name."""
        deadline = time.monotonic() + self.route.timeout
        target = self.url._replace(path=f"{self.url.path.rstrip('/')}/v2/{repository}/{path}")
        reply = self._ask(target, accept, self._known.get(repository, ""), deadline)
        if reply.status == 401:
            self._known[repository] = authorization(
                reply.headers.get("WWW-Authenticate", ""),
                self.url,
                repository,
                login=self.login,
                ask=lambda url, headers: self._send(url, headers, deadline),
            )
            reply = self._ask(target, accept, self._known[repository], deadline)
        return self._judged(reply, f"{repository}/{path}")

    def _ask(self, target: SplitResult, accept: str, allowed: str, deadline: float) -> Reply:
        """Ask, and follow to where blobs lie; nobody but the registry sees the authorization."""
        headers = {"Accept": accept, **({"Authorization": allowed} if allowed else {})}
        for _ in range(MOST_REDIRECTS):
            reply = self._send(target, headers, deadline)
            location = reply.headers.get("Location", "") if reply.status in REDIRECTS else ""
            if not location:
                return reply
            target = self._onward(urljoin(target.geturl(), location))
            headers = {"Accept": accept}
        raise FactUnavailable(
            f"{self.url.hostname} redirects {MOST_REDIRECTS} times and more",
            "correct its address under [[images.registries]]",
        )

    def _onward(self, location: str) -> SplitResult:
        target = checked(location)
        local = target.hostname in OWN_MACHINE and self.url.hostname in OWN_MACHINE
        if local or (target.scheme == "https" and target.hostname not in OWN_MACHINE):
            return target
        raise FactUnavailable(
            f"{self.url.hostname} redirects to {target.scheme}://{target.hostname}, "
            "where nothing is asked",
            "let the registry redirect to https addresses that are not this machine's own",
        )

    def _send(self, url: SplitResult, headers: Mapping[str, str], deadline: float) -> Reply:
        from .registry_wire import asked  # noqa: PLC0415 the client library loads when used

        hop = Hop(method="GET", url=url, route=self.route, deadline=deadline, largest_body=LARGEST)
        return asked(hop, headers)

    def _judged(self, reply: Reply, what: str) -> Reply:
        if reply.status == 200:
            return reply
        host = self.url.hostname
        if reply.status in {401, 403}:
            raise unknown_caller(self.url)
        if reply.status == 429:
            wait = reply.headers.get("Retry-After", "")
            until = f", for {wait} s more" if wait.isdecimal() else ""
            raise FactUnavailable(
                f"{host} asks for fewer requests{until}",
                "run again later; whoever logs in may ask more often",
            )
        if reply.status == 404 and error_codes(reply.body) & NOT_THERE:
            raise NotPublished(
                f"{host} does not have {what}", "push it, or correct the name in readiness.toml"
            )
        if reply.status == 404:
            raise FactUnavailable(
                f"{host} says 404 to {what}: it is not there, or not for this login",
                "see that the repository is there, and name user and token of somebody who may "
                "pull it under [[images.registries]]",
            )
        raise FactUnavailable(f"{host} answered {reply.status}", "run again later")


def error_codes(body: bytes) -> frozenset[str]:
    """Return the codes of a registry's errors."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return frozenset()
    errors = said.get("errors") if isinstance(said, dict) else None
    codes = (one.get("code") for one in errors or () if isinstance(one, dict))
    return frozenset(code for code in codes if isinstance(code, str))


def address(url: str) -> SplitResult:
    """Take a registry's address apart; what is neither https nor this machine is refused."""
    target = checked(url)
    if target.scheme == "https" or target.hostname in OWN_MACHINE:
        return urlsplit(target._replace(query="", fragment="").geturl())
    raise FactUnavailable(
        f"{target.hostname} is to be asked without TLS, where anybody may answer for it",
        "let its url under [[images.registries]] begin with https://",
    )
