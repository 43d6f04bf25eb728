from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.operations.help_pages import HelpPages
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.support import InlineHelp

if TYPE_CHECKING:
    from tests.conftest import Wiki


def pages_of(desk: Any) -> Any:
    return HelpPages().collect(desk).value


def test_each_page_is_looked_through_for_what_is_declared(documents_desk: Any) -> None:
    declared = (
        InlineHelp(page="/explorer/faq", selectors=("#gas", ".help", "main")),
        InlineHelp(page="/none", selectors=("h1",)),
    )
    faq, none = pages_of(documents_desk(inline_help=declared))
    assert faq.name == "https://explorer.example/explorer/faq"
    assert (faq.reading.status, faq.reading.missing) == (200, (".help",))
    assert faq.seen == "status 200, 2 of 3 declared elements"
    assert none.reading.status == 404


def test_a_page_that_does_not_answer_is_unknown(documents_desk: Any, wiki: Wiki) -> None:
    wiki.plant("down")
    declared = (InlineHelp(page="/a", selectors=("h1",)),)
    [page] = pages_of(documents_desk(inline_help=declared))
    with pytest.raises(FactUnavailable, match="answers 503"):
        _ = page.reading


def test_a_page_behind_a_login_is_unknown_unless_it_helps_to_log_in(
    documents_desk: Any, wiki: Wiki
) -> None:
    wiki.plant("login-page")
    declared = (
        InlineHelp(page="/a", selectors=(".help",)),
        InlineHelp(page="/b", selectors=("form",)),
    )
    behind, door = pages_of(documents_desk(inline_help=declared))
    with pytest.raises(FactUnavailable, match="asks for a login"):
        _ = behind.reading
    assert door.reading.missing == ()


def test_nothing_declared_is_nothing_asked(documents_desk: Any) -> None:
    with pytest.raises(Undeclared, match=r"declares no \[\[documents.inline_help\]\]"):
        pages_of(documents_desk())
