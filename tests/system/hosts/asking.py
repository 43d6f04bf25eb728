"""Asks hosts by the product's own clients, in a process that stands where the client stands.

``python -m tests.system.hosts.asking PROFILE run HOST`` sends what is on standard input to a host's
shell and prints what came back; ``reach JUMP ADDRESS PORT`` and ``probe ADDRESS PORT`` print
what becomes of a connection from the jump host and from here.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.ports import PortAccess
from pytest_orr.clients.ssh import SshAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.load import load
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from pytest_orr.profile.schema import Profile

UNKNOWN = 20
"""Status when a host could not be asked."""


def main(profile_path: str, verb: str, *words: str) -> int:
    """Do what the words say and return the status to exit with."""
    if verb == "probe":
        return _say(PortAccess(connect_seconds=1).probe(words[0], int(words[1])))
    path = Path(profile_path)
    profile = read_profile(path)
    machine = next(machine for machine in profile.machines if machine.name == words[0])
    ssh = SshAccess(profile, path.parent, _complain)
    try:
        if verb == "reach":
            return _say(ssh.reach(machine, words[1], int(words[2])))
        done = ssh.run(machine, sys.stdin.buffer.read())
    except FactUnavailable as error:
        _complain(error.diagnostics())
        return UNKNOWN
    finally:
        ssh.close()
    sys.stdout.buffer.write(done.out)
    sys.stderr.buffer.write(done.err)
    return done.status


def read_profile(path: Path) -> Profile:
    """Read a profile as a run would."""
    items = read(baseline(), fact_names=()).items
    return load(path, items=items, as_of=dt.datetime.now(dt.UTC).date()).profile


def _say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
