"""The golden page, looked at in a real Chromium: what a reader sees without moving a finger."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PAGE = Path(__file__).parents[1] / "golden" / "readiness.html"
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
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")

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


def opened(browser: Browser, *, width: int, scheme: str = "light", fragment: str = "") -> Page:
    """Open the page at 800 px height, with scripts off as for a careful reader."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(PAGE.as_uri() + fragment)
    return page


def bottoms(page: Page, selector: str) -> list[float]:
    boxes = [element.bounding_box() for element in page.locator(selector).all()]
    return [box["y"] + box["height"] for box in boxes if box]


@pytest.mark.parametrize("width", WIDTHS)
def test_verdict_reason_and_first_three_actions_with_owners_need_no_scrolling(
    browser: Browser, width: int
) -> None:
    page = opened(browser, width=width)
    seen = [
        *bottoms(page, "#verdict")[:1],
        *bottoms(page, ".reason")[:1],
        *bottoms(page, ".action .what")[:3],
        *bottoms(page, ".action .owner")[:3],
    ]

    assert len(seen) == 8
    assert max(seen) <= 800
    assert page.locator("#verdict").inner_text().endswith("NOT READY")
    assert "platform: ana@example.org" in page.locator(".action .owner").first.inner_text()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways_even_with_every_item_open(
    browser: Browser, width: int, scheme: str
) -> None:
    page = opened(browser, width=width, scheme=scheme)
    for summary in page.locator("details.item > summary").all():
        summary.click()

    assert page.locator("details.item[open]").count() == 10
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_the_page_asks_the_network_for_nothing_and_breaks_no_policy(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(PAGE.as_uri())

    assert asked == [PAGE.as_uri()]
    assert said == []
    assert page.evaluate("getComputedStyle(document.querySelector('#verdict')).fontSize") == "36px"


def test_a_deep_link_opens_its_item_without_a_script(browser: Browser) -> None:
    page = opened(browser, width=1280, fragment="#network.backend.security-groups")
    title = page.get_by_text("No security group of the backend opens more than it must.")
    box = title.bounding_box()

    assert page.get_by_role("cell", name="tcp 22 from 0.0.0.0/0").is_visible()
    assert box
    assert 0 <= box["y"] <= 800


def test_an_item_opens_by_the_keyboard_alone(browser: Browser) -> None:
    page = opened(browser, width=1280)
    page.locator("details.item > summary").nth(4).focus()
    page.keyboard.press("Enter")

    assert page.locator("details.item[open]").count() == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_follows_the_readers_color_scheme(browser: Browser, scheme: str) -> None:
    page = opened(browser, width=1280, scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert ground == {"light": "rgb(253, 252, 249)", "dark": "rgb(21, 24, 27)"}[scheme]


def test_on_paper_every_item_is_open_and_signatures_end_the_document(browser: Browser) -> None:
    page = opened(browser, width=1280)
    page.emulate_media(media="print")

    assert page.get_by_role("cell", name="tcp 22 from 0.0.0.0/0").is_visible()
    assert page.get_by_text("2 rules, all declared").is_visible()
    assert page.get_by_role("heading", name="Signatures").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
