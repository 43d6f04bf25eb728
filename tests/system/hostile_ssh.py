# ruff: noqa: ARG002 paramiko names the arguments of a server
"""A zoo of SSH servers on loopback, each with one behaviour, in a process that tests start.

``python hostile_ssh.py HOST_KEY OTHER_KEY`` prints ``{behaviour: port}`` as one line of JSON and
serves until its standard input ends. The port ``ledger`` answers with what clients have sent.
"""

from __future__ import annotations

import json
import logging
import socket
import struct
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_RESOURCE_SHORTAGE,
    OPEN_FAILED_UNKNOWN_CHANNEL_TYPE,
    OPEN_SUCCEEDED,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202e"
LONG = 60
KEXINIT = 20
HARMFUL = (OSError, EOFError, paramiko.SSHException)


def _ok(channel: paramiko.Channel) -> None:
    channel.sendall(b"hello\n")
    channel.send_exit_status(0)


def _echo(channel: paramiko.Channel) -> None:
    """Answer with what was sent, as ``cat`` would."""
    while piece := channel.recv(65536):
        channel.sendall(piece)
    channel.sendall_stderr(b"aside\n")
    channel.send_exit_status(7)


def _flood(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b"y\n" * 16000)


def _flood_past_the_window(channel: paramiko.Channel) -> None:
    while True:
        channel.out_window_size = 1 << 30
        channel.sendall(b"y\n" * 16000)


