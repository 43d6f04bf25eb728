"""UptimeRobot's API on loopback, as far as the example's public names are watched by it.

It tells of monitors of the explorer and of another service of the same account, and whom they tell.
Whoever tests it plants faults while it runs: ``PUT /-/faults`` with a JSON list of their names.
Part of ``services.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


KEY = "uptimerobot-of-nobody"
FAULTS = frozenset(
    {
        "api-unwatched",
        "certificate-unchecked",
        "contact-missing",
        "contacts-paused",
        "interval-long",
        "key-refused",
        "keyword-inverted",
        "keyword-missing",
        "nowhere-watched",
        "of-one-monitor",
        "page-down",
        "page-paused",
        "page-starting",
        "rate-limited",
        "stale",
        "undeclared-watched",
    }
)
PLANTED = {"faulty": ("page-paused",), "repaired": ()}
MAIL, PAGER = 6554089, 9100001


def serve(state: str, _: Path) -> dict[str, str]:
    """Start it; return where it is and who may read it."""
    server = UptimeRobotServer(PLANTED[state])
    return {"EXPLORER_UPTIMEROBOT": server.url, "EXPLORER_UPTIMEROBOT_KEY": KEY}


class UptimeRobotServer(FaultServer):
    """Answers on a port of its own until ``close``."""

    known = FAULTS

    def __init__(self, faults: Iterable[str] = (), *, most: int = 200) -> None:
        self.most = most
        super().__init__(faults)

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        if request.method != "GET":
            return json_answer({"message": "Read-only API key"}, 403)
        sent = request.headers.get("authorization")
        if sent != f"Bearer {KEY}" or "key-refused" in self.faults:
            return json_answer({"message": "Unauthorized", "statusCode": 401}, 401)
        if "rate-limited" in self.faults:
            return json_answer({"message": "Too many requests"}, 429, Retry_After="3600")
        return self._told(request)

    def _told(self, request: Request) -> Answer:
        match request.parts:
            case ("v3", "monitors"):
                return self._page(monitors(self.faults), request)
            case ("v3", "integrations") if "of-one-monitor" not in self.faults:
                return self._page(contacts(self.faults), request)
            case ("v3", "integrations"):
                return json_answer({"message": "Forbidden resource", "statusCode": 403}, 403)
        return json_answer({"message": "Not found", "statusCode": 404}, 404)

    def _page(self, rows: list[dict[str, Any]], request: Request) -> Answer:
        size = min(int(request.query.get("limit", 50)), self.most)
        after = int(request.query.get("cursor", 0))
        left = [row for row in rows if row["id"] > after]
        page: dict[str, Any] = {"data": left[:size]}
        if len(left) > size:
            query = urlencode({**request.query, "cursor": left[size - 1]["id"]})
            page["nextLink"] = f"{request.base}{request.path}/?{query}"
        return json_answer(page)


def monitors(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return the account's monitors as ``GET /v3/monitors`` lists them."""
    page = monitor(803750027, "explorer page", "https://explorer.example/", faults)
    page |= keyword("Latest blocks")
    _spoil_page(page, faults)
    lookup = "https://api.explorer.example/api/v1/status"
    found = [page]
    if "api-unwatched" not in faults:
        found.append(monitor(803750028, "explorer lookup", lookup, faults) | keyword('"synced"'))
        health = monitor(
            803750029, "explorer health", "https://api.explorer.example/health", faults
        )
        found.append(health | {"interval": 900 if "interval-long" in faults else 60})
        found[1]["interval"] = found[2]["interval"]
    if "nowhere-watched" in faults:
        found.append(monitor(803750033, "nowhere", "https://nowhere.invalid/health", faults))
    if "undeclared-watched" in faults:
        found.append(
            monitor(803750030, "explorer of 2024", "https://old.explorer.example/", faults)
        )
    faucet = monitor(803750031, "faucet", "https://faucet.example/", faults)
    return [*found, faucet | {"tags": [{"id": 12, "name": "faucet", "color": "#3bd671"}]}]


