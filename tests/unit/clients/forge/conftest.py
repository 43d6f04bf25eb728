"""The example's forges on loopback, and clients that ask them; GitHub beside GitLab."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer, ForgeServer
from examples.explorer.forge_state import TOKEN, forge_state
from pytest_orr.clients.forge.access import open_forge
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from examples.explorer.forge_server import Request
    from examples.explorer.forge_words import ForgeState
    from pytest_orr.clients.forge.interface import Forge

KINDS = ("gitlab", "github")
ROOTS = MappingProxyType({"gitlab": "", "github": "/api/v3"})
"""Where each API begins on a server of its own."""
SCOPELESS = MappingProxyType(
    {
        "gitlab": b'{"error": "insufficient_scope", "scope": "api read_api"}',
        "github": b'{"message": "Resource not accessible by personal access token"}',
    }
)


@dataclass(frozen=True, slots=True)
class Served:
    """A forge that is served, as clients see it."""

    kind: str
    server: ForgeServer
    told: list[str]
    """What was said about progress."""

    def open(self, token: str = TOKEN, project: str = "explorer/explorer", url: str = "") -> Forge:
        """Return a client that has asked nothing yet."""
        declared = Declared(
            kind=self.kind,  # type: ignore[arg-type] # one of the two, by the parametrisation
            project=project,
            url=f"{url or self.server.url}{ROOTS[self.kind]}",
            token=FromEnvironment(env="THE_TOKEN") if token else None,
        )
        return open_forge(declared, Path(), self.told.append, {"THE_TOKEN": token})

    def refuse(self, status: int, body: bytes = b"{}", at: str = ".", **headers: str) -> None:
        """Answer every question whose path fits by a status."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        refusal = Answer(status=status, body=body, headers=named)
        self.server.spoil(at, lambda *_: refusal)

    def alter(self, at: str, change: Callable[[Any], Any]) -> None:
        """Put what ``change`` makes of an answer of JSON in its place, where a path fits."""

        def altered(_: Request, told: Answer) -> Answer:
            body = json.dumps(change(json.loads(told.body))).encode()
            return replace(told, body=body)

        self.server.spoil(at, altered)

    def plant(self, **changed: Any) -> ForgeState:
        """Change areas of the state; the next test finds it as before."""
        self.server.state = replace(self.server.state, **changed)
        return self.server.state


def opened(kind: str) -> ForgeServer:
    """Start the server of a kind of forge, with pages of two rows."""
    module = import_module(f"examples.explorer.{kind}")
    server: ForgeServer = getattr(module, f"{kind}_server")(most=2)
    return server


@pytest.fixture(scope="session")
def forge_servers() -> Iterator[dict[str, ForgeServer]]:
    """Both servers, started once."""
    servers = {kind: opened(kind) for kind in KINDS}
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture(params=KINDS)
def served(request: pytest.FixtureRequest, forge_servers: dict[str, ForgeServer]) -> Iterator[Any]:
    """One forge after the other, sound."""
    yield from _sound(request.param, forge_servers)


@pytest.fixture
def served_gitlab(forge_servers: dict[str, ForgeServer]) -> Iterator[Any]:
    """GitLab alone, sound."""
    yield from _sound("gitlab", forge_servers)


@pytest.fixture
def served_github(forge_servers: dict[str, ForgeServer]) -> Iterator[Any]:
    """GitHub alone, sound."""
    yield from _sound("github", forge_servers)


@pytest.fixture(scope="session")
def unavailable() -> Callable[[Callable[[], object]], FactUnavailable]:
    """Ask something that cannot be had, and return why."""

    def ask(question: Callable[[], object]) -> FactUnavailable:
        with pytest.raises(FactUnavailable) as failed:
            question()
        return failed.value

    return ask


@pytest.fixture(scope="session")
def scopeless() -> MappingProxyType[str, bytes]:
    """What each forge says to a token that lacks a scope."""
    return SCOPELESS


def _sound(kind: str, servers: dict[str, ForgeServer]) -> Iterator[Served]:
    server = servers[kind]
    server.state = forge_state()
    yield Served(kind, server, [])
    server.mend()
