"""Reads every declared host once, all at once, and hands what each printed to its collectors."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from pytest_orr.clients.clocks import Clocks
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_lines import AGAIN, HostOutput, SectionRead, read_output, visible
from pytest_orr.collect.host_permissions import allowing
from pytest_orr.collect.host_script import script_digest, script_for
from pytest_orr.collect.host_values import epoch_instant
from pytest_orr.collect.parts import Seen
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.clients.ssh import SshAccess
    from pytest_orr.profile.schema import HostLimits, Machine, Profile

T = TypeVar("T", bound=Seen)

AT_ONCE = 64
CLOCKS_APART = timedelta(seconds=120)
"""Further apart, what a host dates is not to be compared with the instant of the run."""
UNPRINTABLE = (ValueError, ArithmeticError, LookupError)
"""What reading a value raises that the script would never have printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostView:
    """One host as its collectors see it."""

    machine: Machine
    limits: HostLimits
    output: HostOutput
    where: str
    """The host, and the digest of the script or the file that its facts come from."""
    clock: Unavailable | None = None
    """Why the instants of this host are not to be judged by."""

    def section(self, name: str) -> SectionRead:
        """Return a section that was read; raise ``FactUnavailable`` for any other."""
        found = self.output.sections.get(name)
        if found is None:
            why = self.output.trouble
            cause = why.cause if why else f"the answer holds no section {name}"
            raise FactUnavailable(cause, why.remedy if why else AGAIN)
        if found.state == "ok":
            return found
        if found.state == "denied":
            raise FactUnavailable(f"{name} is not to be read: {found.why}", allowing(name))
        if found.state == "spoilt":
            raise FactUnavailable(f"{name} is not what the script printed: {found.why}", AGAIN)
        remedy = f"see what it says on the host, and {AGAIN}"
        raise FactUnavailable(f"{name} could not be read: {found.why}", remedy)

    def has(self, name: str) -> bool:
        """Tell whether the host has what a section asks about; absent is an answer."""
        found = self.output.sections.get(name)
        return found is None or found.state != "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    """A host of which nothing could be had."""

    machine: Machine
    where: str
    unavailable: Unavailable


class HostReadings:
    """What every declared host printed: read at the first question, once, with one script each."""

    def __init__(
        self,
        profile: Profile,
        ssh: SshAccess,
        *,
        sections: frozenset[str],
        folder: Path,
        progress: Callable[[str], None],
        clocks: Clocks | None = None,
    ) -> None:
        """Take the union of the sections that this run needs; ``folder`` is the profile's."""
        self._profile = profile
        self._ssh = ssh
        self._sections = sections
        self._folder = folder
        self._progress = progress
        self._clocks = clocks or Clocks()
        self._lock = threading.Lock()
        self._read: tuple[HostView | _Unread, ...] | None = None

    def answer(
        self, sections: tuple[str, ...], parse: Callable[[HostView], T]
    ) -> Answer[tuple[HostFact[T], ...]]:
        """Return a fact about every host, with where each was read; otherwise as ``facts``."""
        read, own = self._all(), self._profile.service.environment
        facts = tuple(_fact(host, _needing(sections, parse), own) for host in read)
        return Answer(value=facts, where=tuple(host.where for host in read))

    def facts(
        self, sections: tuple[str, ...], parse: Callable[[HostView], T]
    ) -> tuple[HostFact[T], ...]:
        """Return a fact about every declared host: what ``parse`` sees, or why it saw nothing.

        A host of which one of the ``sections`` is not to be had is unavailable. Raises
        ``FactUnavailable`` if the profile declares no hosts.
        """
        return self.answer(sections, parse).value

    def _clock(self) -> datetime:
        return datetime.fromtimestamp(self._clocks.now(), UTC)

    def _all(self) -> tuple[HostView | _Unread, ...]:
        with self._lock:
            if self._read is None:
                self._read = self._ask_all()
            return self._read

    def _ask_all(self) -> tuple[HostView | _Unread, ...]:
        machines = self._profile.machines
        if not machines:
            raise Undeclared("[[hosts]]", "the service's hosts, and the jump hosts before them,")
        counter = count(1)

        def ask(machine: Machine) -> HostView | _Unread:
            read = self._ask(machine)
            done = f"({next(counter)} of {len(machines)})"
            failed = isinstance(read, _Unread)
            self._progress(f"{'could not read ' if failed else 'read '}{machine.name} {done}")
            return read

        with ThreadPoolExecutor(min(AT_ONCE, len(machines)), thread_name_prefix="host") as pool:
            return tuple(pool.map(ask, machines))

    def _ask(self, machine: Machine) -> HostView | _Unread:
        file = machine.group.outputs.get(machine.name)
        try:
            return self._from_file(machine, file) if file else self._from_host(machine)
        except FactUnavailable as error:
            why = Unavailable(cause=error.cause, remedy=error.remedy)
            return _Unread(machine=machine, where=machine.name, unavailable=why)

    def _from_host(self, machine: Machine) -> HostView:
        limits, sudo = self._profile.host_limits, self._profile.ssh.sudo
        script = script_for(machine, limits, self._sections, sudo=sudo)
        asked = self._clocks.now()
        earliest = self._clock() - CLOCKS_APART
        result = self._ssh.run(machine, script.encode())
        latest = self._clock() + CLOCKS_APART
        output = read_output(result.out)
        if not output.sections and result.status:
            said = visible(result.err.decode("utf-8", "backslashreplace").strip()[-300:])
            raise FactUnavailable(
                f"the script ended with status {result.status}: {said or 'without a word'}",
                "see that the login's shell is one and that sh, awk and date are there",
            )
        there = _instant(output)
        self._clocks.told(machine.name, there.timestamp(), asked=asked)
        clock = None if earliest <= there <= latest else _apart(there, latest - CLOCKS_APART)
        where = f"{machine.name}, script sha256 {script_digest(script)}"
        return HostView(machine=machine, limits=limits, output=output, where=where, clock=clock)

    def _from_file(self, machine: Machine, file: str) -> HostView:
        """Read what somebody saved; its instants are the host's own, and it dates itself."""
        path, limits = self._folder / file, self._profile.host_limits
        script = f"run the script of `orr plan --script {machine.name}` on {machine.name}"
        remedy = f"{script} and save what it prints as {file}"
        try:
            output = read_output(path.read_bytes())
        except OSError as error:
            raise FactUnavailable(f"{file} cannot be read: {error.strerror}", remedy) from error
        there, here = _instant(output), self._clock()
        if not here - timedelta(days=limits.oldest_output_days) <= there <= here + CLOCKS_APART:
            raise FactUnavailable(
                f"{file} is of {there:%Y-%m-%d}: not of the last {limits.oldest_output_days} days",
                remedy,
            )
        where = f"{machine.name}, {file} of {there:%Y-%m-%dT%H:%M:%SZ}"
        return HostView(machine=machine, limits=limits, output=output, where=where)


