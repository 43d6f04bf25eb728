from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said_issues import Issue
from pytest_orr.collect.operations.refund_criteria import RefundCriteria
from pytest_orr.collect.operations.refund_processes import RefundProcesses
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.support import Page

if TYPE_CHECKING:
    from tests.conftest import Wiki

SERVICE = Path(__file__).parents[5] / "examples" / "explorer" / "service"
TEMPLATE = Page(path="refund.md", headings=("Claim", "Approvals"), owner="dan@example.org")
DONE = Issue(
    number=198,
    title="Rehearsed",
    is_closed=True,
    closed=dt.datetime(2026, 10, 23, tzinfo=dt.UTC),
    was_done=True,
)
CRITERIA = (SERVICE / "docs" / "refund-criteria.md").read_text(encoding="utf-8")
TERMS = Page(url="https://wiki.example.org/explorer/terms")


def process_of(desk: Any) -> Any:
    [process] = RefundProcesses().collect(desk).value
    return process


def criteria_of(desk: Any) -> Any:
    [criteria] = RefundCriteria().collect(desk).value
    return criteria


class TestTheProcess:
    def test_is_read_with_its_owner_and_its_rehearsal(self, documents_desk: Any) -> None:
        files = {"refund.md": "# Refund\n\n## Claim\n"}
        process = process_of(
            documents_desk(
                refund_process=TEMPLATE, refund_rehearsal=198, files=files, issues=(DONE,)
            )
        )
        assert process.document.reading.lacks == ("Approvals",)
        assert process.owner.reading.is_active
        assert process.rehearsal.seen == '"#198 Rehearsed", closed on 2026-10-23'
        assert process.rehearsal.reading.was_done

    def test_that_the_commit_lacks_is_not_there(self, documents_desk: Any) -> None:
        process = process_of(documents_desk(refund_process=TEMPLATE))
        assert not process.document.reading.is_there
        assert process.owner.reading.is_active

    def test_without_a_rehearsal_says_what_to_declare(self, documents_desk: Any) -> None:
        process = process_of(documents_desk(refund_process=TEMPLATE))
        with pytest.raises(FactUnavailable, match=r"no \[documents\] refund_rehearsal"):
            _ = process.rehearsal.reading

    def test_of_which_the_forge_shows_no_issue_is_unknown(self, documents_desk: Any) -> None:
        wish = Issue(number=7, title="Wish", is_closed=False)
        desk = documents_desk(refund_process=TEMPLATE, refund_rehearsal=8, issues=(wish,))
        with pytest.raises(FactUnavailable, match="#8 is not shown"):
            _ = process_of(desk).rehearsal.reading
        desk = documents_desk(refund_process=TEMPLATE, refund_rehearsal=7, issues=(wish,))
        assert process_of(desk).rehearsal.seen == '"#7 Wish", open'

    def test_that_nobody_declared_is_told(self, documents_desk: Any) -> None:
        with pytest.raises(Undeclared, match=r"declares no \[documents.refund_process\]"):
            process_of(documents_desk())


class TestTheCriteria:
    def test_are_what_users_read(self, documents_desk: Any, wiki: Wiki) -> None:
        declared = {
            "refund_criteria": Page(path="criteria.md", owner="dan@example.org"),
            "published_terms": TERMS,
            "files": {"criteria.md": CRITERIA},
        }
        criteria = criteria_of(documents_desk(**declared))
        assert criteria.document.reading.is_file
        assert criteria.is_what_users_read
        wiki.plant("terms-differ")
        assert not criteria_of(documents_desk(**declared)).is_what_users_read
        wiki.plant("down")
        with pytest.raises(FactUnavailable, match="answers 503"):
            _ = criteria_of(documents_desk(**declared)).is_what_users_read

    def test_two_that_are_not_there_are_not_the_same(self, documents_desk: Any, wiki: Wiki) -> None:
        wiki.server.spoil(".", lambda *_: wiki.server._page("none"))
        desk = documents_desk(refund_criteria=Page(path="none.md"), published_terms=TERMS)
        assert not criteria_of(desk).is_what_users_read

    def test_on_a_page_are_under_no_version_control(self, documents_desk: Any) -> None:
        criteria = criteria_of(documents_desk(refund_criteria=TERMS))
        assert not criteria.document.reading.is_file
        with pytest.raises(FactUnavailable, match=r"no \[documents.published_terms\]"):
            _ = criteria.terms.reading

    def test_that_nobody_declared_are_told(self, documents_desk: Any) -> None:
        with pytest.raises(Undeclared, match=r"declares no \[documents.refund_criteria\]"):
            criteria_of(documents_desk())
