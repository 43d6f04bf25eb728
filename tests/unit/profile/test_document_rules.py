"""What the profile says of documents must go together, and each key be of its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput, Undeclared
from pytest_orr.profile.support import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

EVIDENCE = '[evidence]\nhosts = ["wiki.example.org", "docs.example.org:8443"]\n'


def mistakes(loaded: Callable[..., Written], text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        loaded(readiness=text)
    return [one.partition(": ")[2] for one in caught.value.mistakes]


def test_documents_lie_on_declared_hosts_or_in_the_repository(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    text = (
        f"{profile_text}{EVIDENCE}"
        '[documents.runbook]\nurl = "https://WIKI.example.org:443/a#b"\n'
        '[documents.faq]\nurl = "https://docs.example.org:8443/faq"\n'
        '[documents.refund_criteria]\npath = "docs/refunds.md"\n'
        '[documents.published_terms]\nurl = "https://shop.example/terms"\n'
        '[[endpoints]]\nname = "pages"\nrole = "frontend"\nurl = "https://shop.example/"\n'
    )
    documents = loaded(readiness=text).profile.documents
    assert documents.runbook
    assert documents.refund_criteria
    assert documents.runbook.name == "https://WIKI.example.org:443/a"
    assert documents.refund_criteria.name == "docs/refunds.md"
    assert documents.runbook_sections.heading_of("scale_up") == "Scale up"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            '[documents.runbook]\nurl = "https://evil.example/a"\n',
            (
                '`documents.runbook.url` is "https://evil.example/a", whose host stands neither '
                "under `evidence.hosts` nor in the url of an endpoint: add it"
            ),
        ),
        (
            '[documents.runbook]\nurl = "https://wiki.example.org/a"\npath = "a.md"\n',
            "`documents.runbook` names a `url` and a `path`: name one of them",
        ),
        (
            '[documents.runbook]\nurl = "https://[/a"\n',
            (
                '`documents.runbook.url` is "https://[/a" but must be a URL that begins with '
                "https:// and has no other than plain characters"
            ),
        ),
        ("[documents.faq]\nheadings = []\n", "`documents.faq` needs `url` or `path`"),
        (
            '[evidence.tokens]\n"wikl.example.org" = { env = "T" }\n',
            (
                '`evidence.tokens` names "wikl.example.org", which is no host of `evidence.hosts`: '
                'did you mean "wiki.example.org"?'
            ),
        ),
    ],
)
def test_what_does_not_go_together_is_told(
    loaded: Callable[..., Written], profile_text: str, keys: str, told: str
) -> None:
    assert mistakes(loaded, f"{profile_text}{EVIDENCE}{keys}") == [told]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('[documents.faq]\nurl = "http://wiki.example.org/"\n', "a URL that begins with https://"),
        ('[documents.faq]\npath = "../a.md b"\n', "a path from the repository's top on"),
        ('[documents.faq]\npath = "a.md"\nreview_days = 181\n', "must be at most 180"),
        (
            '[[documents.inline_help]]\npage = "send"\nselectors = [".help"]\n',
            "a page's path, from / on",
        ),
        (
            '[[documents.inline_help]]\npage = "/send"\nselectors = ["p > b"]\n',
            "a selector of one element",
        ),
        ("[documents]\nrefund_rehearsal = 0\n", "must be at least 1"),
    ],
)
def test_each_key_has_its_form(
    loaded: Callable[..., Written], profile_text: str, keys: str, told: str
) -> None:
    found = mistakes(loaded, f"{profile_text}{EVIDENCE}{keys}")
    assert any(told in one for one in found), found


def test_a_rhythm_that_nobody_declared_is_undeclared_and_half_a_year_at_most() -> None:
    assert Page(path="a").oldest_days == 180
    assert Page(path="a", review_days=30).rhythm("[documents.runbook]") == 30
    with pytest.raises(Undeclared, match=r"declares no \[documents.runbook\] review_days"):
        Page(path="a").rhythm("[documents.runbook]")
