"""The board's page and its JSON: whole, escaped, small, and as they were."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pytest_orr.board import Point, Read, board_of, glance_of
from pytest_orr.model import Ending, Release, VerdictWord
from pytest_orr.render import board, board_json, board_trend
from tests.boards import TODAY, a_board, a_fleet, read
from tests.reviews import a_review, a_run, an_item

GOLDEN = Path(__file__).parents[2] / "golden"
RENDERERS = {"board.html": board.render, "board.json": board_json.render}
SCHEMA = json.loads(
    resources.files("pytest_orr").joinpath("schemas/board.schema.json").read_text("utf-8")
)
HOSTILE = "</script><img src=x onerror=alert(1)>\"' \x1b\u202e"


class Tags(HTMLParser):
    """Keeps each tag with the names of its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, [name for name, _ in attrs]))


def unstyled(text: str) -> str:
    """Leave out what the page shares with others, which have their own golden files."""
    return re.sub(r"<style>.*?</style>|'sha256-[^']+'", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", RENDERERS)
def test_a_board_is_what_it_was(name: str) -> None:
    text = RENDERERS[name](a_board())
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    was = path.read_bytes().decode()

    assert unstyled(text) == unstyled(was), "if this is wanted, run again with UPDATE_GOLDEN=1"


def test_the_json_fits_its_schema() -> None:
    told = json.loads(board_json.render(a_board()))

    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors(told)) == []
    assert told.keys() == SCHEMA["properties"].keys()
    assert SCHEMA["$id"] == board_json.SCHEMA


@pytest.mark.parametrize("name", RENDERERS)
def test_text_of_the_world_is_never_markup(name: str) -> None:
    items = (
        an_item("code.a.b", "fail", reason=HOSTILE, section_title=HOSTILE, title=HOSTILE),
        an_item("code.a.c", "fail", section_title=HOSTILE),
    )
    ends = Ending(
        kind=HOSTILE, item=HOSTILE, what=HOSTILE, until="2026-12-01", days_left=1, owner=HOSTILE
    )
    named = {"environment": HOSTILE, "endings": (ends,), "release": Release(commit=HOSTILE)}
    text = RENDERERS[name](
        board_of(
            [
                read(a_review(*items, service=HOSTILE, **named), HOSTILE, page="a%22b"),
                read(a_review(*items, service=f"{HOSTILE}2", **named), HOSTILE),
                Read(source=HOSTILE, why=HOSTILE),
            ],
            as_of=TODAY,
        )
    )

    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "board.html":
        tags = Tags()
        tags.feed(text)
        assert "img" not in {tag for tag, _ in tags.seen}
        assert [
            name for _, attributes in tags.seen for name in attributes if name[:2] == "on"
        ] == []
        assert text.count("</script>") == 1


def test_the_page_loads_nothing_and_its_policy_names_what_it_holds() -> None:
    text = board.render(a_board())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)

    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert policy[1].count("'sha256-") == 3
    assert "unsafe" not in policy[1]
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', text) == ["new/readiness.html"]


def test_what_is_many_is_cut_on_the_page_and_whole_in_json() -> None:
    shown = board_of((read(one, one.service) for one in a_fleet(200)), as_of=TODAY)
    text, told = board.render(shown), json.loads(board_json.render(shown))

    assert len(shown.endings) > board.MOST_ENDINGS
    assert f"And {len(shown.endings) - 100} more, later than these." in text
    assert f"And {len(shown.open_items) - 20} more items, of fewer services." in text
    assert len(told["endings"]) == len(shown.endings)
    assert ", and " in board.named(shown.open_items[0])


def test_five_hundred_services_with_four_reviews_each_stay_below_three_megabytes() -> None:
    glances = [glance_of(one) for one in a_fleet(20, reviews=4)]
    fleet = (
        Read(
            source=f"{turn}/{at}/review.json", glance=replace(one, service=f"{one.service}-{turn}")
        )
        for at, one in enumerate(glances)
        for turn in range(25)
    )
    text = board.render(board_of(fleet, as_of=TODAY))

    assert text.count('class="service"') == 500
    assert len(text.encode()) < 3_000_000


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "yesterday"), (9, "9 days ago")])
def test_ages_are_told_in_words(days: int, said: str) -> None:
    assert board.ago(days) == said


def point(day: str, met: int, of: int = 10) -> Point:
    return Point(day=day, word=VerdictWord.NOT_READY, met=met, of=of)


@pytest.mark.parametrize(
    ("points", "line"),
    [
        (
            (point("2026-11-01", 0), point("2026-11-11", 5), point("2026-11-21", 10)),
            "4,26 46,15 88,4",
        ),
        ((point("2026-11-01", 8), point("2026-11-21", 9)), "4,26 88,15"),
        ((point("2026-11-01", 9), point("2026-11-01", 8)), "4,15 88,26"),
        ((point("2026-11-01", 10), point("2026-11-02", 10)), "4,4 88,4"),
        ((point("2026-11-01", 0, 0), point("2026-11-02", 10)), "4,26 88,4"),
    ],
)
def test_a_trend_goes_from_the_worst_review_at_the_bottom_to_everything_met_at_the_top(
    points: tuple[Point, ...], line: str
) -> None:
    assert board_trend.line(points) == line
    assert ",".join(board_trend.end(points)) == line.rpartition(" ")[2]


def test_a_trend_is_told_in_words_too() -> None:
    points = point("2026-11-01", 8), point("2026-11-21", 9)

    assert board_trend.said(points) == (
        "2026-11-01 8 of 10 NOT READY; 2026-11-21 9 of 10 NOT READY"
    )


def test_what_moved_is_told_in_words() -> None:
    same, up = a_review(an_item("a.b.c")), a_review(an_item("a.b.c", "fail"))
    [first] = board_of([read(same)], as_of=TODAY).standings
    [second] = board_of(
        [read(up), read(a_review(an_item("a.b.c"), run=a_run("2026-11-21T00:00:00Z")))], as_of=TODAY
    ).standings

    assert (board_trend.moved(first), board_trend.moved(second)) == ("nothing moved", "1 better")
