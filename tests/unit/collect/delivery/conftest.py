"""A forge and a repository that say what a test plants, and a desk on which they stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.forge import Forge
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
COMMIT = "5e1ea5e0" * 5
"""The release's."""
PEOPLE = (
    Person(email="ana@example.org", name="Ana", roles=("service", "platform")),
    Person(email="bo@example.org", name="Bo", roles=("security",)),
    Person(email="eve@example.org", name="Eve", roles=("principal-engineer", "approver")),
)
SECTIONS = {"forge": "[forge]", "git": "[repository]"}


class Planted:
    """Answers each question with what was planted under its name.

    An error is raised, a function is asked, all else is returned. What nobody planted could not
    be had.
    """

    where: Any = "forge.example explorer/explorer"

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = said

    def __getattr__(self, question: str) -> Callable[..., Any]:
        """Return what answers the question."""

        def answer(*about: Any, **more: Any) -> Any:
            none = FactUnavailable(f"nobody planted {question}", "plant it")
            said = self._said.get(question, none)
            if isinstance(said, FactUnavailable):
                raise said
            return said(*about, **more) if callable(said) else said

        return answer


class PlantedGit(Planted):
    """The same of a checkout, of which some things are told without a question."""

    where = ("git 5e1ea5e05e1e",)
    TOLD = frozenset({"commit", "tree", "tags", "is_shallow", "is_dirty"})

    def __getattr__(self, question: str) -> Any:
        """Return what answers the question, or the answer itself."""
        answer = super().__getattr__(question)
        return answer() if question in self.TOLD else answer


class Missing:
    """Stands for a client that the profile does not declare."""

    def __init__(self, section: str) -> None:
        self._section = section

    def __getattr__(self, _: str) -> Any:
        """Refuse, as the client would that is opened now."""
        raise Undeclared(self._section, "what is asked here")


@pytest.fixture(scope="session")
def desk_of() -> Callable[..., Desk]:
    """Make a desk: ``desk_of(forge={"tags": ()}, git={…}, delivery=Delivery())``.

    ``forge`` and ``git`` are answers by question; without them nothing is declared. All other keys
    are the profile's; ``declared`` are keys of its ``[forge]``, ``first`` is its release's.
    """

    def make(
        *,
        forge: dict[str, Any] | None = None,
        git: dict[str, Any] | None = None,
        declared: dict[str, Any] | None = None,
        first: bool = False,
        **profile: Any,
    ) -> Desk:
        usual: dict[str, Any] = {"kind": "gitlab", "project": "explorer/explorer", "branch": "main"}
        own: dict[str, Any] = {
            "service": Service(name="explorer", environment="production", people=PEOPLE),
            "release": Release(commit=COMMIT, first=first),
            "forge": None if forge is None else Forge(**usual | (declared or {})),
        }
        clients: dict[str, Any] = {
            name: Missing(SECTIONS[name]) if said is None else kind(said)
            for name, kind, said in (("forge", Planted, forge), ("git", PlantedGit, git))
        }
        known = Profile(**own | profile)
        everything: dict[str, Any] = {one.name: None for one in fields(Desk)}
        everything |= {"profile": known, "folder": Path(), "as_of": AS_OF, "progress": print}
        return Desk(
            **everything | {name: one for name, one in clients.items() if name in everything}
        )

    return make


@pytest.fixture(scope="session")
def days_ago() -> Callable[[float], dt.datetime]:
    """Return an instant so many days before the one by which is judged."""
    return lambda days: AS_OF - dt.timedelta(days=days)


@pytest.fixture(scope="session")
def release_commit() -> str:
    """The commit of the release."""
    return COMMIT
