"""A desk at which documents are asked for: the example's wiki, a repository, a forge."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Member
from pytest_orr.clients.git_said import Commit, Entry
from pytest_orr.clients.pages import Pages
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge
from pytest_orr.profile.schema import Endpoint, Person, Profile, Release, Service
from pytest_orr.profile.support import Documents, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.clients.forge.said_issues import Issue
    from tests.conftest import Wiki

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
IN_OCTOBER = dt.datetime(2026, 10, 13, tzinfo=dt.UTC)
PEOPLE = (
    Person(email="ana@example.org", name="Ana", roles=("service",), username="ana"),
    Person(email="dan@example.org", name="Dan", roles=("support",), username="Dan"),
    Person(email="ines@example.org", name="Ines", roles=("support",), username="ines"),
    Person(email="cleo@example.org", name="Cleo", roles=("product",)),
)
WAY: dict[str, Any] = {
    "connect": FromEnvironment(env="EXPLORER_WIKI"),
    "ca": FromEnvironment(env="EXPLORER_WIKI_CA"),
}


class Git:
    """A repository of some files, all changed in October."""

    where = ("git 0123456789ab",)

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self.tree = tuple(Entry(path=path, kind="file", id="1" * 40, size=9) for path in files)

    def read(self, path: str, _: int) -> bytes:
        return self._files[path].encode()

    def newest_change(self, _: list[str]) -> Commit:
        return Commit(id="2" * 40, parents=(), author="a@b", committed=IN_OCTOBER, subject="s")


class Tracker:
    """A forge with members and issues, or one that answers nothing."""

    def __init__(self, issues: tuple[Issue, ...], *, is_down: bool) -> None:
        self._issues, self._is_down = issues, is_down

    def members(self) -> tuple[Member, ...]:
        if self._is_down:
            raise FactUnavailable("the forge is down", "wait")
        robot = Member(username="robot", access="writer", is_robot=True)
        invited = Member(username="ines", access="writer", has_joined=False)
        return (
            robot,
            invited,
            *(Member(username=name, access="writer") for name in ("ana", "dan")),
        )

    def issue(self, number: int) -> Issue:
        for one in self._issues:
            if one.number == number:
                return one
        raise FactUnavailable(f"#{number} is not shown", "correct the number")


@pytest.fixture
def documents_desk(wiki: Wiki) -> Callable[..., Any]:
    """A desk for a profile with these documents: ``documents_desk(runbook=Page(…), files={…})``."""

    def make(
        *,
        files: Mapping[str, str] | None = None,
        issues: tuple[Issue, ...] = (),
        forge: str | None = "gitlab",
        is_down: bool = False,
        frontend: str = "/explorer/faq",
        **documents: Any,
    ) -> Any:
        pages = (
            Endpoint(name="f", role="frontend", url=f"https://explorer.example{frontend}", **WAY),
        )
        declared: Any = forge and Forge(kind=forge, project="explorer/explorer")  # type: ignore[arg-type] # one of the two kinds
        profile = Profile(
            service=Service(name="explorer", environment="production", people=PEOPLE),
            release=Release(commit="0123456789abcdef"),
            evidence=Evidence(hosts=("wiki.example.org",), **WAY),
            endpoints=pages if frontend else (),
            forge=declared or None,
            documents=Documents(**documents),
        )
        git: Any = Git(files or {})
        return SimpleNamespace(
            profile=profile,
            as_of=AS_OF,
            git=git,
            forge=Tracker(issues, is_down=is_down),
            pages=Pages(profile, Path(), git, wiki.environment),
        )

    return make
