"""A file is replaced whole or not at all, with its permissions, and never over another's change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.writing.whole_files import read_original, replace_file

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with permissions of its own."""
    path = tmp_path / "waivers.toml"
    path.write_text("# mine\n", encoding="utf-8")
    path.chmod(0o640)
    return path


def test_a_file_is_replaced_with_its_permissions(file: Path) -> None:
    replace_file(read_original(file), b"# new\n")
    assert file.read_bytes() == b"# new\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in file.parent.iterdir()] == ["waivers.toml"]


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    original = read_original(tmp_path / "new.toml")
    assert not original.exists
    replace_file(original, b"a = 1\n")
    assert original.path.read_bytes() == b"a = 1\n"


def test_a_change_by_somebody_else_is_never_written_over(file: Path) -> None:
    original = read_original(file)
    file.write_text("# theirs\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        replace_file(original, b"# new\n")
    assert "was changed by somebody else meanwhile; run the command again" in str(
        refused.value.mistakes
    )
    assert file.read_bytes() == b"# theirs\n"


def test_a_file_that_somebody_else_made_meanwhile_is_left(tmp_path: Path) -> None:
    original = read_original(tmp_path / "new.toml")
    original.path.write_bytes(b"")
    with pytest.raises(InvalidInput):
        replace_file(original, b"a = 1\n")
    assert original.path.read_bytes() == b""


def test_a_symbolic_link_is_refused(file: Path) -> None:
    link = file.with_name("link.toml")
    link.symlink_to(file)
    with pytest.raises(InvalidInput) as refused:
        read_original(link)
    assert "is a symbolic link; change the file that it leads to" in refused.value.mistakes[0]


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(InvalidInput) as refused:
        read_original(tmp_path / "pipe.toml")
    assert "is not a regular file" in refused.value.mistakes[0]


def test_a_folder_that_is_not_there_is_no_place_for_a_file(file: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_original(file / "inside.toml")
    assert "cannot be read: Not a directory" in refused.value.mistakes[0]


def test_a_file_that_may_not_be_written_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may always
    with pytest.raises(InvalidInput) as refused:
        read_original(file)
    assert "may not be written; `chmod u+w` lets you" in refused.value.mistakes[0]


@pytest.mark.parametrize("end", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_ctrl_c_leaves_the_file_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    def full(*_: object) -> None:
        raise end

    original = read_original(file)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(type(end)):
        replace_file(original, b"# new\n")
    assert file.read_bytes() == b"# mine\n"
    assert [one.name for one in file.parent.iterdir()] == ["waivers.toml"]
