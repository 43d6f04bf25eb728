"""Reads who can reach the project that keeps encrypted files: the fact ``vault_repositories``."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.forge.said import Visibility
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of, parts_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.forge import VaultRepository as Declared

from .releases_before import forge_of

ADMINISTRATOR = "let the token see the project's settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAccess:
    """Who can reach a project."""

    visibility: Visibility
    is_hidden: bool
    """Whether somebody without a token gets 404."""
    forks: bool | None = None
    """Whether it may be forked; none if the forge does not tell."""

    @property
    def may_be_forked(self) -> bool:
        """Whether it may be forked; raises ``FactUnavailable`` if the forge does not tell."""
        if self.forks is None:
            raise FactUnavailable(
                "the forge does not tell whether the project may be forked", ADMINISTRATOR
            )
        return self.forks

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        stranger = "404" if self.is_hidden else "an answer"
        forking = {True: "on", False: "off", None: "not told"}[self.forks]
        return f"{self.visibility}, forking {forking}, a stranger gets {stranger}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultMembers:
    """Everybody with access, and everybody who may have it."""

    members: tuple[str, ...]
    team: tuple[str, ...]

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return f"{len(self.members)} with access, {len(self.team)} in the team"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultBranch:
    """The default branch."""

    name: str
    is_protected: bool
    may_be_forced: bool | None = None

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        forced = ", but its history may be rewritten" if self.may_be_forced else ""
        return f"protected{forced}" if self.is_protected else "not protected"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKeys:
    """Keys of machines."""

    writing: tuple[str, ...] = ()
    """Titles of those that may write."""
    reading: int = 0

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return f"{len(self.writing)} keys that may write, {self.reading} that may read"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultFile:
    """A declared file, and where else it lies."""

    is_there: bool
    elsewhere: tuple[str, ...] = ()
    """Other places with this very content, or, in another project, with this path."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        there = "there" if self.is_there else "not there"
        return f"{there}, also {', '.join(self.elsewhere)}" if self.elsewhere else there


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultRepository:
    """The project that keeps encrypted files; each part is read by itself."""

    project: str
    access: Part[VaultAccess]
    members: Part[VaultMembers]
    branch: Part[VaultBranch]
    keys: Part[VaultKeys]
    files: tuple[Part[VaultFile], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody with access, as far as that could be read."""
        return self.members.observed.members if self.members.observed else ()

    @property
    def team(self) -> tuple[str, ...]:
        """Everybody who may have it, to be compared with ``names``."""
        return self.members.observed.team if self.members.observed else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultRepositories:
    """Who can reach the encrypted files, and are they nowhere else?"""

    name: str = "vault_repositories"
    source: str = "forge"
    operations: tuple[str, ...] = (
        "forge:branch_protection",
        "forge:deploy_keys",
        "forge:files",
        "forge:is_hidden",
        "forge:members",
        "forge:project",
    )
    fact_type: Any = tuple[VaultRepository, ...]

    def collect(self, desk: Desk) -> Answer[tuple[VaultRepository, ...]]:
        """Ask the forge about the declared project, or about the service's own."""
        forge, vault = forge_of(desk), desk.profile.vault_repository
        project = vault.project if vault else forge.project
        team = vault.team if vault else forge.team
        found = VaultRepository(
            project=project,
            access=part_of(project, partial(_access, desk, project)),
            members=part_of(f"members of {project}", partial(_members, desk, project, team)),
            branch=part_of(f"default branch of {project}", partial(_branch, desk, project)),
            keys=part_of(f"deploy keys of {project}", partial(_keys, desk, project)),
            files=_files(desk, project),
        )
        return Answer(value=(found,), where=(desk.forge.where,))


def _access(desk: Desk, project: str) -> VaultAccess:
    told = desk.forge.project(project)
    hidden = desk.forge.is_hidden(project)
    return VaultAccess(visibility=told.visibility, is_hidden=hidden, forks=told.may_be_forked)


def _members(desk: Desk, project: str, team: tuple[str, ...]) -> VaultMembers:
    if not team:
        section = "[vault_repository]" if desk.profile.vault_repository else "[forge]"
        raise Undeclared(section, "team, everybody who may open the encrypted files,")
    members = {one.username for one in desk.forge.members(project)}
    told = {one.casefold(): one for one in members}  # both forges take a name in any case
    declared = {told.get(one.casefold(), one) for one in team}
    return VaultMembers(members=tuple(sorted(members)), team=tuple(sorted(declared)))


def _branch(desk: Desk, project: str) -> VaultBranch:
    name = desk.forge.project(project).default_branch
    told = desk.forge.branch_protection(name, project)
    return VaultBranch(name=name, is_protected=told.is_protected, may_be_forced=told.may_be_forced)


def _keys(desk: Desk, project: str) -> VaultKeys:
    keys = desk.forge.deploy_keys(project)
    writing = sorted(one.title for one in keys if one.may_write)
    return VaultKeys(writing=tuple(writing), reading=len(keys) - len(writing))


def _files(desk: Desk, project: str) -> tuple[Part[VaultFile], ...]:
    """Look each declared file up; of the service's own project its checkout tells."""
    vault = desk.profile.vault_repository
    if vault and vault.project != forge_of(desk).project:
        return parts_of(f"files of {project}", lambda: _files_apart(desk, vault))
    return parts_of(f"files of {project}", lambda: _own_files(desk, vault))


def _files_apart(desk: Desk, vault: Declared) -> Iterable[tuple[str, VaultFile]]:
    if not vault.files:
        raise Undeclared("[vault_repository] files", "the encrypted files that lie there,")
    there, own = desk.forge.files(vault.project), desk.git.tree
    for path in vault.files:
        blob = there.get(path, "")
        twins = sorted(one for one, other in there.items() if one != path and other == blob)
        copies = [entry.path for entry in own if entry.path == path or entry.id == blob]
        elsewhere = (*twins, *(f"{one} of the service's repository" for one in copies))
        yield path, VaultFile(is_there=bool(blob), elsewhere=elsewhere)


def _own_files(desk: Desk, vault: Declared | None) -> Iterable[tuple[str, VaultFile]]:
    declared = _declared_files(desk, vault)
    for entry in desk.git.entries(declared):
        twins = (one.path for one in desk.git.tree if one.id == entry.id and one.path != entry.path)
        yield entry.path, VaultFile(is_there=True, elsewhere=tuple(sorted(twins)))
    for pattern in declared:
        if not desk.git.entries((pattern,)):
            yield pattern, VaultFile(is_there=False)


def _declared_files(desk: Desk, vault: Declared | None) -> tuple[str, ...]:
    repository = desk.profile.repository
    declared = vault.files if vault else (repository.secrets if repository else ())
    if not declared:
        raise Undeclared("[repository] secrets", "the encrypted files that it keeps,")
    return declared
