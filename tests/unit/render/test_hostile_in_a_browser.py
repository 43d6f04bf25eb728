"""The sixty payloads once more, in the parser that counts: a browser's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.render import html
from tests.system.browsing import NEEDS_CHROMIUM, chromium
from tests.unit.render.payloads import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import SignOff

COUNT = """
(source) => {
  const all = [...new DOMParser().parseFromString(source, 'text/html').querySelectorAll('*')];
  return [all.length, all.flatMap((one) => one.getAttributeNames()).length];
}
"""

pytestmark = NEEDS_CHROMIUM


def test_a_browser_finds_as_many_elements_and_attributes_as_in_a_harmless_page(
    said_everywhere: Callable[[str], SignOff],
) -> None:
    with chromium() as browser:
        page = browser.new_page()
        calm = page.evaluate(COUNT, html.render(said_everywhere("calm")))
        found = {
            text: page.evaluate(COUNT, html.render(said_everywhere(text))) for text in PAYLOADS
        }

    assert min(calm) > 300
    assert {text: counts for text, counts in found.items() if counts != calm} == {}
