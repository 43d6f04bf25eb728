"""Pages for a wider public: accounts and addresses are masked, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orr.render import html, markdown, public

if TYPE_CHECKING:
    from pytest_orr.model import SignOff

ARN = "arn:aws:elb:eu-central-1:123456789012:lb/app/explorer/50dc6c495c0c9188"


def hide(signoff: SignOff, text: str) -> str:
    review = replace(signoff.review, service=text)
    return public.masked(replace(signoff, review=review)).review.service


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (ARN, ARN.replace("123456789012", "[masked]")),
        ("account 123456789012.", "account [masked]."),
        ("tcp 22 from 10.0.0.0/8", "tcp 22 from [masked]/8"),
        ("at 198.51.100.7, then", "at [masked], then"),
        ("2001:db8::1 and fe80::1", "[masked] and [masked]"),
        ("::/0", "[masked]/0"),
    ],
)
def test_accounts_and_addresses_are_masked(every_outcome: SignOff, said: str, shown: str) -> None:
    assert hide(every_outcome, said) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T09:30:00Z",
        "4ca7ac2c97b787aa52cd3c2cb244906a53464fce",
        "version 1.2.3",
        "health: indexer: down",
        "sha 1234567890123456",
        "sg-0f3a opens port 22",
    ],
)
def test_everything_else_stays(every_outcome: SignOff, text: str) -> None:
    assert hide(every_outcome, text) == text


def test_no_page_of_a_public_sign_off_names_an_account(every_outcome: SignOff) -> None:
    review = replace(every_outcome.review, environment=ARN)
    shown = public.masked(replace(every_outcome, review=review))
    assert "123456789012" not in html.render(shown)
    assert "123456789012" not in markdown.render(shown)
    assert "[masked]" in html.render(shown)
