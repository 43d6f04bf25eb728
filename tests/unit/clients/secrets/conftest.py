"""Small git histories with secrets that nobody ever had, and GitGuardian on loopback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CHECKOUT = Path(__file__).parents[4]
WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    told = subprocess.run(
        ["git", "-C", str(folder), *WHO, *words], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


@pytest.fixture(scope="session")
def key() -> str:
    """A line with an access key's shape, which stands nowhere in this repository."""
    return f'key = "{"AK"}{"IA"}{"Q3EGRXZ7WB5TNY2K"}"\n'


@pytest.fixture(scope="session")
def word() -> str:
    return f'{"pass"}word = "{"h7Kq9mX2vTs4"}"'


@pytest.fixture
def history(tmp_path: Path) -> Callable[..., Path]:
    """Make a repository of commits, each as files by path; none deletes the file."""

    def make(*commits: Mapping[str, bytes | str | None], name: str = "repository") -> Path:
        folder = tmp_path / name
        git(tmp_path, "init", "-q", "-b", "main", str(folder))
        for files in commits:
            for path, content in files.items():
                file = folder / path
                if content is None:
                    file.unlink()
                    continue
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.encode() if isinstance(content, str) else content)
            git(folder, "add", "-A", "-f")
            git(folder, "commit", "-q", "--allow-empty", "-m", "x")
        return folder

    return make


@pytest.fixture
def run_git() -> Callable[..., str]:
    return git


@pytest.fixture
def head() -> Callable[[Path], str]:
    return lambda folder: git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def guarding() -> Iterator[Any]:
    """GitGuardian as the example has it, whose faults and answers a test may change."""
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
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a script that takes every file with the word leak for a secret stand for the scanner."""
    script = tmp_path / "quick.py"
    script.write_text(
        "import json, sys\n"
        "while line := sys.stdin.buffer.readline():\n"
        "    said = sys.stdin.buffer.read(json.loads(line)['size'])\n"
        "    hits = [['Leak', said.hex(), 1, False]] if b'leak' in said else []\n"
        "    print(json.dumps({'left_out': '', 'hits': hits}), flush=True)\n"
    )
    monkeypatch.setattr("pytest_orr.clients.secret_worker.SCANNING", script)
