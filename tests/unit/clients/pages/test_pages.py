from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer, Request
from pytest_orr.clients.git_said import Commit, Entry
from pytest_orr.clients.page_answers import host_of, joined
from pytest_orr.clients.page_said import Reached
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.schema import Endpoint
from pytest_orr.profile.support import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.clients.pages import Pages
    from tests.conftest import Wiki

RUNBOOK = "https://wiki.example.org/explorer/runbook"
LATELY = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)


def refused(pages: Pages, url: str = RUNBOOK) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        pages.at(url)
    return caught.value


def told(status: int = 200, text: str = "<h1>A</h1>", **headers: str) -> Callable[..., Answer]:
    """Answer in this way, whatever was asked."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    said.setdefault("Content-Type", "text/html")
    return lambda *_: Answer(status=status, body=text.encode(), headers=said)


class TestAPage:
    def test_is_read_once_whatever_its_fragment_is(self, pages_of: Any, wiki: Wiki) -> None:
        pages = pages_of()
        first = pages.at(f"{RUNBOOK}#pause")
        assert pages.at(f"{RUNBOOK}#owners") is first
        assert wiki.asked == ["GET /explorer/runbook"]
        assert (first.is_there, first.name, first.changed) == (True, RUNBOOK, LATELY)
        assert first.told_by == "the page"
        assert {"pause", "restart-backend"} <= first.content.anchors

    def test_that_is_not_there_is_an_answer(self, pages_of: Any) -> None:
        assert not pages_of().at("https://wiki.example.org/explorer/none").is_there

    def test_is_as_old_as_its_server_says_unless_that_is_just_now(
        self, pages_of: Any, wiki: Wiki
    ) -> None:
        then = "Mon, 02 Nov 2026 09:30:00 GMT"
        wiki.server.spoil(".", told(Last_Modified=then))
        found = pages_of().at(RUNBOOK)
        assert (found.changed, found.told_by) == (LATELY, "Last-Modified")
        for said in ("just now", dt.datetime.now(dt.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")):
            wiki.server.mend()
            wiki.server.spoil(".", told(Last_Modified=said))
            assert pages_of().at(RUNBOOK).changed is None

    @pytest.mark.parametrize(
        ("kind", "headings"),
        [("text/markdown; charset=utf-8", 1), ("text/plain", 0), ("application/xhtml+xml", 0)],
    )
    def test_is_read_by_what_it_is_written_in(
        self, pages_of: Any, wiki: Wiki, kind: str, headings: int
    ) -> None:
        wiki.server.spoil(".", told(text="# A\n", Content_Type=kind))
        assert len(pages_of().at(RUNBOOK).content.sections) == headings

    def test_of_raw_markdown_is_markdown(self, pages_of: Any, wiki: Wiki) -> None:
        wiki.server.spoil(".", told(text="# A\n", Content_Type="text/plain"))
        assert len(pages_of().at(f"{RUNBOOK}.md").content.sections) == 1

    @pytest.mark.parametrize("kind", ["application/pdf", ""])
    def test_of_another_kind_is_no_document(self, pages_of: Any, wiki: Wiki, kind: str) -> None:
        wiki.server.spoil(".", told(Content_Type=kind))
        assert f"{RUNBOOK}: it is {kind or 'of no type'}" in refused(pages_of()).cause


class TestAHost:
    @pytest.mark.parametrize(
        ("fault", "cause", "remedy"),
        [
            ("down", "answers 503", "bring the host back"),
            ("too-often", "was asked too often", "run again"),
            ("private", "asks for a login: it answers 401", '[evidence] tokens "wiki.example.org"'),
            ("login-page", "asks for a login", '[evidence] tokens "wiki.example.org"'),
            ("login-redirect", "on to sso.example.org: it asks for a login", "[evidence] tokens"),
        ],
    )
    def test_that_shows_no_document_is_told_with_what_to_do(
        self, pages_of: Any, wiki: Wiki, fault: str, cause: str, remedy: str
    ) -> None:
        wiki.plant(fault)
        error = refused(pages_of())
        assert cause in error.cause
        assert remedy in error.remedy

    def test_is_told_who_reads_if_it_asks(self, pages_of: Any, wiki: Wiki) -> None:
        wiki.plant("private")
        tokens = {"wiki.example.org": FromEnvironment(env="WIKI")}
        assert pages_of(tokens=tokens, WIKI="wiki-of-nobody").at(RUNBOOK).is_there
        assert "answers 401" in refused(pages_of(tokens=tokens, WIKI="another")).cause

    def test_that_nobody_listens_at_is_down(self, pages_of: Any) -> None:
        error = refused(pages_of(EXPLORER_WIKI="127.0.0.1:1"))
        assert "refused the connection" in error.cause
        assert "[evidence]" in error.remedy

    def test_with_another_certificate_is_not_believed(self, pages_of: Any) -> None:
        error = refused(pages_of(ca=None))
        assert "not issued by a trusted authority" in error.cause

    @pytest.mark.parametrize("name", ["EXPLORER_WIKI", "EXPLORER_WIKI_CA"])
    def test_whose_variable_is_not_set_is_named(self, pages_of: Any, name: str) -> None:
        assert f"{name}, named in [evidence]" in refused(pages_of(**{name: ""})).cause

    @pytest.mark.parametrize("name", ["EXPLORER_WIKI_CA", "EXPLORER_WIKI"])
    def test_whose_way_is_none_is_told_in_its_own_words(self, pages_of: Any, name: str) -> None:
        error = refused(pages_of(**{name: "/nowhere"}))
        assert error.remedy.startswith(("correct ca of [evidence]", "write the address"))

    def test_that_sends_more_than_any_document_has_is_told(self, pages_of: Any, wiki: Wiki) -> None:
        wiki.server.spoil(".", told(text="x" * (2 * 1024 * 1024 + 1)))
        error = refused(pages_of())
        assert "is larger than 2048 KiB" in error.cause
        assert error.remedy == "let a smaller page be the document"

    def test_that_asks_for_a_moment_gets_it_once(self, pages_of: Any, wiki: Wiki) -> None:
        wiki.server.spoil(".", told(429, Retry_After="0"))
        assert "asked too often" in refused(pages_of()).cause
        assert wiki.asked == ["GET /explorer/runbook"] * 2

    def test_of_a_door_that_asks_no_password_is_seen_by_its_path(
        self, pages_of: Any, wiki: Wiki
    ) -> None:
        def to_the_door(request: Request, _: Answer) -> Answer:
            if "login" in request.path:
                return told()()
            return Answer(status=302, headers={"Location": "/auth/login.jsp?os_destination=x"})

        wiki.server.spoil(".", to_the_door)
        assert "asks for a login" in refused(pages_of()).cause

    def test_that_sends_its_reader_on_by_html_asks_for_a_login(
        self, pages_of: Any, wiki: Wiki
    ) -> None:
        meta = '<meta http-equiv="refresh" content="0;url=https://sso.example.org/">'
        wiki.server.spoil(".", told(text=meta))
        assert "asks for a login" in refused(pages_of()).cause


class TestARedirect:
    def test_on_the_same_host_is_followed(self, pages_of: Any, wiki: Wiki) -> None:
        def moved(request: Request, answer: Answer) -> Answer:
            if request.path.endswith("/runbook"):
                return Answer(status=301, headers={"Location": "/explorer/terms"})
            return answer

        wiki.server.spoil(".", moved)
        found = pages_of().at(RUNBOOK)
        assert found.final_url == "https://wiki.example.org/explorer/terms"

    def test_that_never_ends_is_given_up(self, pages_of: Any, wiki: Wiki) -> None:
        wiki.server.spoil(".", told(302, Location="/again"))
        assert "redirects more than 4 times" in refused(pages_of()).cause
        assert len(wiki.asked) == 5

    @pytest.mark.parametrize(
        "where",
        ["http://wiki.example.org/", "https://127.0.0.1/", "//evil.example/", "https://a:b/"],
    )
    def test_to_anywhere_else_is_never_followed(
        self, pages_of: Any, wiki: Wiki, where: str
    ) -> None:
        wiki.server.spoil(".", told(302, Location=where))
        error = refused(pages_of())
        assert "sends its reader on to" in error.cause
        assert len(wiki.asked) == 1

    def test_to_what_is_no_url_is_no_http(self, pages_of: Any, wiki: Wiki) -> None:
        wiki.server.spoil(".", told(302, Location="https://["))
        assert "does not speak HTTP" in refused(pages_of()).cause

    def test_that_nobody_can_read_leads_nowhere(self) -> None:
        assert joined("https://a.example/", "https://[") == ""
        assert host_of("https://[") == host_of("") == "nowhere"


class TestALink:
    def test_is_followed_by_head(self, pages_of: Any, wiki: Wiki) -> None:
        pages = pages_of()
        assert pages.reached(f"{RUNBOOK}#x") == Reached(status=200)
        assert pages.reached("https://wiki.example.org/none").is_alive is False
        assert wiki.asked == ["HEAD /explorer/runbook", "HEAD /none"]

    def test_is_followed_by_get_where_head_is_not_answered(self, pages_of: Any, wiki: Wiki) -> None:
        def no_head(request: Request, answer: Answer) -> Answer:
            return Answer(status=405) if request.method == "HEAD" else answer

        wiki.server.spoil(".", no_head)
        assert pages_of().reached(RUNBOOK).is_alive
        assert wiki.asked == ["HEAD /explorer/runbook", "GET /explorer/runbook"]

    @pytest.mark.parametrize(
        ("status", "is_alive"),
        [
            (200, True),
            (401, True),
            (403, True),
            (404, False),
            (410, False),
            (429, None),
            (500, None),
        ],
    )
    def test_is_dead_where_nothing_is_and_unknown_where_nobody_tells(
        self, status: int, *, is_alive: bool | None
    ) -> None:
        assert Reached(status=status).is_alive is is_alive

    def test_that_leads_on_to_another_host_is_alive(self, pages_of: Any, wiki: Wiki) -> None:
        wiki.plant("login-redirect")
        assert pages_of().reached(RUNBOOK).is_alive


class TestAnEndpoint:
    def test_is_reached_in_its_own_way(self, pages_of: Any, wiki: Wiki) -> None:
        frontend = Endpoint(
            name="pages",
            role="frontend",
            url="https://explorer.example/explorer/faq",
            connect=FromEnvironment(env="EXPLORER_WIKI"),
            ca=FromEnvironment(env="EXPLORER_WIKI_CA"),
        )
        pages = pages_of(more={"endpoints": (frontend,)})
        status, html = pages.html("https://explorer.example/explorer/faq")
        assert (status, "Questions and answers" in html) == (200, True)
        wiki.plant("login-redirect")
        with pytest.raises(FactUnavailable, match="leads to sso"):
            pages.html("https://explorer.example/other")


class Git:
    """A repository of one file."""

    def __init__(self, last: Commit | FactUnavailable | None) -> None:
        self.tree = (Entry(path="docs/a.md", kind="file", id="1" * 40, size=4),)
        self._last = last

    def read(self, path: str, largest: int) -> bytes:
        assert (path, largest) == ("docs/a.md", 2 * 1024 * 1024)
        return b"# A\n"

    def newest_change(self, paths: list[str]) -> Commit | None:
        assert paths == ["docs/a.md"]
        if isinstance(self._last, FactUnavailable):
            raise self._last
        return self._last


class TestAFile:
    def test_comes_from_the_commit_with_the_day_of_its_last_change(self, pages_of: Any) -> None:
        last = Commit(id="2" * 40, parents=(), author="a@b", committed=LATELY, subject="s")
        found = pages_of(Git(last)).read(Page(path="docs/a.md"), "[documents.runbook]")
        assert (found.name, found.is_there, found.changed, found.told_by) == (
            *("docs/a.md", True, LATELY, "git"),
        )
        assert [one.heading for one in found.content.sections] == ["A"]

    def test_of_a_shallow_clone_has_no_age_and_says_why(self, pages_of: Any) -> None:
        shallow = FactUnavailable("it is shallow", "fetch")
        found = pages_of(Git(shallow)).read(Page(path="docs/a.md"), "x")
        assert (found.is_there, found.changed, found.untold) == (True, None, "it is shallow")
        assert pages_of(Git(None)).read(Page(path="docs/a.md"), "x").told_by == ""

    def test_that_the_commit_lacks_is_not_there(self, pages_of: Any) -> None:
        assert not pages_of(Git(None)).read(Page(path="docs/b.md"), "x").is_there

    def test_that_nobody_named_is_undeclared(self, pages_of: Any) -> None:
        with pytest.raises(Undeclared, match=r"declares no \[documents.faq\]"):
            pages_of().read(Page(), "[documents.faq]")


def test_what_could_not_be_had_is_not_asked_for_again(pages_of: Any, wiki: Wiki) -> None:
    wiki.plant("down")
    pages = pages_of()
    assert refused(pages).cause == refused(pages).cause
    assert len(wiki.asked) == 1


def test_a_url_of_another_host_is_refused_by_the_name_of_who_names_it(pages_of: Any) -> None:
    with pytest.raises(FactUnavailable, match=r"runbook\] url is on evil.example, which is no"):
        pages_of().read(Page(url="https://evil.example/"), "[documents.runbook]")
