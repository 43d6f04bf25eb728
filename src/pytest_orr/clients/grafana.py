"""Grafana's APIs, the old one under /api and the new one under /apis; ``desk.grafana``.

Only GET is sent, and POST to the two endpoints that answer queries, where a read is a POST.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from pytest_orr.errors import FactUnavailable, Undeclared

from . import grafana_said as said
from .grafana_answers import Health, Result, gone_source, health, results
from .grafana_resources import Resources
from .hostile_json import At, Unreadable
from .keyed_api import KeyedApi, Vendor
from .memo import Memo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.profile.monitoring import Grafana as Declared

    from .api_wire import Told
    from .clocks import Clocks

SECTION = "[grafana]"
VENDOR = Vendor(whose="Grafana", section=SECTION, scheme="Bearer")
PER_PAGE = 500
MOST_PAGES = 40
STEP = 15
"""Seconds from one point of an answer to the next."""
QUERIED = frozenset({200, 207, 400})
"""Statuses with which the results of queries are told, good ones and bad ones."""
NEW_QUERY = "/apis/query.grafana.app/v0alpha1/namespaces/{namespace}/query"
NEW_HEALTH = (
    "/apis/{kind}.datasource.grafana.app/v0alpha1/namespaces/{namespace}/datasources/{uid}/health"
)

T = TypeVar("T")


class Grafana:
    """A Grafana, as far as the token sees it.

    Everything raises ``FactUnavailable`` with cause and remedy and is asked once for the run. The
    old API is asked first; where it is gone, the new one.
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
            raise Undeclared(SECTION, "where the service's dashboards are")
        self._namespace = declared.namespace
        self._api = KeyedApi(
            VENDOR, declared, folder, environment=environment, pause=pause, clocks=clocks
        )
        self._resources = Resources(self._get, declared.namespace, self._read)
        self._memo = Memo()

    @property
    def where(self) -> str:
        """The host that is asked."""
        return self._api.place

    def close(self) -> None:
        """End all connections."""
        self._api.close()

    def dashboards(self) -> tuple[said.Hit, ...]:
        """Return every dashboard that the token sees.

        Source: ``GET /api/search``, or ``/apis/dashboard.grafana.app``.
        """
        return self._memo.once("dashboards", self._dashboards)

    def model(self, uid: str) -> said.Model:
        """Return what a dashboard shows.

        Source: ``GET /api/dashboards/uid/{uid}``, or ``/apis/dashboard.grafana.app``, where alone
        dashboards of the second version are told.
        """
        return self._memo.once(f"model {uid}", lambda: self._model(uid))

    def health(self, uid: str, kind: str) -> Health:
        """Return what a data source says of itself.

        Source: ``GET /api/datasources/uid/{uid}/health``, or that of its own group of /apis.
        """
        return self._memo.once(f"health {uid}", lambda: self._health(uid, kind))

    def results(
        self,
        source: tuple[str, str],
        expressions: Mapping[str, str],
        since: datetime,
        until: datetime,
    ) -> dict[str, Result]:
        """Return what queries are answered, by the names that they are given here.

        ``source`` is uid and kind of a data source that speaks PromQL. Source: ``POST
        /api/ds/query``, or ``/apis/query.grafana.app``.
        """
        uid, kind = source
        body = {
            "from": str(int(since.timestamp() * 1000)),
            "to": str(int(until.timestamp() * 1000)),
            "queries": [
                {
                    "refId": name,
                    "datasource": {"type": kind, "uid": uid},
                    "expr": expression,
                    "range": True,
                    "instant": False,
                    "format": "time_series",
                    "intervalMs": STEP * 1000,
                    "maxDataPoints": max(int((until - since).total_seconds()) // STEP, 1),
                }
                for name, expression in expressions.items()
            ],
        }
        return self._queried(json.dumps(body).encode(), expressions)

    def _dashboards(self) -> tuple[said.Hit, ...]:
        first = self._searched(1)
        if first.status == 404:
            return self._resources.hits()
        return tuple(self._hits(first))

    def _hits(self, told: Told) -> Iterator[said.Hit]:
        known: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            told = told if page == 1 else self._searched(page)
            rows = self._read("GET /api/search", self._checked("GET /api/search", told), _hits)
            yield from rows
            if len(rows) < PER_PAGE:
                return
            if known & {one.uid for one in rows}:
                break
            known |= {one.uid for one in rows}
        raise self._api.strange("GET /api/search", "leads from page to page without an end")

    def _searched(self, page: int) -> Told:
        query = {"type": "dash-db", "limit": str(PER_PAGE), "page": str(page)}
        return self._api.told(f"/api/search?{urlencode(query)}")

    def _model(self, uid: str) -> said.Model:
        path = f"/api/dashboards/uid/{quote(uid, safe='')}"
        told = self._api.told(path)
        if told.status in {404, 406}:  # the old API tells none of the second version
            return self._resources.model(uid)
        answer = self._checked(f"GET {path}", told)
        return self._read(f"GET {path}", answer, lambda at: said.model(at["dashboard"]))

    def _health(self, uid: str, kind: str) -> Health:
        path = f"/api/datasources/uid/{quote(uid, safe='')}/health"
        told = self._api.told(path)
        if gone := gone_source(told):
            return Health(is_ok=False, message=gone)
        if told.status == 404:
            path = NEW_HEALTH.format(
                kind=quote(kind, safe=""), namespace=self._namespace, uid=quote(uid, safe="")
            )
            told = self._api.told(path)
        if told.status in {200, 400, 500}:
            answer, ok = self._api.read(f"GET {path}", told), told.status == 200
            return self._read(f"GET {path}", answer, lambda at: health(at, answered=ok))
        raise self._refusal(f"GET {path}", told)

    def _queried(self, body: bytes, names: Iterable[str]) -> dict[str, Result]:
        path = "/api/ds/query"
        told = self._api.told(path, body)
        if gone := gone_source(told):
            return dict.fromkeys(names, Result(error=gone))
        if told.status == 404:
            path = NEW_QUERY.format(namespace=self._namespace)
            told = self._api.told(path, body)
        if told.status not in QUERIED:
            raise self._refusal(f"POST {path}", told)
        return self._read(f"POST {path}", self._api.read(f"POST {path}", told), results)

    def _get(self, path: str, **query: str) -> At:
        asked = f"{path}?{urlencode(query)}" if query else path
        return self._memo.once(asked, lambda: self._checked(f"GET {path}", self._api.told(asked)))

    def _checked(self, asked: str, told: Told) -> At:
        if told.status != 200:
            raise self._refusal(asked, told)
        return self._api.read(asked, told)

    def _read(self, asked: str, answer: At, read: Callable[[At], T]) -> T:
        try:
            return read(answer)
        except Unreadable as error:
            raise self._api.strange(asked, error) from error

    def _refusal(self, asked: str, told: Told) -> FactUnavailable:
        if told.status == 401:
            return FactUnavailable(
                "Grafana refuses the token",
                f"set the variable that {SECTION} token names to a service account's token "
                "that has not expired",
            )
        if told.status == 403:
            return FactUnavailable(
                f"Grafana denies {asked}: the token lacks {_permission(asked)}",
                f"give the service account of {SECTION} token the role Viewer",
            )
        if told.status == 404:
            return FactUnavailable(
                f"Grafana at {self.where} answers neither under /api nor under /apis to {asked}",
                f"let url under {SECTION} lead to Grafana itself, with the path that it is "
                "served under, and namespace to its organization",
            )
        return self._api.failed(asked, told)


def _hits(answer: At) -> tuple[said.Hit, ...]:
    if not answer.is_list():
        raise answer.wrong("list")
    return tuple(map(said.hit, answer.each()))


def _permission(asked: str) -> str:
    if "query" in asked or "datasource" in asked:
        return "datasources:query"
    return "folders:read" if "/folder" in asked else "dashboards:read"
