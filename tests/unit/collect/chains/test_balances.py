"""Balances of accounts: what two nodes say of them, what Prometheus has, and which rules page."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.clients.prometheus import Prometheus
from pytest_orr.collect.chains.account_balances import account_of
from pytest_orr.collect.chains.balance_nodes import BEHIND, NodeBalance, symbol_in
from pytest_orr.collect.chains.balances import Balances
from pytest_orr.collect.parts import Part
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.balances import Balance, BalanceReader
from pytest_orr.profile.chains import Chain
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Prometheus as DeclaredPrometheus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
ETHER = 10**18
SERIES = "explorer_account_balance"
TWO_NODES = Chain(
    name="main",
    id=424_242,
    rpc=FromEnvironment(env="EXPLORER_NODE"),
    second_rpc=FromEnvironment(env="EXPLORER_SECOND_NODE"),
)


def balance(**keys: Any) -> Balance:
    own = {
        "name": "relayer",
        "address": "0x1F9090AAE28B8A3DCEADF281B0F12828E676C326",
        "chain": "main",
        "unit": "EXP",
        "decimals": 18,
        "floor": str(2 * ETHER),
        "burn_per_day": str(ETHER // 20),
        "metric": f'{SERIES}{{account="relayer"}}',
    }
    return Balance(**{**own, **keys})


def oracle(nodes: Any, **keys: Any) -> Balance:
    recorded = json.loads(nodes.module.RECORDED.read_text(encoding="utf-8"))
    own = {
        "name": "oracle",
        "address": recorded["oracle"],
        "token": recorded["coin"],
        "unit": "EXC",
        "decimals": 6,
        "floor": "400000000",
        "metric": f'{SERIES}{{account="oracle"}}',
    }
    return balance(**{**own, **keys})


def account(**keys: Any) -> Any:
    nothing: Any = Part(name="nothing")
    return dataclasses.replace(
        account_of(balance(), nothing, nothing, nothing), **{"tolerance": 0.0, **keys}
    )


@pytest.fixture
def prometheus(running_nodes: Any, tmp_path: Path) -> Callable[..., Prometheus]:  # noqa: ARG001 puts the example on the path
    """A Prometheus whose accounts hold what it is given: ``prometheus(relayer="12.5")``."""
    from examples.explorer.registry import start  # noqa: PLC0415 after the path is set

    def make(at: dt.datetime = AS_OF, **held: str) -> Prometheus:
        def tell(path: str, _: Any, __: bytes) -> Any:
            [asked] = parse_qs(urlsplit(path).query)["query"]
            is_time = asked.startswith("timestamp(")
            found = [
                {
                    "metric": {"account": name} if is_time else labels(name),
                    "value": [AS_OF.timestamp(), str(at.timestamp()) if is_time else value],
                }
                for name, value in held.items()
            ]
            data = {"resultType": "vector", "result": found}
            return 200, {}, json.dumps({"status": "success", "data": data}).encode()

        return Prometheus(DeclaredPrometheus(url=start(tell)), tmp_path, environment={})

    return make


def labels(account: str) -> dict[str, str]:
    return {"__name__": SERIES, "account": account}


@pytest.fixture
def read(
    desk_for: Callable[..., Any], nodes: Any, prometheus: Callable[..., Prometheus], tmp_path: Path
) -> Callable[..., Any]:
    """Collect declared balances: ``read(balance(), chain=…, env=…, relayer="12.5")``."""

    def collect(
        *declared: Balance,
        chain: Chain = TWO_NODES,
        env: Any = None,
        at: dt.datetime = AS_OF,
        **held: str,
    ) -> Any:
        environment = {**nodes.environment, **(env or {})}
        desk = desk_for(tmp_path, environment, chains=(chain,), balances=declared)
        given = prometheus(at, **(held or {"relayer": "12.5", "oracle": "2500"}))
        return Balances().collect(dataclasses.replace(desk, prometheus=given)).value

    return collect


@dataclass(frozen=True)
class Rule:
    """What is read of an alert rule."""

    expression: str
    name: str = "BalanceLow"


class TestNodes:
    """Two nodes are asked at one block, and say the same."""

    def test_tell_coins_and_tokens_of_one_block(self, read: Any, nodes: Any) -> None:
        relayer, token = read(balance(), oracle(nodes)).accounts
        assert relayer.least == 12_500_000_000_000_000_000
        assert token.least == 2_500_000_000
        height = nodes.module.NOW - BEHIND
        for account in (relayer, token):
            assert [one.block for one in account.told] == [height, height]
            assert account.is_told_by_two
            assert account.is_of_one_chain
            assert account.is_told_alike
            assert account.is_the_token
        assert "12.5 EXP by 127.0.0.1:" in relayer.seen
        assert "2500 EXC of token EXC, 6 decimals, by" in token.seen
        assert "floor 400 EXC" in token.seen

    @pytest.mark.parametrize(
        ("fault", "wrong"), [("other-balance", "is_told_alike"), ("fork", "is_of_one_chain")]
    )
    def test_that_differ_are_seen(self, read: Any, nodes: Any, fault: str, wrong: str) -> None:
        nodes.spoil("EXPLORER_SECOND_NODE", fault)
        [account] = read(balance()).accounts
        assert not getattr(account, wrong)

    def test_that_tell_less_than_the_floor_are_believed(self, read: Any, nodes: Any) -> None:
        nodes.spoil("EXPLORER_NODE", "balance-low")
        [account] = read(balance()).accounts
        assert account.least == 1_250_000_000_000_000_000 < account.floor

    def test_one_of_which_is_behind_leave_the_balance_unknown(self, read: Any, nodes: Any) -> None:
        nodes.spoil("EXPLORER_SECOND_NODE", "behind")
        [account] = read(balance()).accounts
        assert account.first.reading.amount
        with pytest.raises(FactUnavailable, match="knows no block after"):
            _ = account.least

    def test_that_are_one_node_twice_are_seen(self, read: Any, nodes: Any) -> None:
        same = {"EXPLORER_SECOND_NODE": nodes.environment["EXPLORER_NODE"]}
        [account] = read(balance(), env=same).accounts
        assert not account.is_told_by_two

    def test_of_which_one_is_not_declared_or_not_set_are_unknown(self, read: Any) -> None:
        alone = dataclasses.replace(TWO_NODES, second_rpc=None)
        [account] = read(balance(), chain=alone).accounts
        with pytest.raises(FactUnavailable, match="second_rpc"):
            _ = account.told
        [account] = read(balance(), env={"EXPLORER_SECOND_NODE": ""}).accounts
        with pytest.raises(FactUnavailable, match="EXPLORER_SECOND_NODE"):
            _ = account.told

    def test_of_another_chain_are_refused(self, read: Any) -> None:
        [account] = read(balance(), chain=dataclasses.replace(TWO_NODES, id=1)).accounts
        with pytest.raises(FactUnavailable, match="is on chain 424242, not 1"):
            _ = account.told

    def test_that_have_forgotten_the_block_say_how_far_apart_they_are(
        self, read: Any, nodes: Any
    ) -> None:
        from examples.explorer.registry import start  # noqa: PLC0415 after the path is set

        ahead = hex(nodes.module.NOW + 500)

        def tell(_: str, __: Any, body: bytes) -> Any:
            calls = json.loads(body)
            if calls[0]["method"] != "eth_chainId":
                return 200, {}, json.dumps({"error": {"code": -32000, "message": "gone"}}).encode()
            now = hex(int(dt.datetime.now(dt.UTC).timestamp()))
            block = {"number": ahead, "hash": "0xaa", "timestamp": now}
            results = [hex(424_242), block]
            said = [{"id": n, "result": one} for n, one in enumerate(results)]
            return 200, {}, json.dumps(said).encode()

        [account] = read(balance(), env={"EXPLORER_SECOND_NODE": start(tell)}).accounts
        asked, knows = nodes.module.NOW - BEHIND, nodes.module.NOW + 500
        with pytest.raises(FactUnavailable, match=f"asked at block {asked}, it knows {knows}"):
            _ = account.least

    @pytest.mark.parametrize("spoilt", [{"hash": None}, {"number": "0x1"}])
    def test_that_tell_another_block_are_not_believed(
        self, read: Any, nodes: Any, spoilt: dict[str, Any]
    ) -> None:
        from examples.explorer.registry import start  # noqa: PLC0415 after the path is set

        sound = nodes.module.chain()

        def tell(path: str, headers: Any, body: bytes) -> Any:
            status, more, said = sound(path, headers, body)
            told = json.loads(said)
            if json.loads(body)[0]["method"] == "eth_getBlockByNumber":
                told[0]["result"].update(spoilt)
            return status, more, json.dumps(told).encode()

        [account] = read(balance(), env={"EXPLORER_SECOND_NODE": start(tell)}).accounts
        with pytest.raises(FactUnavailable, match="another block than was asked for"):
            _ = account.least


class TestTokens:
    """A token's contract says whose it is."""

    @pytest.mark.parametrize("keys", [{"unit": "USDC"}, {"decimals": 18}])
    def test_that_call_themselves_otherwise_are_seen(
        self, read: Any, nodes: Any, keys: Any
    ) -> None:
        [account] = read(oracle(nodes, **keys)).accounts
        assert not account.is_the_token

    def test_that_are_no_contract_are_unknown(self, read: Any, nodes: Any) -> None:
        [account] = read(oracle(nodes, token="0x" + "42" * 20)).accounts
        with pytest.raises(FactUnavailable, match=r"answers balanceOf\(\) of ERC-20 with 0 bytes"):
            _ = account.least

    @pytest.mark.parametrize(
        ("answer", "symbol"),
        [
            (b"OLD" + bytes(29), "OLD"),
            ((32).to_bytes(32) + (3).to_bytes(32) + b"NEW" + bytes(29), "NEW"),
            ((32).to_bytes(32) + (2**255).to_bytes(32) + b"A\x1b[2J\nB" + bytes(25), "A[2JB"),
            (b"", ""),
            (b"\xff\xfe" + bytes(30), "\ufffd\ufffd"),
        ],
    )
    def test_write_their_symbol_in_two_ways(self, answer: bytes, symbol: str) -> None:
        assert symbol_in(answer) == symbol


