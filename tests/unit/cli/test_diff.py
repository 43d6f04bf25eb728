"""What changed between two reviews, as the command tells it, and as a gate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_orr import judge
from pytest_orr.model import Review, SignOff
from pytest_orr.render import review_json
from tests.reviews import a_review, an_item

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Said

GOOD, BAD = a_review(an_item("a.b.c")), a_review(an_item("a.b.c", "fail", reason="down"))


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, Review], Path]:
    """Write a review as a run leaves it in its folder."""

    def write(name: str, review: Review) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        text = review_json.render(SignOff(review=review, verdict=judge.decide(review)))
        (folder / "review.json").write_text(text, encoding="utf-8")
        return folder

    return write


def test_folders_and_files_are_compared_and_no_gate_is_asked(
    orr: Callable[..., Said], written: Callable[[str, Review], Path]
) -> None:
    said = orr("diff", written("a", GOOD), written("b", BAD) / "review.json")

    assert said.status == 0
    assert said.lines[0] == "explorer (production), phase launch: worse, READY → NOT READY"
    assert "  major a.b.c: PASS → FAIL: Down." in said.lines
    assert not any("--fail-on" in line for line in said.lines)


@pytest.mark.parametrize("on", ["worse", "new", "any"])
def test_a_gate_stays_shut_and_says_why(
    orr: Callable[..., Said], written: Callable[[str, Review], Path], on: str
) -> None:
    said = orr("diff", written("a", GOOD), written("b", BAD), "--fail-on", on)

    assert said.status == 1
    assert said.lines[-2:] == [
        f"--fail-on {on}: the verdict is worse: ready → not_ready",
        f"--fail-on {on}: a.b.c is worse: pass → fail",
    ]


def test_a_gate_opens_for_what_became_better_unless_nothing_may_change(
    orr: Callable[..., Said], written: Callable[[str, Review], Path]
) -> None:
    before, after = written("a", BAD), written("b", GOOD)

    assert orr("diff", before, after, "--fail-on", "worse").status == 0
    assert orr("diff", before, after, "--fail-on", "new").status == 0
    assert orr("diff", before, after, "--fail-on", "any").lines[-1] == (
        "--fail-on any: something changed"
    )


def test_machines_get_the_changes_and_the_gates_answer(
    orr: Callable[..., Said], written: Callable[[str, Review], Path]
) -> None:
    said = orr("diff", written("a", GOOD), written("b", BAD), "--json", "--fail-on", "worse")
    told = json.loads(said.out)

    assert said.status == 1
    assert (told["verdict"], told["items"][0]["movement"]) == ("worse", "worse")
    assert told["gate"] == {
        "fail_on": "worse",
        "because": ["the verdict is worse: ready → not_ready", "a.b.c is worse: pass → fail"],
    }


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"service": "bridge"}, "service 'bridge' and 'explorer'"),
        ({"selection": "-k one"}, "the earlier one is of a selection (-k one)"),
    ],
)
def test_a_gate_refuses_a_review_that_is_no_measure(
    orr: Callable[..., Said],
    written: Callable[[str, Review], Path],
    other: dict[str, str],
    told: str,
) -> None:
    before, after = written("a", a_review(an_item("a.b.c"), **other)), written("b", GOOD)
    said = orr("diff", before, after, "--fail-on", "worse")

    assert (said.status, said.out) == (4, "")
    assert said.err == (
        "--fail-on worse compares two whole reviews of one service, environment and phase; here:"
        f" {told}. Name the review that the later one must not fall behind.\n"
    )
    assert orr("diff", before, after).status == 0


def test_a_review_that_is_not_there_is_named(
    orr: Callable[..., Said], written: Callable[[str, Review], Path], tmp_path: Path
) -> None:
    said = orr("diff", tmp_path, written("b", GOOD))

    assert said.status == 4
    assert said.err == (
        f"{tmp_path}/review.json is not there. Name a review.json, or the folder of a report:"
        " `pytest readiness/` writes one.\n"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[]", ": $: [] is not of type 'object'"),
        (b"{", ": not readable as JSON: "),
        (b"\xff", ": not readable as UTF-8: "),
        (b" " * (32 * 1024 * 1024 + 1), ": larger than 32 MiB: no review.json"),
    ],
)
def test_what_is_no_review_is_told_with_its_file(
    orr: Callable[..., Said],
    written: Callable[[str, Review], Path],
    tmp_path: Path,
    content: bytes,
    told: str,
) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    said = orr("diff", path, written("b", GOOD))

    assert said.status == 22
    assert f"  {path}{told}" in said.err
