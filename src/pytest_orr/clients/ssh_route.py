"""The way to a host: every hop with its address, user, keys and known host keys, from the profile.

Nothing here speaks to the network. What a name or an address may be is narrow, as they come from
files that people wrote, and no hop is ever put into a command line.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.mistakes import show

from .settings import setting
from .ssh_config import Said, SshConfig
from .ssh_expansion import Place, at_home, expanded, local_user, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.profile.schema import FromEnvironment, Machine, Profile, Ssh

ADDRESS = re.compile(r"[A-Za-z0-9:][A-Za-z0-9._:-]{0,252}")
"""Of a name, too: no dash first, no space, nothing that means something to a shell."""
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}")
JUMP = re.compile(
    r"(?:ssh://)?(?:(?P<user>[^@\s]+)@)?(?:\[(?P<v6>[^\]]*)\]|(?P<host>[^:]*))(?::(?P<port>\d+))?/?"
)
USUAL_PORT = 22
CORRECT = "correct it in readiness.toml or ssh_config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One SSH server on the way, as it is reached from the one before it."""

    name: str
    address: str
    port: int
    user: str
    key_name: str
    """The name under which known_hosts has its key: the address, ``[address]:port``, an alias."""
    known_hosts: tuple[Path, ...]
    identities: tuple[Path, ...] = ()
    """Files of keys; without any, all keys of the agent may be offered."""
    certificates: tuple[Path, ...] = ()
    agent: str = ""
    """Socket of the ssh-agent; empty when it may not be used."""

    def __str__(self) -> str:
        where = f"[{self.address}]:{self.port}" if ":" in self.address else self._plain
        return where if self.name == self.address else f"{self.name} ({where})"

    @property
    def _plain(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Every hop from here to a host."""

    hops: tuple[Hop, ...]
    """The last is the host."""

    @property
    def host(self) -> Hop:
        """Where it leads."""
        return self.hops[-1]

    @property
    def jumps(self) -> tuple[Hop, ...]:
        """What lies on the way."""
        return self.hops[:-1]

    def __str__(self) -> str:
        through = " and ".join(hop.name for hop in self.jumps)
        return f"{self.host} through {through}" if through else str(self.host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A hop as somebody named it: a name, and what outweighs ssh_config."""

    name: str
    user: str = ""
    port: str = ""


class Routes:
    """Finds the way to every declared host, by the profile and the ssh_config that it names."""

    def __init__(self, profile: Profile, folder: Path, environment: Mapping[str, str]) -> None:
        self._ssh: Ssh = profile.ssh
        self._declared = {machine.name: machine for machine in profile.machines}
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100 links stay as they were named
        self._environment = environment

    def to(self, machine: Machine) -> Route:
        """Return the way to a host; raises ``FactUnavailable`` for what cannot be followed."""
        config = self._config()
        steps = tuple(self._steps(Step(name=machine.name), machine, config, ()))
        return Route(hops=tuple(self._hop(step, config) for step in steps))

    def _config(self) -> SshConfig:
        user = local_user()
        home = Path(self._environment.get("HOME") or user.pw_dir)
        named = self._file(self._ssh.config, "[ssh] config", home)
        return SshConfig(file=named, home=home, local_user=user.pw_name)

    def _file(self, value: str | FromEnvironment | None, where: str, home: Path) -> Path | None:
        written = setting(value, where=where, environment=self._environment)
        return self._folder / at_home(written, home) if written else None

    def _steps(
        self, step: Step, machine: Machine | None, config: SshConfig, seen: tuple[str, ...]
    ) -> Iterator[Step]:
        """Yield the way to a step and the step; only the first jump host has a way of its own."""
        if step.name in seen:
            raise FactUnavailable(
                f"the way to {seen[0]} goes in a circle: {' through '.join((*seen, step.name))}",
                "correct jump in readiness.toml or ProxyJump in ssh_config",
            )
        jumps = self._jumps(step, machine, config)
        if jumps:
            first = self._declared.get(jumps[0].name)
            yield from self._steps(jumps[0], first, config, (*seen, step.name))
            yield from jumps[1:]
        yield step

    def _jumps(self, step: Step, machine: Machine | None, config: SshConfig) -> tuple[Step, ...]:
        if machine is not None and machine.group.jump:
            return tuple(Step(name=name) for name in machine.group.jump)
        checked(ADDRESS, step.name, "a host's name")
        written = config.about(step.name).one("proxyjump", "none")
        if written.lower() == "none":
            return ()
        return tuple(_step(one.strip()) for one in written.split(","))

    def _hop(self, step: Step, config: SshConfig) -> Hop:
        said = config.about(checked(ADDRESS, step.name, "a host's name"))
        address = expanded(said.one("hostname", step.name), {"h": step.name, "%": "%"}, {}).lower()
        checked(ADDRESS, address, f"the address of {step.name}")
        port = _port(step.port or said.one("port", str(USUAL_PORT)), step.name)
        user = step.user or said.one("user", config.local_user)
        checked(USER, user, f"the user for {step.name}")
        alias = said.one("hostkeyalias")
        place = Place(
            config=config,
            tokens=tokens_of(config, step.name, address, port, user) | {"k": alias or step.name},
            environment=self._environment,
        )
        return Hop(
            name=step.name,
            address=address,
            port=port,
            user=user,
            key_name=alias.lower() or (address if port == USUAL_PORT else f"[{address}]:{port}"),
            known_hosts=self._known_hosts(said, place),
            identities=place.files(said, "identityfile"),
            certificates=place.files(said, "certificatefile"),
            agent=self._agent(said, place),
        )

    def _known_hosts(self, said: Said, place: Place) -> tuple[Path, ...]:
        own = self._file(self._ssh.known_hosts, "[ssh] known_hosts", place.config.home)
        files = (own,) if own else place.files(said, "userknownhostsfile")
        if files:
            return files
        raise FactUnavailable(
            f"no file of known host keys is named for {said.name}",
            "name one with known_hosts of [ssh] in readiness.toml",
        )

    def _agent(self, said: Said, place: Place) -> str:
        if not self._ssh.agent:
            return ""
        named = said.one("identityagent", "SSH_AUTH_SOCK")
        if named == "SSH_AUTH_SOCK":
            return self._environment.get("SSH_AUTH_SOCK", "")
        if named.startswith("$") and not named.startswith("${"):
            return self._environment.get(named[1:], "")
        return "".join(str(file) for file in place.files(said, "identityagent"))


def checked(form: re.Pattern[str], text: str, what: str) -> str:
    """Return a text that has the form; else raise what it cannot be."""
    if form.fullmatch(text):
        return text
    raise FactUnavailable(f"{what} cannot be {show(text)}", CORRECT)


def _port(written: str, name: str) -> int:
    if re.fullmatch(r"[0-9]{1,5}", written) and 1 <= int(written) <= 65535:
        return int(written)
    raise FactUnavailable(f"the port of {name} cannot be {show(written)}", CORRECT)


def _step(written: str) -> Step:
    found = JUMP.fullmatch(written)
    if not found:
        raise FactUnavailable(f"ProxyJump {show(written)} is not [user@]host[:port]", CORRECT)
    name = found["host"] if found["v6"] is None else found["v6"]
    return Step(name=name, user=found["user"] or "", port=found["port"] or "")
