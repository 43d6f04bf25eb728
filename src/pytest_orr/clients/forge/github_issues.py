"""What GitHub says of an issue of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .github_reading import as_described, repository_path, words
from .github_refusals import Wanted
from .instants import instant
from .said_issues import Issue

if TYPE_CHECKING:
    from .github_api import Api

ISSUE = Wanted(what="the issue", permission="issues")
STATES = {"open": False, "closed": True}


def read_issue(api: Api, project: str, wanted: int) -> Issue:
    """Return an issue by its number; a pull request, which GitHub numbers along, is none."""
    where = f"{project}#{wanted}"
    told = api.get(f"{repository_path(project)}/issues/{wanted:d}", ISSUE, where)
    with as_described(ISSUE, where):
        if told.get("pull_request"):
            raise FactUnavailable(f"{where} is a pull request and no issue", "name the issue")
        is_closed, reason = STATES[told["state"]], told.get("state_reason")
        return Issue(
            number=int(told["number"]),
            title=words(told["title"]),
            is_closed=is_closed,
            closed=instant(told["closed_at"]) if is_closed and told["closed_at"] else None,
            was_done=reason == "completed" if is_closed and reason else None,
        )
