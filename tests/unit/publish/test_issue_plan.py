"""Each open item gets one issue, whatever is there already: made, changed, closed, opened again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.clients.publishing.interface import IssueChange, NewIssue, PostedIssue, Write
from pytest_orr.publish.blocks import issue_mark, item_of, scope_of, with_block
from pytest_orr.publish.issue_plan import ItemIssue, plan_issues

SCOPE = scope_of("explorer", "production")
ITEM = "network.dns.zone"
WANTED = ItemIssue(
    item=ITEM, aliases=("network.old.zone",), title="Title", text="text", due="", is_open=True
)


def posted(
    number: int = 1, item: str = ITEM, text: str = "text", *, closed: bool = False, due: str = ""
) -> PostedIssue:
    body = with_block("", issue_mark(SCOPE, item), text)
    return PostedIssue(number=number, body=body, is_closed=closed, due=due)


def only(writes: tuple[Write, ...]) -> IssueChange:
    [write] = writes
    assert isinstance(write, IssueChange)
    return write


def test_an_open_item_without_an_issue_gets_one() -> None:
    [made] = plan_issues([replace(WANTED, due="2026-12-04")], [], SCOPE)

    assert made == NewIssue(title="Title", body=posted().body, due="2026-12-04")


def test_an_item_that_is_as_it_was_told_changes_nothing() -> None:
    closed = replace(WANTED, is_open=False)

    assert plan_issues([WANTED], [posted()], SCOPE) == ()
    assert plan_issues([closed], [], SCOPE) == ()
    assert plan_issues([closed], [posted(text="of old", closed=True)], SCOPE) == ()


def test_an_item_of_which_something_else_is_known_changes_its_issue() -> None:
    change = only(plan_issues([replace(WANTED, text="news")], [posted()], SCOPE))

    assert (change.number, change.body) == (1, posted(text="news").body)
    assert change.told == "change issue 1"


def test_another_last_day_changes_the_issue_where_issues_have_one() -> None:
    due = replace(WANTED, due="2026-12-04")

    assert only(plan_issues([due], [posted()], SCOPE)).due == "2026-12-04"
    assert only(plan_issues([WANTED], [posted(due="2026-12-04")], SCOPE)).due == ""
    assert plan_issues([due], [replace(posted(), due=None)], SCOPE) == ()


def test_an_item_that_holds_again_closes_its_issue_and_says_why() -> None:
    holds = replace(WANTED, text="it holds", is_open=False)

    change = only(plan_issues([holds], [posted()], SCOPE))

    assert (change.is_closed, change.was_closed) == (True, False)
    assert "it holds" in change.body
    assert change.told == "close issue 1"


def test_an_issue_that_was_closed_while_its_item_is_open_is_opened_again() -> None:
    change = only(plan_issues([WANTED], [posted(closed=True)], SCOPE))

    assert (change.is_closed, change.told) == (False, "open again issue 1")


def test_what_people_wrote_around_stays() -> None:
    around = replace(posted(), body=f"Above.\n\n{posted().body}\n\nBelow.")

    assert plan_issues([WANTED], [around], SCOPE) == ()
    change = only(plan_issues([replace(WANTED, text="news")], [around], SCOPE))
    assert change.body == f"Above.\n\n{posted(text='news').body}\n\nBelow."


def test_of_twins_the_first_counts_and_the_others_are_closed() -> None:
    twins = [posted(9), posted(4), posted(6, closed=True)]

    change = only(plan_issues([WANTED], twins, SCOPE))

    assert (change.number, change.is_closed) == (9, True)


def test_an_issue_is_found_by_an_earlier_id_and_marked_anew() -> None:
    change = only(plan_issues([WANTED], [posted(item="network.old.zone")], SCOPE))

    assert change.body == posted().body


def test_an_issue_about_an_item_that_is_gone_is_closed() -> None:
    there = [posted(), posted(2, "network.gone.zone", due="2026-12-04")]

    change = only(plan_issues([WANTED], there, SCOPE))

    assert (change.number, change.is_closed, change.due) == (2, True, "2026-12-04")
    assert change.body == there[1].body


@pytest.mark.parametrize("scope", [scope_of("explorer", "staging"), scope_of("other", "staging")])
def test_issues_of_other_environments_services_and_people_are_left_alone(scope: str) -> None:
    foreign = with_block("", issue_mark(scope, ITEM), "text")
    there = [
        PostedIssue(number=1, body=foreign, is_closed=False, due=""),
        PostedIssue(number=2, body="launch readiness, by hand", is_closed=False, due=""),
    ]

    assert plan_issues([replace(WANTED, is_open=False)], there, SCOPE) == ()


ITEMS = st.lists(
    st.builds(
        ItemIssue,
        item=st.sampled_from(["a.a.a", "a.b.c", "b.b.b"]),
        aliases=st.just(()),
        title=st.just("Title"),
        text=st.sampled_from(["one", "two", "three\n\nlines"]),
        due=st.sampled_from(["", "2026-12-04"]),
        is_open=st.booleans(),
    ),
    unique_by=lambda one: one.item,
)
THERE = st.lists(
    st.builds(
        posted,
        st.integers(1, 50),
        st.sampled_from(["a.a.a", "a.b.c", "b.b.b", "z.z.z"]),
        st.sampled_from(["one", "two"]),
        closed=st.booleans(),
        due=st.sampled_from(["", "2026-12-04"]),
    ),
    unique_by=lambda one: one.number,
)


@given(ITEMS, THERE)
def test_once_a_plan_is_carried_out_one_issue_is_open_for_each_open_item_and_no_other(
    wanted: list[ItemIssue], there: list[PostedIssue]
) -> None:
    now = {one.number: one for one in there}
    for write in plan_issues(wanted, there, SCOPE):
        if isinstance(write, NewIssue):
            number = 100 + len(now)
            now[number] = PostedIssue(
                number=number, body=write.body, is_closed=False, due=write.due
            )
        else:
            assert isinstance(write, IssueChange)
            now[write.number] = PostedIssue(
                number=write.number, body=write.body, is_closed=write.is_closed, due=write.due
            )

    still_open = [item_of(one.body, SCOPE) for one in now.values() if not one.is_closed]
    assert sorted(still_open) == sorted(one.item for one in wanted if one.is_open)
    assert plan_issues(wanted, list(now.values()), SCOPE) == ()
