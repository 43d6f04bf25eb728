"""Who can reach the encrypted files, and where they lie: the fact ``vault_repositories``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import BranchProtection, DeployKey, Member, Project
from pytest_orr.clients.git_said import Entry
from pytest_orr.collect.delivery.vault_repositories import VaultRepositories, VaultRepository
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import VaultRepository as Declared
from pytest_orr.profile.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

VAULT = "explorer/vault"
DENIED = FactUnavailable("the token lacks the scope read_api", "give it")


@pytest.fixture
def vault_of(desk_of: Callable[..., Desk]) -> Callable[..., VaultRepository]:
    """Collect; other answers of the forge by question, ``own`` are blobs by path in git."""

    def collect(
        *,
        own: dict[str, str] | None = None,
        vault: Declared | None = None,
        secrets: tuple[str, ...] = ("secrets/*",),
        **said: Any,
    ) -> VaultRepository:
        def project(path: str = "") -> Project:
            return Project(
                path=path, visibility="private", default_branch="main", may_be_forked=False
            )

        tree = [Entry(path=path, kind="file", id=one) for path, one in (own or {}).items()]

        def entries(patterns: tuple[str, ...]) -> tuple[Entry, ...]:
            starts = tuple(one.rstrip("*") for one in patterns)
            return tuple(one for one in tree if one.path.startswith(starts))

        forge: dict[str, Any] = {
            "project": project,
            "is_hidden": True,
            "members": tuple(Member(username=one, access="writer") for one in ("bo", "ana")),
            "branch_protection": BranchProtection(branch="main", is_protected=True),
            "deploy_keys": (DeployKey(title="mirror", may_write=False),),
        }
        desk = desk_of(
            forge=forge | said,
            git={"tree": tuple(tree), "entries": entries},
            declared={"team": ("ana", "bo")},
            vault_repository=vault,
            repository=Repository(secrets=secrets),
        )
        [found] = VaultRepositories().collect(desk).value
        assert isinstance(found, VaultRepository)
        return found

    return collect


def test_without_another_one_it_is_the_services_own_project(
    vault_of: Callable[..., VaultRepository],
) -> None:
    vault = vault_of(own={"secrets/a": "1", "README.md": "2"})
    assert vault.project == "explorer/explorer"
    assert vault.access.seen == "private, forking off, a stranger gets 404"
    assert vault.members.reading.members == vault.members.reading.team == ("ana", "bo")
    assert (vault.names, vault.team) == (("ana", "bo"), ("ana", "bo"))
    assert vault.members.seen == "2 with access, 2 in the team"
    assert vault.branch.seen == "protected"
    assert vault.keys.seen == "0 keys that may write, 1 that may read"
    assert [(one.name, one.seen) for one in vault.files] == [("secrets/a", "there")]


def test_the_declared_project_is_asked_about(vault_of: Callable[..., VaultRepository]) -> None:
    asked = []

    def members(project: str) -> tuple[Member, ...]:
        asked.append(project)
        return (Member(username="visitor", access="reader"),)

    declared = Declared(project=VAULT, team=("eve",), files=("vault.yml",))
    vault = vault_of(vault=declared, members=members, files={"vault.yml": "1"})
    assert (vault.project, asked) == (VAULT, [VAULT])
    assert vault.members.reading.members == ("visitor",)
    assert vault.members.reading.team == ("eve",)
    assert [(one.name, one.seen) for one in vault.files] == [("vault.yml", "there")]


def test_files_of_another_project_lie_nowhere_else_by_path_or_by_content(
    vault_of: Callable[..., VaultRepository],
) -> None:
    declared = Declared(project=VAULT, team=("eve",), files=("a.yml", "b.yml", "c.yml"))
    vault = vault_of(
        vault=declared,
        files={"a.yml": "1", "b.yml": "2", "old/a.yml": "1"},
        own={"b.yml": "3", "deploy/copy": "1", "src/main.go": "4"},
    )
    assert {one.name: one.seen for one in vault.files} == {
        "a.yml": "there, also old/a.yml, deploy/copy of the service's repository",
        "b.yml": "there, also b.yml of the service's repository",
        "c.yml": "not there",
    }


def test_own_files_lie_at_no_other_path_and_each_pattern_holds_one(
    vault_of: Callable[..., VaultRepository],
) -> None:
    own = {"secrets/a": "1", "copy/of-a": "1", "secrets/b": "2"}
    vault = vault_of(own=own, secrets=("secrets/*", "gone/*"))
    assert {one.name: one.seen for one in vault.files} == {
        "secrets/a": "there, also copy/of-a",
        "secrets/b": "there",
        "gone/*": "not there",
    }


def test_the_services_own_project_may_be_declared_with_its_files(
    vault_of: Callable[..., VaultRepository],
) -> None:
    declared = Declared(project="explorer/explorer", team=("ana",), files=("vault.yml",))
    vault = vault_of(vault=declared, own={"vault.yml": "1", "secrets/a": "2"})
    assert [one.name for one in vault.files] == ["vault.yml"]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("project", "access"),
        ("is_hidden", "access"),
        ("members", "members"),
        ("branch_protection", "branch"),
        ("deploy_keys", "keys"),
    ],
)
def test_a_part_that_could_not_be_read_hides_no_other(
    vault_of: Callable[..., VaultRepository], question: str, part: str
) -> None:
    vault = vault_of(own={"secrets/a": "1"}, **{question: DENIED})
    parts = {name: getattr(vault, name) for name in ("access", "members", "branch", "keys")}
    unknown = {name for name, one in parts.items() if one.observed is None}
    assert unknown == {part, "branch"} if question == "project" else {part}
    with pytest.raises(FactUnavailable, match="lacks the scope"):
        _ = parts[part].reading
    assert vault.files[0].reading.is_there


def test_files_that_the_forge_does_not_list_are_unknown_together(
    vault_of: Callable[..., VaultRepository],
) -> None:
    declared = Declared(project=VAULT, team=("eve",), files=("a.yml", "b.yml"))
    [files] = vault_of(vault=declared, files=DENIED).files
    assert (files.name, files.observed) == (f"files of {VAULT}", None)


@pytest.mark.parametrize(
    ("vault", "secrets", "section"),
    [
        (None, (), "[repository] secrets"),
        (Declared(project=VAULT, team=("eve",)), (), "[vault_repository] files"),
    ],
)
def test_files_that_nobody_declared_are_unknown(
    vault_of: Callable[..., VaultRepository],
    vault: Declared | None,
    secrets: tuple[str, ...],
    section: str,
) -> None:
    [files] = vault_of(vault=vault, secrets=secrets).files
    assert files.unavailable is not None
    assert f"under {section} in readiness.toml" in files.unavailable.remedy


def test_a_name_is_the_same_in_any_case(vault_of: Callable[..., VaultRepository]) -> None:
    declared = Declared(project=VAULT, team=("Ana", "BO", "Eve"), files=("a.yml",))
    vault = vault_of(vault=declared, files={})
    assert (vault.names, vault.team) == (("ana", "bo"), ("Eve", "ana", "bo"))


def test_a_team_that_nobody_declared_is_unknown(vault_of: Callable[..., VaultRepository]) -> None:
    vault = vault_of(vault=Declared(project=VAULT, files=("a.yml",)), files={})
    assert vault.members.unavailable is not None
    assert (vault.names, vault.team) == ((), ())
    assert "under [vault_repository]" in vault.members.unavailable.remedy


def test_what_may_be_forked_or_rewritten_is_seen(vault_of: Callable[..., VaultRepository]) -> None:
    shown = Project(path="p", visibility="public", default_branch="main", may_be_forked=None)
    forced = BranchProtection(branch="main", is_protected=True, may_be_forced=True)
    keys = (DeployKey(title="b", may_write=True), DeployKey(title="a", may_write=True))
    vault = vault_of(project=shown, is_hidden=False, branch_protection=forced, deploy_keys=keys)
    assert vault.access.seen == "public, forking not told, a stranger gets an answer"
    with pytest.raises(FactUnavailable, match="may be forked"):
        _ = vault.access.reading.may_be_forked
    assert vault.branch.seen == "protected, but its history may be rewritten"
    assert vault.keys.reading.writing == ("a", "b")


def test_a_branch_that_is_not_protected_is_seen(vault_of: Callable[..., VaultRepository]) -> None:
    bare = BranchProtection(branch="main", is_protected=False)
    assert vault_of(branch_protection=bare).branch.seen == "not protected"
    assert not vault_of(branch_protection=bare).access.reading.may_be_forked
