"""The golden board, looked at in a real Chromium: with and without scripts, wide and narrow."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PAGE = Path(__file__).parents[1] / "golden" / "board.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1440, 1280, 768, 390)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


def opened(browser: Browser, *, width: int = 1440, script: bool) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(PAGE.as_uri())
    return page


def shown(page: Page) -> list[str]:
    return [row.split()[0] for row in page.locator(".service:visible > th").all_inner_texts()]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(browser: Browser, width: int) -> None:
    page = opened(browser, width=width, script=False)

    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_without_scripts_every_service_is_there_and_no_filter(browser: Browser) -> None:
    page = opened(browser, script=False)

    assert shown(page) == ["explorer", "staking", "faucet", "wallet", "bridge"]
    assert not page.locator("#filters").is_visible()
    assert page.get_by_role("cell", name="CANNOT BE READ").is_visible()


def test_the_worst_services_verdict_needs_no_scrolling_on_a_phone(browser: Browser) -> None:
    page = opened(browser, width=390, script=False)
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
    browser: Browser, name: str, value: str, left: list[str]
) -> None:
    page = opened(browser, script=True)
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


def test_the_page_asks_the_network_for_nothing_and_breaks_no_policy(browser: Browser) -> None:
    page = browser.new_context().new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(PAGE.as_uri())

    assert asked == [PAGE.as_uri()]
    assert said == []
    assert page.locator("#filters").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.board')).width") != "auto"


def test_on_paper_there_are_no_filters_and_every_service(browser: Browser) -> None:
    page = opened(browser, script=True)
    page.emulate_media(media="print")

    assert not page.locator("#filters").is_visible()
    assert len(shown(page)) == 5
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def test_a_trend_is_told_to_whoever_does_not_see_it(browser: Browser) -> None:
    page = opened(browser, script=False)
    said = page.locator(".trend svg").first.get_attribute("aria-label")

    assert said == "2026-11-01 1 of 2 NOT READY; 2026-11-20 3 of 7 NOT READY"
