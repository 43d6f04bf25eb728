"""The golden pages for who sees little, or has a keyboard alone: axe-core and the tab key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.browsing import NEEDS_CHROMIUM, opened, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAME_FOCUSED = """
() => {
  const one = document.activeElement;
  if (one === document.body) return '';
  const all = [...document.querySelectorAll(one.localName)];
  return `${one.localName} ${all.indexOf(one)}`;
}
"""
NAME_REACHABLE = """
() => [...document.querySelectorAll('a[href], summary, select, button, input')]
  .filter((one) => one.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}))
  .map((one) => `${one.localName} ${[...document.querySelectorAll(one.localName)].indexOf(one)}`)
"""

pytestmark = NEEDS_CHROMIUM


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["readiness.html", "changes.html"])
def test_nothing_breaks_wcag_2_2_aa(browser: Browser, name: str, width: int, scheme: str) -> None:
    page = opened(browser, name=name, width=width, scheme=scheme, scripts=True)
    closed = violations(page)
    open_all(page)

    assert closed == []
    assert violations(page) == []


def test_axe_finds_what_is_planted(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    page.evaluate("document.querySelector('h1').style.color = '#eee'")
    page.evaluate(
        "document.querySelector('select').parentElement.replaceWith(document"
        ".querySelector('select'))"
    )

    found = {line.partition(":")[0] for line in violations(page)}

    assert {"color-contrast", "select-name"} <= found


def test_the_keyboard_reaches_everything_in_order_and_gets_out_again(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    open_all(page)
    wanted = page.evaluate(NAME_REACHABLE)
    reached = []
    for _ in range(len(wanted) + 1):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(NAME_FOCUSED))

    assert len(wanted) > 40
    assert reached[:-1] == wanted
    assert reached[-1] not in wanted[1:]


def test_every_focus_is_seen(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    for selector in ("a.skip", ".item > summary", "select", "button", ".action a"):
        page.locator(selector).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", selector


def test_the_first_tab_offers_to_skip_to_the_items(browser: Browser) -> None:
    page = opened(browser)
    page.keyboard.press("Tab")
    assert page.get_by_role("link", name="Skip to the items").is_visible()
    page.keyboard.press("Enter")
    top = page.locator("#items").bounding_box()

    assert top
    assert abs(top["y"]) < 40


def test_an_item_opens_and_closes_by_the_keyboard_alone(browser: Browser) -> None:
    page = opened(browser)
    page.locator("details.item > summary").nth(4).focus()
    page.keyboard.press("Enter")
    assert page.locator("details.item[open]").count() == 1
    page.keyboard.press("Space")
    assert page.locator("details.item[open]").count() == 0
