"""Real git repositories in a few lines, and whoever asks them as a run does."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git import GitAccess
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import Undeclared
from pytest_orr.profile.repository import Repository
from pytest_orr.profile.schema import Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NOBODY = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
ANA = "Ana Ito <ana@example.org>"
DAY = 86400
SAMPLES = Path(__file__).parent / "samples"
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


@dataclass
class Made:
    """A repository that a test makes: ``made.commit({"src/main.go": "package main"})``."""

    folder: Path
    days: int = 0
    signers: Path = field(default=Path())

    def git(self, *words: str, given: bytes = b"", check: bool = True) -> bytes:
        """Run plain git in it, as a person without settings of their own would."""
        return subprocess.run(
            ["git", "-C", str(self.folder), *words],
            input=given,
            capture_output=True,
            check=check,
            env=NOBODY,
        ).stdout

    def commit(
        self,
        files: Mapping[str, str | bytes],
        *,
        programs: Mapping[str, str] | None = None,
        without: tuple[str, ...] = (),
        branch: str = "main",
        after: tuple[str, ...] = (),
        by: str = ANA,
    ) -> str:
        """Make a commit, a day after the last one, and return its id."""
        self.days += 1
        who = f"{by} {1_780_000_000 + self.days * DAY} +0000".encode()
        message = f"change {self.days}".encode()
        said = [b"commit refs/heads/%b\nauthor %b\ncommitter %b\n" % (branch.encode(), who, who)]
        said.append(b"data %d\n%b\n" % (len(message), message))
        first = after[:1] or ((f"refs/heads/{branch}^0",) if self._has(branch) else ())
        said += [b"from %b\n" % one.encode() for one in first]
        said += [b"merge %b\n" % one.encode() for one in after[1:]]
        said += [b"D %b\n" % path.encode() for path in without]
        for mode, given in ((b"100644", files), (b"100755", programs or {})):
            for path, text in given.items():
                content = text.encode() if isinstance(text, str) else text
                name = path.encode(errors="surrogateescape")
                said.append(b"M %b inline %b\ndata %d\n" % (mode, _quoted(name), len(content)))
                said.append(content + b"\n")
        self.git("fast-import", "--quiet", "--force", given=b"".join(said))
        return self.git("rev-parse", branch).decode().strip()

    def check_out(self, where: str = "main") -> None:
        """Write the work tree."""
        self.git("checkout", "--quiet", "--force", where)

    def _has(self, branch: str) -> bool:
        return bool(self.git("rev-parse", "--verify", "--quiet", branch, check=False))


def _quoted(name: bytes) -> bytes:
    return b'"' + name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b'"', b'\\"') + b'"'


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """An empty repository."""
    return new_repository(tmp_path / "repository")


@pytest.fixture(scope="session")
def make_repository() -> Callable[[Path], Made]:
    """Make an empty repository in a folder."""
    return new_repository


def new_repository(folder: Path) -> Made:
    """Make an empty repository."""
    made = Made(folder)
    folder.mkdir(parents=True)
    made.git("init", "--quiet", "--template=", "-b", "main")
    return made


@pytest.fixture
def profile_of() -> Callable[..., Profile]:
    """A profile about a commit of a repository; further keys are the profile's own."""

    def profile(folder: Path, commit: str, *, first: bool = False, **keys: Any) -> Profile:
        also = {name: keys.pop(name) for name in ("delivery",) if name in keys}
        also |= {"forge": keys.pop("declared")} if "declared" in keys else {}
        person = Person(email="ana@example.org", name="Ana", roles=("service",))
        return Profile(
            service=Service(name="explorer", environment="production", people=(person,)),
            release=Release(commit=commit, first=first),
            repository=Repository(path=str(folder), **keys),
            **also,
        )

    return profile


@pytest.fixture
def asked(profile_of: Callable[..., Profile]) -> Iterator[Callable[..., GitAccess]]:
    """Ask a repository as a run does: ``asked(made.folder, commit)``."""
    opened: list[GitAccess] = []

    def ask(folder: Path, commit: str, **keys: Any) -> GitAccess:
        opened.append(GitAccess(profile_of(folder, commit, **keys), folder.parent))
        return opened[-1]

    yield ask
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def sample() -> Callable[[str], bytes]:
    """Return what a real tool wrote: ``sample("plan-noop.json")``."""
    return lambda name: (SAMPLES / name).read_bytes()


class Told:
    """A forge that tells what a test plants, by the question's name."""

    where = "forge.example explorer/explorer"

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = said

    def __getattr__(self, question: str) -> Any:
        """Return what answers a question: it is called, or it is raised."""
        if question not in self._said:
            raise Undeclared("[forge]", "the project on GitLab or GitHub")
        return self._said[question]


@pytest.fixture
def desk_of(profile_of: Callable[..., Profile], tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk with a real checkout, and a forge that answers as planted."""
    opened: list[GitAccess] = []

    def make(
        folder: Path, commit: str, *, forge: dict[str, Any] | None = None, **keys: Any
    ) -> Desk:
        profile = profile_of(folder, commit, **keys)
        opened.append(GitAccess(profile, tmp_path))
        everything: dict[str, Any] = {one.name: None for one in fields(Desk)}
        own = {
            "profile": profile,
            "folder": tmp_path,
            "as_of": AS_OF,
            "git": opened[-1],
            "forge": Told(forge or {}),
        }
        return Desk(**everything | own)

    yield make
    for one in opened:
        one.close()
