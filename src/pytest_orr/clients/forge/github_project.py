"""What GitHub says of a project itself: who sees it, its commits and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from pytest_orr.errors import FactUnavailable

from .github_reading import as_described, repository_path, segment, words
from .github_refusals import Refused, Wanted
from .said import Project, Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .github_api import Api

PROJECT = Wanted(what="the project", permission="metadata")
BRANCHES = Wanted(what="the branch", permission="contents")
COMMITS = Wanted(what="the commit", permission="contents")
MERGED_BY = Wanted(what="the pull requests of a commit", permission="pull requests")
FILES = Wanted(what="the files", permission="contents")
VISIBILITIES = frozenset(get_args(Visibility))
BROUGHT = """query($owner: String!, $name: String!, $commit: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: $commit) {
      ... on Commit { associatedPullRequests(first: 100) { nodes { number mergedAt } } }
    }
  }
}"""
NO_SUCH_COMMIT = frozenset({404, 409, 422})
"""Not there; the repository is empty; not the name of a commit."""
HIDDEN = frozenset({401, 404})
"""401 is how a server of one's own that shows nothing to anybody says it."""


def read_raw(api: Api, project: str) -> Any:
    """Return the project as GitHub tells it (``GET /repos/{owner}/{repo}``)."""
    return api.get(repository_path(project), PROJECT, project)


def read_project(api: Api, project: str) -> Project:
    """Return the project itself."""
    told = read_raw(api, project)
    with as_described(PROJECT, project):
        visibility = told.get("visibility") or ("private" if told["private"] else "public")
        if visibility not in VISIBILITIES:
            raise ValueError(visibility)
        forking = told.get("allow_forking")
        return Project(
            path=words(told["full_name"]),
            visibility=cast("Visibility", visibility),
            default_branch=words(told["default_branch"]),
            may_be_forked=visibility == "public" or (None if forking is None else bool(forking)),
            is_archived=bool(told["archived"]),
        )


def read_push_protection(api: Api, project: str) -> bool | None:
    """Tell whether pushes with secrets are refused; GitHub tells administrators alone."""
    told = read_raw(api, project)
    with as_described(PROJECT, project):
        settings = told.get("security_and_analysis") or {}
        setting = settings.get("secret_scanning_push_protection")
        return None if setting is None else setting["status"] == "enabled"


def read_is_hidden(api: Api, project: str) -> bool:
    """Tell whether the project, which the token sees, is not there for somebody without one."""
    read_raw(api, project)  # what nobody sees may be misspelt
    status = api.status_for_nobody(repository_path(project))
    if status in HIDDEN:
        return True
    if status == 200:
        return False
    raise FactUnavailable(
        f"GitHub answers {status} to whoever asks for {project} without a token",
        "run again, from an address that asks GitHub less often",
    )


def read_has_commit(api: Api, project: str, commit: str) -> bool:
    """Tell whether a commit is known; those of forks count, as GitHub shows them as one's own."""
    read_raw(api, project)
    path = f"{repository_path(project)}/commits/{segment(commit)}"
    try:
        told = api.get(path, COMMITS, project, per_page=1)
    except Refused as refused:
        if refused.status in NO_SUCH_COMMIT:
            return False
        raise
    with as_described(COMMITS, project):
        return words(told["sha"]).startswith(commit)


def read_branch(api: Api, project: str, branch: str) -> Any:
    """Return a branch as GitHub tells it (``GET /repos/{owner}/{repo}/branches/{branch}``)."""
    path = f"{repository_path(project)}/branches/{segment(branch)}"
    return api.get(path, BRANCHES, f"{project} {branch}")


def read_head(api: Api, project: str, branch: str) -> str:
    """Return the last commit of a branch."""
    told = read_branch(api, project, branch)
    with as_described(BRANCHES, project):
        return words(told["commit"]["sha"])


def read_changes_with(api: Api, project: str, commit: str) -> tuple[str, ...]:
    """Return the numbers of merged pull requests that brought a commit, the first hundred."""
    told = api.query(BROUGHT, MERGED_BY, project, commit=commit)
    with as_described(MERGED_BY, project):
        pulls = told["object"]["associatedPullRequests"]["nodes"] if told["object"] else ()
        return tuple(str(int(pull["number"])) for pull in pulls if pull["mergedAt"])


def read_files(api: Api, project: str) -> Mapping[str, str]:
    """Return the blob of each path of the default branch."""
    branch = read_project(api, project).default_branch
    path = f"{repository_path(project)}/git/trees/{segment(branch)}"
    told = api.get(path, FILES, project, recursive=1)
    with as_described(FILES, project):
        if told["truncated"]:
            raise FactUnavailable(
                f"GitHub cut the list of the files of {project} short",
                "look at the project's checkout; it has more files than GitHub lists",
            )
        return {
            words(entry["path"]): words(entry["sha"])
            for entry in told["tree"]
            if entry["type"] == "blob"
        }
