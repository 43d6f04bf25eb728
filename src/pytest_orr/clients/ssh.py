"""SSH as collectors see it: a script's result on a host, or why there is none; ports behind jumps.

Nothing but the script is ever sent: no agent, no environment, no terminal. The client library is
imported by the first question, not with this module.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from .ssh_attempt import Attempt, Deadline
from .ssh_route import Hop, Route, Routes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_orr.profile.schema import Machine, Profile, Ssh

    from .ports import PortState
    from .ssh_lines import Lines

__all__ = ["CommandResult", "Hop", "Route", "SshAccess"]

SHELL = ("sh", "-s")
LONGEST_PROBE = 5
"""Seconds until a port counts as dropped: long enough for two repetitions of what gets lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """What a command left behind, once it and both of its streams had ended."""

    status: int
    """0 to 255, as the host told it."""
    out: bytes
    """Standard output, at most 4 MiB."""
    err: bytes
    """Standard error, at most 64 KiB."""


class SshAccess:
    """Logs in to declared hosts: shared by all collectors and threads of the run.

    One connection to a jump host serves all hosts behind it. Every failure is ``FactUnavailable``
    and comes within the deadlines of ``[ssh]``. ``folder`` is the profile's.
    """

    def __init__(
        self,
        profile: Profile,
        folder: Path,
        progress: Callable[[str], None],
        *,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._ssh: Ssh = profile.ssh
        self._routes = Routes(profile, folder, environment)
        self._progress = progress
        self._lock = Lock()
        self._made: Lines | None = None

    def route(self, machine: Machine) -> Route:
        """Return every hop to a host; asks nobody."""
        return self._routes.to(machine)

    def run(
        self, machine: Machine, script: bytes, *, command: tuple[str, ...] = SHELL
    ) -> CommandResult:
        """Run a command on a host in one exec, with a script as its input.

        Raises ``FactUnavailable`` for whatever is not an exit status and the end of both streams.
        """
        from .ssh_command import Command  # noqa: PLC0415 the client library loads when used

        route, lines = self._prepared(machine, "")

        def read(work: Attempt) -> CommandResult:
            limit = Deadline.after(self._ssh.command_seconds, "command_seconds")
            with lines.held(route.hops, work, is_shared=machine.group.role == "jump") as line:
                return Command(line, work, limit).result(command, script)

        return self._attempt(machine).outcome(read)

    def reach(self, jump: Machine, address: str, port: int) -> PortState:
        """Tell what becomes of a connection from a jump host to an address and a port.

        Nothing is sent through it. Raises ``FactUnavailable`` if the jump host cannot tell.
        """
        from .ssh_probe import state_of  # noqa: PLC0415 the client library loads when used

        route, lines = self._prepared(jump, f": {address} port {port}")
        seconds = min(self._ssh.connect_seconds, LONGEST_PROBE)
        return self._attempt(jump).outcome(
            lambda _: state_of(lines.shared(route.hops), address, port, seconds)
        )

    def close(self) -> None:
        """End every connection."""
        with self._lock:
            lines, self._made = self._made, None
        if lines is not None:
            lines.close_all()

    def _prepared(self, machine: Machine, what: str) -> tuple[Route, Lines]:
        from .ssh_lines import Lines  # noqa: PLC0415 the client library loads when used

        route = self.route(machine)
        self._progress(f"SSH {route}{what}")
        with self._lock:
            if self._made is None:
                self._made = Lines(self._ssh.connect_seconds)
            return route, self._made

    def _attempt(self, machine: Machine) -> Attempt:
        return Attempt(machine.name, Deadline.after(self._ssh.host_seconds, "host_seconds"))
