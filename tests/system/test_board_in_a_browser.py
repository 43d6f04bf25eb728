"""A board, looked at in a real Chromium: with and without scripts, wide and narrow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_orr.render import board
from tests.boards import a_board
from tests.system.browsing import NEEDS_CHROMIUM, violations
from tests.system.browsing import opened as opened_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

WIDTHS = (1440, 1280, 768, 390)

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def board_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("board") / board.FILE_NAME
    path.write_text(board.render(a_board()), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, board_page: Path) -> Callable[..., Page]:
    """Open the page: ``opened(width=390, scheme="dark", scripts=True)``."""
    return partial(opened_page, browser, name=str(board_page))


def shown(page: Page) -> list[str]:
    return [row.split()[0] for row in page.locator(".service:visible > th").all_inner_texts()]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(opened: Callable[..., Page], width: int) -> None:
    page = opened(width=width)

    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_without_scripts_every_service_is_there_and_no_filter(opened: Callable[..., Page]) -> None:
    page = opened(width=1440)

    assert shown(page) == ["explorer", "staking", "faucet", "wallet", "bridge"]
    assert not page.locator("#filters").is_visible()
    assert page.get_by_role("cell", name="CANNOT BE READ").is_visible()


def test_the_worst_services_verdict_needs_no_scrolling_on_a_phone(
    opened: Callable[..., Page],
) -> None:
    page = opened(width=390)
    box = page.locator(".service .state b").first.bounding_box()

    assert box is not None
    assert box["y"] + box["height"] <= 800


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("name", "BRID", ["bridge"]),
        ("verdict", "not ready", ["explorer"]),
        ("owner", "platform", ["explorer", "staking", "wallet"]),
        ("doubt", "yes", ["faucet"]),
    ],
)
def test_filters_leave_what_was_asked_for_and_show_all_brings_the_others_back(
    opened: Callable[..., Page], name: str, value: str, left: list[str]
) -> None:
    page = opened(width=1440, scripts=True)
    field = page.locator(f"#filters [name={name}]")
    if name == "name":
        field.fill(value)
        field.press("Enter")
    else:
        field.select_option(label=value)

    assert shown(page) == left
    assert page.locator("#filters output").inner_text() == f"{len(left)} of 5 services"
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) == 5


def test_the_page_asks_the_network_for_nothing_and_breaks_no_policy(
    browser: Browser, board_page: Path
) -> None:
    page = browser.new_context().new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(board_page.as_uri())

    assert asked == [board_page.as_uri()]
    assert said == []
    assert page.locator("#filters").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.board')).width") != "auto"


def test_on_paper_there_are_no_filters_and_every_service(opened: Callable[..., Page]) -> None:
    page = opened(width=1440, scripts=True)
    page.emulate_media(media="print")

    assert not page.locator("#filters").is_visible()
    assert len(shown(page)) == 5
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def test_a_trend_is_told_to_whoever_does_not_see_it(opened: Callable[..., Page]) -> None:
    page = opened(width=1440)
    said = page.locator(".trend svg").first.get_attribute("aria-label")

    assert said == "2026-11-01 1 of 2 NOT READY; 2026-11-20 3 of 7 NOT READY"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_breaks_wcag_2_2_aa(opened: Callable[..., Page], width: int, scheme: str) -> None:
    page = opened(width=width, scheme=scheme, scripts=True)

    assert violations(page) == []
