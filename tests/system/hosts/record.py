"""Records what real hosts print, for the embedded example to answer with: ``make record-hosts``.

Boots the example's hosts twice, sound and faulty, and sends each the script that the example's
profile asks for, with every section, through the product's SSH client. Each answer goes whole to a
file of ``examples/explorer/hosts/``, with one change: all instants are moved by as much as makes
the host's clock say ``TAKEN``, because the example is judged on a day of its own.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.collect.host_script import SECTIONS, script_for

from .asking import read_profile
from .lacking import what_is_lacking
from .renewal import authority, issue, renew_by_timer
from .world import CHECKOUT, JUMP, Spec, World, world

if TYPE_CHECKING:
    from pytest_orr.profile.schema import Machine, Profile

EXAMPLE = CHECKOUT / "examples/explorer"
TAKEN = dt.datetime(2026, 11, 19, 9, tzinfo=dt.UTC)
RENEWS = "explorer-backend-1"
TESTING = Spec(name="explorer-testing-1")
SOUND = (Spec(name=JUMP), Spec(name=RENEWS), Spec(name="explorer-backend-2"))
FAULTY = (
    Spec(name=JUMP, faults=frozenset({"root key", "root login"})),
    Spec(
        name=RENEWS,
        faults=frozenset(
            {
                "leftover in tmp",
                "leftovers",
                "plain secret",
                "readable config",
                "reboot required",
                "unit careless",
                "update held",
            }
        ),
    ),
    Spec(
        name="explorer-backend-2",
        faults=frozenset(
            {
                "index stale",
                "key file",
                "no exporter",
                "old revision",
                "stray port",
                "unit disabled",
                "updates off",
                "updates stale",
            }
        ),
    ),
    TESTING,
)
"""The testing host is sound by itself, but all hosts that are booted together share their keys."""
STATES = {"repaired": SOUND, "faulty": FAULTY}
EPOCH = r"(?P<epoch>\b1[0-9]{9}\b)"
CLOCKS = {
    "systemd": (
        r"\b[A-Z][a-z]{2} 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\b",
        "%a %Y-%m-%d %H:%M:%S UTC",
    ),
    "log": (r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\b", "%Y-%m-%d %H:%M:%S"),
    "openssl": (r"\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d 20\d\d GMT\b", "%b %d %H:%M:%S %Y GMT"),
}
"""How instants stand in what hosts print, besides seconds since 1970."""
INSTANTS = re.compile("|".join([EPOCH, *(f"(?P<{n}>{form})" for n, (form, _) in CLOCKS.items())]))
NEAR = dt.timedelta(days=1000)
"""A number as far as this from the clock is no instant."""


def main() -> int:
    """Record all hosts and return the status to exit with."""
    with tempfile.TemporaryDirectory() as trial:
        lacking = what_is_lacking(trial, ("certbot", "openssl", "pebble"))
    if lacking:
        sys.stderr.write(f"{lacking}\n")
        return 4
    for state, specs in STATES.items():
        with tempfile.TemporaryDirectory() as folder, world(Path(folder), specs) as made:
            _let_renew(made, by_timer=state == "repaired")
            _record(made, state, specs)
    apart = (Spec(name=JUMP), TESTING)
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), apart) as made:
        _record(made, "repaired", (TESTING,))
    return 0


def _let_renew(made: World, *, by_timer: bool) -> None:
    host = made.hosts[RENEWS]
    with authority(made, host):
        issue(host)
    if by_timer:
        renew_by_timer(host)


def _record(made: World, state: str, specs: tuple[Spec, ...]) -> None:
    os.environ["EXPLORER_SSH_CONFIG"] = str(made.ssh_config)
    os.environ["EXPLORER_KNOWN_HOSTS"] = str(made.known_hosts)
    path = EXAMPLE / state / "readiness.toml"
    profile = read_profile(path)
    for machine in profile.machines:
        if machine.name in {spec.name for spec in specs}:
            name = machine.name.removeprefix("explorer-") + ("-faulty" * (state == "faulty"))
            record = moved(_answer(made, path, profile, machine))
            (EXAMPLE / f"hosts/{name}.jsonl").write_text(record, encoding="ascii")
            sys.stdout.write(f"{name}: {len(record.splitlines())} lines\n")


def _answer(made: World, path: Path, profile: Profile, machine: Machine) -> str:
    script = script_for(machine, profile.host_limits, SECTIONS, sudo=profile.ssh.sudo)
    asked = made.asked(path, "run", machine.name, given=script.encode())
    if asked.status != 0:
        raise RuntimeError(f"{machine.name} did not answer: {asked.err}")
    return asked.out.decode("ascii")


def moved(record: str) -> str:
    """Return a record with every instant moved so that its clock line says ``TAKEN``."""
    first = json.loads(record.splitlines()[0])
    if (first["section"], first["key"]) != ("clock", "epoch"):
        raise ValueError("a record begins with its host's clock")
    clock = dt.datetime.fromtimestamp(int(first["value"]), dt.UTC)

    def move(found: re.Match[str]) -> str:
        kind = found.lastgroup or ""
        if kind == "epoch":
            instant = dt.datetime.fromtimestamp(int(found[0]), dt.UTC)
            there = instant + (TAKEN - clock)
            return found[0] if abs(instant - clock) > NEAR else str(int(there.timestamp()))
        form = CLOCKS[kind][1]
        instant = dt.datetime.strptime(found[0], form).replace(tzinfo=dt.UTC)
        padded = form.replace("%b %d", "%b %e")  # as openssl writes a day of one digit
        return f"{instant + (TAKEN - clock):{padded}}"

    return INSTANTS.sub(move, record)


if __name__ == "__main__":
    sys.exit(main())
