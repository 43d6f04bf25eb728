"""What came to the branch since the last release, and who read it: ``merged_changes``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Change
from pytest_orr.clients.git_said import Commit, Entry, LinesChanged, TagRef
from pytest_orr.collect.delivery.merged_changes import MergedChangeFacts, MergedChanges
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

START = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
BEFORE = TagRef(name="v1", id="t", commit="before", is_annotated=True)


def commit(name: str, *parents: str, days: int = 0) -> Commit:
    when = START + dt.timedelta(days=days)
    return Commit(id=name, parents=parents, author="a", committed=when, subject=f"about {name}")


def change(number: int, sha: str, *readers: str, author: str = "ana") -> Change:
    merged = START + dt.timedelta(days=number)
    return Change(
        id=str(number), author=author, merged=merged, commit=sha, approved_by=readers, title="Work"
    )


LINE = (commit("two", "one", "branch", days=2), commit("branch", "one"), commit("one", "before"))
"""Newest first: ``two`` merged ``branch``."""


@pytest.fixture
def facts_of(desk_of: Callable[..., Desk]) -> Callable[..., MergedChangeFacts]:
    """Collect from changes of the forge and commits of git, from ``two`` back to ``since``."""

    def collect(
        *changes: Change,
        commits: tuple[Commit, ...] = LINE,
        since: TagRef | None = BEFORE,
        **more: Any,
    ) -> MergedChangeFacts:
        def changes_since(instant: dt.datetime | None, branch: str) -> tuple[Change, ...]:
            assert branch == "main"
            assert (instant is None) is (since is None)
            return tuple(one for one in changes if instant is None or one.merged > instant)

        def commits_since(before: str | None) -> tuple[Commit, ...]:
            assert before == (since.commit if since else None)
            return commits

        forge = {"changes_since": changes_since, "changes_with": more.pop("changes_with", ())}
        git = {"previous_release": since, "commit": commits[0].id, "commits_since": commits_since}
        desk = desk_of(forge=forge, git=git | more, repository=Repository(audited=("src/**",)))
        [facts] = MergedChanges().collect(desk).value
        assert isinstance(facts, MergedChangeFacts)
        return facts

    return collect


def test_a_change_was_read_by_people_other_than_its_author(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    facts = facts_of(
        change(1, "one", "bo", "ana", "finn"),
        change(2, "two", "ana", "project_7_bot_0f", "renovate-bot"),
    )
    assert [one.readers for one in facts.changes] == [("bo", "finn"), ()]
    assert [one.id for one in facts.unread] == ["2"]
    assert facts.changes[1].seen == "Work, by ana, read by nobody else, merged on 2026-10-03"
    assert facts.changes[1].name == "change 2"


def test_what_a_change_merged_is_no_commit_of_the_branch(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    facts = facts_of(change(1, "one", "bo"), change(2, "two", "bo"))
    assert (facts.commits.reading.count, facts.commits.reading.strays) == (2, ())
    assert facts.name == "main since v1"
    assert facts.has_news
    assert facts.seen == "2 merged changes, 0 unread; 2 commits, 0 of them no change's own"


def test_a_commit_that_no_change_brought_is_a_stray(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    [stray] = facts_of(change(2, "two", "bo")).strays
    assert (stray.name, stray.is_accounted_for) == ("commit one", False)
    assert stray.seen == "about one, brought by no merged change"


def test_a_commit_that_a_change_brought_among_others_is_accounted_for(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    asked = []

    def changes_with(sha: str) -> tuple[str, ...]:
        asked.append(sha)
        return ("2",)

    [stray] = facts_of(change(2, "two", "bo"), changes_with=changes_with).commits.reading.strays
    assert (stray.brought_by, stray.is_accounted_for, asked) == (("2",), True, ["one"])


def test_who_read_what_a_change_brought_by_way_of_another_branch_is_not_known(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    [stray] = facts_of(change(2, "two", "bo"), changes_with=("7",)).strays
    with pytest.raises(FactUnavailable, match="7 brought it, which went into another branch"):
        _ = stray.is_accounted_for


def test_a_change_whose_own_commit_the_forge_does_not_tell_is_judged_for_what_it_brought(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    facts = facts_of(change(1, ""), change(2, "two", "bo"), changes_with=("1",))
    assert [one.id for one in facts.unread] == ["1"]
    assert [one.is_accounted_for for one in facts.strays] == [True]


def test_changes_that_are_not_in_the_release_are_left_out(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    facts = facts_of(change(1, "one"), change(2, "two", "bo"), change(9, "after the release"))
    assert [one.id for one in facts.changes] == ["1", "2"]


def test_a_first_launch_goes_back_to_the_beginning(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    facts = facts_of(
        change(2, "two", "bo"),
        commits=(commit("two", "one"), commit("one")),
        since=None,
        changed_since=LinesChanged(files=("src/a.go",), lines=1, not_text=()),
        entries=(Entry(path="src/a.go", kind="file", id="1"),),
    )
    [first] = facts.commits.reading.strays
    assert facts.name == "main since its beginning"
    assert (first.begins_history, first.brought_by, first.is_accounted_for) == (True, (), True)


def test_who_read_what_a_history_begins_with_is_not_known(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    facts = facts_of(
        change(2, "two", "bo"),
        commits=(commit("two", "one"), commit("one")),
        since=None,
        changed_since=LinesChanged(files=("src/a.go",), lines=1, not_text=()),
        entries=tuple(Entry(path=f"src/{one}.go", kind="file", id=one) for one in "abc"),
    )
    with pytest.raises(FactUnavailable, match="begins with 2 audited files"):
        _ = facts.commits.reading.strays[0].is_accounted_for


def test_more_strays_than_can_be_asked_about_are_unknown_and_the_changes_known(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    many = tuple(commit(str(n), str(n + 1)) for n in range(203))
    facts = facts_of(change(1, "0"), commits=many)
    with pytest.raises(FactUnavailable, match="202 commits of the branch"):
        _ = facts.commits.reading
    assert len(facts.unread) == 1
    assert facts.strays == ()


def test_a_forge_that_does_not_tell_who_brought_a_commit_leaves_the_changes_known(
    facts_of: Callable[..., MergedChangeFacts],
) -> None:
    denied = FactUnavailable("the token lacks the scope read_api", "give it")
    facts = facts_of(change(2, "two"), changes_with=denied)
    with pytest.raises(FactUnavailable, match="lacks the scope"):
        _ = facts.commits.reading
    assert [one.id for one in facts.unread] == ["2"]


def test_without_commits_since_the_last_release_there_is_nothing(
    desk_of: Callable[..., Desk],
) -> None:
    git = {"previous_release": BEFORE, "commit": "before", "commits_since": ()}
    [facts] = MergedChanges().collect(desk_of(forge={"changes_since": ()}, git=git)).value
    assert (facts.changes, facts.commits.reading.count, facts.strays) == ((), 0, ())
    with pytest.raises(FactUnavailable, match="no commit came to main since v1"):
        _ = facts.has_news


@pytest.mark.parametrize("missing", ["forge", "git"])
def test_without_forge_or_repository_nothing_is_known(
    desk_of: Callable[..., Desk], missing: str
) -> None:
    there: dict[str, dict[str, Any]] = {"forge": {}, "git": {}}
    del there[missing]
    section = {"forge": r"\[forge\]", "git": r"\[repository\]"}[missing]
    with pytest.raises(FactUnavailable, match=section):
        MergedChanges().collect(desk_of(**there))
