"""Reads which files of the repository are encrypted, and by what: the fact ``sealed_files``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.git_globs import matches
from pytest_orr.clients.git_said import Entry
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of, unread
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.repository import Repository

from .password_files import password_files
from .seals import seal_of

LARGEST = 1 << 20
"""Bytes of a file from which it is told whether it is encrypted."""
VAULT = "ansible-vault "
AES256 = (" AES256",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file that holds credentials or settings."""

    path: str
    seal: str = ""
    """By what it is encrypted; empty if by nothing."""
    why: str = ""
    """Why it is not."""
    reason: str = ""
    """Why it may stay in clear, as readiness.toml says."""

    @property
    def is_sealed(self) -> bool:
        """Whether the whole of it is encrypted."""
        return bool(self.seal)

    @property
    def is_vaulted(self) -> bool:
        """Whether ansible-vault encrypted it, by AES256."""
        return self.seal.startswith(VAULT) and self.seal.endswith(AES256)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        clear = f"in clear, because: {self.reason}" if self.reason else self.why
        return self.seal or clear


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPlace:
    """Where a vault's password may lie on somebody's disk."""

    pattern: str
    example: str
    """A path that fits the pattern."""
    is_ignored: bool
    """Whether git leaves that path out."""
    ever: tuple[str, ...]
    """Paths that fit and that some history has."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        ignored = "ignored" if self.is_ignored else "not ignored"
        return f"{self.example} is {ignored}, in history: {', '.join(self.ever) or 'none'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFacts:
    """What is encrypted in the repository."""

    secrets: tuple[Part[SealedFile], ...]
    """Files that hold credentials."""
    configs: tuple[Part[SealedFile], ...]
    """Files with settings that do not hold credentials by declaration."""
    unmatched: tuple[str, ...]
    """Patterns of readiness.toml that no file fits."""
    passwords: tuple[Part[PasswordPlace], ...]

    @property
    def files(self) -> tuple[Part[SealedFile], ...]:
        """All of them."""
        return (*self.secrets, *self.configs)

    def has_files_for(self, pattern: str) -> bool:
        """Return true; raise ``FactUnavailable`` if no file fits a declared pattern."""
        if pattern in self.unmatched:
            raise FactUnavailable(
                f"no file of the release fits {pattern}, so nothing of it was looked at",
                "correct or remove the pattern under [repository] in readiness.toml",
            )
        return True

    @property
    def in_clear(self) -> tuple[str, ...]:
        """Paths of those that are not encrypted, with a reason or without."""
        seen = (one.observed for one in self.files)
        return tuple(one.path for one in seen if one is not None and not one.is_sealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFiles:
    """Which files with credentials and settings are encrypted?"""

    name: str = "sealed_files"
    source: str = "git"
    operations: tuple[str, ...] = ("git:cat-file", "git:check-ignore", "git:log", "git:ls-tree")
    fact_type: Any = SealedFacts

    def collect(self, desk: Desk) -> Answer[SealedFacts]:
        """Read the files that ``secrets`` and ``configs`` of ``[repository]`` name."""
        declared = desk.profile.repository
        if declared is None or not (declared.secrets or declared.configs):
            raise Undeclared("[repository] secrets", "the files that hold credentials")
        secrets = desk.git.entries(declared.secrets)
        known = {entry.path for entry in secrets}
        configs = (one for one in desk.git.entries(declared.configs) if one.path not in known)
        facts = SealedFacts(
            secrets=tuple(_file(desk, declared, entry) for entry in secrets),
            configs=tuple(_file(desk, declared, entry) for entry in configs),
            unmatched=_unmatched(desk, declared),
            passwords=_passwords(desk, declared),
        )
        return Answer(value=facts, where=desk.git.where)


def _file(desk: Desk, declared: Repository, entry: Entry) -> Part[SealedFile]:
    return part_of(entry.path, partial(_read, desk, declared, entry))


def _read(desk: Desk, declared: Repository, entry: Entry) -> SealedFile:
    seal = seal_of(desk.git.read(entry.path, LARGEST), entry.path)
    reasons = (one.reason for one in declared.in_clear if matches(entry.path, (one.files,)))
    reason = next(reasons, "")
    return SealedFile(path=entry.path, seal=seal.by, why=seal.why, reason=reason)


def _unmatched(desk: Desk, declared: Repository) -> tuple[str, ...]:
    clear = tuple(one.files for one in declared.in_clear)
    patterns = (*declared.secrets, *declared.configs, *clear)
    return tuple(one for one in dict.fromkeys(patterns) if not desk.git.entries((one,)))


def _passwords(desk: Desk, declared: Repository) -> tuple[Part[PasswordPlace], ...]:
    """Look at the declared patterns, and at what Ansible's settings name."""
    try:
        named = password_files(desk)
    except FactUnavailable as error:
        return (unread("ansible.cfg", error),)
    places = dict.fromkeys((*declared.vault_passwords, *named))
    return tuple(part_of(f"password at {one}", partial(_place, desk, one)) for one in places)


def _place(desk: Desk, pattern: str) -> PasswordPlace:
    """Look whether a path that fits would be committed, and whether one ever was."""
    example = pattern.replace("**/", "").replace("*", "").replace("?", "x")
    return PasswordPlace(
        pattern=pattern,
        example=example,
        is_ignored=desk.git.ignores(example),
        ever=desk.git.ever((pattern,)),
    )
