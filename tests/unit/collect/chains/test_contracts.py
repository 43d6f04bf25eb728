"""What runs at the address of a contract, asked of the example's node."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.chains.contracts import Contracts
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.chains import Chain, Contract
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACTS = Path(__file__).parents[4] / "examples" / "explorer" / "contracts"
NODE = FromEnvironment(env="EXPLORER_NODE")


@pytest.fixture
def seen(desk_for: Callable[..., Any], nodes: Any, tmp_path: Path) -> Callable[..., Any]:
    """What is seen of the vault, with some of what is declared changed."""
    shutil.copy(CONTRACTS / "Vault.json", tmp_path)
    shutil.copy(CONTRACTS / "Beacon.json", tmp_path)

    def see(*, rpc: Any = NODE, chain_id: int = nodes.module.CHAIN, **changed: Any) -> Any:
        declared = {
            "name": "vault",
            "chain": "main",
            "address": nodes.module.VAULT,
            "build": "Vault.json",
            "audited_commit": "5f2d8c1",
            **changed,
        }
        desk = desk_for(
            tmp_path,
            nodes.environment,
            chains=(Chain(name="main", id=chain_id, rpc=rpc),),
            contracts=(Contract(**declared),),
        )
        [part] = Contracts().collect(desk).value
        return part

    return see


def test_the_audited_build_is_known_though_its_immutable_values_differ(seen: Any) -> None:
    part = seen()
    code = part.reading
    assert code.is_the_build
    assert code.size == 413
    assert code.sha256 != code.built_sha256
    assert not code.is_undeclared_proxy
    assert not code.leads_nowhere
    assert part.seen.startswith("chain 424242, 0x5fbdb2315678afecb367f032d93f642f64180aa3: 413")


def test_other_code_at_the_address_is_not_the_build(seen: Any, nodes: Any) -> None:
    nodes.spoil("EXPLORER_NODE", "other-code")
    assert not seen().reading.is_the_build
    assert seen().reading.size == 413


def test_another_build_is_not_what_runs_there(seen: Any) -> None:
    assert not seen(build="Beacon.json").reading.is_the_build


def test_a_declared_proxy_without_implementation_leads_nowhere(seen: Any) -> None:
    assert seen(is_proxy="eip-1967").reading.leads_nowhere


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"chain_id": 1}, r'the node of chain "main" is on chain 424242, not 1'),
        ({"rpc": "http://127.0.0.1:9/v3/a-key"}, r"127\.0\.0\.1:9 refused the connection"),
        ({"rpc": FromEnvironment(env="NOBODY_SET")}, "NOBODY_SET, named in chain"),
        ({"build": "None.json"}, r"None\.json is not there"),
        ({"build": "../Vault.json"}, "leads out of the folder"),
    ],
)
def test_what_cannot_be_had_is_named_without_a_key(seen: Any, changed: Any, why: str) -> None:
    with pytest.raises(FactUnavailable, match=why) as raised:
        _ = seen(**changed).reading
    assert "a-key" not in raised.value.diagnostics()


def test_nothing_declared_is_nothing_seen(desk_for: Any, tmp_path: Path) -> None:
    with pytest.raises(Undeclared, match=r"\[\[contracts\]\]"):
        Contracts().collect(desk_for(tmp_path, {}))