def _instant(output: HostOutput) -> datetime:
    """Return the host's own instant, without which nothing else of it is worth reading."""
    read = output.sections.get("clock")
    try:
        return epoch_instant(read.one("epoch") if read and read.state == "ok" else "")
    except UNPRINTABLE as error:
        why = output.trouble
        cause = why.cause if why else "it does not say what time it is there"
        raise FactUnavailable(cause, AGAIN) from error


def _apart(there: datetime, here: datetime) -> Unavailable:
    return Unavailable(
        cause=f"its clock said {there:%Y-%m-%d %H:%M:%S} when it was {here:%Y-%m-%d %H:%M:%S} here",
        remedy="let systemd-timesyncd or chrony keep its time",
    )


def _needing(sections: tuple[str, ...], parse: Callable[[HostView], T]) -> Callable[[HostView], T]:
    def seen(host: HostView) -> T:
        for section in sections:
            host.section(section)
        return parse(host)

    return seen


def _fact(
    host: HostView | _Unread, parse: Callable[[HostView], T], environment: str
) -> HostFact[T]:
    observed, unavailable = None, None
    if isinstance(host, _Unread):
        unavailable = host.unavailable
    else:
        observed, unavailable = _parsed(host, parse)
    return HostFact(
        name=host.machine.name,
        role=host.machine.group.role,
        environment=host.machine.environment,
        is_own=host.machine.environment == environment,
        observed=observed,
        unavailable=unavailable,
    )


def _parsed(host: HostView, parse: Callable[[HostView], T]) -> tuple[T | None, Unavailable | None]:
    try:
        return parse(host), None
    except FactUnavailable as error:
        return None, Unavailable(cause=error.cause, remedy=error.remedy)
    except UNPRINTABLE as error:
        cause = f"it printed what the script cannot print: {visible(str(error))[:200]}"
        return None, Unavailable(cause=cause, remedy=AGAIN)
