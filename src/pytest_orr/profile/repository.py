"""The part of readiness.toml that is about the service's git repository: what lies where in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import (
    CONFIG,
    Commit,
    Count,
    Days,
    RepositoryGlob,
    RepositoryPath,
    Setting,
    Sha256,
    Text,
)

Bound = Annotated[float, Strict(), Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class InClear:
    """Files that hold no secret and stay readable."""

    files: RepositoryGlob
    """Which."""
    reason: Text
    """Why that is safe."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Audit:
    """An audit of the service's code by an outside firm."""

    report: Text
    """The firm's report; its path beside this file."""
    sha256: Sha256
    """Its digest, as sha256sum prints it."""
    commit: Commit
    """What was audited, or looked at again."""
    findings: Text
    """List of the findings beside this file, each with id, severity and state: [[findings]] in
    TOML, the same in JSON, or a table of a Markdown page."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ContingencyScript:
    """A script that changes a limit of the service in an emergency."""

    path: RepositoryPath
    """The script, from the repository's top on."""
    limit: Text
    """Which limit it changes."""
    lowest: Bound
    """The least that it may set it to; the script names it."""
    highest: Bound
    """The most that it may set it to; the script names it."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class StatedFiles:
    """Files that the statement about an item is about."""

    item: Text
    """Id of the item."""
    files: Annotated[tuple[RepositoryGlob, ...], Field(min_length=1)]
    """Which."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Repository:
    """The service's git repository: a checkout that holds the release's commit."""

    path: Setting | None = None
    """The checkout, beside this file unless it begins with /. Without it the one that this file
    lies in."""
    signers: Setting | None = None
    """File of whoever may sign tags, as ssh-keygen reads it (allowed signers); beside this file
    unless it begins with /."""
    secrets: tuple[RepositoryGlob, ...] = ()
    """Files that hold credentials: ansible-vault must have encrypted each."""
    configs: tuple[RepositoryGlob, ...] = ()
    """Other files with settings: each must be encrypted, by whatever, or stand under in_clear."""
    in_clear: tuple[InClear, ...] = ()
    """Files with settings that hold no secret."""
    vault_passwords: tuple[RepositoryGlob, ...] = ("**/.vault_pass*",)
    """Where a vault's password may lie on a disk, besides the files that ansible.cfg names: ignored
    by git, and never in its history."""
    dockerfiles: tuple[RepositoryGlob, ...] = ("**/Dockerfile", "**/Dockerfile.*")
    """Files that the release's images are built from."""
    playbooks: tuple[RepositoryGlob, ...] = ("**/playbooks/*.yml", "**/site.yml", "**/deploy.yml")
    """Playbooks of Ansible."""
    inventories: tuple[RepositoryGlob, ...] = (
        "**/inventory/**",
        "**/inventories/**",
        "**/hosts.ini",
    )
    """Inventories of Ansible."""
    audited: tuple[RepositoryGlob, ...] = ("src/**",)
    """What an outside audit is about; its changes since make it void."""
    audited_lines: Count = 0
    """Lines of it that may have changed since the audited commit."""
    reviewed_percent: Annotated[int, Strict(), Field(ge=0, le=100)] = 10
    """How many of the lines that were reviewed may change, in percent, before an internal review is
    void."""
    stated: tuple[StatedFiles, ...] = ()
    """Files that statements are about, where a change of them voids one; without an entry for its
    item those under audited."""
    audits: tuple[Audit, ...] = ()
    """Audits by outside firms."""
    contingency_scripts: tuple[ContingencyScript, ...] = ()
    """Scripts that change a limit of the service in an emergency."""
    rollback_criteria: RepositoryPath | None = None
    """File with the criteria by which a release is taken back, each with metric, threshold, window
    and decider: [[criteria]] in TOML, the same in JSON, or a table of a Markdown page."""
    migrations: tuple[RepositoryGlob, ...] = ("**/migrations/**",)
    """Changes of the database's schema."""
    safe_marks: tuple[Text, ...] = ("reversible", "compatible")
    """How a comment begins that says of such a change that the release before bears it."""
    update_bots: tuple[RepositoryGlob, ...] = (
        ".github/dependabot.yml",
        "**/renovate.json",
        "**/.renovaterc*",
    )
    """Settings of what proposes updates of dependencies."""
    of_others: tuple[RepositoryGlob, ...] = ()
    """Files of others that lie in it, such as samples of tests: their packages are not installed.
    What lies in node_modules, vendor, third_party or site-packages never counts."""
    newest_update_days: Days = 90
    """How old the newest update of a dependency may be."""

    def files_of(self, item: str) -> tuple[str, ...]:
        """Return the files that the statement about an item is about."""
        declared = (one.files for one in self.stated if one.item == item)
        return next(declared, self.audited)

    def resolved(self, ids: Mapping[str, str]) -> "Repository":
        """Return it with aliases replaced by the ids that they stand for."""
        return replace(self, stated=tuple(replace(one, item=ids[one.item]) for one in self.stated))
