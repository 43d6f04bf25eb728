"""Key files and plain secrets on each host, by name, mode and kind alone: ``host_secret_files``."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_lines import SectionRead
from pytest_orr.collect.host_paths import Paths, paths_in
from pytest_orr.collect.host_permissions import not_permitted
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

Kind = Literal["plain", "reference", "empty"]
LARGEST = 262144
"""Bytes of a file of settings that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable with a secret-like name, or with a password in its URL; never its value."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A declared file of NAME=value lines."""

    path: str
    mode: int = 0
    """Its permission bits."""
    owner: str = ""
    size: int = 0
    known: int = 0
    """Lines that are NAME=value."""
    others: int = 0
    """Lines that are neither that, blank nor a comment."""
    variables: tuple[Variable, ...] = ()
    trouble: str = ""
    """Why it could not be read."""

    @property
    def seen(self) -> str:
        """One line about the file, for a finding."""
        if self.trouble:
            return self.trouble
        secrets = len(self.variables)
        return f"mode {self.mode:04o}, owner {self.owner}, {secrets} of {self.known} names secret"

    @property
    def is_private(self) -> bool:
        """Whether nobody but its owner may read or change it."""
        self._readable()
        return not self.mode & 0o077

    @property
    def plain_secrets(self) -> tuple[str, ...]:
        """Names of secret-like variables that hold a value instead of a reference."""
        self._readable()
        plain = tuple(one.name for one in self.variables if one.kind == "plain")
        if not plain and (self.others or not self.known or self.size >= LARGEST):
            raise FactUnavailable(
                f"{self.path} is not made of NAME=value lines alone, or is too large",
                "declare a file of NAME=value lines, or attest how the service gets its secrets",
            )
        return plain

    def _readable(self) -> None:
        if self.trouble:
            raise not_permitted("secrets", f"{self.path} ({self.trouble})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDirectory:
    """A declared directory of the service."""

    path: str
    key_files: tuple[str, ...] = ()
    """Paths whose names are those of private keys and key stores."""
    unread: tuple[str, ...] = ()
    is_missing: bool = False

    @property
    def seen(self) -> str:
        """One line about the directory, for a finding."""
        if self.is_missing:
            return "not there"
        unread = f", {len(self.unread)} places not readable" if self.unread else ""
        return f"{len(self.key_files)} key files{unread}"

    @property
    def keys(self) -> tuple[str, ...]:
        """Key files; that there are none is known only of a directory that was read in full."""
        if self.key_files:
            return self.key_files
        if self.is_missing:
            raise FactUnavailable(
                f"there is no {self.path}", "name the service's directories as they are"
            )
        if self.unread:
            raise not_permitted("secrets", *self.unread)
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFiles:
    """What lies in the service's directories and settings on a host."""

    directories: tuple[ServiceDirectory, ...]
    config_files: tuple[ConfigFile, ...]

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        keys = sum(len(one.key_files) for one in self.directories)
        return f"{keys} key files in {len(self.directories)} directories"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSecretFiles:
    """Do key files or plain secrets lie on each host?"""

    name: str = "host_secret_files"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:secrets",)
    fact_type: Any = tuple[HostFact[SecretFiles], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[SecretFiles], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("secrets",), _secrets)


def _secrets(host: HostView) -> SecretFiles:
    read, group = host.section("secrets"), host.machine.group
    paths = paths_in(read.all("key-file"))
    return SecretFiles(
        directories=tuple(_directory(path, paths) for path in group.service_directories),
        config_files=tuple(_config(path, read) for path in group.config_files),
    )


def _directory(path: str, paths: Paths) -> ServiceDirectory:
    place = path.rstrip("/")

    def within(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(one for one in found if f"{one}/".startswith(f"{place}/")))

    # What names no place may be in any.
    nowhere = tuple(one for one in paths.not_read if not one.startswith("/"))
    return ServiceDirectory(
        path=path,
        key_files=within(paths.found),
        unread=(*within(paths.unread), *nowhere),
        is_missing=place in {one.rstrip("/") for one in paths.missing},
    )


def _config(path: str, read: SectionRead) -> ConfigFile:
    stated, counted = _words(path, read, "config-file"), _words(path, read, "read")
    if not (stated and counted):
        said = next((line for line in read.all("unread") if path in line), "its content")
        return ConfigFile(path=path, trouble=said.removeprefix("config-file: "))
    [[mode, owner, size], [known, others]] = stated[0], counted[0]
    return ConfigFile(
        path=path,
        mode=int(mode, 8),
        owner=owner,
        size=int(size),
        known=int(known),
        others=int(others),
        variables=tuple(
            # The kind is one of three words, as the fact's type demands of it again.
            Variable(name=name, kind=cast("Kind", kind))
            for kind, name in _words(path, read, "variable")
        ),
    )


def _words(path: str, read: SectionRead, key: str) -> list[list[str]]:
    """Return the words before a file's path of every line of a key that ends with it."""
    split = (line.split(" ") for line in read.all(key))
    return [words for *words, about in split if about == path]
