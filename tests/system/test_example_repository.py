"""The example's git repository is a real one, and the commit its profiles name is its release."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from examples.explorer.repository import EARLIER, FACTS, FILES, SIGNED, build, described, git

if TYPE_CHECKING:
    from pathlib import Path

STATES = ("faulty", "repaired")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "repository"
    build(folder)
    return folder


def _below(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_the_profiles_name_the_commit_that_is_tagged_in_what_is_built(checkout: Path) -> None:
    tagged = git(checkout, "rev-parse", "v1.4.0^{commit}").decode().strip()
    for state in STATES:
        profile = FACTS.parent / state / "readiness.toml"
        named = tomllib.loads(profile.read_text(encoding="utf-8"))["release"]["commit"]
        assert named == tagged, "run python -m examples.explorer.bind"


def test_what_is_written_down_of_the_repository_is_what_is_built(checkout: Path) -> None:
    assert json.loads(FACTS.read_text(encoding="utf-8")) == described(checkout)


def test_the_release_holds_every_file_of_the_folder_as_it_is_there(checkout: Path) -> None:
    listed = git(checkout, "ls-tree", "-r", "--name-only", "v1.4.0").decode().splitlines()
    assert set(listed) == _below(FILES)
    assert git(checkout, "status", "--porcelain") == b""
    assert all((checkout / path).read_bytes() == (FILES / path).read_bytes() for path in listed)


def test_older_forms_of_files_differ_from_what_the_release_holds() -> None:
    for commit in EARLIER.iterdir():
        for path in _below(commit):
            assert (commit / path).read_bytes() != (FILES / path).read_bytes()


def test_both_tags_are_signed_by_whoever_the_signers_file_names(checkout: Path) -> None:
    signers = f"gpg.ssh.allowedSignersFile={SIGNED / 'signers'}"
    git(checkout, "-c", signers, "verify-tag", "v1.3.0", "v1.4.0")
