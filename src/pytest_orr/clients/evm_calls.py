"""Calls to nodes of EVM chains that change nothing, and what was said to each: for ``evm_node``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .evm_said import LATEST, block_of, data_of, quantity_of

if TYPE_CHECKING:
    from .evm_said import Block
    from .hostile_json import At


class Refused(FactUnavailable):
    """The contract itself refused the call: it answered, and has no such function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that changes nothing."""

    method: str
    parameters: tuple[str | bool, ...] = ()
    to: str = ""
    """The contract that is asked, of ``eth_call``."""
    data: str = ""
    """What it is asked."""


def asking(contract: str, data: str, at: str = LATEST) -> Call:
    """Return the call that asks a contract at a block (``eth_call``)."""
    return Call(method="eth_call", parameters=(at,), to=contract.lower(), data=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a node said to one call: read by ``quantity`` or ``data``, which say why it is not."""

    url: str
    said: At | FactUnavailable

    @property
    def quantity(self) -> int:
        """The number that it is."""
        return quantity_of(self._told, self.url)

    @property
    def data(self) -> bytes:
        """The bytes that it is."""
        return data_of(self._told, self.url)

    @property
    def block(self) -> Block:
        """The block that it is."""
        return block_of(self._told, self.url)

    @property
    def _told(self) -> At:
        if isinstance(self.said, FactUnavailable):
            raise self.said
        return self.said
