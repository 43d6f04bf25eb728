"""Reads balances from two nodes each, at one block of both, for ``balances``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pytest_orr.clients.evm_calls import Call, Reading, asking
from pytest_orr.clients.evm_node import EvmNode
from pytest_orr.clients.evm_said import Block
from pytest_orr.clients.hostile_json import clean
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of, unread
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.balances import Balance
from pytest_orr.profile.chains import Chain

BEHIND = 3
"""Blocks below the lower of two heads at which both nodes are asked: newer ones may still be
replaced, and some of a provider's machines may lack them."""
BALANCE_OF, DECIMALS, SYMBOL = "0x70a08231", "0x313ce567", "0x95d89b41"
"""Selectors of ERC-20's functions."""
WORD = 32
LONGEST_SYMBOL = 32

Pair = tuple[Part["NodeBalance"], Part["NodeBalance"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBalance:
    """What one node says of an account."""

    node: str
    """Its host."""
    amount: int
    """In base units."""
    at: datetime | None = None
    """When it was so: the block's own time, or what an index says; none if it says none."""
    block: int | None = None
    """At which block, of an EVM chain."""
    block_hash: str = ""
    decimals: int | None = None
    """Of a token, as its contract says."""
    symbol: str = ""
    """The same."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        block = "" if self.block is None else f" at block {self.block}"
        when = f" of {self.at:%Y-%m-%d %H:%M:%S} UTC" if self.at else ""
        return f"{self.node}{block}{when}: {self.amount}"


def from_chains(desk: Desk, balances: Iterable[Balance]) -> dict[str, Pair]:
    """Read every balance on EVM chains, by name: a chain's two nodes are asked in two batches.

    Asks ``eth_chainId``, ``eth_getBlockByNumber``, ``eth_getBalance`` and ``eth_call``.
    """
    several = tuple(balances)
    found: dict[str, Pair] = {}
    for chain in desk.profile.chains:
        on_it = [one for one in several if one.chain == chain.name]
        if on_it:
            found |= _on_chain(desk, chain, on_it)
    return found


def from_readers(desk: Desk, balance: Balance) -> Pair:
    """Read one balance from two nodes or indexes of another chain."""

    def told(place: int) -> NodeBalance:
        reader = balance.readers[place]
        said = desk.balance_reader.balance(reader, balance.address, balance.decimals)
        return NodeBalance(node=said.host, amount=said.amount, at=said.at)

    first, second = (part_of(name, partial(told, n)) for n, name in enumerate(_names(balance)))
    return first, second


def _names(balance: Balance) -> tuple[str, str]:
    return f"{balance.name}: first node", f"{balance.name}: second node"


def _on_chain(desk: Desk, chain: Chain, balances: Sequence[Balance]) -> dict[str, Pair]:
    try:
        nodes = desk.evm.nodes(chain)
    except FactUnavailable as error:
        return {one.name: _unread(one, error) for one in balances}
    heads = [_head(node) for node in nodes]
    known = [head.number for head in heads if isinstance(head, Block)]
    height = max(0, min(known, default=0) - BEHIND)
    told = [_told(*one, height, balances) for one in zip(nodes, heads, strict=True)]
    return {one.name: _pair(one, told) for one in balances}


def _unread(balance: Balance, error: FactUnavailable) -> Pair:
    first, second = (unread(name, error) for name in _names(balance))
    return first, second


def _pair(balance: Balance, told: Sequence[Callable[[Balance], NodeBalance]]) -> Pair:
    several = zip(_names(balance), told, strict=True)
    first, second = (part_of(name, partial(read, balance)) for name, read in several)
    return first, second


def _head(node: EvmNode) -> Block | FactUnavailable:
    try:
        return node.head()
    except FactUnavailable as error:
        return error


def _told(
    node: EvmNode, head: Block | FactUnavailable, height: int, balances: Sequence[Balance]
) -> Callable[[Balance], NodeBalance]:
    """Ask one node everything at once; return what reads one balance out of its answers."""
    at = hex(height)
    asked = dict.fromkeys(call for one in balances for call in _calls(one, at))
    block = Call(method="eth_getBlockByNumber", parameters=(at, False))
    try:
        if isinstance(head, FactUnavailable):
            raise head
        made, *answers = node.asked((block, *asked))
        said = dict(zip(asked, answers, strict=True))
        found = _as_asked(made.block, height, node.host)
        return _Answers(node=node.host, block=found, at=at, said=said).balance
    except FactUnavailable as error:
        return partial(_failed, _of_old_state(error, head, height))


def _as_asked(block: Block, height: int, host: str) -> Block:
    """Refuse a block that was not asked for, or that nobody could compare with another node's."""
    if block.number == height and block.hash:
        return block
    raise FactUnavailable(
        f"the node {host} answers with another block than was asked for, or with none",
        "name a node of the chain that answers eth_getBlockByNumber",
    )


def _failed(error: FactUnavailable, _: Balance) -> NodeBalance:
    raise error


def _of_old_state(
    error: FactUnavailable, head: Block | FactUnavailable, height: int
) -> FactUnavailable:
    """Say that a block was asked for which a node without history may have forgotten."""
    if isinstance(head, Block) and head.number - height > BEHIND:
        told = f"{error.cause}; asked at block {height}, it knows {head.number}"
        return FactUnavailable(told, error.remedy)
    return error


def _calls(balance: Balance, at: str) -> tuple[Call, ...]:
    if balance.token is None:
        return (Call(method="eth_getBalance", parameters=(balance.address.lower(), at)),)
    held = BALANCE_OF + balance.address.lower().removeprefix("0x").rjust(2 * WORD, "0")
    return tuple(asking(balance.token, data, at) for data in (held, DECIMALS, SYMBOL))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """What one node said at one block to every call."""

    node: str
    block: Block
    at: str
    said: Mapping[Call, Reading]

    def balance(self, balance: Balance) -> NodeBalance:
        told = [self.said[call] for call in _calls(balance, self.at)]
        if balance.token is None:
            return self._of(told[0].quantity)
        held, decimals, symbol = (one.data for one in told)
        return self._of(
            self._number(held, balance, "balanceOf"),
            decimals=self._number(decimals, balance, "decimals"),
            symbol=symbol_in(symbol),
        )

    def _of(self, amount: int, *, decimals: int | None = None, symbol: str = "") -> NodeBalance:
        return NodeBalance(
            node=self.node,
            amount=amount,
            at=self.block.at,
            block=self.block.number,
            block_hash=self.block.hash,
            decimals=decimals,
            symbol=symbol,
        )

    def _number(self, word: bytes, balance: Balance, function: str) -> int:
        if len(word) != WORD:
            raise FactUnavailable(
                f"what lies at {balance.token} answers {function}() of ERC-20 with {len(word)}"
                f" bytes (node {self.node})",
                f'correct token of "{balance.name}" under [[balances]] in readiness.toml',
            )
        return int.from_bytes(word)


def symbol_in(answer: bytes) -> str:
    """Return the text in the answer of ``symbol()``: a string, or 32 bytes of older tokens."""
    text = answer[:WORD]
    if len(answer) >= 3 * WORD and int.from_bytes(text) == WORD:
        size = int.from_bytes(answer[WORD : 2 * WORD])
        text = answer[2 * WORD :][: min(size, LONGEST_SYMBOL)]
    shown = text.rstrip(b"\0").decode("utf-8", "replace")
    return "".join(one for one in clean(shown) if one.isprintable())
