"""A conversation with a mail server, for ``clients.smtp``: commands out, whole replies in.

What it may say is bounded in length, and all of it by one deadline. There is no way to send a mail:
``DATA`` is none of the commands.
"""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from typing import Literal

Command = Literal["EHLO", "MAIL", "RCPT", "RSET", "QUIT"]
LONGEST_LINE = 2048
"""Bytes; RFC 5321 allows 512."""
MOST_LINES = 100
LONGEST_SHOWN = 160
LINE = re.compile(rb"([2-5][0-9]{2})(?:([- ])([^\r\n]*))?\r?\n")
ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
UNPRINTABLE = re.compile(r"[^ -~]+")


class Garbled(Exception):
    """What came is no reply of a mail server, or none of usual size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What it said to one command."""

    code: int
    lines: tuple[str, ...]

    @property
    def enhanced(self) -> str:
        """The status by RFC 3463 that it begins with, such as ``5.1.1``; nothing without one."""
        found = ENHANCED.match(self.lines[0])
        return found[0] if found else ""

    @property
    def shown(self) -> str:
        """Code and text as a message may show them."""
        text = UNPRINTABLE.sub(" ", " ".join(self.lines))
        return f"{self.code} {text}".strip()[:LONGEST_SHOWN]


class Line:
    """A connection; whatever goes wrong is ``OSError`` or ``Garbled``."""

    def __init__(self, address: str, port: int, *, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._socket = socket.create_connection((address, port), timeout=seconds)
        self._kept = b""

    def own_name(self) -> str:
        """Return what to call this machine: its address there, as RFC 5321 writes one."""
        own = str(self._socket.getsockname()[0])
        return f"[IPv6:{own}]" if ":" in own else f"[{own}]"

    def say(self, command: Command, more: str = "") -> Reply:
        """Send a command and return the reply to it."""
        self._wait()
        self._socket.sendall(f"{command}{more and f' {more}'}\r\n".encode("ascii"))
        return self.hear()

    def hear(self) -> Reply:
        """Return the next reply."""
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            found = LINE.fullmatch(self._next())
            if found is None:
                break
            lines.append((found[3] or b"").decode("ascii", "replace"))
            if found[2] != b"-":
                return Reply(code=int(found[1]), lines=tuple(lines))
        raise Garbled

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _next(self) -> bytes:
        while b"\n" not in self._kept:
            if len(self._kept) > LONGEST_LINE:
                raise Garbled
            self._wait()
            more = self._socket.recv(LONGEST_LINE)
            if not more:
                raise ConnectionResetError
            self._kept += more
        line, mark, self._kept = self._kept.partition(b"\n")
        return line + mark

    def _wait(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
