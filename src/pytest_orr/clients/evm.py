"""Asks nodes of EVM chains by JSON-RPC what they know; ``desk.evm``.

Only methods that read are sent. The URL of a node often holds a key: messages name its host alone.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable, Undeclared

from .api_wire import ApiWire, Asked, Told, Way
from .evm_node import EvmNode
from .evm_said import (
    AGAIN,
    DENIED,
    LATEST,
    TOO_MANY,
    block_of,
    data_of,
    host_of,
    prove_chain,
    prove_fresh,
    quantity_of,
    unusable,
    without_path,
)
from .hostile_json import At, Unreadable, read_json
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.chains import Chain
    from pytest_orr.profile.fields import FromEnvironment

    from .clocks import Clocks
    from .secret import Secret

WHOSE, SECTION = "the node", "[[chains]]"
TIMEOUT = 15
LARGEST = 4 * 1024 * 1024
"""Bytes of an answer: the code of a contract has at most 24 KiB."""
SERVER_FAILED = 500
LIMITED = -32005
"""Code of an error: the limit is exceeded, as EIP-1474 has it."""
BROKEN = frozenset({-32700, -32603})
"""Codes of what says nothing about whoever calls: not understood, and failed inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an endpoint said to one call."""

    is_answered: bool
    """Whether it gave a result."""
    said: str
    """The HTTP status, and the code of an error: never its text, which may hold what was sent."""
    is_refused: bool = False
    """Whether it says no to whoever calls, rather than nothing of use."""
    is_limited: bool = False
    """Whether it would answer, but not now: the plan's limit is reached."""


class EvmAccess:
    """Nodes by the URLs that the profile names; each chain's identity is proven once."""

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        *,
        clocks: Clocks | None = None,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._wire = ApiWire(Way(whose=WHOSE, section=SECTION, timeout=TIMEOUT, clocks=clocks))
        self._proven: dict[str, str] = {}
        self._lock = Lock()
        self._nodes: dict[tuple[str, str], EvmNode] = {}

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def block_number(self, rpc: str | FromEnvironment, where: str = "rpc") -> int:
        """Return the number of the newest block (``eth_blockNumber``)."""
        url = self._url(rpc, where)
        return quantity_of(self._result(url, "eth_blockNumber"), url)

    def nodes(self, chain: Chain) -> tuple[EvmNode, EvmNode]:
        """Return both nodes of a chain, which are asked in batches; nothing is sent yet.

        ``FactUnavailable`` if the profile names one alone, or a variable is not set.
        """
        if chain.second_rpc is None:
            raise Undeclared("[[chains]] second_rpc", "a second node, run by somebody else,")
        return self.node(chain), self._node(chain, "second_rpc", chain.second_rpc)

    def node(self, chain: Chain) -> EvmNode:
        """Return the first node of a chain, to ask it in batches; nothing is sent yet."""
        return self._node(chain, "rpc", chain.rpc)

    def code(self, chain: Chain, address: str) -> bytes:
        """Return the runtime bytecode at an address (``eth_getCode``); empty if there is none."""
        url = self._node_of(chain)
        return data_of(self._result(url, "eth_getCode", address, LATEST), url)

    def storage(self, chain: Chain, address: str, slot: str) -> bytes:
        """Return the word in a slot of a contract's storage (``eth_getStorageAt``)."""
        url = self._node_of(chain)
        return data_of(self._result(url, "eth_getStorageAt", address, slot, LATEST), url)

    def call(self, chain: Chain, address: str, data: str) -> bytes:
        """Return what a contract answers to a call that changes nothing (``eth_call``)."""
        url = self._node_of(chain)
        asked = {"to": address, "data": data}
        return data_of(self._result(url, "eth_call", asked, LATEST), url)

    def reply(self, url: str, *, secret: Secret | None = None, origin: str = "") -> Reply:
        """Call ``eth_blockNumber`` as somebody with a secret, or a page of an origin, would.

        What comes back is told, whatever it is; ``FactUnavailable`` if nothing does.
        """
        told = self._told(url, "eth_blockNumber", (), secret=secret, origin=origin)
        try:
            said = read_json(told.body)
            code = said["error"]["code"].number() if said["error"] else None
        except Unreadable:
            said, code = At(value={}, path="$"), None
        told_code = "" if code is None else f", error {code:g}"
        is_limited = told.status in TOO_MANY or code == LIMITED
        return Reply(
            is_answered=told.status == 200 and bool(said["result"]),
            is_refused=not is_limited and (told.status in DENIED or _says_no(told.status, code)),
            said=f"HTTP {told.status}{told_code}",
            is_limited=is_limited,
        )

    def _node(self, chain: Chain, key: str, rpc: str | FromEnvironment) -> EvmNode:
        url = self._url(rpc, f'chain "{chain.name}" {key}')
        with self._lock:
            return self._nodes.setdefault(
                (chain.name, key), EvmNode(chain=chain, url=url, wire=self._wire)
            )

    def _node_of(self, chain: Chain) -> str:
        if chain.name not in self._proven:
            url = self._url(chain.rpc, f'chain "{chain.name}" rpc')
            self._prove(chain, url)
            self._proven[chain.name] = url
        return self._proven[chain.name]

    def _prove(self, chain: Chain, url: str) -> None:
        """Refuse a node of another chain (``eth_chainId``), and one that is behind its own."""
        prove_chain(chain, quantity_of(self._result(url, "eth_chainId"), url))
        newest = self._result(url, "eth_getBlockByNumber", LATEST, False)  # noqa: FBT003 no full transactions
        prove_fresh(chain, block_of(newest, url), datetime.now(UTC))

    def _url(self, rpc: str | FromEnvironment, where: str) -> str:
        return setting(rpc, where=where, environment=self._environment)

    def _result(self, url: str, method: str, *parameters: object) -> At:
        told = self._told(url, method, parameters)
        host = host_of(url)
        try:
            said = read_json(told.body)
            if told.status == 200 and (found := said["result"]):
                return found
            code = said["error"]["code"].number() if said["error"] else None
        except Unreadable as error:
            if told.status == 200:
                raise unusable(url, f"answers {method} with what {error}") from error
            code = None
        if told.status in DENIED | TOO_MANY:
            raise FactUnavailable(
                f"the node {host} refuses {method} (HTTP {told.status})",
                "check the key in its URL, and whether the plan's limit is reached",
            )
        raise unusable(url, f"gives {method} no result (HTTP {told.status}, error {code})")

    def _told(
        self,
        url: str,
        method: str,
        parameters: tuple[object, ...],
        *,
        secret: Secret | None = None,
        origin: str = "",
    ) -> Told:
        call: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        asked = Asked(
            url=url,
            method="POST",
            headers={"Content-Type": "application/json", **({"Origin": origin} if origin else {})},
            body=json.dumps(call).encode(),
            token=secret,
            scheme="Basic",
            largest=LARGEST,
        )
        try:
            return self._wire.ask(asked)
        except FactUnavailable as error:
            raise FactUnavailable(without_path(error.cause, url), AGAIN) from None


def _says_no(status: int, code: float | None) -> bool:
    return status < SERVER_FAILED and code is not None and code not in BROKEN