class TestSeries:
    """Prometheus has the same accounts, both ways, fresh and alike."""

    def test_say_what_nodes_do(self, read: Any, nodes: Any) -> None:
        facts = read(balance(), oracle(nodes))
        for account in facts.accounts:
            assert len(account.exported.reading.found) == 1
            assert account.exported.reading.is_fresh(15, AS_OF)
            assert account.is_exported_alike
        assert [one.reading.strays for one in facts.families] == [()]
        assert "12500000000000000000 at 2026-11-20" in facts.accounts[0].exported.seen

    def test_that_count_base_units_are_read_so(self, read: Any) -> None:
        [account] = read(balance(metric_counts="base"), relayer="1.25e+19").accounts
        assert account.is_exported_alike

    def test_that_say_something_else_are_seen(self, read: Any) -> None:
        [account] = read(balance(), relayer="11.0").accounts
        assert not account.is_exported_alike

    def test_that_are_old_do_not_count(self, read: Any) -> None:
        [account] = read(balance(), at=AS_OF - dt.timedelta(minutes=16)).accounts
        assert not account.exported.reading.is_fresh(15, AS_OF)
        assert account.exported.reading.is_fresh(16, AS_OF)

    def test_that_are_missing_or_nobodys_are_seen(self, read: Any) -> None:
        facts = read(balance(), faucet="3")
        [account], [family] = facts.accounts, facts.families
        assert account.exported.reading.found == ()
        assert "no series explorer_account_balance" in account.exported.seen
        assert family.reading.strays == ('explorer_account_balance{account="faucet"}',)
        assert "1 series, 1 of no declared account" in family.seen

    def test_that_are_no_number_are_unknown(self, read: Any) -> None:
        [account] = read(balance(), relayer="NaN").accounts
        with pytest.raises(FactUnavailable, match="is nan"):
            _ = account.exported.reading

    def test_that_nobody_declared_are_unknown(self, read: Any) -> None:
        facts = read(balance(metric=None))
        assert facts.families == ()
        with pytest.raises(FactUnavailable, match=r"\[\[balances\]\] metric"):
            _ = facts.accounts[0].exported.reading


