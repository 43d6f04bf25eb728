"""Writes issues to GitHub, for ``publish`` alone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from pytest_orr.clients.api_wire import ApiWire, Asked, Told, Way
from pytest_orr.clients.forge.github_api import MOST_PAGES, NEXT, PAGE
from pytest_orr.clients.forge.github_limits import AFTER_BUSY, BUSY, seconds_to_wait
from pytest_orr.clients.forge.github_reading import repository_path
from pytest_orr.clients.forge.github_sender import HEADERS, MOST_TRIES, SAAS
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
from .interface import LABEL, IssueChange, NewIssue, PostedIssue, PublishingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .interface import PostedNote, Target, Write

SCOPE = "permission issues: write (a classic token: scope repo)"
OLDEST_FIRST = {"sort": "created", "direction": "asc", "per_page": PAGE}
STATES = {"open": False, "closed": True}


class GitHubBoard:
    """A project on GitHub; ``interface.Board`` says what each method means."""

    def __init__(
        self,
        target: Target,
        progress: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._token = token_of(target, os.environ if environment is None else environment, SCOPE)
        self._wire = ApiWire(Way(whose="GitHub", section="--url", ca=target.ca))
        self._patience = patience or Patience(whose="GitHub", progress=progress)
        self._root = (target.url or SAAS).rstrip("/")
        self._project = target.project
        with as_publishing():
            self._issues = f"{self._root}{repository_path(target.project)}/issues"

    def issues(self) -> tuple[PostedIssue, ...]:
        """Return all issues with the label, open and closed, by number."""
        doing = self._doing(f"read the issues of {self._project}")
        query = {"labels": LABEL, "state": "all", **OLDEST_FIRST}
        found: list[PostedIssue] = []
        for rows in self._pages(f"{self._issues}?{urlencode(query)}", doing):
            with as_described(doing):
                found += [_issue(row) for row in rows if "pull_request" not in row]
        return tuple(sorted(found, key=lambda one: one.number))

    def notes(self) -> tuple[PostedNote, ...]:
        """Return nothing: on GitHub a review stands in the summary of its run."""
        return ()

    def write(self, wanted: Write) -> None:
        """Make or change one issue."""
        match wanted:
            case NewIssue():
                self._make(wanted)
            case IssueChange():
                doing = self._doing(wanted.told, changes=True)
                self._asked("PATCH", f"{self._issues}/{wanted.number}", doing, _changed(wanted))

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def _make(self, wanted: NewIssue) -> None:
        doing = self._doing(wanted.told)
        said = {"title": wanted.title, "body": wanted.body, "labels": [LABEL]}
        told = self._asked("POST", self._issues, doing, said)
        with as_described(doing):
            made = json.loads(told.body)
            number, labels = int(made["number"]), [str(one["name"]) for one in made["labels"]]
        if not is_labelled(labels):
            self._asked("PATCH", f"{self._issues}/{number}", doing, {"state": "closed"})
            raise unlabelled(number, doing)

    def _doing(self, what: str, *, changes: bool = False) -> Doing:
        return Doing(what=what, whose="GitHub", scope=SCOPE, changes=changes)

    def _pages(self, url: str, doing: Doing) -> Iterator[Any]:
        for _ in range(MOST_PAGES):
            told = self._asked("GET", url, doing)
            with as_described(doing):
                yield rows_in(json.loads(told.body))
            found = NEXT.search(told.header("link"))
            if found is None:
                return
            url = found[1]
            if urlsplit(url)[:2] != urlsplit(self._root)[:2]:
                raise PublishingFailed(
                    "GitHub continues its list of issues elsewhere",
                    "correct --url; a token is taken nowhere else",
                )
        raise PublishingFailed(f"the pages do not end, asked to {doing.what}", "publish again")

    def _asked(
        self, method: str, url: str, doing: Doing, said: Mapping[str, object] | None = None
    ) -> Told:
        body = json.dumps(said).encode() if said else b""
        headers = {**HEADERS, "Content-Type": "application/json"} if said else HEADERS
        asked = Asked(method=method, url=url, headers=headers, body=body, token=self._token)
        with as_publishing():
            told = self._told(asked)
        if not 200 <= told.status < 300:
            raise refusal(told.status, told.body, doing)
        return told

    def _told(self, asked: Asked) -> Told:
        """Send a request; again after a limit, and if it only reads, after a short trouble."""
        told = self._wire.ask(asked)
        for _ in range(MOST_TRIES - 1):
            is_busy = told.status in BUSY and asked.method == "GET"
            wait = AFTER_BUSY if is_busy else seconds_to_wait(told, self._patience.now())
            if wait is None:
                break
            self._patience.wait(wait)
            told = self._wire.ask(asked)
        return told


def _issue(row: Any) -> PostedIssue:
    return PostedIssue(
        number=int(row["number"]),
        body=str(row["body"] or ""),
        is_closed=STATES[row["state"]],
        due=None,
    )


def _changed(wanted: IssueChange) -> dict[str, object]:
    return {"body": wanted.body, "state": "closed" if wanted.is_closed else "open"}
