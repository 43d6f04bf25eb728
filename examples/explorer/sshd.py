"""An SSH server that admits one key, replays recorded answers and leads on to hosts behind it.

Nothing is ever executed: whatever is sent to ``sh -s`` is read to its end, and the answer is what a
real host printed once. Hosts behind a jump host have no socket, so that nobody reaches them but
through it.
"""

from __future__ import annotations

import socketserver
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    MSG_CHANNEL_OPEN_FAILURE,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USER = "auditor"
COMMAND = b"sh -s"
LOGIN_SECONDS = 20
CHUNK = 65536
WHY = {
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED: "open failed",
    OPEN_FAILED_CONNECT_FAILED: "Connection refused",
}

Place = tuple[str, int]
"""Address and port, as they are known inside the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host as its SSH server shows it."""

    host_key: paramiko.PKey = field(repr=False)
    login_key: paramiko.PKey = field(repr=False)
    """The one key with which ``USER`` may log in."""
    answer: Callable[[bytes], bytes]
    """What ``sh -s`` prints for a script."""
    behind: Mapping[Place, Host | None] = field(default_factory=dict)
    """What can be connected to from here: an SSH server, or a port that says nothing."""


class Door(paramiko.ServerInterface):
    """Decides what one connection to a host may do."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.destinations: dict[int, Place] = {}

    def get_allowed_auths(self, username: str) -> str:
        """Offer public keys alone."""
        del username
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Admit one user with one key."""
        admitted = username == USER and key == self.host.login_key
        return AUTH_SUCCESSFUL if admitted else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Open sessions."""
        del chanid
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """Answer the one command that is known here."""
        if command == COMMAND:
            threading.Thread(target=_replay, args=(channel, self.host), daemon=True).start()
        return command == COMMAND

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: Place, destination: Place
    ) -> int:
        """Connect to what stands behind this host; everything else refuses."""
        del origin
        self.destinations[chanid] = destination
        return OPEN_SUCCEEDED if destination in self.host.behind else OPEN_FAILED_CONNECT_FAILED


class Transport(paramiko.Transport):
    """Says why a connection failed, as sshd does and paramiko's server does not."""

    def _send_message(self, data: paramiko.Message) -> None:
        said = paramiko.Message(data.asbytes())
        if said.get_byte() == bytes([MSG_CHANNEL_OPEN_FAILURE]):
            channel, reason = said.get_int(), said.get_int()
            data = paramiko.Message()
            data.add_byte(bytes([MSG_CHANNEL_OPEN_FAILURE]))
            data.add_int(channel)
            data.add_int(reason)
            data.add_string(WHY.get(reason, ""))
            data.add_string("")
        super()._send_message(data)  # type: ignore[misc]  # the stubs leave it out


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1 for connections to one host."""

    daemon_threads = True

    def __init__(self, host: Host) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.host = host

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak SSH."""
        del client_address
        attend(request, self.host)


def attend(stream: Any, host: Host) -> None:
    """Speak SSH on a socket, or on a channel of another connection, until it ends."""
    door = Door(host)
    transport = Transport(stream)
    transport.auth_timeout = LOGIN_SECONDS
    transport.add_server_key(host.host_key)
    with suppress(paramiko.SSHException, EOFError, OSError):
        transport.start_server(server=door)
    kept = []  # paramiko forgets a channel that nobody holds
    while transport.is_active():
        if channel := transport.accept(1):
            kept.append(channel)
            if place := door.destinations.get(channel.get_id()):
                _lead_on(channel, host.behind[place])
    transport.close()


def _lead_on(channel: paramiko.Channel, host: Host | None) -> None:
    if host is None:
        channel.close()
    else:
        threading.Thread(target=attend, args=(channel, host), daemon=True).start()


def _replay(channel: paramiko.Channel, host: Host) -> None:
    """Read a script to its end and answer with the record."""
    with suppress(paramiko.SSHException, OSError):
        script = b"".join(iter(lambda: channel.recv(CHUNK), b""))
        channel.sendall(host.answer(script))
        channel.send_exit_status(0)
        channel.close()
