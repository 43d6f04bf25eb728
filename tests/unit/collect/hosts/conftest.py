"""A host's root in a folder: the real script runs in it, with the real commands of this machine."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.ssh import CommandResult
from pytest_orr.collect.desk import sections_of
from pytest_orr.collect.host_lines import HostOutput, read_output
from pytest_orr.collect.host_readings import HostReadings
from pytest_orr.collect.host_script import SECTIONS, script_for
from pytest_orr.collect.registry import registry
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.hosts import HostGroup, HostLimits, Machine, Ssh, machines_of
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.host_facts import HostFact

SHELLS = {"dash": ("dash",), "bash": ("bash", "--posix"), "busybox": ("busybox", "sh")}
LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
FOLDERS = ("boot", "dev", "etc", "home", "proc", "root", "run", "srv", "sys", "tmp", "usr", "var")
ENTER = """\
for folder in dev proc sys usr; do mount --rbind "/$folder" "$1/$folder"; done
mount --bind "$1/stubs" "$1/usr/local"
root=$1 user=$2; shift 2
exec chroot --userspec="$user" "$root" "$@"
"""
OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
USERS = """\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
ana:x:1000:1000:Ana, of the platform:/home/ana:/bin/bash
"""


@dataclass(frozen=True)
class Root:
    """The root of a host, entered with the system's programs but none of its data."""

    path: Path

    def write(self, name: str, text: str | bytes = "", mode: int = 0o644) -> Path:
        """Write a file of the host, with the folders above it."""
        path = self.path / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    def stub(self, name: str, text: str) -> None:
        """Put a command before the system's own of that name."""
        self.write(f"stubs/bin/{name}", f"#!/bin/sh\n{text}\n", 0o755)

    def run(
        self, script: str, *, shell: str = "dash", user: str = "0:0"
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a script as a host would: on the standard input of a shell."""
        enter = ["unshare", "--mount", "--", "sh", "-c", ENTER, "enter", str(self.path), user]
        command = [*enter, *SHELLS[shell], "-s"]
        return subprocess.run(
            command, input=script.encode(), capture_output=True, timeout=60, check=False
        )

    def fingerprint(self) -> str:
        """Return a digest over every file's path, kind, mode, owner, times and content."""
        digest = hashlib.sha256()
        for path in sorted(self.path.rglob("*")):
            seen = path.lstat()
            content = path.read_bytes() if stat.S_ISREG(seen.st_mode) else b""
            about = (str(path), seen.st_mode, seen.st_uid, seen.st_gid, seen.st_mtime_ns, content)
            digest.update(repr(about).encode())
        return digest.hexdigest()


@dataclass
class Host:
    """A declared host whose script runs in a root, and the facts that collectors make of it."""

    root: Root
    group: dict[str, Any] = field(default_factory=dict)
    limits: HostLimits = field(default_factory=HostLimits)
    shell: str = "dash"
    user: str = "0:0"
    sudo: bool = False

    @property
    def machine(self) -> Machine:
        """The host as the profile declares it."""
        return machines_of((HostGroup(names=("backend-1",), **self.group),), "production")[0]

    def script(self, *sections: str) -> str:
        """Return the script for some sections, or all."""
        return script_for(self.machine, self.limits, sections or SECTIONS, sudo=self.sudo)

    def printed(self, *sections: str) -> bytes:
        """Run the script, and return what it prints."""
        done = self.root.run(self.script(*sections), shell=self.shell, user=self.user)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def output(self, *sections: str) -> HostOutput:
        """Run the script, and return what is read of it."""
        return read_output(self.printed(*sections))

    def fact(self, name: str) -> HostFact[Any]:
        """Return one fact about the host, as its collector makes it."""
        collector = registry()[name]
        printed = self.printed(*sections_of([collector]))
        return told(name, printed, group=self.group, limits=self.limits)


@dataclass(frozen=True)
class Told:
    """SSH that hands back what was said, in place of a network."""

    answers: dict[str, CommandResult | FactUnavailable]

    def run(self, machine: Machine, script: bytes) -> CommandResult:
        """Return a host's answer, or raise what became of it."""
        assert script.endswith(b"main </dev/null | print_json\n")
        answer = self.answers[machine.name]
        if isinstance(answer, FactUnavailable):
            raise answer
        return answer


@dataclass(frozen=True)
class Asking:
    """A desk at which host collectors can sit."""

    profile: Profile
    hosts: HostReadings
    as_of: datetime = datetime(2026, 11, 20, tzinfo=UTC)


def profile_of(groups: tuple[HostGroup, ...], limits: HostLimits, **ssh: Any) -> Profile:
    """A profile with these hosts."""
    person = Person(email="ana@example.org", name="Ana", roles=("platform",))
    return Profile(
        service=Service(name="explorer", environment="production", people=(person,)),
        release=Release(commit="0123456789abcdef0123456789abcdef01234567"),
        hosts=groups,
        host_limits=limits,
        ssh=Ssh(**ssh),
    )


def told(name: str, printed: bytes, *, group: dict[str, Any], limits: HostLimits) -> HostFact[Any]:
    """Return the fact about a host that printed this."""
    answer = CommandResult(status=0, out=printed, err=b"")
    ssh: Any = Told({"backend-1": answer})
    profile = profile_of((HostGroup(names=("backend-1",), **group),), limits)
    readings = HostReadings(
        profile,
        ssh,
        sections=frozenset(SECTIONS),
        folder=Path(),
        progress=lambda _: None,
    )
    desk: Any = Asking(profile=profile, hosts=readings)
    [fact] = registry()[name].collect(desk).value
    found: HostFact[Any] = fact
    return found


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A small Debian host's root, or skip with the reason why none can be made here."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root and unshare, to give the script a host's root of its own")
    made = Root(tmp_path / "root")
    for folder in (*FOLDERS, "stubs", "usr/local", "home/ana", "var/lib", "var/tmp"):
        (made.path / folder).mkdir(parents=True, exist_ok=True)
    for name in LINKS:
        target = Path("/", name)
        if target.is_symlink():
            (made.path / name).symlink_to(target.readlink())
    awk = shutil.which("awk")
    if awk:
        (made.path / "etc/alternatives").mkdir()
        (made.path / "etc/alternatives/awk").symlink_to(Path(awk).resolve())
    (made.path / "home/ana").chmod(0o700)
    os.chown(made.path / "home/ana", 1000, 1000)
    for folder in ("tmp", "var/tmp"):
        (made.path / folder).chmod(0o1777)
    (made.path / "root").chmod(0o700)
    made.write("etc/os-release", OS_RELEASE)
    made.write("etc/passwd", USERS)
    made.write("etc/group", "root:x:0:\nsudo:x:27:ana\nana:x:1000:\n")
    return made


@pytest.fixture
def host(root: Root) -> Host:
    """A declared host, with nothing wrong and nothing declared beside its name."""
    return Host(root)


@pytest.fixture(scope="session")
def shells() -> tuple[str, ...]:
    """The shells of this machine under which the script must run."""
    return tuple(name for name, command in SHELLS.items() if shutil.which(command[0]))


@pytest.fixture(scope="session")
def lines_of() -> Callable[..., bytes]:
    """What the script prints for sections with these records: ``lines_of(clock={…})``."""

    def lines(**sections: list[tuple[str, str]] | str) -> bytes:
        said: list[dict[str, Any]] = []
        for section, records in sections.items():
            state = records if isinstance(records, str) else "ok"
            rows = [] if isinstance(records, str) else records
            said += [{"section": section, "key": key, "value": value} for key, value in rows]
            said.append({"section": section, "done": state, "why": "", "lines": len(rows)})
        said.append({"end": "ok", "sections": len(sections)})
        return "".join(json.dumps(line) + "\n" for line in said).encode()

    return lines


@pytest.fixture(scope="session")
def fact_of() -> Callable[..., HostFact[Any]]:
    """Make one fact of what a host printed: ``fact_of("host_units", printed, units=(…))``."""

    def fact(
        name: str, printed: bytes, limits: HostLimits | None = None, **group: Any
    ) -> HostFact[Any]:
        return told(name, printed, group=group, limits=limits or HostLimits())

    return fact


@pytest.fixture(scope="session")
def apt() -> None:
    """Skip where there is no apt to be asked."""
    if not shutil.which("apt-get"):
        pytest.skip("needs apt-get")
