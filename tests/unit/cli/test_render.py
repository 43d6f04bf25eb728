"""A run's documents once more, from its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Said

DOCUMENTS = {"readiness.html", "review.json", "signoff.md", "statement.json"}


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (("pass", "pass", "pass"), 0),
        (("pass", "fail", "pass"), 1),
        (("pass", "unknown", "pass"), 20),
        (("pass",), 21),
    ],
)
def test_the_same_documents_come_out_with_the_verdicts_code(
    orr: Callable[..., Said],
    report_of: Callable[..., Path],
    tmp_path: Path,
    outcomes: tuple[str, ...],
    status: int,
) -> None:
    folder, to = report_of(*outcomes), tmp_path / "a" / "again"
    said = orr("render", folder, "--to", to)
    assert (said.status, said.out) == (status, f"{to}/readiness.html\n")
    assert {path.name for path in to.iterdir()} == DOCUMENTS | {"changes.html"}
    for name in DOCUMENTS:
        assert (to / name).read_bytes() == (folder / name).read_bytes()


def test_a_selection_renders_its_one_document(
    orr: Callable[..., Said], report_of: Callable[..., Path], tmp_path: Path
) -> None:
    folder, to = report_of("pass", selection="-k one"), tmp_path / "again"
    said = orr("render", folder, "--to", to)
    assert (said.status, said.out) == (21, f"{to}/selection.json\n")
    assert [path.name for path in to.iterdir()] == ["selection.json"]


def test_the_documents_of_a_run_that_was_cut_short_are_a_selection(
    orr: Callable[..., Said], report_of: Callable[..., Path], tmp_path: Path
) -> None:
    folder, to = report_of("pass", "pass", "pass"), tmp_path / "again"
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    said = orr("render", folder, "--to", to)
    assert said.status == 21
    assert [path.name for path in to.iterdir()] == ["selection.json"]


def test_nothing_is_made_without_a_journal(orr: Callable[..., Said], tmp_path: Path) -> None:
    said = orr("render", tmp_path / "gone", "--to", tmp_path / "again")
    assert said.status == 4
    assert not (tmp_path / "again").exists()
