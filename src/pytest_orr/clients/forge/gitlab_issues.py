"""What GitLab says of an issue of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .gitlab_reading import as_described, number, project_path, words
from .gitlab_refusals import Wanted
from .instants import instant_or_none
from .said_issues import Issue

if TYPE_CHECKING:
    from .gitlab_api import Api

ISSUE = Wanted(what="the issue", role="Guest")
STATES = {"opened": False, "closed": True}


def read_issue(api: Api, project: str, wanted: int) -> Issue:
    """Return an issue by its number in the project."""
    told = api.get(f"{project_path(project)}/issues/{wanted:d}", ISSUE, f"{project}#{wanted}")
    with as_described(ISSUE, project):
        is_closed = STATES[told["state"]]
        return Issue(
            number=number(told["iid"]),
            title=words(told["title"]),
            is_closed=is_closed,
            closed=instant_or_none(told["closed_at"]) if is_closed else None,
        )
