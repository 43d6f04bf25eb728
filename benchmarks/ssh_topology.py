"""A jump host with backends behind it, in network namespaces, with a round trip to the jump host.

Everything happens inside namespaces of processes, mounts and network of its own: ``enclosed``
starts a program in them, and when that ends, however it ends, the kernel takes every process,
device and mount away. Each host is one sshd with Debian's own limits, in a network of its own, that
sees this machine's files with some of its own over them (``ssh_host``). Nothing routes from the
client to the backends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import ssh_host

if TYPE_CHECKING:
    from collections.abc import Iterator

JUMP = "jump"
CLIENT_ADDRESS, JUMP_ADDRESS = "10.77.1.1", "10.77.1.2"
JUMP_INSIDE = "10.77.2.1"
MOST_BACKENDS = 200
UP_SECONDS = 30
ENCLOSED = ("unshare", "--fork", "--kill-child", "--pid", "--mount", "--mount-proc", "--net")


def enclosed(*arguments: str) -> tuple[str, ...]:
    """Return a command in namespaces of its own, with its own list of network namespaces."""
    prepare = 'mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up && exec "$@"'
    return (*ENCLOSED, "sh", "-ec", prepare, "sh", *arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """Where the hosts' files lie, and how many backends there are."""

    folder: Path
    backends: int
    round_trip_ms: int

    @property
    def names(self) -> tuple[str, ...]:
        """Every backend's name."""
        return tuple(f"backend-{number}" for number in range(1, self.backends + 1))

    @property
    def addresses(self) -> dict[str, str]:
        """Every host's address by its name, the jump host's first."""
        inside = {name: f"10.77.2.{10 + number}" for number, name in enumerate(self.names, 1)}
        return {JUMP: JUMP_ADDRESS, **inside}

    @property
    def ssh_config(self) -> Path:
        """How all of them reach the hosts."""
        return self.folder / "ssh_config"

    @property
    def known_hosts(self) -> Path:
        """The key of every host."""
        return self.folder / "known_hosts"

    @property
    def login_key(self) -> Path:
        """The private key that every host lets in."""
        return self.folder / "login"

    def write(self) -> None:
        """Write keys, the hosts' files, and what clients need."""
        image = ssh_host.image(self.folder)
        image.make()
        for key in (self.login_key, image.host_key):
            call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key))
        image.let_in(self.login_key.with_suffix(".pub").read_text(encoding="ascii"))
        host_key = image.host_key.with_suffix(".pub").read_text(encoding="ascii").strip()
        lines = [f"{address} {host_key}\n" for address in self.addresses.values()]
        self.known_hosts.write_text("".join(lines), encoding="ascii")
        self.ssh_config.write_text(self.ssh_config_text(), encoding="ascii")

    def ssh_config_text(self) -> str:
        """Return the ssh_config: the address of each host, the way to it, and one key for all."""
        hosts = "".join(
            f"Host {name}\n  HostName {address}\n" for name, address in self.addresses.items()
        )
        return (
            f"{hosts}Host backend-*\n  ProxyJump {JUMP}\n"
            f"Host *\n  User root\n  IdentityFile {self.login_key}\n  IdentitiesOnly yes\n"
            f"  StrictHostKeyChecking yes\n  UserKnownHostsFile {self.known_hosts}\n"
        )

    def start(self) -> None:
        """Make the networks, start the hosts, and wait until all answer. Call it once, enclosed."""
        for where, lines in self.links():
            call("ip", *where, "-batch", "-", given="\n".join(lines))
        self.wire()
        for name in self.addresses:
            ssh_host.image(self.folder).boot(name)
        deadline = time.monotonic() + UP_SECONDS
        while missing := [log.stem for log in self.logs() if "listening" not in text_of(log)]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no sshd in {UP_SECONDS} s: {', '.join(missing)}")
            time.sleep(0.05)

    def wire(self) -> None:
        """Join client and jump host by a wire with a round trip."""
        command = [sys.executable, "-m", "benchmarks.ssh_wire", "near", "far"]
        wire = subprocess.Popen(
            [*command, str(self.round_trip_ms)],
            cwd=Path(__file__).resolve().parents[1],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert wire.stdout is not None
        if wire.stdout.readline() != b"up\n":
            raise RuntimeError("the wire between client and jump host could not be made")
        call("ip", "link", "set", "far", "netns", JUMP)
        for where, device, address in (
            ((), "near", CLIENT_ADDRESS),
            (at(JUMP), "far", JUMP_ADDRESS),
        ):
            call("ip", *where, "address", "add", f"{address}/24", "dev", device)
            call("ip", *where, "link", "set", device, "up")

    def links(self) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        """Yield what ``ip`` is told, and in which network: each host joined to the jump host's."""
        yield (), [f"netns add {name}" for name in self.addresses]
        bridge = ["link set lo up", "link add inside type bridge", "link set inside up"]
        yield at(JUMP), [*bridge, f"address add {JUMP_INSIDE}/24 dev inside"]
        for number, name in enumerate(self.names, 1):
            join = f"link add to{number} type veth peer name eth0 netns {name}"
            yield at(JUMP), [join, f"link set to{number} master inside up"]
            address = f"address add {self.addresses[name]}/24 dev eth0"
            yield at(name), ["link set lo up", address, "link set eth0 up"]

    def logs(self) -> tuple[Path, ...]:
        """Return the log of every host's sshd."""
        return tuple(ssh_host.image(self.folder).log(name) for name in self.addresses)

    def authentications(self) -> int:
        """Return how many logins all hosts have accepted since they were last forgotten."""
        return sum(text_of(log).count("Accepted publickey for ") for log in self.logs())

    def forget_authentications(self) -> None:
        """Empty every log; sshd appends."""
        for log in self.logs():
            os.truncate(log, 0)


def at(name: str) -> tuple[str, ...]:
    """Return the option of ``ip`` that names a host's network."""
    return ("-n", name)


def text_of(log: Path) -> str:
    """Return what stands in a log; nothing if it is not there yet."""
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""


def call(*arguments: str, given: str = "") -> None:
    """Run a command to its end; an exit status other than 0 raises with what it printed."""
    ended = subprocess.run(arguments, input=given, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {ended.stderr.strip()}")
