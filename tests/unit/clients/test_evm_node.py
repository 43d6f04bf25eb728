"""What a node is asked at once, whatever it takes, and what is made of what it says."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.api_wire import ApiWire, Way
from pytest_orr.clients.evm import EvmAccess
from pytest_orr.clients.evm_calls import Call, Refused, asking
from pytest_orr.clients.evm_node import LONGEST_WAIT, MOST, EvmNode
from pytest_orr.clients.evm_said import party_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.chains import Chain

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parents[3]
HEIGHT = Call(method="eth_blockNumber")
CODE = Call(method="eth_getCode", parameters=("0xab", "latest"))


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A node whose every answer to a request is what a function of its calls says."""
    monkeypatch.syspath_prepend(str(CHECKOUT))
    from examples.explorer.registry import start  # noqa: PLC0415 after the path is set

    def begin(tell: Callable[[Any], Any], waits: list[float] | None = None) -> EvmNode:
        def told(_: str, __: Any, body: bytes) -> Any:
            said = tell(json.loads(body))
            return said if isinstance(said, tuple) else (200, {}, json.dumps(said).encode())

        pause = (lambda _: None) if waits is None else waits.append
        wire = ApiWire(Way(whose="the node", section="[[chains]]"))
        url = f"{start(told)}/v3/a-key-of-ours"
        return EvmNode(chain=chain(), url=url, wire=wire, pause=pause)

    return begin


def chain(**more: Any) -> Chain:
    return Chain(name="main", id=1, rpc="http://a.example/", **more)


def numbered(calls: Any) -> Any:
    return [{"id": call["id"], "result": hex(call["id"])} for call in calls]


def test_calls_go_in_one_request_and_answers_come_in_any_order(node: Any) -> None:
    sent: list[Any] = []

    def backwards(calls: Any) -> Any:
        sent.append(calls)
        return numbered(calls)[::-1]

    told = node(backwards).asked((HEIGHT, CODE, asking("0xAB", "0x01", "0x7")))
    assert [one.quantity for one in told] == [0, 1, 2]
    [calls] = sent
    assert [call["params"] for call in calls] == [
        [],
        ["0xab", "latest"],
        [{"to": "0xab", "data": "0x01"}, "0x7"],
    ]


def test_more_calls_than_providers_take_go_in_several(node: Any) -> None:
    sizes: list[int] = []

    def counted(calls: Any) -> Any:
        sizes.append(len(calls))
        return numbered(calls)

    assert len(node(counted).asked([HEIGHT] * (MOST + 1))) == MOST + 1
    assert sizes == [MOST, 1]


def test_a_node_that_takes_no_batches_is_asked_one_by_one(node: Any) -> None:
    def single(call: Any) -> Any:
        if isinstance(call, list):
            return {"error": {"code": -32600, "message": "no batches"}}
        return {"id": call["id"], "result": "0x2a"}

    assert [one.quantity for one in node(single).asked((HEIGHT, HEIGHT))] == [42, 42]


def test_one_call_that_fails_hides_no_other(node: Any) -> None:
    def half(calls: Any) -> Any:
        return [{"id": 0, "error": {"code": -32000, "message": "a key"}}, *numbered(calls)[1:]]

    lost, found = node(half).asked((HEIGHT, CODE))
    assert found.quantity == 1
    with pytest.raises(FactUnavailable, match=r"eth_blockNumber no result .*-32000") as raised:
        _ = lost.quantity
    assert "key" not in raised.value.diagnostics()


@pytest.mark.parametrize(
    "error", [{"code": 3, "message": "x"}, {"code": -32000, "message": "execution reverted: no"}]
)
def test_a_contract_that_refuses_the_call_is_told_apart(node: Any, error: Any) -> None:
    [told] = node(lambda calls: [{"id": calls[0]["id"], "error": error}]).asked((CODE,))
    with pytest.raises(Refused):
        _ = told.data


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((401, {}, b"{}"), r"refuses eth_getCode \(HTTP 401\)"),
        ((403, {}, b"oops"), r"refuses eth_getCode \(HTTP 403\)"),
        ((402, {}, b"{}"), "its limit is reached"),
        ((503, {}, b"<html>"), "no result .HTTP 503, no error"),
        ((200, {}, b"<html>"), "is no whole JSON file"),
        ({"error": {"code": -32005, "message": "x"}}, "its limit is reached"),
        ([{"id": "zero", "result": "0x1"}], "answers a batch with what"),
        ([["nothing"]], "answers a batch with what"),
        ([{"id": 7, "result": "0x1"}], "gives eth_getCode no result"),
        ([{"id": 0, "error": ["nothing"]}], "no error"),
    ],
)
def test_what_is_no_answer_is_unknown_with_a_reason(node: Any, said: Any, why: str) -> None:
    with pytest.raises(FactUnavailable, match=why) as raised:
        _ = node(lambda _: said).asked((CODE,))[0].data
    assert "a-key-of-ours" not in raised.value.diagnostics()


def test_a_limit_is_waited_for_once_and_no_longer_than_is_bearable(node: Any) -> None:
    waits: list[float] = []
    answers = iter([(429, {"Retry-After": "2"}, b""), [{"id": 0, "result": "0x5"}]])
    assert node(lambda _: next(answers), waits).asked((HEIGHT,))[0].quantity == 5
    assert waits == [2.0]
    late = (429, {"Retry-After": str(LONGEST_WAIT + 1)}, b"")
    with pytest.raises(FactUnavailable, match="its limit is reached"):
        _ = node(lambda _: late, waits).asked((HEIGHT,))[0].quantity
    assert waits == [2.0]


def test_a_node_is_proven_once_and_refused_as_often_as_it_is_asked(node: Any) -> None:
    sent: list[Any] = []

    def elsewhere(calls: Any) -> Any:
        sent.append(calls)
        block = {"number": "0x10", "hash": "0xaa", "timestamp": hex(int(time.time()))}
        return [{"id": 0, "result": "0x5"}, {"id": 1, "result": block}]

    stranger = node(elsewhere)
    for _ in range(2):
        with pytest.raises(FactUnavailable, match="is on chain 5, not 1"):
            stranger.head()
    assert len(sent) == 1


def test_a_node_that_nothing_listens_at_is_named_without_its_key() -> None:
    wire = ApiWire(Way(whose="the node", section="[[chains]]"))
    silent = EvmNode(chain=chain(), url="http://127.0.0.1:9/v3/a-key-of-ours", wire=wire)
    with pytest.raises(FactUnavailable, match=r"127\.0\.0\.1:9 refused") as raised:
        silent.head()
    assert "key" not in raised.value.cause


def test_two_nodes_are_two_urls() -> None:
    with pytest.raises(Undeclared, match="second_rpc"):
        EvmAccess({}).nodes(chain())
    nodes = EvmAccess({})
    first, second = nodes.nodes(chain(second_rpc="https://b.example/key"))
    assert (first.host, second.host) == ("a.example", "b.example")
    assert nodes.node(chain()) is first


@pytest.mark.parametrize(
    ("host", "party"),
    [
        ("node.example:8545", "node.example"),
        ("NODE.example.", "node.example"),
        ("127.0.0.1:8545", "127.0.0.1:8545"),
        ("[2001:db8::1]:8545", "2001:db8::1"),
    ],
)
def test_ports_of_one_host_are_one_party_but_for_this_machine(host: str, party: str) -> None:
    assert party_of(host) == party
