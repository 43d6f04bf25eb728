"""Balances of other chains: which answers are amounts, whose, and how old."""

from __future__ import annotations

import datetime as dt
import json
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.clients.balance_reader import BalanceReaderAccess, at_pointer, base_units
from pytest_orr.clients.hostile_json import At, Unreadable
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.balances import BalanceReader
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parents[3]
WHOLE = st.integers(min_value=0, max_value=10**78)


def iso(at: int) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Read a balance from what somebody says: ``read(said, pointer="/a", …)``."""
    monkeypatch.syspath_prepend(str(CHECKOUT))
    from examples.explorer.registry import start  # noqa: PLC0415 after the path is set

    def reading(said: Any, *, asked: list[Any] | None = None, **keys: Any) -> Any:
        def tell(path: str, headers: Any, _: bytes) -> Any:
            if asked is not None:
                asked.append((path, headers))
            return said if isinstance(said, tuple) else (200, {}, json.dumps(said).encode())

        url = f"{start(tell)}/a-key-of-ours/{{address}}"
        reader = BalanceReader(**{"url": url, "pointer": "/balance", **keys})
        access = BalanceReaderAccess({"TOKEN": "word", "URL": "https://node.example/"})
        return access.balance(reader, "ad/dr", 8)

    return reading


@pytest.mark.parametrize(
    ("said", "keys", "amount"),
    [
        ({"balance": 7}, {}, 7),
        ({"balance": "123456789012345678901234567890"}, {}, 123456789012345678901234567890),
        ({"data": [{"a/b~c": 5}]}, {"pointer": "/data/0/a~1b~0c"}, 5),
        ({"balance": 1.5}, {"counts": "unit"}, 150_000_000),
        ({"balance": "0.00000001"}, {"counts": "unit"}, 1),
        ({"in": 90, "out": 40}, {"pointer": "/in", "less": "/out"}, 50),
        (
            (200, {}, b'{"balance": 12345678901234567.12345678}'),
            {"counts": "unit"},
            1234567890123456712345678,
        ),
    ],
)
def test_amounts_are_whole_numbers_of_base_units(
    read: Any, said: Any, keys: Any, amount: int
) -> None:
    assert read(said, **keys).amount == amount


@pytest.mark.parametrize(
    ("said", "keys", "why"),
    [
        ({"balance": None}, {}, "has nothing at /balance"),
        ({"balance": True}, {}, "has no amount"),
        ({"balance": "-1"}, {}, "has no amount"),
        ({"balance": -1}, {}, "below zero"),
        ({"balance": "1e5"}, {}, "has no amount"),
        ({"balance": 1.5}, {}, "no whole number with 0 decimals"),
        ({"balance": "0.000000001"}, {"counts": "unit"}, "no whole number with 8 decimals"),
        ((200, {}, b'{"balance": 1e999999999}'), {}, "no number of usual size"),
        ((200, {}, b'{"balance": 1e9999999999999999999}'), {}, "no number of usual size|no JSON"),
        ({"in": 1, "out": 2}, {"pointer": "/in", "less": "/out"}, "more off the balance"),
        ([1], {"pointer": "/01"}, "has nothing at /01"),
        ([1], {"pointer": "/1"}, "has nothing at /1"),
        ([1], {"pointer": "/-"}, "has nothing at /-"),
        ({"balance": 7}, {"pointer": "/balance/x"}, "has no object"),
        ((200, {}, b"<html>"), {}, "is no JSON"),
        ((200, {}, b'{"balance": 1, "balance": 2}'), {}, "is no JSON"),
        ((401, {}, b"{}"), {}, "refuses the question .HTTP 401."),
        ((429, {}, b"{}"), {}, "its limit is reached"),
        ((302, {"Location": "http://other.example/"}, b""), {}, "answers with HTTP 302"),
        ({"balance": 7, "net": "test"}, {"chain": "/net", "chain_is": "main"}, "of the chain test"),
        ({"balance": 7, "at": 1_700_000_000}, {"time": "/at"}, "at 2023-11-14 22:13 UTC"),
        ({"balance": 7, "at": "2026-11-20T10:00:00"}, {"time": "/at"}, "no time with its zone"),
        ({"balance": 7, "at": "yesterday"}, {"time": "/at"}, "has no time"),
        ({"balance": 7, "at": [1]}, {"time": "/at"}, "has no time"),
        ({"balance": 7, "at": True}, {"time": "/at"}, "and nothing newer"),
    ],
)
def test_what_is_no_amount_of_now_is_unknown(read: Any, said: Any, keys: Any, why: str) -> None:
    with pytest.raises(FactUnavailable, match=why) as raised:
        read(said, **keys)
    assert "a-key-of-ours" not in raised.value.diagnostics()


@pytest.mark.parametrize("write", [str, float, lambda at: at * 1000, iso])
def test_a_time_is_seconds_or_milliseconds_or_iso(read: Any, write: Any) -> None:
    now = int(time.time())
    told = read({"balance": 7, "at": write(now), "net": 1}, time="/at", chain="/net", chain_is="1")
    assert told.at == dt.datetime.fromtimestamp(now, dt.UTC)


def test_the_address_is_escaped_and_the_token_is_a_header(read: Any) -> None:
    asked: list[Any] = []
    read({"balance": 7}, asked=asked, token=FromEnvironment(env="TOKEN"))
    [(path, headers)] = asked
    assert path == "/a-key-of-ours/ad%2Fdr"
    assert headers["authorization"] == "Bearer word"


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"url": FromEnvironment(env="URL")}, r"node\.example has no \{address\}"),
        ({"url": FromEnvironment(env="UNSET")}, "UNSET, named in"),
        ({"url": "http://127.0.0.1:9/key/{address}"}, "refused"),
        ({"token": FromEnvironment(env="TOKEN"), "url": "http://b.example/{address}"}, "not https"),
    ],
)
def test_who_cannot_be_asked_is_unknown(read: Any, keys: Any, why: str) -> None:
    with pytest.raises(FactUnavailable, match=why) as raised:
        read({"balance": 7}, **keys)
    assert "/key/" not in raised.value.diagnostics()


@given(amount=WHOLE, decimals=st.integers(0, 77))
def test_an_amount_is_the_same_whichever_way_it_is_written(amount: int, decimals: int) -> None:
    whole, parts = divmod(amount, 10**decimals)
    written = f"{whole}.{parts:0{decimals}d}" if decimals else str(whole)
    if len(written) <= 78:
        assert base_units(Decimal(written), decimals) == amount
    assert base_units(Decimal(amount), 0) == amount


@given(st.dictionaries(st.text(), st.lists(st.integers(), min_size=1), min_size=1), st.data())
def test_a_pointer_leads_to_every_value(said: dict[str, list[int]], data: Any) -> None:
    key = data.draw(st.sampled_from(sorted(said)))
    place = data.draw(st.integers(0, len(said[key]) - 1))
    escaped = key.replace("~", "~0").replace("/", "~1")
    found = at_pointer(At(value=said, path="$"), f"/{escaped}/{place}")
    assert found.value == said[key][place]


@given(st.text())
def test_a_pointer_to_nothing_is_unreadable_whatever_it_says(text: str) -> None:
    with pytest.raises(Unreadable):
        at_pointer(At(value={"a": [1, {"b": 2}]}, path="$"), f"/a/1/b/{text}")
