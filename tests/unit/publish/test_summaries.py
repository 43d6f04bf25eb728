"""A job's summary holds the review once, and whatever other steps wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.publishing.interface import PublishingFailed
from pytest_orr.publish.blocks import scope_of
from pytest_orr.publish.summaries import LARGEST, summarised

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = scope_of("explorer", "production")


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    """The file of a job's summary, in which nothing is written yet."""
    return tmp_path / "summary.md"


def test_what_others_wrote_stays_and_the_review_is_told_once(summary: Path) -> None:
    summary.write_text("# Tests\n\nAll passed.\n", encoding="utf-8")

    for text in ("first", "second"):
        summary.write_text(summarised(summary, SCOPE, lambda _, said=text: said), encoding="utf-8")  # type: ignore[misc] # the default binds the loop's value

    told = summary.read_text(encoding="utf-8")
    assert told.endswith("# Tests\n\nAll passed.\n")
    assert "second" in told
    assert "first" not in told


def test_a_text_that_takes_all_its_room_stays_below_what_github_shows(summary: Path) -> None:
    summary.write_text("ä" * 1000, encoding="utf-8")

    told = summarised(summary, SCOPE, lambda largest: "x" * largest)

    assert LARGEST - 10 <= len(told.encode()) <= LARGEST


def test_a_summary_that_is_full_is_refused(summary: Path) -> None:
    summary.write_text("x" * (LARGEST - 1000), encoding="utf-8")

    with pytest.raises(PublishingFailed, match="no room") as failed:
        summarised(summary, SCOPE, str)
    assert "step of its own" in failed.value.diagnostics()
