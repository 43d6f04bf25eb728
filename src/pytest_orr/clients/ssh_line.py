"""A connection to a hop that stands: what can be opened over it, and who broke it off."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paramiko.common import OPEN_FAILED_RESOURCE_SHORTAGE
from paramiko.ssh_exception import ChannelException

from .ssh_failures import cut_off, flooded

if TYPE_CHECKING:
    from paramiko import Channel

    from pytest_orr.errors import FactUnavailable

    from .ssh_route import Hop
    from .ssh_wire import Transport, Wire

GRACE_SECONDS = 0.5
"""How long a jump host's transport may take to notice that it has ended, or lacks something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A connection to a hop."""

    hop: Hop
    through: Line | None
    """To the jump host before it."""
    wire: Wire
    transport: Transport

    def forward(self, address: str, port: int, seconds: float) -> Channel:
        """Connect from the hop to a place behind it; a shortage that may pass is asked twice.

        Raises ``ChannelException``, ``TimeoutError`` or one of ``WIRE_ERRORS``.
        """
        try:
            return self.transport.open("direct-tcpip", (address, port), seconds)
        except ChannelException as refusal:
            if refusal.code != OPEN_FAILED_RESOURCE_SHORTAGE:
                raise
        time.sleep(GRACE_SECONDS)
        return self.transport.open("direct-tcpip", (address, port), seconds)

    @property
    def has_ended(self) -> bool:
        """Whether nothing can come over the line any more."""
        return self.wire.ended or not self.transport.is_active()

    def broken(self, doing: str, error: Exception | None = None) -> FactUnavailable | None:
        """Return who broke off the connection, seen from here; None while all stand."""
        if self.through is not None:
            self.through.transport.join(GRACE_SECONDS * self.has_ended)
            if failure := self.through.broken(doing):
                return failure
        if self.wire.flood:
            return flooded(self.hop, self.wire.flood)
        return cut_off(self.hop, doing, error) if self.has_ended else None

    def close(self) -> None:
        """End the connection."""
        self.wire.cut()
        self.transport.forget_timers()
        self.transport.close()
        self.wire.close()
