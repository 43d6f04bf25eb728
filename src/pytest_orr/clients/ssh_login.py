"""The steps to one hop: connect, agree on keys, verify the host, log in; each by a deadline."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from paramiko.ssh_exception import ChannelException

from .ssh_failures import (
    CHECK_LOG,
    CHECK_PLACE,
    WIRE_ERRORS,
    cut_off,
    flooded,
    hung_up,
    no_handshake,
    no_login,
    not_forwarded,
    not_reached,
)
from .ssh_known_hosts import HostKey, KnownHosts
from .ssh_line import Line
from .ssh_wire import Transport, Wire

if TYPE_CHECKING:
    from paramiko import Channel, PKey

    from pytest_orr.errors import FactUnavailable

    from .ssh_attempt import Attempt, Deadline
    from .ssh_keys import Keys
    from .ssh_route import Hop


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The steps to one hop."""

    hop: Hop
    through: Line | None
    attempt: Attempt
    deadline: Deadline

    def wire(self) -> Wire:
        """Connect to the hop's address, from here or from the jump host."""
        self._begin("could not be connected to", CHECK_PLACE)
        wire = Wire(self._socket() if self.through is None else self._channel(self.through))
        self.attempt.cut_with(wire.cut)
        return wire

    def line(self, wire: Wire) -> Line:
        """Put a transport on the wire."""
        return Line(hop=self.hop, through=self.through, wire=wire, transport=Transport(wire))

    def shake_hands(self, line: Line, known_hosts: KnownHosts) -> None:
        """Agree on keys, and accept the host's key only if it is known."""
        self._begin("did not complete the SSH handshake", CHECK_LOG)
        known, transport = known_hosts.of(self.hop), line.transport
        options = transport.get_security_options()
        options.key_types = known.first_of(tuple(options.key_types))
        event = Event()
        transport.start_client(event=event)
        transport.wait_for(event)
        shown = transport.host_key
        if not transport.is_active() or shown is None:
            raise self._no_handshake(line)
        known.verify(HostKey(kind=shown.get_name(), blob=shown.asbytes()))

    def log_in(self, line: Line, keys: Keys) -> None:
        """Offer keys one by one; with one key it is one attempt."""
        offer, transport = keys.of(self.hop), line.transport
        self._begin(f"did not answer the login of {self.hop.user}", CHECK_LOG)
        error: Exception | None = None
        for key in offer.keys:
            error = _offered(transport, self.hop.user, key)
            if transport.is_authenticated():
                line.wire.is_open_ended = True
                return
            if failure := line.broken(f"during the login of {self.hop.user}", error):
                raise failure
        raise no_login(self.hop, error, str(offer))

    def _begin(self, failing: str, advice: str) -> None:
        self.attempt.begin(f"{self.hop} {failing}", advice, self.deadline)

    def _socket(self) -> socket.socket:
        try:
            return socket.create_connection(
                (self.hop.address, self.hop.port), timeout=self.deadline.seconds
            )
        except OSError as error:
            raise not_reached(self.hop, error) from None

    def _channel(self, through: Line) -> Channel:
        hop = self.hop
        try:
            return through.forward(hop.address, hop.port, self.deadline.seconds)
        except ChannelException as refusal:
            raise not_forwarded(through.hop, str(hop), refusal) from None
        except WIRE_ERRORS as error:
            failure = through.broken(f"when asked for {hop}")
            raise failure or cut_off(hop, f"before it stood: {type(error).__name__}") from None

    def _no_handshake(self, line: Line) -> FactUnavailable:
        error, through = line.transport.get_exception(), self.through
        if through and (failure := through.broken(f"during the handshake of {self.hop}")):
            return failure
        if line.wire.flood:
            return flooded(self.hop, line.wire.flood)
        if line.wire.hung_up:
            return hung_up(self.hop)
        return no_handshake(self.hop, error, line.transport.shown_keys)


def _offered(transport: Transport, user: str, key: PKey) -> Exception | None:
    """Offer one key; return what paramiko has to say about the server's answer."""
    event = Event()
    try:
        transport.auth_publickey(user, key, event)
    except WIRE_ERRORS as error:
        return error
    transport.wait_for(event)
    return transport.get_exception()
