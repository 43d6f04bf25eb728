"""Both forges on loopback, taking what is written, and clients that write to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_board import MERGE_REQUEST, WRITER, board_server
from examples.explorer.forge_server import Answer
from pytest_orr.clients.forge.patience import Patience
from pytest_orr.clients.publishing.interface import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examples.explorer.forge_board import Board as Written
    from examples.explorer.forge_server import ForgeServer, Request
    from pytest_orr.clients.publishing.interface import Board

VARIABLE = "THE_TOKEN"
KINDS = ("gitlab", "github")
ROOTS = MappingProxyType({"gitlab": "", "github": "/api/v3"})
CLASSES = MappingProxyType({"gitlab": "GitLabBoard", "github": "GitHubBoard"})


@dataclass(frozen=True, slots=True)
class Writable:
    """A forge that takes what is written."""

    kind: str
    server: ForgeServer
    written: Written
    waited: list[float]

    def open(self, token: str = WRITER, **named: Any) -> Board:
        """Return a client that has asked nothing yet."""
        target = Target(
            url=f"{self.server.url}{ROOTS[self.kind]}",
            project="explorer/explorer",
            token=VARIABLE,
            merge_request=MERGE_REQUEST,
        )
        module = import_module(f"pytest_orr.clients.publishing.{self.kind}")
        opened: Board = getattr(module, CLASSES[self.kind])(
            replace(target, **named),
            lambda _: None,
            {VARIABLE: token},
            Patience(whose="The forge", progress=lambda _: None, sleep=self.waited.append),
        )
        return opened

    def refuse(self, status: int, body: bytes = b"{}", *, times: int = 999, **headers: str) -> None:
        """Answer so many questions by a status, before anything is done."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        refusal = Answer(status=status, body=body, headers=named)
        left = [refusal] * times
        read = self.server.tell
        self.server.tell = lambda state, request: left.pop() if left else read(state, request)

    def asked(self, method: str) -> list[Request]:
        """Return what was asked by a method."""
        return [one for one in self.server.asked if one.method == method]


def _started(kind: str) -> Iterator[Writable]:
    server, written = board_server(kind, most=2)
    yield Writable(kind, server, written, [])
    server.close()


@pytest.fixture(params=KINDS)
def writable(request: pytest.FixtureRequest) -> Iterator[Writable]:
    """One forge after the other, with nothing written yet."""
    yield from _started(request.param)


@pytest.fixture
def writable_gitlab() -> Iterator[Writable]:
    """GitLab alone."""
    yield from _started("gitlab")


@pytest.fixture
def writable_github() -> Iterator[Writable]:
    """GitHub alone."""
    yield from _started("github")
