"""Merged pull requests with who approved them, a hundred in one query of GraphQL."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .github_reading import as_described, login_of, repository_path, words, words_or_none
from .github_refusals import Wanted
from .instants import instant
from .said import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from .github_api import Api

MERGED = Wanted(what="the pull requests", permission="pull requests")
REVIEWS = Wanted(what="the reviews of a pull request", permission="pull requests")
OPINIONS = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
"""Reviews that replace what somebody said before; a comment does not."""
QUERY = """query($owner: String!, $name: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: MERGED, baseRefName: $branch, first: 100, after: $after,
                 orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title mergedAt updatedAt headRefOid
        author { login __typename }
        mergedBy { login __typename }
        mergeCommit { oid }
        reviews(first: 60) {
          pageInfo { hasNextPage }
          nodes { state submittedAt author { login __typename } }
        }
      }
    }
  }
}"""


def read_changes(api: Api, project: str, since: datetime | None, branch: str) -> tuple[Change, ...]:
    """Return what was merged into a branch after an instant, oldest first; all without one."""
    with as_described(MERGED, project):
        nodes = [
            one
            for one in _touched_since(api, project, since, branch)
            if since is None or instant(one["mergedAt"]) > since
        ]
    changes = api.each(partial(_change, api, project), nodes)
    return tuple(sorted(changes, key=lambda one: (one.merged, int(one.id))))


def _touched_since(api: Api, project: str, since: datetime | None, branch: str) -> Iterator[Any]:
    """Yield pull requests, last touched first, until one was not touched since.

    Nobody can merge what is not touched by it, so that none is missed.
    """
    for one in api.queried(QUERY, MERGED, project, "pullRequests", branch=branch):
        if since is not None and instant(one["updatedAt"]) <= since:
            return
        yield one


def _change(api: Api, project: str, told: Any) -> Change:
    with as_described(MERGED, project):
        merged = instant(told["mergedAt"])
        number = int(told["number"])
        reviews = told["reviews"]["nodes"]
        if told["reviews"]["pageInfo"]["hasNextPage"]:
            reviews = _all_reviews(api, project, number)
        by, commit = told["mergedBy"], told["mergeCommit"]
        return Change(
            id=str(number),
            author=login_of(told["author"]),
            merged_by=login_of(by) if by else None,
            merged=merged,
            commit=words(commit["oid"]) if commit else "",
            approved_by=_approvers(reviews, merged),
            head=words_or_none(told["headRefOid"]),
            title=words(told["title"]),
        )


def _all_reviews(api: Api, project: str, number: int) -> Iterable[Any]:
    path = f"{repository_path(project)}/pulls/{number}/reviews"
    told = api.listing(path, REVIEWS, project)
    with as_described(REVIEWS, project):
        return [
            {
                "state": one["state"],
                "submittedAt": one.get("submitted_at"),
                "author": one["user"],
            }
            for one in told
        ]


def _approvers(reviews: Iterable[Any], merged: datetime) -> tuple[str, ...]:
    """Return whose last opinion before the merge was that it is good, on whichever commit.

    A dismissed review is an opinion taken back. Those who spoke first come first.
    """
    opinions: dict[str, str] = {}
    in_time = [
        one
        for one in reviews
        if one["state"] in OPINIONS and one["submittedAt"] and instant(one["submittedAt"]) <= merged
    ]
    for one in sorted(in_time, key=lambda one: instant(one["submittedAt"])):
        opinions[login_of(one["author"])] = one["state"]
    return tuple(name for name, said in opinions.items() if said == "APPROVED")
