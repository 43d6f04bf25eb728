"""With which run a new one is compared: the last signed one, else the last."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest

from pytest_orr.earlier import page_of_changes
from pytest_orr.model import Release, RunBlock
from pytest_orr.record.journal import Opening, line_of


def run_put_aside(folder: Path, service: str, *, signed: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    instant = "2026-11-20T09:30:00Z"
    opening = Opening(
        run=RunBlock(id="r", started=instant, as_of=instant, tool="pytest-orr 0", suite="5" * 64),
        service=service,
        environment="production",
        release=Release(commit="c" * 40),
        phase="launch",
        people=(),
        expected=(),
    )
    (folder / "journal.jsonl").write_bytes(line_of(opening))
    if signed:
        (folder / "signoff.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("previous_signed", "accepted", "expected"),
    [
        (False, False, ("previous", False)),
        (True, False, ("previous", True)),
        (False, True, ("accepted", True)),
        (True, True, ("previous", True)),
    ],
)
def test_the_last_signed_run_is_the_measure_or_else_the_last(
    tmp_path: Path, *, previous_signed: bool, accepted: bool, expected: tuple[str, bool]
) -> None:
    run_put_aside(tmp_path / "previous", "previous", signed=previous_signed)
    if accepted:
        run_put_aside(tmp_path / "previous" / "accepted", "accepted", signed=True)
    page = page_of_changes(tmp_path)

    assert page.earlier
    assert (page.earlier.service, page.signed) == expected
    assert page.trouble == ""


def test_a_report_without_an_earlier_run_has_nothing_to_compare(tmp_path: Path) -> None:
    page = page_of_changes(tmp_path)

    assert (page.earlier, page.signed, page.trouble) == (None, False, "")


def test_where_a_pipeline_kept_the_review_alone_it_is_read(tmp_path: Path) -> None:
    golden = Path(__file__).parents[1] / "golden" / "review.json"
    (tmp_path / "previous").mkdir()
    copyfile(golden, tmp_path / "previous" / "review.json")
    page = page_of_changes(tmp_path)

    assert page.earlier
    assert len(page.earlier.items) == 10


@pytest.mark.parametrize("name", ["journal.jsonl", "review.json"])
def test_a_run_that_cannot_be_read_is_named_and_breaks_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "previous").mkdir()
    (tmp_path / "previous" / name).write_text("nonsense", encoding="utf-8")
    page = page_of_changes(tmp_path)

    assert page.earlier is None
    assert page.trouble


def test_a_public_page_masks_the_earlier_run_too(tmp_path: Path) -> None:
    run_put_aside(tmp_path / "previous", "account 123456789012")
    page = page_of_changes(tmp_path, public=True)

    assert page.earlier
    assert page.earlier.service == "account [masked]"
