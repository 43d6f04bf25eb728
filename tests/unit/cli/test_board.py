"""Many reviews on one page: which files are read, what is told, how it ends."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr import judge
from pytest_orr.model import Review, SignOff
from pytest_orr.render import review_json
from tests.reviews import a_review, a_run, an_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Said

GOOD, BAD = a_review(an_item("a.b.c")), a_review(an_item("a.b.c", "fail"), service="bridge")
DAY = ("--as-of", "2026-11-27")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, review: Review) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    text = review_json.render(SignOff(review=review, verdict=judge.decide(review)))
    Path(path).write_text(text, encoding="utf-8")


def services(said: Said) -> list[tuple[str, list[str]]]:
    return [(one["service"], one["sources"]) for one in json.loads(said.out)["services"]]


@pytest.mark.usefixtures("here")
def test_a_page_is_written_and_its_services_counted(orr: Callable[..., Said]) -> None:
    write("a/review.json", GOOD)
    write("b/review.json", BAD)
    said = orr("board", "a", "b/review.json", *DAY)

    assert (said.status, said.err) == (0, "")
    assert said.lines == ["2 services: 1 NOT READY, 1 READY", "board.html"]
    page = Path("board.html").read_text(encoding="utf-8")
    assert page.index(">bridge ") < page.index(">explorer ")


@pytest.mark.usefixtures("here")
def test_a_folder_stands_for_every_review_beneath_it(orr: Callable[..., Said]) -> None:
    write("fleet/explorer/readiness-report/review.json", GOOD)
    earlier = a_review(an_item("a.b.c"), run=a_run("2026-11-01T00:00:00Z"))
    write("fleet/explorer/readiness-report/previous/review.json", earlier)
    write("fleet/bridge/review.json", BAD)
    Path("fleet/bridge/facts.json").write_text("{}", encoding="utf-8")

    assert services(orr("board", "fleet", "--json", *DAY)) == [
        ("bridge", ["fleet/bridge/review.json"]),
        (
            "explorer",
            [
                "fleet/explorer/readiness-report/previous/review.json",
                "fleet/explorer/readiness-report/review.json",
            ],
        ),
    ]


@pytest.mark.usefixtures("here")
def test_what_cannot_be_read_is_told_and_shown_and_hides_nothing(orr: Callable[..., Said]) -> None:
    write("good/review.json", GOOD)
    write("selected/review.json", a_review(an_item("a.b.c"), selection="-k one"))
    strange = a_review(an_item("a.b.c"), run=a_run("2026-99-99T00:00:00Z"))
    write("strange/review.json", strange)
    Path("foreign.json").write_text('{"service": "x"}', encoding="utf-8")
    Path("broken.json").write_text("{", encoding="utf-8")
    Path("empty").mkdir()
    said = orr(
        "board", "good", "selected", "strange", "foreign.json", "broken.json", "empty", "gone", *DAY
    )
    page = Path("board.html").read_text(encoding="utf-8")

    assert said.status == 0
    assert said.lines[0] == "1 service: 1 READY, 6 files not read"
    assert [line.partition(" (and")[0] for line in said.err.splitlines()] == [
        (
            "broken.json: no review of pytest-orr: not readable as JSON: Expecting property name"
            " enclosed in double quotes: line 1 column 2 (char 1)"
        ),
        "empty: no review.json lies beneath this folder",
        "foreign.json: no review of pytest-orr: $: 'schema' is a required property",
        "gone: is not there",
        "selected/review.json: of a selection of items (-k one), not of a service",
        "strange/review.json: no review of pytest-orr: '2026-99-99' is no day",
    ]
    assert page.count("CANNOT BE READ</span>") == 6


@pytest.mark.usefixtures("here")
def test_a_file_that_may_not_be_read_is_told(
    orr: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a/review.json", GOOD)
    write("b/review.json", BAD)
    opened = Path.open

    def refuse(path: Path, *rest: Any, **more: Any) -> object:
        if path.parts[0] == "b":
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr(Path, "open", refuse)
    said = orr("board", "a", "b", "--json", *DAY)

    assert said.err == "b/review.json: cannot be read: Permission denied\n"
    assert [name for name, _ in services(said)] == ["explorer"]


@pytest.mark.usefixtures("here")
def test_without_any_review_nothing_is_written(orr: Callable[..., Said]) -> None:
    said = orr("board", "gone", "--out", "page.html")

    assert (said.status, said.out) == (22, "")
    assert said.err.splitlines()[-1] == "No review could be read; nothing was written."
    assert not Path("page.html").exists()


@pytest.mark.usefixtures("here")
def test_a_reviews_own_page_is_linked_from_where_the_board_lies(orr: Callable[..., Said]) -> None:
    write("reports/a b/review.json", GOOD)
    Path("reports/a b/readiness.html").touch()
    Path("site").mkdir()
    orr("board", "reports", "--out", "site/index.html", *DAY)

    page = Path("site/index.html").read_text(encoding="utf-8")
    assert '<a href="../reports/a%20b/readiness.html">explorer</a>' in page


def test_json_goes_into_a_file_that_is_named(orr: Callable[..., Said], here: Path) -> None:
    write("a/review.json", GOOD)
    said = orr("board", "a", "--json", "--out", here / "board.json", *DAY)

    assert said.lines == ["1 service: 1 READY", f"{here}/board.json"]
    assert json.loads((here / "board.json").read_text("utf-8"))["as_of"] == "2026-11-27"


@pytest.mark.usefixtures("here")
def test_a_folder_that_leads_back_to_itself_is_read_once(orr: Callable[..., Said]) -> None:
    write("fleet/a/review.json", GOOD)
    os.symlink("..", "fleet/a/up")  # noqa: PTH211 the names are the point

    assert services(orr("board", "fleet", "--json", *DAY)) == [
        ("explorer", ["fleet/a/review.json"])
    ]


@pytest.mark.usefixtures("here")
def test_ages_are_counted_from_today_unless_a_day_is_named(orr: Callable[..., Said]) -> None:
    write("a/review.json", GOOD)

    assert json.loads(orr("board", "a", "--json").out)["as_of"] > "2026"


def test_what_is_no_day_is_refused(
    orr: Callable[..., Said], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        orr("board", "a", "--as-of", "tomorrow")

    assert ended.value.code == 4
    assert "'tomorrow' is no day; write 2026-11-20" in capsys.readouterr().err
