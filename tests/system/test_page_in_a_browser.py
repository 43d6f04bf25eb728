"""The golden page, looked at in a real Chromium: what a reader sees without moving a finger."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from tests.system.browsing import GOLDEN, NEEDS_CHROMIUM, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
OUTCOMES = {
    "pass": "PASS",
    "attested": "ATTESTED",
    "not_applicable": "NOT APPLICABLE",
    "waived": "WAIVED",
    "pending": "PENDING",
    "unknown": "UNKNOWN",
    "fail": "FAIL",
    "missing": "MISSING",
}

pytestmark = NEEDS_CHROMIUM


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
@pytest.mark.parametrize("name", ["readiness.html", "changes.html"])
def test_nothing_scrolls_sideways_even_with_every_item_open(
    browser: Browser, name: str, width: int, scheme: str
) -> None:
    page = opened(browser, name=name, width=width, scheme=scheme)
    for summary in page.locator("details.item > summary").all():
        summary.click()

    assert page.locator("details.item[open]").count() == {"readiness.html": 10}.get(name, 9)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["readiness.html", "changes.html"])
def test_a_page_asks_the_network_for_nothing_and_breaks_no_policy(
    browser: Browser, name: str
) -> None:
    page = browser.new_context().new_page()
    address = (GOLDEN / name).as_uri()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)

    assert asked == [address]
    assert said == []
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "36px"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_outcome_has_its_word_its_sign_and_its_hue(browser: Browser, scheme: str) -> None:
    page = opened(browser, scheme=scheme)
    hues = set()
    for outcome, word in OUTCOMES.items():
        badge = page.locator(f".item[data-outcome={outcome}] > summary > .badge").first
        assert badge.inner_text() == word
        hues.add(badge.evaluate("one => getComputedStyle(one).color"))
        assert page.locator(f".sections .o-{outcome} > use[href='#glyph-{outcome}']").count()

    assert len(hues) == len(OUTCOMES)
    assert len({page.locator(f"#glyph-{one}").inner_html() for one in OUTCOMES}) == len(OUTCOMES)


def test_without_scripts_everything_is_there_but_the_filters(browser: Browser) -> None:
    page = opened(browser)
    for summary in page.locator(".item > summary").all():
        summary.click()
    unseen = [one for one in page.locator(".item .body").all() if not one.is_visible()]

    assert unseen == []
    assert page.locator(".item").count() == 10
    assert not page.locator("#filters").is_visible()


@pytest.mark.parametrize("scripts", [False, True])
def test_a_deep_link_opens_its_item_with_and_without_scripts(
    browser: Browser,
    scripts: bool,  # noqa: FBT001 pytest passes parameters by position
) -> None:
    page = opened(browser, scripts=scripts, fragment="#network.backend.security-groups")
    title = page.get_by_text("No security group of the backend opens more than it must.")
    box = title.bounding_box()

    assert page.get_by_role("cell", name="tcp 22 from 0.0.0.0/0").is_visible()
    assert box
    assert 0 <= box["y"] <= 800


def test_every_item_and_section_has_an_anchor_that_leads_there(browser: Browser) -> None:
    page = opened(browser)
    targets = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')]"
        ".filter((link) => !document.getElementById(link.hash.slice(1))).map(String)"
    )
    ids = [code.inner_text() for code in page.locator(".item > summary .meta > code").all()]

    assert targets == []
    assert len(ids) == 10
    assert [one for one in ids if page.locator(f"[id='{one}']").count() != 1] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_follows_the_readers_color_scheme(browser: Browser, scheme: str) -> None:
    page = opened(browser, scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    assert ground == {"light": "rgb(253, 252, 249)", "dark": "rgb(21, 24, 27)"}[scheme]


def test_on_paper_everything_is_open_pages_are_numbered_and_signatures_end_it(
    browser: Browser,
) -> None:
    page = opened(browser, scheme="dark")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    sheets = [" ".join((sheet.extract_text() or "").split()) for sheet in paper.pages]
    whole = " ".join(sheets)

    assert len(sheets) > 3
    for number, sheet in enumerate(sheets, start=1):
        assert re.search(rf"\b{number} / {len(sheets)}\b", sheet), f"sheet {number}: {sheet[-200:]}"
    for text in ("tcp 22 from 0.0.0.0/0", "2 rules, all declared", "Attach subnets of a second"):
        assert text in whole
    assert "Show all" not in whole
    for role in ("Signatures", "Service owner", "Security"):
        assert role in sheets[-1]
