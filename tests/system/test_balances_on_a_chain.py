"""Balances and pause switches that two real nodes (anvil) tell, of contracts that solc built."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.evm import EvmAccess
from pytest_orr.collect.chains import balance_nodes, contract_switches
from pytest_orr.collect.chains.balances import Balances
from pytest_orr.collect.chains.contract_switches import read_contract
from pytest_orr.collect.interface import Desk
from pytest_orr.profile.balances import Balance
from pytest_orr.profile.chains import Chain
from pytest_orr.profile.emergency import Emergency, PauseSwitch
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.anvil import Node

HELD, COINS = 3 * 10**18, 2_500_000_000
RELAYER = "0x00000000000000000000000000000000000a1Ce1"
GUARDIAN = "0x452a9320"
ROLE = "0xe63ab1e9"
FUNCTIONS = {
    "balanceOf(address)": balance_nodes.BALANCE_OF,
    "decimals()": balance_nodes.DECIMALS,
    "symbol()": balance_nodes.SYMBOL,
    "paused()": contract_switches.PAUSED,
    "hasRole(bytes32,address)": contract_switches.HAS_ROLE,
    "getThreshold()": contract_switches.THRESHOLD,
    "getOwners()": contract_switches.OWNERS,
    "owner()": PauseSwitch(name="x").getter,
    "guardian()": GUARDIAN,
    "PAUSER_ROLE()": ROLE,
}


@pytest.fixture(scope="module")
def coin(node: Node) -> str:
    """A token of which the relayer has some, beside its own coins."""
    node.ask("anvil_setBalance", RELAYER, hex(HELD))
    return node.deploy("Coin", int(RELAYER, 16), COINS)


@pytest.fixture
def desk(node: Node) -> Callable[..., Desk]:
    """A desk that asks two nodes: ``desk(second, balances=…)``."""

    def make(second: Node, **keys: Any) -> Desk:
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        chain = Chain(name="local", id=31_337, rpc=node.url, second_rpc=second.url)
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="5f2d8c1"),
            chains=(chain,),
            **keys,
        )
        nobody: dict[str, Any] = dict.fromkeys(Desk.__dataclass_fields__)
        own = {"profile": profile, "folder": Path(), "evm": EvmAccess({})}
        return Desk(**{**nobody, **own, "as_of": dt.datetime(2026, 11, 20, tzinfo=dt.UTC)})

    return make


def balance(**keys: Any) -> Balance:
    own = {
        "name": "relayer",
        "address": RELAYER,
        "chain": "local",
        "unit": "ETH",
        "decimals": 18,
        "floor": "1",
        "burn_per_day": "1",
    }
    return Balance(**{**own, **keys})


def test_the_selectors_are_the_hashes_of_the_functions(node: Node) -> None:
    for function, selector in FUNCTIONS.items():
        assert node.ask("web3_sha3", "0x" + function.encode().hex())[:10] == selector


def test_two_nodes_tell_one_block_until_one_of_them_goes_another_way(
    node: Node, coin: str, second_node: Node, desk: Callable[..., Desk]
) -> None:
    token = {"token": coin, "unit": "EXC", "decimals": 6}
    declared = (balance(), balance(name="coins", **token))

    def read() -> Any:
        return Balances().collect(desk(second_node, balances=declared)).value.accounts

    coins, tokens = read()
    assert (coins.least, tokens.least) == (HELD, COINS)
    assert tokens.is_the_token
    node.mine(2)
    for account in read():
        assert account.is_of_one_chain, account.seen
        assert account.is_told_alike
        assert account.is_told_by_two
    second_node.ask("anvil_setBalance", RELAYER, "0x1")
    second_node.mine(6)
    node.mine(4)
    for account in read():
        assert not account.is_of_one_chain, account.seen
    assert read()[0].least == 1


def test_an_old_token_and_what_is_no_token_are_told_apart(
    node: Node, desk: Callable[..., Desk]
) -> None:
    old = node.deploy("OldCoin")
    node.mine(5)
    declared = (
        balance(name="old", token=old, unit="OLD", decimals=6),
        balance(name="none", token=node.deploy("Vault", 1, 1)),
        balance(name="nobody", token="0x" + "00" * 19 + "42"),
    )
    node.mine(5)
    accounts = Balances().collect(desk(node, balances=declared)).value.accounts
    known, none, nobody = (account.first for account in accounts)
    assert (known.reading.amount, known.reading.symbol) == (7, "OLD")
    assert re.search("the contract refuses the call", none.seen)
    assert re.search(r"balanceOf\(\) of ERC-20 with 0 bytes", nobody.seen)
    assert not accounts[0].is_told_by_two


def test_a_pause_is_in_the_hands_of_a_multisig(node: Node, desk: Callable[..., Desk]) -> None:
    multisig = node.deploy("Multisig", 2)
    running, paused = (node.deploy("Switch", int(multisig, 16), one) for one in (0, 1))
    vault = node.deploy("Vault", int(multisig, 16), 1)
    stranger = node.deploy("Multisig", 1)

    def read(contract: str, pauser: str = multisig, **keys: Any) -> Any:
        where = {"chain": "local", "contract": contract, "pauser": pauser}
        switch = PauseSwitch(**{"name": "vault", **where, **keys})
        return read_contract(desk(node, emergency=Emergency(pause=(switch,))), switch)

    for sound in (read(running), read(running, role=ROLE), read(vault, getter=GUARDIAN)):
        assert (sound.is_there, sound.is_off, sound.is_the_pauser) == (True, True, True)
        assert (sound.threshold, sound.owners, sound.takes_enough) == (2, 3, True)
    assert not read(paused).is_off
    for other in (read(running, stranger), read(running, stranger, role=ROLE)):
        assert not other.is_the_pauser
        assert not other.takes_enough
    assert not read(vault, role=ROLE).is_the_pauser
    assert not read(multisig).is_there