class TestAlerts:
    """Rules go off while the reserve still lasts."""

    @pytest.mark.parametrize(
        ("expression", "enough"),
        [
            (f"{SERIES} < 6", True),
            (f'{SERIES}{{account="relayer"}} < 6.5', True),
            (f"{SERIES} < 5.9", False),
            (f'{SERIES}{{account="oracle"}} < 600', False),
            ("up == 0", False),
        ],
    )
    def test_at_the_reserve_or_above_are_enough(
        self, read: Any, expression: str, *, enough: bool
    ) -> None:
        [account] = read(balance()).accounts
        assert bool(account.alerts_among([Rule(expression)])) is enough

    def test_in_base_units_are_compared_so(self, read: Any) -> None:
        [account] = read(balance(metric_counts="base"), relayer="1.25e+19").accounts
        [alert] = account.alerts_among([Rule(f"{SERIES} < 6e18")])
        assert alert.below == account.page_below == 6 * ETHER

    def test_that_are_not_understood_are_named_unless_another_is_enough(self, read: Any) -> None:
        [account] = read(balance()).accounts
        unclear = Rule(f"sum({SERIES}) < 6", name="Odd")
        with pytest.raises(FactUnavailable, match=r"Odd goes off: sum\("):
            account.alerts_among([unclear, Rule(f"{SERIES} < 1")])
        assert account.alerts_among([unclear, Rule(f"{SERIES} < 7")])

    def test_without_a_series_are_none(self, read: Any) -> None:
        [account] = read(balance(metric=None)).accounts
        assert account.rules_among([Rule(f"{SERIES} < 7")]) == ()


