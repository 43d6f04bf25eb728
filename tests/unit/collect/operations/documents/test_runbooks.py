from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer
from pytest_orr.collect.operations.documents_seen import DocumentSeen, folded
from pytest_orr.collect.operations.runbooks import Runbooks
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.support import Page, RunbookSections

if TYPE_CHECKING:
    from tests.conftest import Wiki

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
URL = "https://wiki.example.org/explorer/runbook"
PAGE = Page(url=URL, headings=("Owners", "ALERTS:"), owner="ana@example.org", review_days=90)
OWNERS = "/docs/ @somebody @DAN\n*.txt @team/a\n"


def runbook_of(desk: Any) -> Any:
    [runbook] = Runbooks().collect(desk).value
    return runbook


def test_the_runbook_is_found_with_what_it_says_of_each_thing(documents_desk: Any) -> None:
    runbook = runbook_of(documents_desk(runbook=PAGE))
    assert (runbook.name, runbook.document.is_there, runbook.document.lacks) == (URL, True, ())
    section = runbook.section("restart_backend")
    assert (section.is_there, section.has_commands) == (True, True)
    assert "take it out of the balancer" in section.text
    assert section.name == 'runbook: "Restart the backend"'
    assert section.seen.endswith("with commands")
    assert runbook.is_newer_than(90, AS_OF)
    assert "changed on 2026-11-02 by the page" in runbook.seen


def test_a_section_may_have_another_heading_or_none(documents_desk: Any, wiki: Wiki) -> None:
    named = RunbookSections(pause="9.1 Owners:", takedown="Nowhere")
    wiki.plant("runbook-without-commands")
    runbook = runbook_of(documents_desk(runbook=PAGE, runbook_sections=named))
    assert runbook.section("pause").is_there
    assert not runbook.section("takedown").is_there
    assert runbook.section("takedown").seen == "the runbook has no such heading"
    assert not runbook.section("rollback").has_commands


def test_what_is_missing_is_told(documents_desk: Any, wiki: Wiki) -> None:
    wiki.plant("runbook-without-owners", "runbook-old")
    runbook = runbook_of(documents_desk(runbook=PAGE))
    assert runbook.document.lacks == ("Owners",)
    assert not runbook.is_newer_than(90, AS_OF)
    wiki.plant("runbook-gone")
    runbook = runbook_of(documents_desk(runbook=PAGE))
    assert (runbook.document.is_there, runbook.seen) == (False, "it is not there")


def test_a_page_by_which_nothing_is_known_is_unknown(documents_desk: Any, wiki: Wiki) -> None:
    bare = runbook_of(documents_desk(runbook=replace(PAGE, headings=()))).document
    with pytest.raises(Undeclared, match=r"declares no \[documents.runbook\] headings"):
        bare.missing("[documents.runbook]")
    headers = {"Content-Type": "text/html"}
    wiki.server.spoil(".", lambda *_: Answer(body=b"<div id=app>Loading</div>", headers=headers))
    app = runbook_of(documents_desk(runbook=PAGE)).document
    with pytest.raises(FactUnavailable, match="put together in the browser"):
        app.missing("[documents.runbook]")
    file = replace(app, is_file=True)
    assert file.missing("[documents.runbook]") == "Owners, ALERTS:"


def test_an_age_that_nothing_tells_is_unknown(documents_desk: Any, wiki: Wiki) -> None:
    wiki.plant("undated")
    runbook = runbook_of(documents_desk(runbook=PAGE))
    with pytest.raises(FactUnavailable, match="nothing tells when it was last changed"):
        runbook.is_newer_than(90, AS_OF)
    later = DocumentSeen(is_there=True, is_file=False, changed=AS_OF + dt.timedelta(days=2))
    with pytest.raises(FactUnavailable, match="after this review"):
        later.is_newer_than(90, AS_OF)
    shallow = replace(later, changed=None, untold="the clone is shallow")
    with pytest.raises(FactUnavailable, match="last changed: the clone is shallow"):
        shallow.is_newer_than(90, AS_OF)


def test_without_a_declaration_nobody_is_asked(documents_desk: Any) -> None:
    with pytest.raises(Undeclared, match=r"declares no \[documents.runbook\]"):
        Runbooks().collect(documents_desk())


