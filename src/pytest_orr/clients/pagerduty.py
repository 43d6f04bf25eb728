"""PagerDuty's REST API: the service's pages, who is on call, and how they are woken.

Only GET is ever sent. Schedules of the third version are asked at /v3, all else at version 2.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from pytest_orr.errors import FactUnavailable, Undeclared

from . import pagerduty_said as said
from .hostile_json import At, Unreadable
from .keyed_api import KeyedApi, Vendor
from .memo import Memo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.profile.monitoring import PagerDuty as Declared

    from .api_wire import Told
    from .clocks import Clocks
    from .pagerduty_words import (
        Contact,
        Incident,
        Integration,
        LogEntry,
        NotificationRule,
        OnCall,
        Policy,
        Reference,
        Schedule,
        Service,
    )

SECTION = "[pagerduty]"
VENDOR = Vendor(
    whose="PagerDuty",
    section=SECTION,
    scheme="Token",
    before="token=",
    api="https://api.pagerduty.com",
    headers={"Accept": "application/vnd.pagerduty+json;version=2"},
)
PER_PAGE = 100
FURTHEST = 10_000
"""Entries that PagerDuty tells of one listing, by offset and limit."""
V3 = "schedule_v3"

T = TypeVar("T")


class PagerDuty:
    """An account at PagerDuty, as far as the key sees it.

    Everything raises ``FactUnavailable`` with cause and remedy, is asked once for the run, and
    every listing is read to its end.
    """

    def __init__(
        self,
        declared: Declared | None,
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        pause: Callable[[float], None] = time.sleep,
        clocks: Clocks | None = None,
    ) -> None:
        if declared is None:
            raise Undeclared(SECTION, "who pages the service's people")
        self._service = declared.service
        self._api = KeyedApi(
            VENDOR, declared, folder, environment=environment, pause=pause, clocks=clocks
        )
        self._memo = Memo()

    @property
    def where(self) -> str:
        """The host that is asked."""
        return self._api.place

    def close(self) -> None:
        """End all connections."""
        self._api.close()

    def service(self) -> Service:
        """Return the declared service (``GET /services/{id}``)."""
        path = f"/services/{quote(self._service, safe='')}"
        return self._one(path, "service", said.service)

    def integration(self, integration: str) -> Integration:
        """Return one of its integrations (``GET /services/{id}/integrations/{integration_id}``)."""
        service, one = quote(self._service, safe=""), quote(integration, safe="")
        path = f"/services/{service}/integrations/{one}"
        return self._one(path, "integration", said.integration)

    def policy(self, policy: str) -> Policy:
        """Return an escalation policy (``GET /escalation_policies/{id}``)."""
        path = f"/escalation_policies/{quote(policy, safe='')}"
        return self._one(path, "escalation_policy", said.policy)

    def on_calls(self, policy: str, since: datetime, until: datetime) -> tuple[OnCall, ...]:
        """Return every turn that overlaps the time, of every level (``GET /oncalls``)."""
        asked = [("escalation_policy_ids[]", policy), *_between(since, until)]
        return self._all("/oncalls", "oncalls", said.on_call, asked)

    def schedule(self, asked: Reference, since: datetime, until: datetime) -> Schedule:
        """Return a schedule (``GET /schedules/{id}`` or ``GET /v3/schedules/{id}``)."""
        version = "/v3" if asked.kind == V3 else ""
        path = f"{version}/schedules/{quote(asked.id, safe='')}"
        between = dict(_between(since, until))
        more = {"include": "final_schedule", "overflow": "true"} if version else {}
        return self._one(path, "schedule", said.schedule, **between, **more)

    def incidents(self, since: datetime, until: datetime) -> tuple[Incident, ...]:
        """Return the service's incidents, the newest first (``GET /incidents``)."""
        asked = [
            ("service_ids[]", self._service),
            *_between(since, until),
            ("sort_by", "created_at:desc"),
        ]
        return self._all("/incidents", "incidents", said.incident, asked)

    def log_entries(self, incident: str) -> tuple[LogEntry, ...]:
        """Return what happened to an incident (``GET /incidents/{id}/log_entries``)."""
        path = f"/incidents/{quote(incident, safe='')}/log_entries"
        return self._all(path, "log_entries", said.log_entry, [("time_zone", "UTC")])

    def contacts(self, person: str) -> tuple[Contact, ...]:
        """Return how a person is reached (``GET /users/{id}/contact_methods``)."""
        path = f"/users/{quote(person, safe='')}/contact_methods"
        return self._list(path, "contact_methods", said.contact)

    def notification_rules(self, person: str) -> tuple[NotificationRule, ...]:
        """Return how a person wants to be told (``GET /users/{id}/notification_rules``)."""
        path = f"/users/{quote(person, safe='')}/notification_rules"
        return self._list(path, "notification_rules", said.notification_rule)

    def _one(self, path: str, key: str, read: Callable[[At], T], **query: str) -> T:
        asked = [(name, value) for name, value in query.items() if name != "include"]
        asked += [("include[]", query["include"])] if "include" in query else []
        return self._memo.once(path, lambda: self._read(path, self._page(path, asked)[key], read))

    def _list(self, path: str, key: str, read: Callable[[At], T]) -> tuple[T, ...]:
        def ask() -> tuple[T, ...]:
            return self._read(path, self._page(path, []), lambda page: _rows(page, key, read))

        return self._memo.once(path, ask)

    def _all(
        self, path: str, key: str, read: Callable[[At], T], query: list[tuple[str, str]]
    ) -> tuple[T, ...]:
        def ask() -> tuple[T, ...]:
            pages = self._pages(path, query)
            return tuple(
                one
                for page in pages
                for one in self._read(path, page, lambda page: _rows(page, key, read))
            )

        return self._memo.once(f"{path}?{urlencode(query)}", ask)

    def _pages(self, path: str, query: list[tuple[str, str]]) -> Iterator[At]:
        for offset in range(0, FURTHEST, PER_PAGE):
            asked = [*query, ("limit", str(PER_PAGE)), ("offset", str(offset))]
            page = self._page(path, asked)
            yield page
            if not self._read(path, page, lambda page: page["more"].flag()):
                return
        raise self._api.strange(f"GET {path}", f"goes on after {FURTHEST:,} entries")

    def _page(self, path: str, query: list[tuple[str, str]]) -> At:
        told = self._api.told(f"{path}?{urlencode(query)}" if query else path)
        if told.status != 200:
            raise self._refusal(path, told)
        return self._api.read(f"GET {path}", told)

    def _read(self, path: str, page: At, read: Callable[[At], T]) -> T:
        try:
            return read(page)
        except Unreadable as error:
            raise self._api.strange(f"GET {path}", error) from error

    def _refusal(self, path: str, told: Told) -> FactUnavailable:
        if told.status == 401:
            return FactUnavailable(
                "PagerDuty refuses the key",
                f"set the variable that {SECTION} token names to a read-only key of the account, "
                "or correct url: accounts in the EU have another",
            )
        if told.status in {402, 403}:
            return FactUnavailable(
                f"PagerDuty denies GET {path}: the key lacks {_scope(path)}",
                f"let {SECTION} token name a read-only key of the account, or one with that scope",
            )
        if told.status == 404:
            return FactUnavailable(
                f"PagerDuty knows no {path}",
                f"correct service under {SECTION}, or use a key of the account that it is in",
            )
        return self._api.failed(f"GET {path}", told)


def _rows(page: At, key: str, read: Callable[[At], T]) -> tuple[T, ...]:
    if not page[key].is_list():
        raise page[key].wrong("list")
    return tuple(map(read, page[key].each()))


def _between(since: datetime, until: datetime) -> list[tuple[str, str]]:
    return [("since", since.isoformat()), ("until", until.isoformat())]


def _scope(path: str) -> str:
    """Return the scope that PagerDuty names for a question."""
    first = path.removeprefix("/v3").strip("/").partition("/")[0]
    return "users:contact_methods.read" if first == "users" else f"{first}.read"
