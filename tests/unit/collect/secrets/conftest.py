"""A desk beside which GitGuardian, a forge and a checkout are, each as a test needs it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.gitguardian import GitGuardian
from pytest_orr.clients.secret_scanner import SecretScanner
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge
from pytest_orr.profile.scans import GitGuardian as Declared
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
AS_OF = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
COMMIT = "5e1ea5e0" * 5
KEY = "gitguardian-of-nobody"
WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


class Said:
    """A forge that answers each question as planted, or refuses it."""

    where = "forge.example explorer/explorer"

    def __init__(self, **said: Any) -> None:
        self._said = said

    def __getattr__(self, question: str) -> Callable[..., Any]:
        """Return what answers the question."""
        said = self._said.get(question, FactUnavailable(f"{question} is denied", "allow it"))

        def answer(*_: Any) -> Any:
            if isinstance(said, FactUnavailable):
                raise said
            return said

        return answer


@pytest.fixture(scope="session")
def guarding() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.gitguardian import GitGuardianServer  # noqa: PLC0415 after the path

    server = GitGuardianServer()
    yield server
    server.close()


@pytest.fixture
def guardian(guarding: Any) -> Iterator[Any]:
    yield guarding
    guarding.faults = frozenset()
    guarding.mend()


@pytest.fixture
def desk_of(tmp_path: Path) -> Callable[..., Desk]:
    """Make a desk: ``desk_of(guardian=…, forge={…}, commit=…)`` and more keys of the profile."""

    def make(
        *,
        guardian: Any = None,
        source: str = "Explorer/explorer",
        forge: dict[str, Any] | None = None,
        commit: str = COMMIT,
        scanner: Any = None,
        **profile: Any,
    ) -> Desk:
        token = FromEnvironment(env="KEY")
        declared = Declared(url=FromEnvironment(env="URL"), token=token, source=source)
        bo = Person(email="bo@example.org", name="Bo", roles=("security",))
        own: dict[str, Any] = {
            "service": Service(name="explorer", environment="production", people=(bo,)),
            "release": Release(commit=commit),
            "gitguardian": declared if guardian else None,
            "forge": Forge(kind="gitlab", project="explorer/explorer")
            if forge is not None
            else None,
        }
        known = Profile(**own | profile)
        environment = {"URL": guardian.url, "KEY": KEY} if guardian else {}
        clients: dict[str, Any] = {one.name: None for one in fields(Desk)}
        clients |= {"profile": known, "folder": tmp_path, "as_of": AS_OF, "progress": print}
        clients |= {"forge": Said(**forge or {}), "git": SimpleNamespace(commit=commit)}
        clients["scanner"] = scanner or SecretScanner(lambda _: None, workers=1)
        if guardian:
            clients["gitguardian"] = GitGuardian(declared, tmp_path, environment=environment)
        return Desk(**clients)

    return make


@pytest.fixture
def committed(tmp_path: Path) -> Callable[..., str]:
    """Commit files into the profile's own folder and return the commit."""

    def commit(**files: str) -> str:
        def git(*words: str) -> str:
            told = subprocess.run(
                ["git", "-C", str(tmp_path), *WHO, *words],
                capture_output=True,
                text=True,
                check=True,
            )
            return told.stdout.strip()

        git("init", "-q")
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", "x")
        return git("rev-parse", "HEAD")

    return commit


@pytest.fixture(scope="session")
def word() -> str:
    """A line with a password that opens nothing, and stands nowhere in this repository."""
    return f'{"pass"}word = "{"h7Kq9mX2vTs4"}"\n'
