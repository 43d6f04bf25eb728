"""What nodes of EVM chains say, read with care, and who they prove to be; for ``clients.evm``.

The URL of a node often holds a key: messages name its host alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

from .hostile_json import Unreadable
from .http import OWN_MACHINE

if TYPE_CHECKING:
    from pytest_orr.profile.chains import Chain

    from .hostile_json import At

LATEST = "latest"
STALEST = timedelta(minutes=30)
"""A node whose newest block is older is behind its chain, or the chain stands."""
DENIED = frozenset({401, 403})
TOO_MANY = frozenset({402, 429})
LONGEST_NUMBER = 66
"""Characters of 0x and the 32 bytes of the largest number."""
AGAIN = "run again when the node answers, or correct its URL in readiness.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of a chain, as a node tells it."""

    number: int
    hash: str
    at: datetime
    """When it was made: aware, UTC."""


def prove_chain(chain: Chain, told: int) -> None:
    """Refuse a node of another chain, by what it told to ``eth_chainId``."""
    if told != chain.id:
        raise FactUnavailable(
            f'the node of chain "{chain.name}" is on chain {told}, not {chain.id}',
            "correct id or rpc under [[chains]] in readiness.toml",
        )


def prove_fresh(chain: Chain, newest: Block, now: datetime) -> None:
    """Refuse a node that is behind its chain, by its newest block."""
    if now - newest.at > STALEST:
        raise FactUnavailable(
            f'the node of chain "{chain.name}" knows no block after {newest.at:%Y-%m-%d %H:%M} UTC',
            "wait until it has caught up, or name another node under [[chains]]",
        )


def host_of(url: str) -> str:
    """Return the host of a node's URL; path and query may hold a key."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "without a host"
    except ValueError:
        return "without a host"


def party_of(host: str) -> str:
    """Return who answers at a host: ports of this machine are several, those of others are one."""
    name = (urlsplit(f"//{host}").hostname or host).rstrip(".")
    return host if name in OWN_MACHINE else name


def without_path(cause: str, url: str) -> str:
    """Take path and query of a node's URL out of a message."""
    parts = urlsplit(url)
    shown = parts._replace(query="", fragment="").geturl()
    return cause.replace(shown, f"{parts.scheme}://{host_of(url)}")


def quantity_of(said: At, url: str) -> int:
    """Return a number that a node wrote as ``0x…``."""
    try:
        text = said.text()
        _, mark, digits = text.partition("0x")
        return int(digits if mark and len(text) <= LONGEST_NUMBER else "", 16)
    except (Unreadable, ValueError):
        raise unusable(url, "answers with what is no number") from None


def data_of(said: At, url: str) -> bytes:
    """Return bytes that a node wrote as ``0x…``."""
    value = said.value
    try:
        return bytes.fromhex(value.removeprefix("0x"))
    except (AttributeError, ValueError):
        raise unusable(url, "answers with what is no data") from None


def block_of(said: At, url: str) -> Block:
    """Return a block, without its transactions."""
    try:
        seconds, number = quantity_of(said["timestamp"], url), said["number"]
        return Block(
            number=quantity_of(number, url) if number else 0,
            hash=said["hash"].text(),
            at=datetime.fromtimestamp(seconds, UTC),
        )
    except (Unreadable, OverflowError, ValueError, OSError):
        raise unusable(url, "answers with what is no block") from None


def unusable(url: str, what: str) -> FactUnavailable:
    """Return the error for an answer that is of no use."""
    return FactUnavailable(
        f"the node {host_of(url)} {what}", "name a node of the chain that answers JSON-RPC"
    )
