"""What is to be written so that each open item, and no other one, has one open issue: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.clients.publishing.interface import IssueChange, NewIssue

from .blocks import OF_AN_ISSUE, issue_mark, item_of, plain, with_block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_orr.clients.publishing.interface import PostedIssue, Write


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemIssue:
    """An item as its issue is to show it."""

    item: str
    aliases: tuple[str, ...]
    """Earlier ids, under which its issue may have been made."""
    title: str
    text: str
    due: str
    """Last day, ISO 8601; empty without one."""
    is_open: bool


def plan_issues(
    wanted: Sequence[ItemIssue], there: Sequence[PostedIssue], scope: str
) -> tuple[Write, ...]:
    """Return what is to be written; nothing when all is as it should be.

    Of several issues about one item the first counts and the others are closed: so it does not
    matter who was faster, when two publish at once. Issues about items that are gone are closed.
    """
    known = [(item_of(issue.body, scope), issue) for issue in there]
    posted = sorted(((item, issue) for item, issue in known if item), key=lambda one: one[1].number)
    names = {name for one in wanted for name in (one.item, *one.aliases)}
    gone = (issue for item, issue in posted if item not in names)
    return (
        *(write for one in wanted for write in _of_item(one, posted, scope)),
        *map(_closed, filter(_is_open, gone)),
    )


def _of_item(
    wanted: ItemIssue, posted: Sequence[tuple[str, PostedIssue]], scope: str
) -> Iterator[Write]:
    mark = issue_mark(scope, wanted.item)
    own = [issue for item, issue in posted if item in {wanted.item, *wanted.aliases}]
    if own:
        yield from _changed(wanted, own[0], mark)
        yield from map(_closed, filter(_is_open, own[1:]))
    elif wanted.is_open:
        yield NewIssue(title=wanted.title, body=with_block("", mark, wanted.text), due=wanted.due)


def _changed(wanted: ItemIssue, issue: PostedIssue, mark: str) -> Iterator[Write]:
    if issue.is_closed and not wanted.is_open:
        return
    body = _renamed(issue.body, mark)
    change = IssueChange(
        number=issue.number,
        body=with_block(body, mark, wanted.text),
        due=wanted.due,
        is_closed=not wanted.is_open,
        was_closed=issue.is_closed,
    )
    is_due = issue.due is None or issue.due == wanted.due
    is_as_it_is = change.body == plain(issue.body) and is_due
    if not (is_as_it_is and change.is_closed == issue.is_closed):
        yield change


def _renamed(body: str, mark: str) -> str:
    """Put an item's own mark in the place of one with an earlier id."""
    return OF_AN_ISSUE.sub(lambda _: mark, body, count=1)


def _is_open(issue: PostedIssue) -> bool:
    return not issue.is_closed


def _closed(issue: PostedIssue) -> IssueChange:
    return IssueChange(
        number=issue.number,
        body=plain(issue.body),
        due=issue.due or "",
        is_closed=True,
        was_closed=False,
    )
