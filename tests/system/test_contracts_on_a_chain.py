"""Contracts that solc built, deployed on a real node (anvil), beside what was audited."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.evm import EvmAccess
from pytest_orr.collect.chains.contracts import BEACON, IMPLEMENTATION, Contracts
from pytest_orr.collect.interface import Desk
from pytest_orr.profile.chains import Chain, Contract
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.anvil import Node

CONTRACTS = Path(__file__).parents[2] / "examples" / "explorer" / "contracts"
CHAIN = 31_337
ZERO = 0


@pytest.fixture
def seen(node: Node, tmp_path: Path) -> Callable[..., Any]:
    """What is seen of a contract: its address, its build, and whether it is declared a proxy."""

    def see(address: str, build: str, *, is_proxy: Any = "no", chain: int = CHAIN) -> Any:
        shutil.copy(CONTRACTS / f"{build}.json", tmp_path)
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        declared = Contract(
            name="vault",
            chain="local",
            address=address,
            build=f"{build}.json",
            audited_commit="5f2d8c1",
            is_proxy=is_proxy,
        )
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="5f2d8c1"),
            chains=(Chain(name="local", id=chain, rpc=node.url),),
            contracts=(declared,),
        )
        nobody: dict[str, Any] = dict.fromkeys(Desk.__dataclass_fields__)
        own = {"profile": profile, "folder": tmp_path, "evm": EvmAccess({})}
        as_of = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
        desk = Desk(**{**nobody, **own, "as_of": as_of})
        [part] = Contracts().collect(desk).value
        return part

    return see


def test_the_slots_of_proxies_are_the_hashes_that_the_standard_names(node: Node) -> None:
    for slot, name in ((IMPLEMENTATION, "implementation"), (BEACON, "beacon")):
        hashed = node.ask("web3_sha3", "0x" + f"eip1967.proxy.{name}".encode().hex())
        assert int(slot, 16) == int(hashed, 16) - 1


def test_a_deployed_contract_is_its_build_whatever_its_immutable_values(
    node: Node, seen: Any
) -> None:
    first, second = node.deploy("Vault", 0xA11CE, 10**18), node.deploy("Vault", 0xB0B, 1)
    codes = [seen(address, "Vault").reading for address in (first, second)]
    assert [code.is_the_build for code in codes] == [True, True]
    assert codes[0].sha256 != codes[1].sha256
    assert not seen(first, "Beacon").reading.is_the_build


def test_where_nothing_is_deployed_is_no_code(seen: Any) -> None:
    code = seen("0x" + "00" * 19 + "42", "Vault").reading
    assert not code.size
    assert not code.is_the_build


def test_a_proxy_is_compared_by_its_implementation(node: Node, seen: Any) -> None:
    vault = node.deploy("Vault", 0xA11CE, 1)
    proxy = node.deploy("Proxy", int(vault, 16), ZERO)
    declared = seen(proxy, "Vault", is_proxy="eip-1967").reading
    assert declared.is_the_build
    assert declared.implementation == vault.lower()
    assert not declared.leads_nowhere
    undeclared = seen(proxy, "Proxy").reading
    assert undeclared.is_the_build
    assert undeclared.is_undeclared_proxy


def test_a_beacon_tells_whose_code_its_proxies_run(node: Node, seen: Any) -> None:
    vault = node.deploy("Vault", 0xA11CE, 1)
    beacon = node.deploy("Beacon", int(vault, 16))
    proxy = node.deploy("Proxy", ZERO, int(beacon, 16))
    assert seen(proxy, "Vault", is_proxy="eip-1967").reading.is_the_build
    assert not seen(proxy, "Beacon", is_proxy="eip-1967").reading.is_the_build


def test_an_upgrade_is_another_build(node: Node, seen: Any) -> None:
    vault, other = node.deploy("Vault", 1, 1), node.deploy("Beacon", 1)
    proxy = node.deploy("Proxy", int(vault, 16), ZERO)
    assert seen(proxy, "Vault", is_proxy="eip-1967").reading.is_the_build
    node.ask("anvil_setStorageAt", proxy, IMPLEMENTATION, f"0x{int(other, 16):064x}")
    assert not seen(proxy, "Vault", is_proxy="eip-1967").reading.is_the_build


def test_a_node_of_another_chain_is_refused(node: Node, seen: Any) -> None:
    vault = node.deploy("Vault", 1, 1)
    assert "is on chain 31337, not 1" in seen(vault, "Vault", chain=1).seen
