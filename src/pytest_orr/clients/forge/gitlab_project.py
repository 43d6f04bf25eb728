"""What GitLab says of a project itself: who sees it, who has access, its commits and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from pytest_orr.errors import FactUnavailable

from .gitlab_reading import (
    access_of,
    as_described,
    flag,
    group_path,
    is_robot,
    number,
    project_path,
    segment,
    username_of,
    words,
)
from .gitlab_refusals import AGAIN, Refused, Wanted
from .said import DeployKey, Member, Project, Tag, Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .gitlab_api import Api

PROJECT = Wanted(what="the settings", role="Reporter")
MEMBERS = Wanted(what="the members", role="Guest")
KEYS = Wanted(what="the deploy keys", role="Maintainer")
COMMIT = Wanted(what="the commit")
BRANCH = Wanted(what="the branch")
TAGS = Wanted(what="the tags")
FILES = Wanted(what="the files")
BLOCKED = frozenset({"blocked", "ldap_blocked", "banned"})
"""States of accounts that open nothing any more, though they stay members."""
VISIBLE, HIDDEN = 200, frozenset({401, 404})
"""Statuses for somebody without a token; 401 comes where nothing is shown to such people at all."""


def read_settings(api: Api, project: str) -> Any:
    """Return a project as GitLab has it."""
    return api.get(project_path(project), PROJECT, project)


def read_project(api: Api, project: str) -> Project:
    """Return a project."""
    told = read_settings(api, project)
    with as_described(PROJECT, project):
        visibility = told["visibility"]
        if visibility not in get_args(Visibility):
            raise ValueError("visibility")
        forks = told.get("forking_access_level")
        return Project(
            path=words(told["path_with_namespace"]),
            visibility=cast("Visibility", visibility),
            default_branch=words(told.get("default_branch") or ""),
            may_be_forked=None if forks is None else words(forks) != "disabled",
            is_archived=flag(told.get("archived", False)),
        )


def read_is_hidden(api: Api, project: str) -> bool:
    """Tell whether somebody without a token sees nothing, though the token sees the project."""
    read_project(api, project)
    status = api.status_without_token(project_path(project))
    if status == VISIBLE:
        return False
    if status in HIDDEN:
        return True
    raise FactUnavailable(
        f"GitLab answers {status} to somebody who asks for {project} without a token", AGAIN
    )


def read_has_commit(api: Api, project: str, commit: str) -> bool:
    """Tell whether there is a commit; a project that is not visible is no answer."""
    read_project(api, project)
    try:
        path = f"{project_path(project)}/repository/commits/{segment(commit)}"
        told = api.get(path, COMMIT, project)
    except Refused as refused:
        if refused.status == 404:
            return False
        raise
    with as_described(COMMIT, project):
        return words(told["id"]).startswith(commit)


def read_head(api: Api, project: str, branch: str) -> str:
    """Return the last commit of a branch."""
    path = f"{project_path(project)}/repository/branches/{segment(branch)}"
    told = api.get(path, BRANCH, project)
    with as_described(BRANCH, project):
        return words(told["commit"]["id"])


def read_tags(api: Api, project: str) -> tuple[Tag, ...]:
    """Return all tags, newest first; an annotated one leads to an object of its own."""
    path = f"{project_path(project)}/repository/tags"
    told = api.listing(path, TAGS, project, order_by="updated", sort="desc")
    with as_described(TAGS, project):
        return tuple(
            Tag(
                name=words(one["name"]),
                commit=words(one["commit"]["id"]),
                is_annotated=words(one["target"]) != one["commit"]["id"],
            )
            for one in told
        )


def read_files(api: Api, project: str) -> Mapping[str, str]:
    """Return ids of blobs by path, on the default branch."""
    path = f"{project_path(project)}/repository/tree"
    told = api.listing(path, FILES, project, recursive="true", pagination="keyset")
    with as_described(FILES, project):
        return {words(one["path"]): words(one["id"]) for one in told if one["type"] == "blob"}


def read_members(api: Api, project: str) -> tuple[Member, ...]:
    """Return everybody with access, by a group above or one that was invited too."""
    told = api.listing(f"{project_path(project)}/members/all", MEMBERS, project)
    with as_described(MEMBERS, project):
        return tuple(_member(one) for one in told if _may_sign_in(one))


def read_owners(api: Api, group: str) -> tuple[Member, ...]:
    """Return the owners of a group, those of the groups above it too."""
    told = api.listing(f"{group_path(group)}/members/all", MEMBERS, group)
    with as_described(MEMBERS, group):
        everybody = tuple(_member(one) for one in told if _may_sign_in(one))
    return tuple(one for one in everybody if one.access == "owner")


def read_deploy_keys(api: Api, project: str) -> tuple[DeployKey, ...]:
    """Return the keys of machines."""
    told = api.listing(f"{project_path(project)}/deploy_keys", KEYS, project)
    with as_described(KEYS, project):
        return tuple(
            DeployKey(title=words(one["title"]), may_write=flag(one["can_push"])) for one in told
        )


def _may_sign_in(one: Any) -> bool:
    return one.get("state") not in BLOCKED


def _member(one: Any) -> Member:
    username = username_of(one)
    access = access_of(number(one["access_level"]))
    return Member(username=username, access=access, is_robot=is_robot(username))
