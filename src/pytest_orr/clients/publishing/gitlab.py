"""Writes notes and issues to GitLab by python-gitlab, for ``publish`` alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.api_wire import ApiWire, Way
from pytest_orr.clients.forge.gitlab_paging import MOST_PAGES, following
from pytest_orr.clients.forge.gitlab_reading import project_path
from pytest_orr.clients.forge.patience import Patience

from .failures import (
    Doing,
    as_described,
    as_publishing,
    is_labelled,
    refusal,
    rows_in,
    token_of,
    unlabelled,
)
from .gitlab_sending import Writing
from .interface import (
    LABEL,
    IssueChange,
    NewIssue,
    NewNote,
    NoteChange,
    NoteRemoval,
    PostedIssue,
    PostedNote,
    PublishingFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.clients.forge.gitlab_backend import Answer

    from .interface import Target, Write

SAAS = "https://gitlab.com"
SCOPE = "scope api, of a user with the role Reporter or a higher one"
OLDEST_FIRST = {"order_by": "created_at", "sort": "asc", "per_page": 100}
STATES = {"opened": False, "closed": True}


class GitLabBoard:
    """A project on GitLab; ``interface.Board`` says what each method means."""

    def __init__(
        self,
        target: Target,
        progress: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
        patience: Patience | None = None,
    ) -> None:
        from gitlab import Gitlab as Library  # noqa: PLC0415 the library loads when used

        token = token_of(target, os.environ if environment is None else environment, SCOPE)
        self._wire = ApiWire(Way(whose="GitLab", section="--url", ca=target.ca))
        waits = patience or Patience(whose="GitLab", progress=progress)
        writing = Writing(self._wire, token, waits)
        root = (target.url or SAAS).rstrip("/").removesuffix("/api/v4")
        self._library = Library(root, keep_base_url=True, backend=lambda: writing)
        self._project = target.project
        with as_publishing():
            self._issues = f"{project_path(target.project)}/issues"
            change = f"merge_requests/{target.merge_request}"
            self._notes = f"{project_path(target.project)}/{change}/notes"
        self._of_change = f"{target.project}!{target.merge_request}"

    def issues(self) -> tuple[PostedIssue, ...]:
        """Return all issues with the label, open and closed, by number."""
        doing = _reading(f"read the issues of {self._project}")
        asked = {"labels": LABEL, "state": "all", "scope": "all", **OLDEST_FIRST}
        rows = self._listed(self._issues, doing, asked)
        with as_described(doing):
            found = [
                PostedIssue(
                    number=int(row["iid"]),
                    body=str(row["description"] or ""),
                    is_closed=STATES[row["state"]],
                    due=str(row["due_date"] or ""),
                )
                for row in rows
            ]
        return tuple(sorted(found, key=lambda one: one.number))

    def notes(self) -> tuple[PostedNote, ...]:
        """Return the notes of the token's user to the merge request, oldest first."""
        doing = _reading(f"read the notes of {self._of_change}")
        own = self._value(self._asked("get", "/user", doing), doing)
        rows = self._listed(self._notes, doing, OLDEST_FIRST)
        with as_described(doing):
            found = [
                PostedNote(id=int(row["id"]), body=str(row["body"]))
                for row in rows
                if row["author"]["id"] == own["id"] and not row["system"]
            ]
        return tuple(sorted(found, key=lambda one: one.id))

    def write(self, wanted: Write) -> None:
        """Make, change or remove one thing."""
        doing = Doing(what=wanted.told, whose="GitLab", scope=SCOPE)
        changing = Doing(what=wanted.told, whose="GitLab", scope=SCOPE, changes=True)
        match wanted:
            case NewIssue():
                self._make(wanted, doing)
            case IssueChange():
                self._asked("put", f"{self._issues}/{wanted.number}", changing, _changed(wanted))
            case NewNote():
                self._asked("post", self._notes, doing, {"body": wanted.body})
            case NoteChange():
                path = f"{self._notes}/{wanted.id}"
                self._asked("put", path, changing, {"body": wanted.body})
            case NoteRemoval():
                self._asked("delete", f"{self._notes}/{wanted.id}", changing)

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def _make(self, wanted: NewIssue, doing: Doing) -> None:
        said = {"title": wanted.title, "description": wanted.body, "labels": LABEL}
        if wanted.due:
            said["due_date"] = wanted.due
        made = self._value(self._asked("post", self._issues, doing, said), doing)
        with as_described(doing):
            number, labels = int(made["iid"]), list(map(str, made["labels"]))
        if not is_labelled(labels):
            self._asked("put", f"{self._issues}/{number}", doing, {"state_event": "close"})
            raise unlabelled(number, doing)

    def _listed(self, path: str, doing: Doing, asked: Mapping[str, object]) -> list[Any]:
        rows: list[Any] = []
        page: Mapping[str, object] | None = asked
        for _ in range(MOST_PAGES):
            if page is None:
                return rows
            answer = self._asked("get", path, doing, page)
            with as_described(doing):
                rows += rows_in(self._value(answer, doing))
            page = following(answer, asked)
        raise PublishingFailed(f"the pages do not end, asked to {doing.what}", "publish again")

    def _asked(
        self, method: str, path: str, doing: Doing, said: Mapping[str, object] | None = None
    ) -> Answer:
        from gitlab.exceptions import GitlabError  # noqa: PLC0415 the library loads when used

        more: dict[str, Any] = {"query_data" if method == "get" else "post_data": said or {}}
        try:
            with as_publishing():
                told: Any = self._library.http_request(method, path, **more, obey_rate_limit=False)
        except GitlabError as error:
            status, body = error.response_code or 0, error.response_body or b""
            raise refusal(status, body, doing) from None
        answer: Answer = told
        return answer

    def _value(self, answer: Answer, doing: Doing) -> Any:
        with as_described(doing):
            return answer.json()


def _reading(what: str) -> Doing:
    return Doing(what=what, whose="GitLab", scope=SCOPE)


def _changed(wanted: IssueChange) -> dict[str, object]:
    said: dict[str, object] = {"description": wanted.body, "due_date": wanted.due}
    if wanted.is_closed != wanted.was_closed:
        said["state_event"] = "close" if wanted.is_closed else "reopen"
    return said
