"""What GitLab says of merge requests and releases: who wrote, approved, merged and published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .candidates import is_named_candidate
from .gitlab_reading import as_described, flag, number, project_path, segment, username_of, words
from .gitlab_refusals import AGAIN, Wanted
from .instants import instant
from .said import Asset, Change, PublishedRelease

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .gitlab_api import Api

CHANGES = Wanted(what="the merge requests")
APPROVED = Wanted(what="the approvals of merge requests")
RELEASES = Wanted(what="the releases")
APPROVALS = """
query Approvals($path: ID!, $branch: String!, $since: Time, $after: String) {
  project(fullPath: $path) {
    mergeRequests(
      state: merged, targetBranches: [$branch], mergedAfter: $since, first: 100, after: $after
    ) {
      nodes { iid approvedBy { nodes { username } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
"""In bulk: REST tells approvals of one merge request at a time."""


def read_changes(api: Api, project: str, since: datetime | None, branch: str) -> tuple[Change, ...]:
    """Return what was merged into a branch after an instant, oldest first; all without one."""
    path = f"{project_path(project)}/merge_requests"
    of: dict[str, Any] = {"state": "merged", "target_branch": branch}
    if since is not None:
        of["updated_after"] = since.isoformat()
    told = api.listing(path, CHANGES, project, order_by="created_at", sort="asc", **of)
    if not told:
        return ()
    approved = _approvals(api, project, since, branch)
    with as_described(CHANGES, project):
        merged = [(instant(one["merged_at"]), one) for one in told]
        wanted = [(at, one) for at, one in merged if since is None or at > since]
        found = [_change(at, one, _approvers(one, approved, project)) for at, one in wanted]
    return tuple(sorted(found, key=lambda one: (one.merged, int(one.id))))


def read_changes_with(api: Api, project: str, commit: str) -> tuple[str, ...]:
    """Return the ids of the merged changes that brought a commit."""
    path = f"{project_path(project)}/repository/commits/{segment(commit)}/merge_requests"
    told = api.listing(path, CHANGES, project)
    with as_described(CHANGES, project):
        return tuple(str(number(one["iid"])) for one in told if one["state"] == "merged")


def read_releases(api: Api, project: str) -> tuple[PublishedRelease, ...]:
    """Return the releases, newest first; one whose date is to come is a draft."""
    path = f"{project_path(project)}/releases"
    told = api.listing(path, RELEASES, project, order_by="released_at", sort="desc")
    with as_described(RELEASES, project):
        return tuple(_release(one) for one in told)


def _approvals(
    api: Api, project: str, since: datetime | None, branch: str
) -> Mapping[str, tuple[str, ...]]:
    _, nodes = api.connection(
        APPROVALS,
        "mergeRequests",
        APPROVED,
        project,
        path=project,
        branch=branch,
        since=since and since.isoformat(),
    )
    with as_described(APPROVED, project):
        return {
            words(one["iid"]): tuple(username_of(who) for who in one["approvedBy"]["nodes"])
            for one in nodes
        }


def _approvers(one: Any, approved: Mapping[str, tuple[str, ...]], project: str) -> tuple[str, ...]:
    iid = str(number(one["iid"]))
    if iid not in approved:
        raise FactUnavailable(f"GitLab does not tell who approved !{iid} of {project}", AGAIN)
    return approved[iid]


def _change(merged: datetime, one: Any, approvers: tuple[str, ...]) -> Change:
    """Return one change; merged without a commit of its own, the branch is at its head."""
    head = words(one["sha"])
    return Change(
        id=str(number(one["iid"])),
        author=username_of(one["author"]),
        merged_by=username_of(one.get("merge_user") or one.get("merged_by")) or None,
        merged=merged,
        commit=words(one.get("merge_commit_sha") or one.get("squash_commit_sha") or head),
        approved_by=approvers,
        head=head,
        title=words(one["title"]),
    )


def _release(one: Any) -> PublishedRelease:
    tag = words(one["tag_name"])
    return PublishedRelease(
        tag=tag,
        commit=words(one["commit"]["id"]) if one.get("commit") else None,
        published=instant(one["released_at"]),
        by=username_of(one.get("author")),
        is_draft=flag(one.get("upcoming_release") or False),
        is_candidate=is_named_candidate(tag),
        assets=tuple(Asset(name=words(link["name"])) for link in one["assets"]["links"]),
    )
