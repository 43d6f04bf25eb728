"""The organisation's file comes from a commit of a local clone, whatever lies in the work tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.organisation_file import LARGEST, read_pinned
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.extends import Extends
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "0" * 64


def _extends(commit: str, **changes: Any) -> Extends:
    said = {"path": "org/readiness.toml", "sha256": DIGEST, "clone": "clone", **changes}
    return Extends(commit=commit, **said)


def test_a_file_is_read_as_the_commit_has_it(made: Any) -> None:
    pinned = made.commit({"org/readiness.toml": 'name = "Org"'})
    made.commit({"org/readiness.toml": 'name = "later"'})
    made.check_out()
    (made.folder / "org" / "readiness.toml").write_text("not committed")
    extends = _extends(pinned, clone=made.folder.name)
    assert read_pinned(extends, made.folder.parent) == b'name = "Org"'
    by_variable = _extends(pinned, clone=FromEnvironment(env="ORG_CLONE"))
    environment = {"ORG_CLONE": str(made.folder)}
    assert read_pinned(by_variable, made.folder / "elsewhere", environment) == b'name = "Org"'


def _refused(extends: Extends, folder: Path) -> tuple[str, str]:
    with pytest.raises(FactUnavailable) as caught:
        read_pinned(extends, folder, {})
    return caught.value.cause, caught.value.remedy


def test_what_is_not_at_hand_is_told_with_the_command_that_gets_it(made: Any) -> None:
    pinned = made.commit({"org/readiness.toml": 'name = "Org"', "large": b"x" * (LARGEST + 1)})
    folder, name = made.folder.parent, made.folder.name
    other = "f" * 40
    assert _refused(_extends(other, clone=name), folder) == (
        f"{made.folder} has no commit {other}",
        f"get it: `git -C {made.folder} fetch origin {other}`",
    )
    assert _refused(_extends(pinned, clone=name, path="org/none.toml"), folder) == (
        f"commit {pinned} has no file org/none.toml",
        f"`git -C {made.folder} ls-tree -r --name-only {pinned}` lists its files",
    )
    assert _refused(_extends(pinned, repository="git@example.org:platform.git"), folder) == (
        f"there is no folder {folder / 'clone'}",
        (
            f"`git clone git@example.org:platform.git {folder / 'clone'}`, and name that folder as"
            " clone under [extends]"
        ),
    )
    cause, remedy = _refused(_extends(pinned, clone=None), folder)
    assert cause == "[extends] names no clone of its repository"
    assert remedy.startswith("`git clone REPOSITORY CLONE`")
    assert (
        "ORG_CLONE" in _refused(_extends(pinned, clone=FromEnvironment(env="ORG_CLONE")), folder)[0]
    )
    assert "more than" in _refused(_extends(pinned, clone=name, path="large"), folder)[0]
    (folder / "clone").mkdir()
    cause, remedy = _refused(_extends(pinned), folder)
    assert "lies in no git repository" in cause
    assert remedy.endswith("and name that folder as clone under [extends]")
