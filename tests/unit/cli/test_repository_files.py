"""Which texts are paths of files of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.cli.repository_files import known_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("docs/ci.md", True),
        ("docs", False),
        ("docs/../docs/ci.md", False),
        ("../outside", False),
        ("/etc/hostname", False),
        ("", False),
        ("docs/ci.md\0", False),
        ("x" * 5000, False),
        ("\ud800", False),
        ("docs/ci.md/x", False),
    ],
)
def test_a_file_is_one_that_is_there_and_inside(tmp_path: Path, text: str, known: bool) -> None:  # noqa: FBT001 of the table
    (tmp_path / "outside").write_text("x", encoding="utf-8")
    (tmp_path / "repository" / "docs").mkdir(parents=True)
    (tmp_path / "repository" / "docs" / "ci.md").write_text("x", encoding="utf-8")

    assert known_files(tmp_path / "repository")(text) is known
