"""Reads instants, spans and units of systemd as hosts print them, for the host collectors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPAN = re.compile(r"([0-9.]+)(us|ms|s|min|h|d|w|month|y)")
SECONDS = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1,
    "min": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
    "month": 2629800,
    "y": 31557600,
}
"""A month and a year as systemd counts them."""


def epoch_instant(text: str) -> datetime:
    """Return the instant of so many seconds since 1970; raises ``ValueError`` or Arithmetic…."""
    return EPOCH + timedelta(seconds=int(text))


def systemd_instant(text: str) -> datetime | None:
    """Return the instant of ``Fri 2026-11-27 06:51:01 UTC``; nothing for ``n/a`` or none."""
    words = text.split()
    if len(words) != 4 or words[3] != "UTC":
        return None
    return datetime.fromisoformat(f"{words[1]}T{words[2]}+00:00")


def systemd_seconds(text: str) -> float | None:
    """Return the seconds of ``1min 30s``; nothing for ``infinity``, which never ends."""
    parts = SPAN.findall(text)
    return sum(float(number) * SECONDS[unit] for number, unit in parts) if parts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemdUnit:
    """A unit as systemd has it, by named properties."""

    name: str
    load_state: str
    """``loaded``, ``not-found``, ``masked``."""
    active_state: str
    sub_state: str = ""
    file_state: str = ""
    """``enabled``, ``disabled``, ``static``."""
    kind: str = ""
    """Type of a service: ``simple``, ``oneshot``."""
    restart: str = ""
    """When systemd starts it again: ``always``, ``on-failure``, ``no``."""
    restarts: int = 0
    """How often systemd did, since somebody last started it."""
    user: str = ""
    dynamic_user: bool = False
    stop_seconds: float | None = None
    """How long it may take to stop; nothing if for ever."""
    started_at: datetime | None = None
    exited_at: datetime | None = None
    exit_status: int = 0
    result: str = ""
    triggered_at: datetime | None = None
    """When a timer last did what it is for."""

    @property
    def seen(self) -> str:
        """One line about the unit, with its name."""
        return f"{self.name}: {self.state}"

    @property
    def state(self) -> str:
        """Its states in a few words, for a finding that names it."""
        if not self.is_loaded:
            return self.load_state
        states = (self.active_state, self.sub_state, self.file_state)
        return ", ".join(state for state in states if state)

    @property
    def is_loaded(self) -> bool:
        """Whether systemd knows the unit and could read it."""
        return self.load_state == "loaded"

    @property
    def is_enabled(self) -> bool:
        """Whether it comes back after a reboot."""
        return self.file_state in {"enabled", "generated"}

    @property
    def is_active(self) -> bool:
        """Whether it runs, or for a timer: waits."""
        return self.active_state == "active"

    @property
    def restarts_itself(self) -> bool:
        """Whether systemd starts it again after it failed."""
        return self.restart in {"always", "on-failure"}

    @property
    def runs_as_root(self) -> bool:
        """Whether its processes are root's."""
        return not self.dynamic_user and self.user in {"", "root", "0"}

    @property
    def stops_in_time(self) -> bool:
        """Whether systemd ends it when it does not stop by itself."""
        return self.stop_seconds is not None


def units_in(lines: Iterable[str]) -> tuple[SystemdUnit, ...]:
    """Return the units of what ``systemctl show`` printed, under every name that each has."""
    return tuple(
        _unit(name, block)
        for block in _blocks(lines)
        for name in block.get("Names", block.get("Id", "")).split()
    )


def _blocks(lines: Iterable[str]) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = [{}]
    for line in lines:
        if not line:
            blocks.append({})
        else:
            name, _, value = line.partition("=")
            blocks[-1][name] = value
    return [block for block in blocks if block]


def _unit(name: str, block: Mapping[str, str]) -> SystemdUnit:
    return SystemdUnit(
        name=name,
        load_state=block.get("LoadState", ""),
        active_state=block.get("ActiveState", ""),
        sub_state=block.get("SubState", ""),
        file_state=block.get("UnitFileState", ""),
        kind=block.get("Type", ""),
        restart=block.get("Restart", ""),
        restarts=int(block.get("NRestarts") or 0),
        user=block.get("User", ""),
        dynamic_user=block.get("DynamicUser") == "yes",
        stop_seconds=systemd_seconds(block.get("TimeoutStopUSec", "")),
        started_at=systemd_instant(block.get("ExecMainStartTimestamp", "")),
        exited_at=systemd_instant(block.get("ExecMainExitTimestamp", "")),
        exit_status=int(block.get("ExecMainStatus") or 0),
        result=block.get("Result", ""),
        triggered_at=systemd_instant(block.get("LastTriggerUSec", "")),
    )
