from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.clients.page_elements import found_in, selector_of
from pytest_orr.profile.fields import HTML_SELECTOR

PAGE = """<!doctype html><body><button class="help big" ID=fees data-x="1" aria-describedby=what>?
</button><p id="what" role="tooltip">Fee</p><template><i class="tip"></i></template><noscript>
<b class="js"></b></noscript><!-- <u class="gone"></u> --><s class="away" hidden></s></body>"""


@pytest.mark.parametrize(
    "selector",
    [
        ".help",
        "#fees",
        "[data-x]",
        "[data-x=1]",
        '[role="tooltip"]',
        "[role='tooltip']",
        "BUTTON",
        "button.help.big#fees[aria-describedby]",
        "p[role=tooltip]",
    ],
)
def test_an_element_is_found_by_what_it_is(selector: str) -> None:
    assert found_in(PAGE, [selector]) == {selector}


@pytest.mark.parametrize(
    "selector",
    [
        *(".tip", ".js", ".gone", ".away", "template", "#what.help", "[data-x=2]", "details"),
        *("p.help", "[role=tool]", ".hel", "button .help", "p > b", "*", ":hover", ".", "[a", ""),
    ],
)
def test_what_is_not_shown_or_not_there_is_not_found(selector: str) -> None:
    assert found_in(PAGE, [selector]) == frozenset()


def test_several_are_looked_for_at_once() -> None:
    assert found_in(PAGE, [".help", ".none", "#what"]) == {".help", "#what"}


@given(st.text(alphabet=".#[]='\"abA1-_: ~", max_size=20))
@settings(max_examples=100, deadline=None)
def test_what_the_profile_takes_for_a_selector_is_known_and_nothing_else(text: str) -> None:
    is_taken = re.search(HTML_SELECTOR, text) is not None and bool(text) and "\n" not in text
    assert (selector_of(text) is not None) == is_taken
