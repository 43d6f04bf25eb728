"""The golden page's filters, where scripts run, and hostile text in a real parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.browsing import NEEDS_CHROMIUM, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_CHROMIUM


def shown(page: Page) -> list[str]:
    return page.locator(".item:visible > summary .meta > code").all_inner_texts()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("outcome", "pass", ["network.load-balancer.elb"]),
        ("outcome", "waived", ["network.load-balancer.ddos"]),
        ("section", "operations", ["operations.restart.backend"]),
        ("owner", "product", ["explorer.index.lag"]),
        ("severity", "major", ["monitoring.dashboard.grafana"]),
        (
            "outcome",
            "fail unknown pending missing",
            [
                "code.credentials.kms-private-keys",
                "code.credentials.separate-accounts",
                "network.backend.security-groups",
                "compute.image.lts-patched",
                "monitoring.dashboard.grafana",
                "explorer.index.lag",
            ],
        ),
    ],
)
def test_a_filter_leaves_what_it_names_and_says_how_many(
    browser: Browser, name: str, value: str, expected: list[str]
) -> None:
    page = opened(browser, scripts=True)
    page.locator(f"select[name={name}]").select_option(value)

    assert shown(page) == expected
    assert page.locator("#filters output").inner_text() == f"{len(expected)} of 10 items"
    assert page.locator(".area:visible").count() == len({one.split(".")[0] for one in expected})


def test_filters_narrow_each_other_until_all_are_shown_again(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    page.locator("select[name=owner]").select_option("platform")
    page.locator("select[name=severity]").select_option("major")
    assert shown(page) == ["monitoring.dashboard.grafana"]
    page.locator("select[name=outcome]").select_option("pass")
    assert shown(page) == []
    assert page.locator("#filters output").inner_text() == "0 of 10 items"
    page.get_by_role("button", name="Show all").click()

    assert len(shown(page)) == 10
    assert page.locator("select").first.input_value() == ""


def test_a_filter_is_chosen_by_the_keyboard(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    page.locator("select[name=severity]").focus()
    page.keyboard.type("minor")

    assert shown(page) == ["explorer.index.lag"]


def test_a_link_to_an_item_that_is_filtered_away_shows_it(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    page.locator("select[name=severity]").select_option("minor")
    page.locator(".action a[href='#network.backend.security-groups']").click()

    assert page.get_by_role("cell", name="tcp 22 from 0.0.0.0/0").is_visible()
    assert len(shown(page)) == 10


def test_a_link_elsewhere_leaves_the_filters_alone(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    page.locator("select[name=severity]").select_option("minor")
    page.locator("a[href='#rests-on']").click()

    assert shown(page) == ["explorer.index.lag"]


def test_paper_holds_every_item_whatever_is_filtered(browser: Browser) -> None:
    page = opened(browser, scripts=True)
    page.locator("select[name=severity]").select_option("minor")
    page.emulate_media(media="print")

    assert len(shown(page)) == 10
    assert not page.locator("#filters").is_visible()
