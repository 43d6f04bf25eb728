from __future__ import annotations

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.model import Finding, Outcome
from pytest_orr.render import html

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, SignOff, WaiverUsed

SCRIPT = "templates/readiness.js"
VOID = frozenset({"meta", "path", "circle", "rect", "use", "!doctype"})
HUES = (
    "pass",
    "attested",
    "waived",
    "not_applicable",
    "pending",
    "unknown",
    "fail",
    "missing",
)


class Page(HTMLParser):
    """Elements with their attributes, and the text outside style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.style = ""
        self.script = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["style"]:
            self.style += data
        elif self.open[-1:] == ["script"]:
            self.script += data
        else:
            self.text += data

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(every_outcome: SignOff) -> Page:
    return Page(html.render(every_outcome))


def test_every_element_is_closed_in_order(page: Page) -> None:
    assert page.open == []


def test_it_loads_nothing_and_carries_one_script_without_any_of_its_texts(page: Page) -> None:
    names = {name for _, attributes in page.elements for name in attributes}
    links = {str(a["href"]) for _, a in page.elements if "href" in a}

    assert page.having("script") == [{}]
    assert page.script == resources.files("pytest_orr.render").joinpath(SCRIPT).read_text("utf-8")
    assert not page.having("link") + page.having("img") + page.having("iframe")
    assert not names & {"src", "srcset", "style", "action", "data", "poster", "xlink:href"}
    assert not [name for name in names if name.startswith("on")]
    assert {link for link in links if not link.startswith("#")} == {"changes.html"}
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_its_policy_allows_its_own_style_and_script_and_nothing_else(page: Page) -> None:
    (policy,) = [
        str(meta["content"])
        for meta in page.having("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    style, script = (
        base64.b64encode(sha256(text.encode()).digest()).decode()
        for text in (page.style, page.script)
    )

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}';"
        " base-uri 'none'; form-action 'none'"
    )
    assert len(page.having("style")) == 1


def test_what_only_a_script_can_use_is_hidden_without_one(page: Page) -> None:
    (form,) = page.having("form")

    assert "hidden" in form
    assert [one["name"] for one in page.having("select")] == [
        "outcome",
        "section",
        "owner",
        "severity",
    ]


def test_items_can_be_told_apart_by_values_that_occur(
    an_item: Callable[..., Any], a_review: Callable[..., Review]
) -> None:
    items = (
        an_item(owner="platform", severity="minor", outcome=Outcome.FAIL),
        an_item(id="a.b.c", owner="service", severity="blocker"),
    )

    assert html.choices(a_review(*items)) == {
        "outcome": ("pass", "fail"),
        "owner": ("service", "platform"),
        "severity": ("blocker", "minor"),
    }


def test_headings_never_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_id_is_unique_and_every_link_and_label_has_its_target(page: Page) -> None:
    ids = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    links = {str(a["href"])[1:] for _, a in page.elements if str(a.get("href")).startswith("#")}
    labels = {
        name for _, a in page.elements for name in str(a.get("aria-labelledby") or "").split()
    }

    assert len(ids) == len(set(ids))
    assert links | labels <= set(ids)


def test_every_item_has_an_anchor(page: Page, every_outcome: SignOff) -> None:
    ids = {attributes.get("id") for _, attributes in page.elements}

    assert {item.spec.id for item in every_outcome.review.items} <= ids


def test_it_has_landmarks_a_language_a_skip_link_and_scoped_table_heads(page: Page) -> None:
    assert page.having("html") == [{"lang": "en"}]
    assert len(page.having("main")) == len(page.having("footer")) == 1
    assert page.having("a")[0] == {"class": "skip", "href": "#items"}
    assert all(attributes.get("scope") in {"col", "row"} for attributes in page.having("th"))


def test_it_begins_with_what_a_reviewer_decides_from(page: Page) -> None:
    order = (
        "explorer",
        "production",
        "3f2a9c1d5b7e8f60a1b2c3d4e5f60718293a4b5c",
        "2026-11-20 09:30 UTC",
        "NOT READY",
        "1 item failed, 2 wait for a person",
        "pass a machine saw",
        "a person said",
        "not applicable",
        "raw",
        "adjusted",
        "Next actions",
        "attached to eni-0b7d — sg-0f3a bastion",
        "platform: ana@example.org",
        "Notices",
        "Sections at a glance",
        "Launch checklist",
        "Operational readiness review",
        "The service's own items",
        "Signatures",
    )
    body = page.text.partition("Skip to the items")[2]
    places = [body.find(text) for text in order]

    assert -1 not in places
    assert places == sorted(places)


def test_an_item_shows_all_that_is_known_of_it(page: Page) -> None:
    for text in (
        "load balancer ELB setup on the backend",
        "tcp 22 from 0.0.0.0/0 and ::/0, attached to eni-0b7d",
        "AWS elasticloadbalancing",
        "Restarted by Bo from the runbook in 4 min; no failed requests.",
        "drills/2026-11-02.md",
        "1 of 3 balancers spans one zone only",
        "second zone for the admin balancer",
        "The explorer only reads; it holds no account.",
        "height = answer['height']",
        "check modified",
        "preview, not counted",
        "a machine and a person decide",
    ):
        assert text in page.text


def test_what_does_not_hold_comes_first_and_what_holds_is_folded_away(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    seen = [
        Finding(subject=f"host-{number}", outcome=outcome)
        for number, outcome in enumerate(
            [Outcome.PASS, Outcome.PENDING, Outcome.FAIL, Outcome.PASS, Outcome.UNKNOWN]
        )
    ]
    item = an_item(outcome=Outcome.FAIL, findings=tuple(seen))
    text = Page(html.render(signed_off(a_review(item)))).text

    assert re.findall(r"host-\d|2 findings hold", text) == [
        "host-2",
        "host-4",
        "host-1",
        "2 findings hold",
        "host-0",
        "host-3",
    ]


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.FAIL])
def test_findings_beyond_the_hundredth_wait_until_they_are_asked_for(
    outcome: Outcome,
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    seen = tuple(Finding(subject=f"host-{n}", outcome=outcome) for n in range(1, 251))
    item = an_item(outcome=outcome, findings=seen)
    page = Page(html.render(signed_off(a_review(item))))
    tables = [one for one in page.having("table") if one.get("class") == "findings"]

    assert len(tables) == 3
    assert "1 to 100" not in page.text.replace("101 to", "")
    assert f"101 to 200: {outcome.name}" in page.text
    assert f"201 to 250: {outcome.name}" in page.text
    assert re.findall(r"host-(\d+)", page.text) == [str(n) for n in range(1, 251)]


def test_a_hundred_names_what_it_holds() -> None:
    seen = [
        Finding(subject="s", outcome=Outcome.FAIL if n < 150 else Outcome.UNKNOWN)
        for n in range(220)
    ]

    assert [title for title, _ in html.chunks(seen)] == [
        "1 to 100: FAIL",
        "101 to 200: FAIL, UNKNOWN",
        "201 to 220: UNKNOWN",
    ]


def test_what_failed_says_how_to_mend_it_where_it_blocks(page: Page) -> None:
    actions = page.text.partition("Next actions")[2].partition("Exceptions")[0]

    assert "How to mend it" in actions
    assert "Attach subnets of a second zone and register healthy targets there." in actions


def test_exceptions_name_who_said_so(page: Page) -> None:
    text = page.text.partition("Exceptions")[2].partition("Weaker")[0]
    declared = "no-such-component: The explorer only reads; it holds no account."
    waived = "The second zone arrives with the new subnets."
    changed = "test_network_security.py differs from the published check"

    assert f"{declared}eve@example.org2026-10-30" in text
    assert f"waivednetwork.load-balancer.ddos{waived}eve@example.org" in text
    assert f"check modifiednetwork.load-balancer.ddos{changed}whoever signs" in text


def test_an_item_names_its_check_and_what_whoever_asks_must_be_allowed(page: Page) -> None:
    assert "test_network_security.py::test_backends_stand_behind_a_balancer" in page.text
    assert "elasticloadbalancing:DescribeLoadBalancers, elasticloadbalancing:Desc" in page.text


def test_with_nothing_to_do_it_says_so(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    page = Page(html.render(signed_off(a_review(an_item()))))

    assert "Nothing blocks." in page.text
    assert "waived still has" not in page.text
    assert "Notices" not in page.text


def test_a_waived_finding_still_has_to_be_mended(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    a_waiver: Callable[..., WaiverUsed],
    signed_off: Callable[[Review], SignOff],
) -> None:
    item = an_item(outcome=Outcome.WAIVED, waiver=a_waiver())
    text = Page(html.render(signed_off(a_review(item)))).text

    assert "What is waived still has to be mended before its waiver ends." in text


def test_actions_beyond_the_sixth_are_folded_away(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    items = [
        an_item(id=f"code.group.item-{n}", outcome=Outcome.FAIL, reason=f"{n} is broken")
        for n in range(8)
    ]

    assert "2 more actions" in Page(html.render(signed_off(a_review(*items)))).text


def test_hidden_characters_are_visible_but_a_traceback_keeps_its_lines(
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    item = an_item(outcome=Outcome.UNKNOWN, reason="a\u202eb\x00", traceback="one\n\ttwo")
    text = html.render(signed_off(a_review(item)))

    assert r"a\u202eb\x00" in text
    assert "<pre>one\n\ttwo</pre>" in text


def luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(scheme: int, page: Page) -> None:
    block = re.findall(r":root \{(.*?)\}", page.style, flags=re.DOTALL)[scheme]
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    on_paper = ("ink", "muted", "link", "fail", "pending", "unknown", "waived")
    pairs = [
        *((name, ground) for name in on_paper for ground in ("paper", "raised")),
        *((hue, f"{hue}-tint") for hue in HUES),
        *(("ink", f"{hue}-tint") for hue in HUES),
        ("paper", "fail"),
    ]

    assert {pair for pair in pairs if contrast(colors[pair[0]], colors[pair[1]]) < 4.5} == set()
