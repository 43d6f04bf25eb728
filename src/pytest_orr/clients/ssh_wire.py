"""paramiko's transport, made safe for hostile servers: the lowest part of the SSH client.

What lies below a transport can be cut by anybody at once; no server makes this process remember
more than a bounded number of bytes; and what paramiko forgets about a refusal is kept.
"""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import paramiko
from paramiko.buffered_pipe import BufferedPipe
from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_FAILURE,
    MSG_CHANNEL_WINDOW_ADJUST,
)
from paramiko.ssh_exception import ChannelException, SSHException

from .ssh_failures import WIRE_ERRORS

if TYPE_CHECKING:
    from threading import Event

    from paramiko.message import Message

POLL_SECONDS = 0.5
"""How often a silent transport looks whether it was closed; a cut wakes it at once."""
LARGEST_READ = 512 * 1024
"""OpenSSH sends packets of at most 256 KiB."""
MOST_WAITING = 4 * 1024 * 1024
"""Twice the window of a channel, which an honest jump host keeps to."""
MOST_BEFORE_LOGIN = 1024 * 1024
NEVER = 24 * 3600.0
"""For paramiko's own limits: the deadlines of ``ssh_attempt`` come sooner."""
LOG = "pytest_orr.ssh"


class Pipe(BufferedPipe):  # type: ignore[type-arg] # generic in the stubs alone
    """What one stream of a channel brought, up to a limit; past it the stream counts as ended."""

    def __init__(self, most: int, ended: Event) -> None:
        super().__init__()
        self.overflowed = False
        self._most = most
        self._ended = ended

    def feed(self, data: bytes | str) -> None:
        """Take what the transport's thread received."""
        if len(self) + len(data) > self._most:
            self.overflowed = True
            self.close()
        else:
            super().feed(data)

    def tail(self, most: int) -> bytes:
        """Return the last bytes without taking them out."""
        kept: bytes = self._buffer[-most:].tobytes()  # type: ignore[attr-defined] # as below
        return kept

    def close(self) -> None:
        """End the stream, and tell whoever waits for it."""
        super().close()
        self._ended.set()


