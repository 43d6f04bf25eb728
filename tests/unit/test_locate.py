"""A folder with a lock is a readiness suite, and so is everything inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.locate import holds_suite, lost_lock, suite_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "readiness"
    (folder / "more").mkdir(parents=True)
    (folder / "suite.lock").touch()
    (folder / "test_a.py").touch()
    return folder


def test_a_folder_is_a_suite_by_its_lock(suite: Path) -> None:
    assert holds_suite(str(suite))
    assert not holds_suite(str(suite.parent))


@pytest.mark.parametrize("inside", ["", "test_a.py", "more", "more/gone.py", "gone/deep/x.py"])
def test_every_path_inside_belongs_to_the_suite(suite: Path, inside: str) -> None:
    assert suite_of(str(suite / inside)) == str(suite.resolve())


def test_a_path_elsewhere_belongs_to_none(suite: Path) -> None:
    assert suite_of(str(suite.parent / "tests")) == ""
    assert suite_of("/") == ""


def test_a_suite_is_named_by_its_real_path(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = suite.parent / "link"
    link.symlink_to(suite)
    assert suite_of(str(link / "test_a.py")) == str(suite.resolve())
    monkeypatch.chdir(suite / "more")
    assert suite_of("x.py") == str(suite.resolve())


def test_where_a_suite_was_laid_down_its_lock_is_missed(suite: Path) -> None:
    (suite / ".schemas").mkdir()
    schema = suite / ".schemas" / "readiness.schema.json"
    schema.touch()
    assert lost_lock(str(suite)) == ""
    (suite / "suite.lock").unlink()
    for named in (suite, suite / "test_a.py"):
        assert lost_lock(str(named)).startswith(f"{suite}/suite.lock is not there")
    assert lost_lock(str(suite.parent)) == ""
    schema.unlink()
    assert lost_lock(str(suite)) == ""