class TestItsOwner:
    def test_is_a_person_and_a_member(self, documents_desk: Any) -> None:
        owner = runbook_of(documents_desk(runbook=PAGE)).owner.reading
        assert (owner.is_person, owner.is_member, owner.is_active) == (True, True, True)
        assert owner.seen == (
            "ana@example.org by readiness.toml: one of the service's people, member there"
        )

    def test_who_was_invited_and_never_came_is_not_active(self, documents_desk: Any) -> None:
        page = replace(PAGE, owner="ines@example.org")
        owner = runbook_of(documents_desk(runbook=page)).owner.reading
        assert (owner.is_person, owner.is_member, owner.is_active) == (True, False, False)

    def test_who_left_is_not_active(self, documents_desk: Any) -> None:
        page = replace(PAGE, owner="zoe@example.org")
        owner = runbook_of(documents_desk(runbook=page)).owner.reading
        assert (owner.is_person, owner.is_active) == (False, False)
        assert "nobody of the service" in owner.seen

    def test_whose_name_on_the_forge_is_not_known_is_unknown(self, documents_desk: Any) -> None:
        page = replace(PAGE, owner="cleo@example.org")
        with pytest.raises(FactUnavailable, match=r"does not say who cleo@example.org is"):
            _ = runbook_of(documents_desk(runbook=page)).owner.reading
        alone = runbook_of(documents_desk(runbook=page, forge=None)).owner.reading
        assert (alone.is_member, alone.is_active) == (None, True)

    def test_is_unknown_while_the_forge_is_down_and_hides_nothing_else(
        self, documents_desk: Any
    ) -> None:
        runbook = runbook_of(documents_desk(runbook=PAGE, is_down=True))
        assert runbook.document.is_there
        with pytest.raises(FactUnavailable, match="the forge is down"):
            _ = runbook.owner.reading

    def test_of_a_file_is_whom_codeowners_names(self, documents_desk: Any) -> None:
        files = {"CODEOWNERS": OWNERS, "docs/a.md": "# A", "b.txt": "B", "c.md": "# C"}
        desk = documents_desk(runbook=Page(path="docs/a.md"), files=files)
        owner = runbook_of(desk).owner.reading
        assert (owner.name, owner.told_by, owner.is_active) == ("@DAN", "CODEOWNERS", True)
        assert owner.code_owners == ("@somebody", "@DAN")
        team = runbook_of(documents_desk(runbook=Page(path="b.txt"), files=files)).owner.reading
        assert (team.name, team.is_person) == ("@team/a", False)
        with pytest.raises(FactUnavailable, match=r"declares no \[documents.runbook\] owner"):
            _ = runbook_of(documents_desk(runbook=Page(path="c.md"), files=files)).owner.reading

    def test_may_be_another_than_codeowners_says(self, documents_desk: Any) -> None:
        files = {"CODEOWNERS": OWNERS, "docs/a.md": "# A"}
        page = Page(path="docs/a.md", owner="ana@example.org", deputy="dan@example.org")
        runbook = runbook_of(documents_desk(runbook=page, files=files))
        assert runbook.owner.reading.is_code_owner is False
        assert runbook.deputy.reading.is_code_owner
        assert not runbook.deputy.reading.is_same_as(runbook.owner.reading)

    def test_may_be_the_deputy_under_another_name(self, documents_desk: Any) -> None:
        page = Page(path="docs/a.md", deputy="Dan@example.org")
        files = {"CODEOWNERS": OWNERS, "docs/a.md": "# A"}
        runbook = runbook_of(documents_desk(runbook=page, files=files))
        assert runbook.deputy.reading.is_same_as(runbook.owner.reading)

    def test_without_a_deputy_is_told(self, documents_desk: Any) -> None:
        with pytest.raises(FactUnavailable, match=r"declares no \[documents.runbook\] deputy"):
            _ = runbook_of(documents_desk(runbook=PAGE)).deputy.reading


@pytest.mark.parametrize(
    "heading", ["Roll  back", "3.2. ROLL BACK:", "Roll back ¶", "1) roll back"]
)
def test_headings_are_compared_without_case_numbers_and_signs(heading: str) -> None:
    assert folded(heading) == "roll back"
    assert folded("42") == "42"
