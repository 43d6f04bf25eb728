"""Reads what code runs at the addresses of the service's contracts: the fact ``contracts``."""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from pytest_orr.clients.hostile_json import Unreadable
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.chains import Chain, Contract

from .builds import Build, read_build

IMPLEMENTATION = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc"
BEACON = "0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50"
"""Slots where a proxy keeps whose code it runs: keccak-256 of the names that EIP-1967 gives, less
one."""
ASK_BEACON = "0x5c60da1b"
"""Selector of ``implementation()``."""
DELEGATION = bytes.fromhex("ef0100")
"""Code of an account that runs another's, by EIP-7702."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a build that are read: a larger one is cut off."""
BUILD = "build it from the audited commit, and name the artefact under [[contracts]] build"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCode:
    """What runs at an address, beside what was audited."""

    chain: int
    address: str
    commit: str
    """The commit that was audited and built, as the profile says."""
    is_proxy: bool
    """Whether the profile declares a proxy, so that the code is its implementation's."""
    implementation: str = ""
    """Whose code it runs, if it keeps that where proxies do."""
    sha256: str
    """Of the deployed code; empty if there is none."""
    built_sha256: str
    size: int
    """Bytes of the deployed code."""
    is_the_build: bool

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        by = f", run by {self.implementation}" if self.implementation else ""
        code = f"{self.size} bytes, SHA-256 {self.sha256[:12]}…" if self.size else "no code"
        return f"chain {self.chain}, {self.address}{by}: {code}"

    @property
    def is_undeclared_proxy(self) -> bool:
        """Whether it runs somebody else's code though the profile says that it does not."""
        return bool(self.implementation) and not self.is_proxy

    @property
    def leads_nowhere(self) -> bool:
        """Whether a declared proxy names no implementation."""
        return self.is_proxy and not self.implementation


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """Is what runs at each contract's address what was audited?"""

    name: str = "contracts"
    source: str = "nodes of EVM chains"
    operations: tuple[str, ...] = (
        "file:read",
        "rpc:eth_chainId",
        "rpc:eth_getBlockByNumber",
        "rpc:eth_getCode",
        "rpc:eth_getStorageAt",
    )
    fact_type: Any = tuple[Part[ContractCode], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[ContractCode], ...]]:
        """Ask about each declared contract by itself."""
        declared = desk.profile.contracts
        if not declared:
            raise Undeclared("[[contracts]]", "the service's contracts, with their builds,")
        parts = tuple(part_of(one.name, partial(_contract, desk, one)) for one in declared)
        return Answer(value=parts, where=tuple(f"{one.chain} {one.address}" for one in declared))


def _contract(desk: Desk, contract: Contract) -> ContractCode:
    chain = next(one for one in desk.profile.chains if one.name == contract.chain)
    build = _build(desk, contract)
    implementation = _implementation(desk, chain, contract.address)
    code = desk.evm.code(chain, contract.address)
    if contract.is_proxy != "no" and implementation:
        code = desk.evm.code(chain, implementation)
    return ContractCode(
        chain=chain.id,
        address=contract.address,
        commit=contract.audited_commit,
        is_proxy=contract.is_proxy != "no",
        implementation=implementation or _delegate(code),
        sha256=sha256(code).hexdigest() if code else "",
        built_sha256=sha256(build.code).hexdigest(),
        size=len(code),
        is_the_build=build.is_deployed_as(code),
    )


def _implementation(desk: Desk, chain: Chain, address: str) -> str:
    """Return whose code a proxy runs: it keeps that itself, or a beacon tells it."""
    if own := _address(desk.evm.storage(chain, address, IMPLEMENTATION)):
        return own
    beacon = _address(desk.evm.storage(chain, address, BEACON))
    return _address(desk.evm.call(chain, beacon, ASK_BEACON)) if beacon else ""


def _address(word: bytes) -> str:
    return f"0x{word[-20:].hex()}" if any(word) else ""


def _delegate(code: bytes) -> str:
    is_delegation = code.startswith(DELEGATION) and len(code) == len(DELEGATION) + 20
    return f"0x{code[-20:].hex()}" if is_delegation else ""


def _build(desk: Desk, contract: Contract) -> Build:
    name = contract.build
    try:
        with opened_beside(desk.folder, name) as opened:
            return read_build(opened.read(LARGEST))
    except (FileRefused, Unreadable) as error:
        raise FactUnavailable(f"{name} {error}", BUILD) from error
