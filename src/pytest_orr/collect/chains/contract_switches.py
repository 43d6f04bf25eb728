"""Reads contracts that can be paused, and whose hands that is in, for ``pause_switches``."""

from dataclasses import dataclass

from pytest_orr.clients.evm_calls import Reading, Refused, asking
from pytest_orr.clients.evm_node import EvmNode
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import Undeclared
from pytest_orr.profile.chains import Chain
from pytest_orr.profile.emergency import PauseSwitch

PAUSED, HAS_ROLE = "0x5c975abb", "0x91d14854"
"""Selectors of ``paused()`` and of ``hasRole(bytes32,address)``."""
THRESHOLD, OWNERS = "0xe75235b8", "0xa0e67e2b"
"""Selectors of a Safe's ``getThreshold()`` and ``getOwners()``."""
OPERATIONS = ("rpc:eth_call", "rpc:eth_chainId", "rpc:eth_getBlockByNumber")
WORD = 32
MOST_OWNERS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSwitch:
    """A contract's pause, and the multisig that the profile says may pull it."""

    chain: int
    address: str
    state: str
    """``running`` or ``paused``; ``no paused()`` where the contract has none."""
    pauser: str
    """Address of the declared multisig."""
    is_the_pauser: bool
    """Whether the contract names it as who may pause."""
    named: str
    """Whom the contract names instead; empty if it tells by a role."""
    threshold: int
    """How many owners of the multisig must sign; 0 where it is no Safe."""
    owners: int
    """How many it has."""
    signers: int
    """How many must sign, as the profile asks for."""

    @property
    def is_there(self) -> bool:
        """Whether it can be paused."""
        return self.state != "no paused()"

    @property
    def is_off(self) -> bool:
        """Whether it is not paused now."""
        return self.state == "running"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        hands = f"{self.threshold} of {self.owners} sign for {self.pauser}"
        if not self.is_the_pauser:
            hands += f", and {self.named or 'somebody else'} may pause it"
        return f"{self.address} on chain {self.chain}: {self.state}; {hands}"

    @property
    def takes_enough(self) -> bool:
        """Whether as many owners must sign as the profile asks for, and there are as many."""
        return self.signers <= self.threshold <= self.owners


def read_contract(desk: Desk, switch: PauseSwitch) -> ContractSwitch:
    """Ask a contract and its multisig in two batches at most (``eth_call``)."""
    chain, node = _chain(desk, switch)
    contract, pauser = str(switch.contract), str(switch.pauser)
    node.head()
    who = switch.role or switch.getter
    paused, named, threshold, owners = (
        _answer(one)
        for one in node.asked(
            (
                asking(contract, PAUSED),
                asking(contract, who),
                asking(pauser, THRESHOLD),
                asking(pauser, OWNERS),
            )
        )
    )
    by_role = bool(switch.role)
    return ContractSwitch(
        chain=chain.id,
        address=contract,
        state=_state(paused),
        pauser=pauser,
        is_the_pauser=_has_role(node, contract, named, pauser)
        if by_role
        else _address(named) == pauser.lower(),
        named="" if by_role else _address(named),
        threshold=_number(threshold),
        owners=_length(owners),
        signers=switch.signers,
    )


def _chain(desk: Desk, switch: PauseSwitch) -> tuple[Chain, EvmNode]:
    for chain in desk.profile.chains:
        if chain.name == switch.chain:
            return chain, desk.evm.node(chain)
    raise Undeclared("[[chains]]", f"the chain of the pause switch {switch.name}")


def _answer(reading: Reading) -> bytes:
    """Return what a contract answers; nothing where it has no such function."""
    try:
        return reading.data
    except Refused:
        return b""


def _state(word: bytes) -> str:
    if len(word) != WORD:
        return "no paused()"
    return "paused" if any(word) else "running"


def _has_role(node: EvmNode, contract: str, role: bytes, pauser: str) -> bool:
    if len(role) != WORD:
        return False
    account = pauser.lower().removeprefix("0x").rjust(2 * WORD, "0")
    [told] = node.asked((asking(contract, f"{HAS_ROLE}{role.hex()}{account}"),))
    return _number(_answer(told)) == 1


def _address(word: bytes) -> str:
    return f"0x{word[-20:].hex()}" if len(word) == WORD and any(word) else ""


def _number(word: bytes) -> int:
    return int.from_bytes(word) if len(word) == WORD else 0


def _length(answer: bytes) -> int:
    """Return how many addresses a list holds; 0 for what is no list."""
    head, size = answer[:WORD], int.from_bytes(answer[WORD : 2 * WORD])
    is_list = _number(head) == WORD and size <= MOST_OWNERS
    return size if is_list and len(answer) == (2 + size) * WORD else 0