def _spoil_page(page: dict[str, Any], faults: frozenset[str]) -> None:
    for fault, status in (
        ("page-down", "DOWN"),
        ("page-paused", "PAUSED"),
        ("page-starting", "STARTED"),
    ):
        if fault in faults:
            page["status"] = status
    if "contact-missing" in faults:
        page["assignedAlertContacts"] = []
    if "keyword-missing" in faults:
        page |= {"type": "HTTP", "keywordType": None, "keywordValue": ""}
    if "keyword-inverted" in faults:
        page["keywordType"] = "ALERT_EXISTS"
    if "certificate-unchecked" in faults:
        page["checkSSLErrors"] = False


def keyword(value: str) -> dict[str, Any]:
    """Return what differs in a monitor that is down where a text is missing."""
    return {"type": "KEYWORD", "keywordType": "ALERT_NOT_EXISTS", "keywordValue": value}


def monitor(number: int, name: str, url: str, faults: frozenset[str]) -> dict[str, Any]:
    """Return a monitor that is up, looks every minute and tells a person and the pager."""
    return {
        "type": "HTTP",
        "interval": 60,
        "sslBrand": None,
        "sslExpiryDateTime": None,
        "domainExpireDate": None,
        "checkSSLErrors": True,
        "sslExpirationReminder": True,
        "domainExpirationReminder": True,
        "followRedirections": True,
        "authType": "NONE",
        "httpUsername": "",
        "httpPassword": "",
        "customHttpHeaders": {},
        "httpMethodType": "GET",
        "successHttpResponseCodes": ["2xx"],
        "timeout": 30,
        "postValueType": None,
        "postValueData": None,
        "port": None,
        "gracePeriod": 0,
        "keywordValue": "",
        "keywordCaseType": 0,
        "keywordType": None,
        "responseTimeThreshold": 0,
        "maintenanceWindows": [],
        "psps": [],
        "id": number,
        "friendlyName": name,
        "status": "UP",
        "url": url,
        "currentStateDuration": 1_209_600,
        "lastIncidentId": "352577094135060139",
        "userId": 1_234_567,
        "tags": [{"id": 11, "name": "explorer", "color": "#3bd671"}],
        "assignedAlertContacts": [
            {"alertContactId": MAIL, "threshold": 0, "recurrence": 0},
            {"alertContactId": PAGER, "threshold": 0, "recurrence": 0},
        ],
        "lastIncident": {
            "id": "352577094135060139",
            "status": "Resolved",
            "cause": 333_333,
            "reason": "Connection Timeout",
            "startedAt": "2026-11-05T22:15:29.807Z",
            "duration": 64,
        },
        "lastDayUptimes": history(faults),
        "createDateTime": "2026-09-21T09:10:00.000Z",
        "apiKey": "",
        "groupId": 0,
    }


def history(faults: frozenset[str]) -> dict[str, Any]:
    """Return the hours of the last day: none, as usual, or those of a day that is long past."""
    if "stale" not in faults:
        return {"bucketSize": 0, "histogram": []}
    start = datetime(2026, 11, 16, tzinfo=UTC)
    hours = [int((start + timedelta(hours=hour)).timestamp()) for hour in range(24)]
    return {
        "bucketSize": 3600,
        "histogram": [{"timestamp": hour, "uptime": 100} for hour in hours],
    }


def contacts(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return whom monitors can tell as ``GET /v3/integrations`` lists them."""
    status = "Paused" if "contacts-paused" in faults else "Active"
    return [
        contact(MAIL, "Email", "ana@example.org") | {"status": status},
        contact(PAGER, "Pagerduty", "") | {"status": status, "enableNotificationsFor": "Down"},
    ]


def contact(number: int, kind: str, value: str) -> dict[str, Any]:
    """Return somebody who is told of everything."""
    return {
        "id": number,
        "friendlyName": kind,
        "enableNotificationsFor": "UpAndDown",
        "type": kind,
        "status": "Active",
        "sslExpirationReminder": True,
        "value": value,
        "customValue": "",
        "customValue2": "",
        "customValue3": "",
        "customValue4": "",
        "customHeaders": None,
    }