class TestReaders:
    """Accounts of other chains are told by two of whatever kind."""

    @pytest.fixture
    def readers(self, running_nodes: Any) -> Callable[..., tuple[BalanceReader, ...]]:  # noqa: ARG002 puts the example on the path
        """Two readers that say what they are given."""
        from examples.explorer.registry import start  # noqa: PLC0415 after the path is set

        def tells(amount: int) -> Any:
            return lambda *_: (200, {}, json.dumps({"held": str(amount)}).encode())

        return lambda *amounts: tuple(
            BalanceReader(url=f"{start(tells(one))}/{{address}}", pointer="/held")
            for one in amounts
        )

    @pytest.mark.parametrize(("other", "alike"), [(1_000_000, True), (989_999, False)])
    def test_agree_within_the_tolerance(
        self, read: Any, readers: Any, other: int, *, alike: bool
    ) -> None:
        account = balance(address="bc1q", chain=None, readers=readers(1_000_000, other), decimals=6)
        [told] = read(account).accounts
        assert told.is_told_by_two
        assert told.is_of_one_chain
        assert told.is_told_alike is alike
        assert "by 127.0.0.1:" in told.seen


def test_nothing_declared_is_undeclared(read: Any) -> None:
    with pytest.raises(Undeclared, match=r"\[\[balances\]\]"):
        read()


@given(
    amount=st.integers(0, 10**78), decimals=st.integers(0, 77), unit=st.sampled_from(["ETH", "x"])
)
def test_amounts_are_printed_with_all_of_their_digits(
    amount: int, decimals: int, unit: str
) -> None:
    [shown, printed] = account(decimals=decimals, unit=unit).shown(amount).split(" ")
    whole, _, parts = shown.partition(".")
    assert printed == unit
    assert int(whole + parts.ljust(decimals, "0")) == amount


@given(seconds=st.integers(0, 10**6), spent=st.integers(0, 10**6), burn=st.integers(0, 10**9))
def test_what_is_spent_between_two_readings_is_no_difference(
    seconds: int, spent: int, burn: int
) -> None:
    later = AS_OF + dt.timedelta(seconds=seconds)
    told = account(
        burn_per_day=burn,
        first=Part(name="a", observed=NodeBalance(node="a", amount=10**6, at=AS_OF)),
        second=Part(name="b", observed=NodeBalance(node="b", amount=10**6 - spent, at=later)),
    )
    assert told.is_told_alike is (spent * 86400 <= burn * seconds)
