"""What nodes of chains are asked, and what is made of what they say."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.evm import EvmAccess
from pytest_orr.clients.evm_said import host_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.chains import Chain

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parents[3]
ADDRESS = "0x" + "ab" * 20
NOW = hex(int(time.time()))


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Start a node that says by method what it is given: status and result, or raw bytes."""
    monkeypatch.syspath_prepend(str(CHECKOUT))
    from examples.explorer.registry import start  # noqa: PLC0415 after the path is set

    def begin(asked: list[Any] | None = None, **said: Any) -> str:
        sound = {"eth_chainId": "0x1", "eth_getBlockByNumber": {"timestamp": NOW}, **said}

        def tell(path: str, headers: Any, body: bytes) -> Any:
            call = json.loads(body)
            if asked is not None:
                asked.append((path, headers, call))
            told = sound[call["method"]]
            if isinstance(told, tuple):
                return told[0], {}, told[1]
            return 200, {}, json.dumps({"jsonrpc": "2.0", "id": 1, "result": told}).encode()

        return start(tell)

    return begin


def chain(url: str) -> Chain:
    return Chain(name="main", id=1, rpc=url)


def test_code_and_storage_are_asked_of_a_proven_node_once_proven(node: Any) -> None:
    asked: list[Any] = []
    url = node(asked, eth_getCode="0x6001", eth_getStorageAt="0x" + "0" * 62 + "07", eth_call="0x")
    nodes = EvmAccess({})
    assert nodes.code(chain(url), ADDRESS) == b"\x60\x01"
    assert nodes.storage(chain(url), ADDRESS, "0x0") == bytes(31) + b"\x07"
    assert nodes.call(chain(url), ADDRESS, "0x5c60da1b") == b""
    methods = [call["method"] for _, _, call in asked]
    assert methods == [
        "eth_chainId",
        "eth_getBlockByNumber",
        "eth_getCode",
        "eth_getStorageAt",
        "eth_call",
    ]
    nodes.close()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"eth_chainId": "0x5"}, "is on chain 5, not 1"),
        ({"eth_chainId": "one"}, "what is no number"),
        ({"eth_chainId": 1}, "what is no number"),
        ({"eth_getBlockByNumber": {"timestamp": "0x5f5e100"}}, "knows no block after 1973"),
        ({"eth_getBlockByNumber": {"timestamp": "0xffffffffffffff"}}, "what is no block"),
        ({"eth_getBlockByNumber": "0x1"}, "what is no block"),
        ({"eth_getCode": "0x6"}, "what is no data"),
        ({"eth_getCode": 7}, "what is no data"),
        ({"eth_getCode": (401, b"")}, r"refuses eth_getCode \(HTTP 401\)"),
        ({"eth_getCode": (429, b"{}")}, r"refuses eth_getCode \(HTTP 429\)"),
        ({"eth_getCode": (500, b"<html>")}, "no result .HTTP 500"),
        ({"eth_getCode": (200, b"<html>")}, "is no whole JSON file"),
        ({"eth_getCode": (200, b'{"error": {"code": -32601}}')}, "error -32601"),
        ({"eth_getCode": (200, b"[" * 100)}, "nested deeper"),
    ],
)
def test_a_node_that_says_something_else_is_unknown(node: Any, said: Any, why: str) -> None:
    url = node(**{"eth_getCode": "0x6001", **said})
    with pytest.raises(FactUnavailable, match=why) as raised:
        EvmAccess({}).code(chain(f"{url}/v3/a-key-of-ours?and=another"), ADDRESS)
    assert "key" not in raised.value.cause


def test_a_height_is_a_number(node: Any) -> None:
    assert EvmAccess({}).block_number(node(eth_blockNumber="0x5ed2d5")) == 6_214_357


@pytest.mark.parametrize(
    ("said", "answered", "refused", "limited"),
    [
        ("0x1", True, False, False),
        ((401, b""), False, True, False),
        ((403, b"{}"), False, True, False),
        ((200, b'{"error": {"code": -32002}}'), False, True, False),
        ((200, b"[]"), False, False, False),
        ((429, b'{"error": {"code": -32005}}'), False, False, True),
        ((200, b'{"error": {"code": -32005}}'), False, False, True),
        ((200, b'{"error": {"code": -32603}}'), False, False, False),
        ((502, b'{"error": {"code": -32002}}'), False, False, False),
        ((500, b"oops"), False, False, False),
    ],
)
def test_a_reply_is_told_whatever_it_is(
    node: Any, said: Any, *, answered: bool, refused: bool, limited: bool
) -> None:
    reply = EvmAccess({}).reply(node(eth_blockNumber=said))
    assert (reply.is_answered, reply.is_refused, reply.is_limited) == (answered, refused, limited)


def test_a_host_is_all_that_is_told_of_a_url() -> None:
    assert host_of("https://user:pass@node.example:8545/v3/key") == "node.example:8545"
    assert host_of("https://[") == "without a host"
    assert host_of("nonsense") == "without a host"


def test_a_node_that_is_not_there_is_named_with_what_to_do() -> None:
    with pytest.raises(FactUnavailable, match=r"127\.0\.0\.1:9 refused") as raised:
        EvmAccess({}).reply("http://127.0.0.1:9/v3/a-key-of-ours")
    assert raised.value.remedy.endswith("or correct its URL in readiness.toml")
