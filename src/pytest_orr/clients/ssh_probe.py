"""What becomes of a connection from a jump host to a port behind it; nothing is sent through it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from paramiko.ssh_exception import ChannelException

from .ssh_failures import WIRE_ERRORS, cut_off, not_forwarded
from .ssh_route import ADDRESS, checked

if TYPE_CHECKING:
    from .ports import PortState
    from .ssh_line import Line


def state_of(jump: Line, address: str, port: int, seconds: float) -> PortState:
    """Tell a port's state, seen from a jump host, by its answer to a direct-tcpip channel."""
    place = f"{checked(ADDRESS, address, 'an address to try')} port {port}"
    try:
        channel = jump.forward(address, port, seconds)
    except TimeoutError:
        if failure := jump.broken(f"when asked for {place}"):
            raise failure from None
        return "dropped"
    except ChannelException as refusal:
        if state := told_by(refusal):
            return state
        raise not_forwarded(jump.hop, place, refusal) from None
    except WIRE_ERRORS:
        doing = f"when asked for {place}"
        raise (jump.broken(doing) or cut_off(jump.hop, doing)) from None
    with suppress(*WIRE_ERRORS):
        channel.close()
    return "open"


def told_by(refusal: ChannelException) -> PortState | None:
    """Return the state in the words of the system's errors, as sshd hands them on; None if none."""
    words = refusal.text.lower()
    if "refused" in words or "reset by peer" in words:
        return "refused"
    return "dropped" if "timed out" in words or "timeout" in words else None
