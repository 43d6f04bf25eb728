"""A service's suite, and the commands that bring it to another baseline, run in this process."""

from __future__ import annotations

import argparse
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pytest_orr.cli import check, update
from pytest_orr.errors import OrrError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.conftest import Repository

GIT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "ana" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def command(
    service: Repository, baselines: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run a command on the service's suite as a product that carries some version would."""

    def run(module: ModuleType, version: str, *flags: str) -> Said:
        parser = argparse.ArgumentParser()
        module.declare(parser)
        capsys.readouterr()
        err = ""
        try:
            status = module.run(parser.parse_args([str(service.suite), *flags]), baselines[version])
        except OrrError as error:
            status, err = error.exit_code, error.diagnostics()
        return Said(status, capsys.readouterr().out, err)

    return run


@pytest.fixture
def updated(command: Callable[..., Said]) -> Callable[..., Said]:
    """Bring the suite to a version: ``updated("2.0")``."""

    def run(version: str, *flags: str) -> Said:
        return command(update, version, *(flags or ("--yes",)))

    return run


@pytest.fixture
def checked(command: Callable[..., Said]) -> Callable[[str], Said]:
    """What ``orr check`` says where a version is installed."""

    def run(version: str) -> Said:
        return command(check, version)

    return run


@pytest.fixture
def git(service: Repository) -> Callable[..., bytes]:
    """Run git in the service's repository, as a person without settings of their own would."""

    def run(*words: str) -> bytes:
        return subprocess.run(
            ["git", "-C", str(service.path), *words], check=True, capture_output=True, env=GIT
        ).stdout

    return run


@pytest.fixture
def committed(service: Repository, git: Callable[..., bytes]) -> Repository:
    """The service's repository, with its suite in git."""
    git("init", "--quiet", "-b", "main")
    git("add", "-A")
    git("commit", "--quiet", "-m", "lay the suite down")
    return service


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder, by name."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }

    return read
