"""What signing and verifying costs beside the calls of ``ssh-keygen -Y`` that do the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.sign import sshsig
from pytest_orr.sign.envelope import NAMESPACE, pae

from . import sign_steps
from .measured import OURS, Case, Command, Once, run
from .plugin import CHECKOUT, environment
from .rivals import Lacking
from .sign_review import PEOPLE, payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .measured import Ended

STEPS = ("sign", "verify", "both")


def cases(*, runs: int) -> Iterator[Case]:
    """Measure both steps, product and bare calls in alternation, after a round that warms up."""
    if shutil.which("ssh-keygen") is None:
        raise Lacking("ssh-keygen is not installed: apt-get install openssh-client")
    with tempfile.TemporaryDirectory(prefix="orr-bench-") as made:
        folder = Path(made)
        digest = lay_down(folder)
        commands = {
            name: Command(
                arguments=(sys.executable, "-m", "benchmarks.sign_steps", who, made),
                folder=CHECKOUT,
                environment=environment(),
                outcome=last_line,
            )
            for name, who in zip(OURS, ("product", "bare"), strict=True)
        }
        taken: dict[str, list[Once]] = {name: [] for name in commands}
        for number in range(runs + 1):
            for name, command in commands.items():
                once = run(command)
                taken[name] += [once] if number else []
    for step in STEPS:
        yield Case(
            name=step,
            n=len(PEOPLE),
            unit="signatures",
            expected=told(0 if step == "verify" else len(PEOPLE), digest),
            taken={name: [part(once, step) for once in runs_] for name, runs_ in taken.items()},
        )


def lay_down(folder: Path) -> str:
    """Make a key for everybody, and return the digest of the signatures that they will make."""
    listed = []
    for name in PEOPLE:
        key = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name))
        subprocess.run(key, check=True)
        public = (folder / f"{name}.pub").read_text(encoding="utf-8")
        listed.append(f'{name}@example.org namespaces="{NAMESPACE}" {public}')
    (folder / sign_steps.ALLOWED).write_text("".join(listed), encoding="utf-8")
    for name in PEOPLE:
        sign_steps.sign(folder, name, pae(payload()))
    made = (folder / f"{name}.sig" for name in PEOPLE)
    return sign_steps.digest_of(sshsig.unarmoured(one.read_text(encoding="ascii")) for one in made)


def last_line(ended: Ended) -> str:
    """Return what a process said last: both steps as JSON."""
    return ended.last


def part(once: Once, step: str) -> Once:
    """Return one step of a run; a process that failed did nothing, and says so."""
    try:
        said = json.loads(once.outcome)[step]
    except (ValueError, TypeError, KeyError):
        return once
    calls = said["signed"] + said["verified"]
    outcome = told(said["signed"], said["digest"])
    return replace(once, seconds=said["seconds"], outcome=outcome, calls=calls)


def told(signed: int, digest: str) -> str:
    """Say what a step did."""
    return f"{signed} signed, signatures {digest}"
