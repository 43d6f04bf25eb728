from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer, Request
from pytest_orr.collect.operations.faqs import Faqs
from pytest_orr.collect.operations.links import LinksSeen
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.support import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wiki

URL = "https://wiki.example.org/explorer/faq"
PAGE = Page(url=URL)


def faq_of(desk: Any) -> Any:
    [faq] = Faqs().collect(desk).value
    return faq


def page_of(text: str) -> Callable[[Request, Answer], Answer]:
    """Put another FAQ in the place of the wiki's."""

    def spoil(request: Request, answer: Answer) -> Answer:
        if not request.path.endswith("/faq"):
            return answer
        return Answer(body=text.encode(), headers={"Content-Type": "text/html"})

    return spoil


def test_the_faq_is_read_with_its_questions_and_its_links(documents_desk: Any) -> None:
    faq = faq_of(documents_desk(faq=PAGE))
    assert (faq.name, faq.questions) == (URL, 7)
    assert faq.links.seen == "4 links asked, 0 dead, 2 to other hosts not asked"
    assert faq.links.reading.all_alive
    assert faq.seen.startswith("7 questions, 8 headings")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("faq-dead-link", "https://wiki.example.org/explorer/terms-of-2025 (answers 404)"),
        ("faq-dead-fragment", "https://wiki.example.org/explorer/terms#nobody (has no #nobody)"),
    ],
)
def test_a_dead_link_is_named(documents_desk: Any, wiki: Wiki, fault: str, told: str) -> None:
    wiki.plant(fault)
    links = faq_of(documents_desk(faq=PAGE)).links.reading
    assert links.dead == (told,)
    assert not links.all_alive


def test_every_kind_of_link_is_followed_or_counted(documents_desk: Any, wiki: Wiki) -> None:
    links = (
        *("#here", "#nowhere", "#", "#top", "terms#decides", "/none#x", "https://[", "mailto:a@b"),
        *("https://elsewhere.example/", "http://wiki.example.org/", "terms?a=b"),
    )
    text = "<h1 id=here>A?</h1>" + "".join(f'<a href="{one}">x</a>' for one in links)
    wiki.server.spoil(".", page_of(text))
    seen = faq_of(documents_desk(faq=PAGE)).links.reading
    assert seen.dead == (
        f"{URL}#nowhere (has no #nowhere)",
        "https://wiki.example.org/none#x (is not there)",
    )
    assert (seen.elsewhere, seen.unread) == (2, ())
    assert not any("elsewhere" in one for one in wiki.asked)


def test_what_cannot_be_followed_is_unknown_unless_another_is_dead(
    documents_desk: Any, wiki: Wiki
) -> None:
    def broken(request: Request, answer: Answer) -> Answer:
        return Answer(status=500) if "terms" in request.path else answer

    wiki.server.spoil(".", broken)
    links = faq_of(documents_desk(faq=PAGE)).links.reading
    assert links.dead == ()
    assert len(links.unread) == 2
    with pytest.raises(FactUnavailable, match="of 2 links nothing can be told"):
        _ = links.all_alive
    assert not LinksSeen(dead=("a",), unread=("b",)).all_alive


def test_links_are_followed_no_longer_than_a_minute(
    documents_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.collect.operations.links.LONGEST", -1)
    links = faq_of(documents_desk(faq=PAGE)).links.reading
    assert len(links.unread) == links.asked
    with pytest.raises(FactUnavailable, match="nothing can be told"):
        _ = links.all_alive


def test_more_links_than_are_asked_are_unknown(documents_desk: Any, wiki: Wiki) -> None:
    wiki.server.spoil(".", page_of("".join(f'<a href="/{n}">x</a>' for n in range(101))))
    faq = faq_of(documents_desk(faq=PAGE))
    with pytest.raises(FactUnavailable, match="101 links"):
        _ = faq.links.reading
    assert len(wiki.asked) == 2


class TestTheFrontend:
    def test_leads_to_it_also_from_what_is_around_its_pages(self, documents_desk: Any) -> None:
        page = Page(url="https://explorer.example/explorer/faq")
        linked = faq_of(documents_desk(faq=page)).linked.reading
        assert linked.linking == ("https://explorer.example/explorer/faq",)

    def test_that_leads_elsewhere_is_told(self, documents_desk: Any) -> None:
        linked = faq_of(documents_desk(faq=PAGE)).linked
        assert linked.reading.linking == ()
        assert linked.seen == "linked from none of https://explorer.example/explorer/faq"

    @pytest.mark.parametrize(
        ("frontend", "cause"), [("", "no endpoint of role frontend"), ("/none", "answers 404")]
    )
    def test_that_is_not_there_hides_nothing_else(
        self, documents_desk: Any, frontend: str, cause: str
    ) -> None:
        faq = faq_of(documents_desk(faq=PAGE, frontend=frontend))
        assert faq.links.reading.all_alive
        with pytest.raises(FactUnavailable, match=cause):
            _ = faq.linked.reading


def test_a_file_has_its_own_fragments_alone(documents_desk: Any) -> None:
    text = "# A\n\n[a](#a) [b](#b) [c](other.md) [d](https://wiki.example.org/explorer/terms)\n"
    faq = faq_of(documents_desk(faq=Page(path="faq.md"), files={"faq.md": text}))
    assert [one.partition("#")[2] for one in faq.links.reading.dead] == ["b (has no #b)"]
    assert (faq.links.reading.asked, faq.links.reading.elsewhere) == (3, 1)


def test_without_a_declaration_nobody_is_asked(documents_desk: Any) -> None:
    with pytest.raises(Undeclared, match=r"declares no \[documents.faq\]"):
        Faqs().collect(documents_desk())