def _flood_error(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall_stderr(b"e\n" * 16000)


def _silent(_channel: paramiko.Channel) -> None:
    time.sleep(LONG)


def _no_status(channel: paramiko.Channel) -> None:
    channel.sendall(f"PermitRootLogin no\n{ESCAPES}".encode())


def _half_a_line(channel: paramiko.Channel) -> None:
    channel.sendall(b'{"section": "os", "val')


def _status_without_end(channel: paramiko.Channel) -> None:
    channel.sendall(b"a\n")
    channel.send_exit_status(0)
    time.sleep(LONG)


def _drip(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b".")
        time.sleep(0.2)


def _cut(channel: paramiko.Channel) -> None:
    channel.sendall(b"half a li")
    time.sleep(0.1)
    channel.get_transport().sock.shutdown(socket.SHUT_RDWR)


def _status_first(channel: paramiko.Channel) -> None:
    channel.send_exit_status(0)
    time.sleep(0.3)
    channel.sendall(b"late\n")


def _request(channel: paramiko.Channel, kind: str, *words: str) -> None:
    message = paramiko.Message()
    message.add_byte(bytes([98]))
    message.add_int(channel.remote_chanid)
    message.add_string(kind)
    message.add_boolean(False)  # noqa: FBT003 of paramiko
    for word in words:
        message.add_string(word)
    channel.get_transport()._send_user_message(message)  # type: ignore[attr-defined] # the stubs know no inner parts


def _signal(channel: paramiko.Channel) -> None:
    channel.sendall(b"x\n")
    _request(channel, "exit-signal", "KILL")


def _status_of(status: int) -> Callable[[paramiko.Channel], None]:
    def answer(channel: paramiko.Channel) -> None:
        channel.sendall(b"x\n")
        channel.send_exit_status(status)

    return answer


def _end_without_close(channel: paramiko.Channel) -> None:
    channel.send_exit_status(0)
    channel.shutdown_write()
    time.sleep(LONG)


def _close_without_end(channel: paramiko.Channel) -> None:
    channel.sendall(b"a\n")
    channel.send_exit_status(0)
    message = paramiko.Message()
    message.add_byte(bytes([97]))
    message.add_int(channel.remote_chanid)
    channel.get_transport()._send_user_message(message)  # type: ignore[attr-defined] # as above
    time.sleep(LONG)


AFTER_EXEC: dict[str, Callable[[paramiko.Channel], None]] = {
    "ok": _ok,
    "echo": _echo,
    "big banner": _ok,
    "other key": _ok,
    "flood": _flood,
    "flood past the window": _flood_past_the_window,
    "flood of errors": _flood_error,
    "silent": _silent,
    "no status": _no_status,
    "half a line": _half_a_line,
    "status without end": _status_without_end,
    "drip": _drip,
    "cut": _cut,
    "status first": _status_first,
    "signal": _signal,
    "status 4294967295": _status_of(4294967295),
    "status 256": _status_of(256),
    "end without close": _end_without_close,
    "close without end": _close_without_end,
    "partial": _ok,
    "password only": _ok,
    "refuses every key": _ok,
    "slow login": _ok,
    "hangs up at the login": _ok,
    "no sessions": _ok,
    "refuses commands": _ok,
    "never answers exec": _ok,
    "jump": _ok,
    "jump that prohibits": _ok,
    "jump in want": _ok,
    "jump in long want": _ok,
    "jump that dies": _ok,
    "jump that floods": _ok,
    "jump that never answers": _ok,
    "jump that hangs up": _ok,
}
ledger: Counter[str] = Counter()
kept: list[object] = []


class Server(paramiko.ServerInterface):
    """Lets everybody in, writes down what was asked for, and behaves as it is named."""

    def __init__(self, behaviour: str) -> None:
        self.behaviour = behaviour
        self.transport: paramiko.Transport | None = None
        self.forwards = 0

    def note(self, what: str) -> None:
        ledger[f"{self.behaviour}: {what}"] += 1

    def get_banner(self) -> tuple[str, str]:
        return ESCAPES + "B" * (500_000 if self.behaviour == "big banner" else 5), "en"

    def get_allowed_auths(self, username: str) -> str:
        return "password" if self.behaviour == "password only" else "publickey"

    def check_auth_none(self, username: str) -> int:
        self.note("none")
        return AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        self.note("password")
        return AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.note("publickey")
        self.note(f"user {username}")
        if self.behaviour == "slow login":
            time.sleep(LONG)
        if self.behaviour == "hangs up at the login":
            self.hang_up()
        if self.behaviour in {"refuses every key", "password only"}:
            return AUTH_FAILED
        return AUTH_PARTIALLY_SUCCESSFUL if self.behaviour == "partial" else AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self.note(f"channel {kind}")
        if self.behaviour == "no sessions":
            return OPEN_FAILED_UNKNOWN_CHANNEL_TYPE
        return OPEN_SUCCEEDED

    def check_channel_env_request(
        self, channel: paramiko.Channel, name: bytes, value: bytes
    ) -> bool:
        self.note("environment")
        return True

    def check_channel_forward_agent_request(self, channel: paramiko.Channel) -> bool:
        self.note("agent")
        return True

    def check_channel_pty_request(self, *_: object) -> bool:
        self.note("terminal")
        return True

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self.note(f"exec {command.decode()}")
        if self.behaviour == "never answers exec":
            time.sleep(LONG)
        if self.behaviour == "refuses commands":
            return False
        threading.Thread(target=self.answer, args=(channel,), daemon=True).start()
        return True

    def answer(self, channel: paramiko.Channel) -> None:
        time.sleep(0.05)
        with suppress(*HARMFUL):
            AFTER_EXEC[self.behaviour](channel)
            channel.close()

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        self.note("forward")
        self.forwards += 1
        if self.behaviour == "jump that prohibits":
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        if self.behaviour == "jump in long want":
            return OPEN_FAILED_RESOURCE_SHORTAGE
        if self.behaviour == "jump in want" and self.forwards == 1:
            return OPEN_FAILED_RESOURCE_SHORTAGE
        if self.behaviour == "jump that never answers":
            time.sleep(LONG)
        if self.behaviour == "jump that hangs up":
            self.hang_up()
        try:
            onward = socket.create_connection(destination, timeout=5)
        except OSError:
            return 2
        threading.Thread(target=self.pump, args=(chanid, onward), daemon=True).start()
        return OPEN_SUCCEEDED

    def pump(self, chanid: int, onward: socket.socket) -> None:
        assert self.transport is not None
        time.sleep(0.05)
        channel = self.transport._channels.get(chanid)  # type: ignore[attr-defined] # as above
        threading.Thread(target=_copy, args=(channel, onward), daemon=True).start()
        if self.behaviour == "jump that floods":
            with suppress(*HARMFUL):
                _flood_past_the_window(channel)
        _copy(onward, channel)

    def die_when_two_are_served(self) -> None:
        while self.forwards < 2:
            time.sleep(0.01)
        time.sleep(0.7)
        self.hang_up()

    def hang_up(self) -> None:
        assert self.transport is not None
        self.transport.sock.shutdown(socket.SHUT_RDWR)


def _copy(source: socket.socket, target: socket.socket) -> None:
    source.settimeout(None)
    with suppress(*HARMFUL):
        while piece := source.recv(32768):
            target.sendall(piece)
    with suppress(*HARMFUL):
        target.close()


def _serve_ssh(behaviour: str, key: paramiko.PKey) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        ledger[f"{behaviour}: connection"] += 1
        transport, server = paramiko.Transport(connection), Server(behaviour)
        server.transport = transport
        transport.add_server_key(key)
        with suppress(*HARMFUL):
            transport.start_server(server=server, event=threading.Event())
        kept.append(transport)
        if behaviour == "jump that dies":
            threading.Thread(target=server.die_when_two_are_served, daemon=True).start()

    return serve


def _lines_without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"not an ssh banner line\r\n" * 1000)


