"""Boots one host: an overlay on the shared root, with systemd as its first process.

The overlay is mounted in a mount namespace of the host's own, and everything dies with the process
that started it, so a killed run leaves no mount and no host.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import control_groups

LONGEST_BOOT = 60
"""Seconds; it takes about two."""
BOOT = """\
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
exec systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$2/root" \
    --machine="$3" --hostname="$3" --network-namespace-path="/run/netns/$4"
"""
DIES_WITH_US = (
    *("setpriv", "--pdeathsig", "KILL"),
    *("unshare", "--fork", "--kill-child=KILL", "--pid", "--mount-proc", "--mount"),
)
"""nspawn leaves its host running when it is killed, so both are put into a process namespace."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SETTLED = ("running", "degraded")
"""What systemd says once everything was started, or has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What a host has of its own: files written here before it boots lie over the shared root."""

    folder: Path

    def write(self, path: str, text: str = "", *, mode: int = 0o644, owner: int = 0) -> None:
        """Write a file with its folders, which are root's and open to all if they are new."""
        place = self.folder / "upper" / path.lstrip("/")
        self.folders(place.parent)
        place.write_text(text, encoding="utf-8")
        place.chmod(mode)
        os.chown(place, owner, owner)

    def link(self, path: str, target: str) -> None:
        """Write a symbolic link."""
        place = self.folder / "upper" / path.lstrip("/")
        self.folders(place.parent)
        place.symlink_to(target)

    def unlink(self, path: str) -> None:
        """Take away what was written or linked."""
        (self.folder / "upper" / path.lstrip("/")).unlink()

    def own(self, path: str, *, mode: int, owner: int) -> None:
        """Give a file or folder to somebody."""
        place = self.folder / "upper" / path.lstrip("/")
        place.chmod(mode)
        os.chown(place, owner, owner)

    def folders(self, place: Path) -> None:
        """Make folders as the shared root has them, so that the overlay changes none."""
        upper = self.folder / "upper"
        below = self.folder / "shared"
        for folder in reversed([place, *place.parents]):
            if not folder.is_relative_to(upper) or folder.exists():
                continue
            folder.mkdir()
            like = below / folder.relative_to(upper)
            if like.is_dir():
                shutil.copystat(like, folder)
                os.chown(folder, like.stat().st_uid, like.stat().st_gid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booted:
    """A running host."""

    name: str
    folder: Path
    outer: subprocess.Popen[bytes]
    first: int
    """Process id, outside, of its first process."""

    @property
    def root(self) -> Path:
        """Its file system as its own processes see it, with everything mounted there."""
        return Path(f"/proc/{self.first}/root")

    def tried(self, *command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command on it as root, past SSH."""
        into = ["--mount", "--uts", "--ipc", "--net", "--pid"]
        return subprocess.run(
            ["nsenter", "--target", str(self.first), *into, "--", *command],
            env={"PATH": PATH},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *command: str, given: str | None = None) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = self.tried(*command, given=given)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: {' '.join(command)}: {done.stderr or done.stdout}")
        return done.stdout


def new_layer(folder: Path, shared: Path) -> Layer:
    """Make the folders of a host."""
    for name in ("upper", "work", "root"):
        (folder / name).mkdir(parents=True)
    (folder / "shared").symlink_to(shared)
    shutil.copystat(shared, folder / "upper")
    return Layer(folder=folder)


def start(name: str, layer: Layer, namespace: str) -> subprocess.Popen[bytes]:
    """Start a host; it ends with the thread that called this."""
    boot = control_groups.joining(namespace) + BOOT
    given = (str(layer.folder / "shared"), str(layer.folder))
    with (layer.folder / "console.log").open("wb") as console:
        return subprocess.Popen(
            [*DIES_WITH_US, "sh", "-e", "-c", boot, "sh", *given, name, namespace],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
            env={"PATH": PATH},
        )


def until_it_runs(name: str, layer: Layer, outer: subprocess.Popen[bytes]) -> Booted:
    """Wait until systemd has started everything, its SSH server among it."""
    deadline = time.monotonic() + LONGEST_BOOT
    while time.monotonic() < deadline and outer.poll() is None:
        first = _first_process(outer.pid)
        if first:
            booted = Booted(name=name, folder=layer.folder, outer=outer, first=first)
            if booted.tried("systemctl", "is-system-running").stdout.strip() in SETTLED:
                return booted
        time.sleep(0.05)
    said = (layer.folder / "console.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"{name} did not come up:\n{said[-2000:]}")


def _first_process(outer: int) -> int:
    """Return the process that is number one in the host; 0 if there is none yet."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for nspawn in _children(outer):
            for child in _children(nspawn):
                status = Path(f"/proc/{child}/status").read_text(encoding="ascii")
                if status.partition("NSpid:")[2].splitlines()[0].split()[-1] == "1":
                    return child
    return 0


def _children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def end(outers: list[subprocess.Popen[bytes]]) -> None:
    """Cut the power of hosts, and wait until all of their processes are gone."""
    for outer in outers:
        for number_one in _children(outer.pid) if outer.poll() is None else ():
            os.kill(number_one, signal.SIGKILL)
    for outer in outers:
        outer.wait()
