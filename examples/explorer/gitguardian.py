"""GitGuardian's API on loopback, as far as the example's repositories are watched by it.

It tells of two repositories and of secrets that were pushed years ago and revoked since. Whoever
tests it plants faults while it runs: ``PUT /-/faults`` with a JSON list of their names. Part of
``services.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


TOKEN = "gitguardian-of-nobody"  # noqa: S105 opens nothing but this example
SCOPES = ("incidents:read", "sources:read")
SCANNED = "2026-11-19T03:10:42.118000Z"
FAULTS = frozenset(
    {
        "incident-assigned",
        "scan-failed",
        "scan-old",
        "scope-missing",
        "service-account-kept",
        "service-account-open",
        "unmonitored",
    }
)
PLANTED = {"faulty": ("incident-assigned", "service-account-open"), "repaired": ()}


def serve(state: str, _: Path) -> dict[str, str]:
    """Start it; return where it is and who may read it."""
    server = GitGuardianServer(PLANTED[state])
    return {"EXPLORER_GITGUARDIAN": server.url, "EXPLORER_GITGUARDIAN_TOKEN": TOKEN}


class GitGuardianServer(FaultServer):
    """Answers on a port of its own until ``close``."""

    known = FAULTS

    def __init__(self, faults: Iterable[str] = (), *, most: int = 100) -> None:
        self._most = most
        super().__init__(faults)

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        if request.method != "GET":
            return json_answer({"detail": f'Method "{request.method}" not allowed.'}, 405)
        if request.headers.get("authorization") != f"Token {TOKEN}":
            return json_answer({"detail": "Invalid API key."}, 401)
        if "scope-missing" in self.faults and "incidents" in request.parts:
            detail = "Token is missing the following scope: incidents:read"
            return json_answer({"detail": detail}, 403)
        return self._told(request)

    def _told(self, request: Request) -> Answer:
        match request.parts:
            case ("v1", "api_tokens", "self"):
                return json_answer(self._token())
            case ("v1", "sources"):
                return self._page(sources(self.faults), request)
            case ("v1", "incidents", "secrets"):
                return self._page([row for row, _ in incidents(self.faults)], request)
            case ("v1", "sources", number, "incidents", "secrets"):
                rows = [row for row, source in incidents(self.faults) if str(source) == number]
                return self._page(rows, request)
        return json_answer({"detail": "Not found."}, 404)

    def _token(self) -> dict[str, Any]:
        lacks = "incidents:read" if "scope-missing" in self.faults else ""
        scopes = [one for one in SCOPES if one != lacks]
        return {
            "id": "5ddaad0c-5a0c-4674-beb5-1cd198d13360",
            "name": "readiness",
            "workspace_id": 42,
            "type": "service_account",
            "status": "active",
            "created_at": "2026-10-01T08:00:00Z",
            "last_used_at": SCANNED,
            "expire_at": None,
            "revoked_at": None,
            "member_id": None,
            "creator_id": 7,
            "scopes": scopes,
        }

    def _page(self, rows: list[dict[str, Any]], request: Request) -> Answer:
        size = min(int(request.query.get("per_page", 20)), self._most)
        start = int(request.query.get("cursor", 0))
        headers: dict[str, Any] = {}
        if start + size < len(rows):
            query = urlencode({**request.query, "cursor": start + size})
            headers["Link"] = f'<{request.base}{request.path}?{query}>; rel="next"'
        return json_answer(rows[start : start + size], **headers)


def sources(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return the repositories as ``GET /v1/sources`` lists them."""
    found = []
    for number, name in ((7100, "explorer/vault"), (7101, "explorer/explorer")):
        own = name == "explorer/explorer"
        status = "failed" if own and "scan-failed" in faults else "finished"
        date = "2026-11-02T03:10:42.118000Z" if own and "scan-old" in faults else SCANNED
        found.append(
            {
                "id": number,
                "url": f"https://gitlab.example.org/{name}",
                "type": "gitlab",
                "full_name": name,
                "health": "safe",
                "default_branch": "main",
                "open_incidents_count": 0,
                "closed_incidents_count": 2 if own else 0,
                "visibility": "private",
                "external_id": str(number),
                "source_criticality": "high",
                "last_scan": {"date": date, "status": status},
                "monitored": not (own and "unmonitored" in faults),
            }
        )
    return found


def incidents(faults: frozenset[str]) -> list[tuple[dict[str, Any], int]]:
    """Return every incident with the repository that it was seen in."""
    login = incident(5230, "postgresql_credentials", "data_storage", "2024-06-11T14:02:00Z")
    login |= closed("2024-06-12T09:30:00Z", revoked="service-account-kept" not in faults)
    token = incident(6402, "slack_bot_token", "messaging_system", "2025-03-04T10:20:00Z")
    token |= closed("2025-03-04T11:05:00Z")
    found = [(login, 7101), (token, 7101)]
    if "incident-assigned" in faults:
        found.append((incident(8001, "slack_bot_token", "messaging_system", SCANNED), 7101))
        found[-1][0].update(status="ASSIGNED", assignee_id=9, assignee_email="bo@example.org")
    if "service-account-open" in faults:
        found.append((incident(8002, "aws_iam", "cloud_provider", SCANNED), 7100))
    return found


def incident(number: int, detector: str, category: str, date: str) -> dict[str, Any]:
    """Return an open incident as ``GET /v1/incidents/secrets`` lists it."""
    return {
        "id": number,
        "date": date,
        "detector": {
            "name": detector,
            "display_name": detector.replace("_", " ").capitalize(),
            "nature": "specific",
            "family": "credentials",
            "category": category,
            "detector_group_name": detector,
            "detector_group_display_name": detector.replace("_", " ").capitalize(),
        },
        "gitguardian_url": f"https://dashboard.gitguardian.com/workspace/42/incidents/{number}",
        "regression": False,
        "status": "TRIGGERED",
        "assignee_id": None,
        "assignee_email": None,
        "occurrences_count": 1,
        "ignore_reason": None,
        "triggered_at": date,
        "ignored_at": None,
        "resolver_id": None,
        "secret_revoked": False,
        "severity": "high",
        "validity": "unknown",
        "resolved_at": None,
        "tags": [],
    }


def closed(date: str, *, revoked: bool = True) -> dict[str, Any]:
    """Return what differs in an incident that somebody resolved."""
    return {
        "status": "RESOLVED",
        "resolved_at": date,
        "resolver_id": 9,
        "secret_revoked": revoked,
        "validity": "invalid" if revoked else "failed_to_check",
    }