def _line_without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


def _dripping_lines(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x\r\n")
        time.sleep(0.2)


def _no_greeting(connection: socket.socket) -> None:
    kept.append(connection)


def _hangs_up(connection: socket.socket) -> None:
    connection.close()


def _greeting_alone(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-Silent\r\n")
    kept.append(connection)


def _old_greeting(connection: socket.socket) -> None:
    connection.sendall(b"SSH-1.5-Ancient\r\n")
    kept.append(connection)


def _huge_packet(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-Huge\r\n" + struct.pack(">I", 0x7FFFFFF4))
    while True:
        connection.sendall(b"\0" * 65536)


def _nonsense(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-Nonsense\r\n" + bytes(range(256)) * 4)
    kept.append(connection)


def _outdated(connection: socket.socket) -> None:
    """Offer an ssh-rsa host key signed with SHA-1 and nothing else."""
    ours = paramiko.Transport
    lists = (("curve25519-sha256@libssh.org",), ("ssh-rsa",), *(("aes128-ctr",),) * 2)
    payload = bytes([KEXINIT]) + bytes(16)
    for names in (*lists, *(("hmac-sha2-256",),) * 2, *(("none",),) * 2, (), ()):
        text = ",".join(names).encode()
        payload += struct.pack(">I", len(text)) + text
    payload += bytes(5)
    padding = 8 - (len(payload) + 5) % 8 + 8
    packet = struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)
    connection.sendall(f"SSH-2.0-{ours.__name__}\r\n".encode() + packet)
    kept.append(connection)


def _tell_ledger(connection: socket.socket) -> None:
    connection.sendall(json.dumps(ledger).encode())
    connection.close()


BEFORE_SSH: dict[str, Callable[[socket.socket], None]] = {
    "no greeting": _no_greeting,
    "hangs up": _hangs_up,
    "greeting alone": _greeting_alone,
    "old greeting": _old_greeting,
    "lines without end": _lines_without_end,
    "a line without end": _line_without_end,
    "dripping lines": _dripping_lines,
    "huge packet": _huge_packet,
    "nonsense": _nonsense,
    "outdated": _outdated,
    "ledger": _tell_ledger,
}


def _listen(serve: Callable[[socket.socket], None]) -> int:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)

    def one(connection: socket.socket) -> None:
        with suppress(*HARMFUL):
            serve(connection)

    def accept() -> None:
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return int(listening.getsockname()[1])


def main(host_key: str, other_key: str) -> None:
    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
    key, other = (paramiko.Ed25519Key.from_private_key_file(path) for path in (host_key, other_key))
    servers = {
        name: _serve_ssh(name, other if name == "other key" else key) for name in AFTER_EXEC
    } | BEFORE_SSH
    print(json.dumps({name: _listen(serve) for name, serve in servers.items()}), flush=True)  # noqa: T201 the ports
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
