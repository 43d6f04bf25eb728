"""What git proposes to somebody who begins, wherever it is kept; nothing where it is not."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.git_here import Here, git_here

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of nobody."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository without a commit."""
    subprocess.run(["git", "init", "-q", str(tmp_path / "wallet")], check=True)
    return tmp_path / "wallet"


def test_outside_of_a_repository_the_person_alone_is_told(tmp_path: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\nemail = ana@example.org\nname = Ana Ito\n")
    assert git_here(tmp_path) == Here(email="ana@example.org", name="Ana Ito")


def test_a_repository_without_a_commit_has_a_folder_alone(repository: Path) -> None:
    (repository / "docs").mkdir()
    assert git_here(repository / "docs") == Here(top=str(repository))


def test_its_own_setting_goes_before_the_persons(repository: Path, home: Path) -> None:
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "config").write_text("[user]\nemail = ana@example.org\nname = Ana")
    own = ["git", "-C", str(repository), "config", "user.email", "ana@work.example.org"]
    subprocess.run(own, check=True)
    here = git_here(repository)
    assert (here.email, here.name) == ("ana@work.example.org", "Ana")


def test_head_is_told_whole(repository: Path) -> None:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org")
    git = ["git", "-C", str(repository), *who]
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "one"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    assert git_here(repository).commit == head.stdout.strip()


def test_nothing_that_the_repository_sets_is_started(repository: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "alias.rev-parse"):
        words = ["git", "-C", str(repository), "config", key, f"!touch {started}"]
        subprocess.run(words, check=True)
    assert git_here(repository).top == str(repository)
    assert not started.exists()


def test_without_git_nothing_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert git_here(repository) == Here()
