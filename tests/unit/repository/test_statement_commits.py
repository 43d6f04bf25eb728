"""What changed since a commit that a statement names: the fact ``statement_commits``."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.operations.statement_commits import (
    NamedCommit,
    StatementCommitFacts,
    StatementCommits,
)
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.places import Place, Stated
from pytest_orr.profile.repository import StatedFiles
from pytest_orr.profile.schema import EvidenceRef, Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk
    from tests.unit.repository.conftest import Made

ITEM = "demo.a.one"
DAY = dt.date(2026, 11, 9)
SOURCE = {"src/main.go": "a\nb\nc\nd\n", "docs/x.md": "x\n", "readiness/y.toml": ""}


def statement(release: str, *, machines: tuple[str, ...] = (), commit: str = "") -> Statement:
    """A statement that is bound to a release, and may rest on a commit."""
    link = EvidenceRef(kind="link", ref="https://wiki.example.org/x", dated=DAY)
    proof = EvidenceRef(kind="commit", ref=commit, dated=DAY) if commit else link
    return Statement(
        item=ITEM,
        statement="It is so.",
        by="ana@example.org",
        on=DAY,
        until=DAY,
        release=release,
        machines=machines,
        evidence=(proof,),
    )


@pytest.fixture
def facts_of(made: Made, desk_of: Callable[..., Desk]) -> Callable[..., StatementCommitFacts]:
    """Collect about one statement, for a release's commit."""

    def collect(release: str, said: Statement, **keys: Any) -> StatementCommitFacts:
        made.check_out(release)
        desk = desk_of(made.folder, release, **keys)
        place = Place(item=ITEM, named=ITEM, line=7)
        stated = Stated(sha256="a" * 64, statements=(said,), places=(place,))
        desk = replace(desk, folder=made.folder / "readiness", stated=stated)
        return StatementCommits().collect(desk).value

    return collect


def bound(facts: StatementCommitFacts, commit: str) -> NamedCommit:
    return facts.of(ITEM, commit, is_evidence=False)


def test_git_is_asked_about_no_release_and_not_about_the_one_to_be_launched(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    released = made.commit(SOURCE)
    for said in ("any", released, released[:8]):
        assert facts_of(released, statement(said)).all == ()


def test_what_lies_in_the_suites_own_folder_voids_nothing(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    before = made.commit(SOURCE)
    released = made.commit({"readiness/y.toml": "changed"})
    seen = bound(facts_of(released, statement(before[:8])), before[:8])
    assert (seen.changed_elsewhere, seen.seen) == ("", "nothing has changed since")


def test_every_other_file_that_changed_is_named_and_many_are_counted(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    before = made.commit(SOURCE)
    released = made.commit({"readinessx": "", **{f"docs/{n}.md": "n" for n in range(6)}})
    seen = bound(facts_of(released, statement(before)), before)
    named = "docs/0.md, docs/1.md, docs/2.md, docs/3.md, docs/4.md and 2 more"
    assert (seen.id, seen.launched) == (before, released)
    assert seen.changed_elsewhere == named


def test_lines_are_counted_of_the_files_that_the_statement_is_about(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    before = made.commit(SOURCE)
    released = made.commit({"src/main.go": "a\nB\nc\nd\n", "docs/x.md": "y\n"})
    seen = bound(facts_of(released, statement(before)), before)
    assert (seen.files, seen.lines, seen.lines_then) == (("src/main.go",), 2, 4)
    assert seen.changed_among(1) == "2 lines of src/main.go, where 1 may"
    assert seen.changed_among(2) == ""
    assert seen.changed_share(49) == "2 of 4 lines, 49 % may: src/main.go"
    assert seen.changed_share(50) == ""


def test_an_item_may_be_about_files_of_its_own(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    before = made.commit(SOURCE)
    released = made.commit({"src/main.go": "", "docs/x.md": "y\n"})
    own = (StatedFiles(item=ITEM, files=("docs/**",)), StatedFiles(item="x", files=("a",)))
    seen = bound(facts_of(released, statement(before), stated=own), before)
    assert seen.files == ("docs/x.md",)


def test_a_file_without_lines_counts_however_little_may_be_said_of_it(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    before = made.commit(SOURCE)
    released = made.commit({"src/logo.png": b"\0\1\2"})
    seen = bound(facts_of(released, statement(before)), before)
    assert seen.changed_among(100) == "0 lines of src/logo.png, where 100 may"
    assert seen.changed_share(100) == "0 of 4 lines, 100 % may: src/logo.png"


def test_a_statement_about_no_file_of_its_commit_cannot_be_told_to_hold(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    before = made.commit({"a": "a"})
    released = made.commit({"b": "b"})
    seen = bound(facts_of(released, statement(before)), before)
    for ask in (seen.changed_among, seen.changed_share):
        with pytest.raises(FactUnavailable, match="none of the files that the statement is about"):
            ask(100)


@pytest.mark.parametrize(
    ("tags", "between"),
    [
        ({"v1.3.0": "before", "v1.4.0": "released"}, "1.3 to 1.4"),
        ({"v1.3.0": "before", "v1.3.1": "released"}, ""),
        ({"v1.3.0": "first", "v1.4.0": "released"}, ""),
        ({"v1.3.0": "before", "v1.4.0-rc1": "released", "other": "released"}, ""),
    ],
)
def test_a_release_line_is_another_when_tags_of_two_lie_between(
    made: Made, facts_of: Callable[..., StatementCommitFacts], tags: dict[str, str], between: str
) -> None:
    commits = {name: made.commit({name: name}) for name in ("first", "before", "released")}
    for tag, commit in tags.items():
        made.git("tag", tag, commits[commit])
    said = statement(commits["before"], machines=("t3.medium",))
    seen = bound(facts_of(commits["released"], said), commits["before"])
    assert seen.changed_line == between


def test_a_commit_that_is_evidence_must_be_in_the_repository(
    made: Made, facts_of: Callable[..., StatementCommitFacts]
) -> None:
    released = made.commit(SOURCE)
    there = facts_of(released, statement("any", commit=released[:9]))
    assert there.of(ITEM, released[:9], is_evidence=True).id == released
    missing = facts_of(released, statement("any", commit="0" * 9))
    with pytest.raises(FactUnavailable) as caught:
        missing.of(ITEM, "0" * 9, is_evidence=True)
    named = "commit 000000000, named in attestations.toml:7, is not in the checkout"
    assert caught.value.cause == named


def test_a_commit_that_nobody_asked_about_is_unknown() -> None:
    with pytest.raises(FactUnavailable, match="git was not asked about 4f2a9c1"):
        StatementCommitFacts().of(ITEM, "4f2a9c1", is_evidence=False)
