"""Reviews that jobs on GitLab keep, as the board reads them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_state import TOKEN
from pytest_orr import judge
from pytest_orr.cli import main
from pytest_orr.model import SignOff
from pytest_orr.render import review_json
from tests.reviews import a_review, an_item

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = "explorer/explorer"
KEPT = "readiness-report/review.json"


def text_of(service: str) -> bytes:
    review = a_review(an_item("a.b.c"), service=service)
    return review_json.render(SignOff(review=review, verdict=judge.decide(review))).encode()


@pytest.fixture
def keeping(served_gitlab: Any) -> Callable[..., Any]:
    """Let the jobs of that name, newest first, end so and keep these files."""

    def keep(*kept: tuple[str, bytes | None]) -> Any:
        state = served_gitlab.server.state
        pipelines = sorted((one for one in state.pipelines if one.ref == "main"), key=_number)
        numbers = [one.id for one in reversed(pipelines)][: len(kept)]
        assert len(numbers) == len(kept)
        model = next(job for some in state.jobs.values() for job in some if job.name == "image")
        jobs, files = {}, {}
        for turn, (number, (status, content)) in enumerate(zip(numbers, kept, strict=True)):
            job = replace(model, id=f"99{turn}", name="readiness", status=status)
            jobs[number] = (job,)
            files[job.id] = {} if content is None else {KEPT: content}
        served_gitlab.plant(jobs={**dict.fromkeys(state.jobs, ()), **jobs}, artifacts=files)
        return served_gitlab

    return keep


def _number(pipeline: Any) -> int:
    return int(pipeline.id)


@pytest.fixture
def board(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Run ``orr board --json`` against the server; return services' files, reasons and status."""

    def run(served: Any, *named: str, token: str = TOKEN) -> tuple[Any, dict[str, str], int]:
        monkeypatch.setenv("CI_SERVER_URL", served.server.url)
        monkeypatch.setenv("ORR_BOARD_TOKEN", token)
        status = main(["board", "--json", *named])
        out, err = capsys.readouterr()
        told = json.loads(out)["services"] if out else ()
        lines = err.splitlines()
        why = {
            one: line.removeprefix(f"{one}: ")
            for one in named
            for line in lines
            if line.startswith(f"{one}: ")
        }
        return {one["service"]: one["sources"] for one in told}, why, status

    return run


def named(branch: str = "main", job: str = "readiness", project: str = PROJECT) -> str:
    return f"gitlab:{project}@{branch}:{job}"


@pytest.mark.parametrize("status", ["success", "failed"])
def test_the_newest_job_that_ended_gives_its_review_whether_it_is_ready_or_not(
    board: Callable[..., Any], keeping: Callable[..., Any], status: str
) -> None:
    served = keeping((status, text_of("new")), ("success", text_of("old")))

    assert board(served, named()) == ({"new": [named()]}, {}, 0)


@pytest.mark.parametrize("status", ["running", "canceled"])
def test_a_job_that_did_not_come_to_its_end_is_passed_over(
    board: Callable[..., Any], keeping: Callable[..., Any], status: str
) -> None:
    served = keeping((status, None), ("success", text_of("old")))

    assert board(served, named())[0] == {"old": [named()]}


def test_an_older_review_is_no_answer_where_the_newest_job_kept_none(
    board: Callable[..., Any], keeping: Callable[..., Any]
) -> None:
    served = keeping(("failed", None), ("success", text_of("old")))
    shown, why, status = board(served, named())

    assert (shown, status) == ({}, 22)
    assert "keeps no file readiness-report/review.json" in why[named()]


def test_what_cannot_be_had_of_one_project_hides_no_other(
    board: Callable[..., Any], keeping: Callable[..., Any]
) -> None:
    served = keeping(("success", text_of("good")))
    others = named(job="nothing"), named(project="explorer/nowhere"), "gitlab:explorer"
    shown, why, status = board(served, named(), *others)

    assert (shown, status) == ({"good": [named()]}, 0)
    assert why.keys() == set(others)
    assert why[others[0]] == (
        "no job nothing has ended in the newest 20 pipelines of main of explorer/explorer"
    )
    assert why["gitlab:explorer"] == "write gitlab:PROJECT@BRANCH:JOB"


def test_what_a_job_keeps_that_is_no_review_is_told(
    board: Callable[..., Any], keeping: Callable[..., Any]
) -> None:
    _, why, status = board(keeping(("success", b"<html>")), named())

    assert status == 22
    assert "no review of pytest-orr: not readable as JSON" in why[named()]


def test_without_a_token_the_variable_is_named(
    board: Callable[..., Any], keeping: Callable[..., Any]
) -> None:
    _, why, status = board(keeping(("success", text_of("good"))), named(), token="")

    assert status == 22
    assert why[named()].endswith("(ORR_BOARD_TOKEN holds no token)")
