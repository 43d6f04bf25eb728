"""One command on a host: its input is sent, its streams are kept up to a limit, its end awaited."""

from __future__ import annotations

import shlex
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

from paramiko.ssh_exception import ChannelException

from pytest_orr.errors import FactUnavailable

from .ssh import CommandResult
from .ssh_failures import CHECK_LOG, WIRE_ERRORS, short
from .ssh_wire import Pipe

if TYPE_CHECKING:
    from paramiko import Channel

    from .ssh_attempt import Attempt, Deadline
    from .ssh_line import Line

MOST_OUT = 4 * 1024 * 1024
MOST_ERR = 64 * 1024
"""Bytes of standard output and of standard error."""
WINDOW = MOST_OUT + 2 * MOST_ERR
"""What a host may send before it waits for us: a little more than what is taken."""
LONGEST_TAIL = 100
"""Characters of each that a failure tells."""
HIGHEST_STATUS = 255
DOING = "before its script had ended"


class Command:
    """A command over a line, of which a result is an exit status and the end of both streams."""

    def __init__(self, line: Line, attempt: Attempt, deadline: Deadline) -> None:
        self._line = line
        self._ended = Event()
        self._out = Pipe(MOST_OUT, self._ended)
        self._err = Pipe(MOST_ERR, self._ended)
        attempt.begin(
            f"{line.hop} did not end its script",
            "find out what holds it up there",
            deadline,
            self._received,
        )
        self._channel = self._session(deadline.seconds)
        attempt.cut_with(self._stop)

    def result(self, words: tuple[str, ...], script: bytes) -> CommandResult:
        """Run the words with a script as input; raises ``FactUnavailable`` if no result comes."""
        channel = self._channel
        try:
            channel.exec_command(shlex.join(words))
            with suppress(OSError):  # who ends without reading all of it has a result nevertheless
                channel.sendall(script)
                channel.shutdown_write()
            self._ended.wait()
            if channel.eof_received:
                channel.status_event.wait()
        except WIRE_ERRORS:
            raise self._broken() or self._refused() from None
        finally:
            with suppress(*WIRE_ERRORS):
                channel.close()
        return self._judged(channel)

    def _session(self, seconds: float) -> Channel:
        try:
            channel = self._line.transport.open("session", None, seconds, WINDOW)
        except ChannelException as refusal:
            said = f": {short(refusal.text)}" if refusal.text else ""
            raise FactUnavailable(
                f"{self._line.hop} refused a session, with code {refusal.code}{said}",
                f"allow sessions (MaxSessions) in its sshd_config, or {CHECK_LOG}",
            ) from None
        except WIRE_ERRORS:
            raise self._broken() or self._refused() from None
        channel.settimeout(seconds)
        channel.in_buffer, channel.in_stderr_buffer = self._out, self._err
        return channel

    def _judged(self, channel: Channel) -> CommandResult:
        hop, status = self._line.hop, channel.exit_status
        for pipe, most, name in ((self._out, MOST_OUT, "output"), (self._err, MOST_ERR, "error")):
            if pipe.overflowed:
                raise self._void(f"{hop} wrote more than {most // 1024} KiB to standard {name}")
        if channel.eof_received and 0 <= status <= HIGHEST_STATUS:
            return CommandResult(status=status, out=self._out.empty(), err=self._err.empty())
        if failure := self._broken():
            raise failure
        if not channel.eof_received:
            raise self._void(f"{hop} closed the channel without the end of the output")
        if status > HIGHEST_STATUS:
            raise self._void(f"{hop} ended its script with {status}, which is no exit status")
        raise self._void(f"{hop} ended its script without an exit status, as after a signal")

    def _broken(self) -> FactUnavailable | None:
        failure = self._line.broken(DOING)
        return failure and FactUnavailable(f"{failure.cause}{self._received()}", failure.remedy)

    def _refused(self) -> FactUnavailable:
        return FactUnavailable(
            f"{self._line.hop} refused to run a command for {self._line.hop.user}",
            f"let {self._line.hop.user} run commands there: see ForceCommand in its sshd_config and"
            " command= in authorized_keys",
        )

    def _void(self, what: str) -> FactUnavailable:
        return FactUnavailable(
            f"{what}{self._received()}", "run the script of `orr plan --script` there by hand"
        )

    def _received(self) -> str:
        """Return the end of what came, as the end of a sentence."""
        texts = (self._tail(self._out), self._tail(self._err))
        return "".join(f'; received: "{text}"' for text in texts if text)

    def _tail(self, pipe: Pipe) -> str:
        return short(pipe.tail(LONGEST_TAIL).decode("utf-8", "replace"), LONGEST_TAIL)

    def _stop(self) -> None:
        """Let go of whatever waits for this command, without waiting."""
        self._ended.set()
        self._channel.event.set()
        self._channel.status_event.set()