class Wire:
    """The bytes below a transport: a socket, or a channel of the transport to a jump host."""

    def __init__(self, below: socket.socket | paramiko.Channel) -> None:
        self.ended = False
        """Whether no more bytes will come, for whatever reason."""
        self.hung_up = False
        """Whether that is the other side's doing."""
        self.flood = ""
        """What came that was too much."""
        self.is_open_ended = False
        """Whether any number of bytes may come, as after the login."""
        self._below = below
        self._received = 0
        below.settimeout(POLL_SECONDS)

    def send(self, data: bytes) -> int:
        """Send some of the bytes; return how many."""
        if self.ended:
            raise EOFError
        return self._below.send(data)

    def recv(self, most: int) -> bytes:
        """Return some bytes; none when the other side has closed, or the wire was cut."""
        if self.ended:
            return b""
        if most > LARGEST_READ:
            raise self._flooded("a packet that is larger than any may be")
        if self._backlog > MOST_WAITING:
            raise self._flooded("more through its jump host than was asked for")
        data = self._received_from_below(most)
        self._received += len(data)
        if self._received > MOST_BEFORE_LOGIN and not self.is_open_ended:
            raise self._flooded(f"more than {MOST_BEFORE_LOGIN // 1024} KiB before the login")
        return data

    def settimeout(self, seconds: float) -> None:
        """Keep the interval that was chosen here, whatever paramiko wishes."""

    def cut(self) -> None:
        """Let nothing pass any more; waits for nobody, and may be called by any thread."""
        self.ended = True
        if isinstance(self._below, paramiko.Channel):
            self._below.in_buffer.close()
        else:
            with suppress(OSError):
                self._below.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cut, and give back what was held."""
        self.cut()
        with suppress(*WIRE_ERRORS):
            self._below.close()

    def _received_from_below(self, most: int) -> bytes:
        try:
            data = self._below.recv(most)
        except TimeoutError:
            raise  # nothing came, which paramiko expects to hear now and then
        except OSError:
            self.ended = self.hung_up = True
            raise
        if not data and not self.ended:
            self.ended = self.hung_up = True
        return data

    def _flooded(self, what: str) -> SSHException:
        self.flood = what
        return SSHException(what)

    @property
    def _backlog(self) -> int:
        """Bytes that a jump host has sent without being asked to, past what its window allows."""
        return len(self._below.in_buffer) if isinstance(self._below, paramiko.Channel) else 0

    @property
    def _closed(self) -> bool:
        """As paramiko asks a socket."""
        return self.ended


class Transport(paramiko.Transport):
    """One SSH connection, whose log nobody hears: it would hold raw text of servers."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)  # type: ignore[arg-type] # what paramiko documents as socket-like
        silent = logging.getLogger(LOG)
        silent.propagate = False
        silent.setLevel(logging.CRITICAL + 1)
        self.set_log_channel(LOG)
        self.banner_timeout = self.handshake_timeout = self.auth_timeout = NEVER
        self.shown_keys: tuple[str, ...] = ()
        """Algorithms of the host keys that the server has."""
        self._refusals: dict[int, ChannelException] = {}
        self._closed_there: set[int] = set()
        self._own = threading.local()

    def open(
        self, kind: str, target: tuple[str, int] | None, seconds: float, window: int | None = None
    ) -> paramiko.Channel:
        """Open a channel; raises ``ChannelException``, ``TimeoutError`` or one of WIRE_ERRORS.

        paramiko keeps one reason for all channels and forgets the server's words. Threads that
        share a connection would hear each other's reasons, so they are kept here by channel.
        """
        self._own.channel = None
        origin = ("127.0.0.1", 0) if target else None
        try:
            return self.open_channel(kind, target, origin, window, timeout=seconds)
        except SSHException as error:
            if refusal := self._refusals.pop(self._own.channel, None):
                raise refusal from None
            if "Timeout" in str(error):
                raise TimeoutError from None
            raise

    def wait_for(self, event: Event) -> None:
        """Wait until something has happened, or cannot happen any more."""
        while self.is_active() and not event.wait(POLL_SECONDS):
            continue

    def forget_timers(self) -> None:
        """End paramiko's own timer of the handshake, whose thread would outlive the run."""
        self.packetizer.complete_handshake()

    def _next_channel(self) -> int:
        number: int = super()._next_channel()  # type: ignore[misc] # the stubs know no inner parts
        self._own.channel = number
        return number

    def _send_message(self, message: Message) -> None:
        """Send no word on a channel after its close: sshd ends the whole connection at that.

        Between looking whether a channel is open and sending, another thread may close it; here,
        paramiko's lock has put all messages into their order.
        """
        data = message.asbytes()
        if MSG_CHANNEL_WINDOW_ADJUST <= data[0] <= MSG_CHANNEL_FAILURE:
            channel = int.from_bytes(data[1:5], "big")
            if channel in self._closed_there:
                return
            if data[0] == MSG_CHANNEL_CLOSE:
                self._closed_there.add(channel)
        super()._send_message(message)  # type: ignore[misc] # as above

    def _parse_channel_open_success(self, message: Message) -> None:
        _, channel = message.get_int(), message.get_int()
        self._closed_there.discard(channel)  # sshd gives a number again once it is free
        message.rewind()
        super()._parse_channel_open_success(message)  # type: ignore[misc] # as above

    def _parse_channel_open_failure(self, message: Message) -> None:
        channel, code, said = message.get_int(), message.get_int(), message.get_text()
        self._refusals[channel] = ChannelException(code, said)
        message.rewind()
        super()._parse_channel_open_failure(message)  # type: ignore[misc] # as above
        self.saved_exception = None

    def _really_parse_kex_init(self, message: Message, *args: Any, **kwargs: Any) -> Any:
        parsed = super()._really_parse_kex_init(message, *args, **kwargs)  # type: ignore[misc] # as above
        self.shown_keys = tuple(parsed["server_key_algo_list"])
        return parsed
