"""Puts the explorer's hosts together: networks, keys, jump host, backends, and a client's files."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from . import asking, control_groups
from .declaring import declare
from .faults import IN_FILES, ONCE_RUNNING
from .furnishing import Keys, furnish, new_key, update
from .machines import Booted, end, new_layer, start, until_it_runs
from .networks import JUMP_OUTSIDE, PREFIX, Networks, networks, remove
from .root_image import shared_root

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parents[3]
JUMP = "explorer-jump"
CONFIG = """\
Include {folder}/ssh.d/*.conf

Host *
    User auditor
    IdentityFile {folder}/auditor
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
"""
HOP = """\
Host {name}
    HostName {address}
"""
BEHIND = """\
    ProxyJump {jump}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A host that is wanted, with the faults that are planted on it."""

    name: str
    faults: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking hosts."""

    status: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Running hosts, and the files with which a client outside reaches them."""

    folder: Path
    networks: Networks
    hosts: dict[str, Booted]

    @property
    def ssh_config(self) -> Path:
        """The client's configuration, most of it in a file that it includes."""
        return self.folder / "ssh_config"

    @property
    def known_hosts(self) -> Path:
        """The host key of every hop, by address."""
        return self.folder / "known_hosts"

    def from_outside(self, *command: str) -> list[str]:
        """Return a command that runs another one where the client is."""
        return self.networks.command("client", *command)

    def by_openssh(self, name: str, command: str) -> Asked:
        """Log in to a host by OpenSSH with the client's files, and run a command there."""
        words = ("ssh", "-F", str(self.ssh_config), "-o", "BatchMode=yes", name, command)
        done = subprocess.run(self.from_outside(*words), capture_output=True, check=False)
        return Asked(status=done.returncode, out=done.stdout, err=done.stderr.decode())

    def declared(self) -> Path:
        """Return a profile that declares all hosts."""
        return declare(self, self.folder / "readiness.toml")

    def asked(self, profile: Path, *words: str, given: bytes = b"") -> Asked:
        """Ask by the product's own clients, where the client is; ``asking`` says the words."""
        command = [sys.executable, "-m", asking.__name__, str(profile), *words]
        done = subprocess.run(
            self.from_outside(*command), input=given, capture_output=True, cwd=CHECKOUT, check=False
        )
        return Asked(status=done.returncode, out=done.stdout, err=done.stderr.decode())


@contextmanager
def world(folder: Path, specs: tuple[Spec, ...]) -> Iterator[World]:
    """Boot the hosts, the jump host first among them, and end them; needs root."""
    _sweep()
    shared = shared_root()
    keys = Keys(auditor=new_key(folder / "auditor"), deploy=new_key(folder / "deploy"))
    behind = tuple(spec.name for spec in specs if spec.name != JUMP)
    outers = []
    with networks(behind) as made:
        addresses = {JUMP: JUMP_OUTSIDE, **made.inside}
        layers = {spec.name: new_layer(folder / spec.name, shared) for spec in specs}
        for spec in specs:
            furnish(layers[spec.name], spec.name, keys, backend=spec.name != JUMP)
            for fault in sorted(spec.faults & IN_FILES.keys()):
                IN_FILES[fault](layers[spec.name])
        _write_client_files(folder, addresses)
        try:
            for name, layer in layers.items():
                outers.append(start(name, layer, made.namespace(who(name))))
            booted = [
                until_it_runs(name, layers[name], outer)
                for name, outer in zip(layers, outers, strict=True)
            ]
            with ThreadPoolExecutor() as pool:
                list(pool.map(_settle, specs, booted))
            hosts = {host.name: host for host in booted}
            yield World(folder=folder, networks=made, hosts=hosts)
        finally:
            end(outers)
            for spec in specs:
                control_groups.remove(made.namespace(who(spec.name)))


def who(name: str) -> str:
    """Return what a host is called among the networks."""
    return "jump" if name == JUMP else name


def _sweep() -> None:
    """Remove what is left of processes that are no more."""
    spaces = (path.name for path in Path("/run/netns").glob(f"{PREFIX}-*"))
    for name in {*spaces, *control_groups.names(PREFIX)}:
        if not Path("/proc", name.split("-")[1]).exists():
            remove(name)
            control_groups.remove(name)


def _settle(spec: Spec, host: Booted) -> None:
    update(host)
    for fault in sorted(spec.faults & ONCE_RUNNING.keys()):
        ONCE_RUNNING[fault](host)


def _write_client_files(folder: Path, addresses: dict[str, str]) -> None:
    hops, known = [], []
    for name, address in addresses.items():
        hop = HOP.format(name=name, address=address)
        hops.append(hop if name == JUMP else hop + BEHIND.format(jump=JUMP))
        public = folder / name / "upper/etc/ssh/ssh_host_ed25519_key.pub"
        kind, key, _ = public.read_text(encoding="ascii").split()
        known.append(f"{address} {kind} {key}\n")
    (folder / "ssh.d").mkdir()
    (folder / "ssh.d/hosts.conf").write_text("\n".join(hops), encoding="utf-8")
    (folder / "ssh_config").write_text(CONFIG.format(folder=folder), encoding="utf-8")
    (folder / "known_hosts").write_text("".join(known), encoding="utf-8")
