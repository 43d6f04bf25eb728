"""PagerDuty's API on loopback, with the service that pages the example's people.

Whoever tests it plants faults while it runs: ``PUT /-/faults`` with a JSON list of their names.
Part of ``services.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from examples.explorer import pagerduty_people
from examples.explorer import pagerduty_shapes as shapes
from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


TOKEN = "pagerduty-of-nobody"  # noqa: S105 opens nothing but this example
ACCEPTED = "application/vnd.pagerduty+json;version=2"
FAULTS = frozenset(
    {
        "contacts-denied",
        "disabled",
        "down",
        "email-only",
        "gap-next-week",
        "integration-gone",
        "low-urgency",
        "maintenance",
        "nonsense",
        "old-incident",
        "one-level",
        "quiet-rules",
        "raised-by-hand",
        "same-person",
        "slow-incident",
        "too-often",
        "two-people",
        "unacknowledged",
    }
)
PLANTED = {"faulty": ("gap-next-week", "slow-incident"), "repaired": ()}


def serve(state: str, _: Path) -> dict[str, str]:
    """Start it; return where it is and who may read it."""
    server = PagerDutyServer(PLANTED[state])
    return {"EXPLORER_PAGERDUTY": server.url, "EXPLORER_PAGERDUTY_TOKEN": TOKEN}


class PagerDutyServer(FaultServer):
    """Answers on a port of its own until ``close``."""

    known = FAULTS

    def __init__(self, faults: Iterable[str] = (), *, most: int = 100) -> None:
        self.most = most
        super().__init__(faults)

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        for fault, told in REFUSALS.items():
            if fault in self.faults:
                return told
        if request.method != "GET":
            return failure(403, 2010, "Access Denied")
        if request.headers.get("authorization") != f"Token token={TOKEN}":
            return failure(401, 2006, "Unauthorized")
        if request.headers.get("accept") != ACCEPTED:
            return failure(400, 2005, "Requested API version is not supported")
        return self._listed(request) or self._one(request) or failure(404, 2100, "Not Found")

    def _listed(self, request: Request) -> Answer | None:
        match request.parts:
            case ("oncalls",):
                rows = shapes.on_calls(self.faults, *between(request))
                return self._page("oncalls", rows, request)
            case ("incidents",):
                return self._page("incidents", self._incidents(request), request)
            case ("incidents", _, "log_entries"):
                return self._page("log_entries", shapes.log_entries(self.faults), request)
            case ("users", person, ("contact_methods" | "notification_rules") as kind):
                return self._of_person(person, kind)
        return None

    def _one(self, request: Request) -> Answer | None:
        faults, known = self.faults, shapes.integrations(self.faults)
        match request.parts:
            case ("services", shapes.SERVICE):
                return json_answer({"service": shapes.service(faults)})
            case ("services", shapes.SERVICE, "integrations", id_) if id_ in known:
                return json_answer({"integration": known[id_]})
            case ("escalation_policies", shapes.POLICY):
                return json_answer({"escalation_policy": shapes.policy(faults)})
            case ("schedules", shapes.PRIMARY):
                return json_answer({"schedule": shapes.schedule(faults, *between(request))})
            case ("v3", "schedules", shapes.SECONDARY):
                return json_answer({"schedule": shapes.schedule_v3(faults, *between(request))})
        return None

    def _incidents(self, request: Request) -> list[dict[str, Any]]:
        since, until = between(request)
        return [
            one
            for one in shapes.incidents(self.faults)
            if since <= datetime.fromisoformat(one["created_at"]) <= until
        ]

    def _of_person(self, person: str, kind: str) -> Answer:
        if person not in shapes.PEOPLE:
            return failure(404, 2100, "Not Found")
        if "contacts-denied" in self.faults and person == "PBOLIND":
            return failure(403, 2010, "Access Denied")
        tell = getattr(pagerduty_people, kind)
        return json_answer({kind: tell(person, self.faults)})

    def _page(self, key: str, rows: list[dict[str, Any]], request: Request) -> Answer:
        limit = min(int(request.query.get("limit", 25)), self.most)
        offset = int(request.query.get("offset", 0))
        more = offset + limit < len(rows)
        told = {"limit": limit, "offset": offset, "more": more, "total": None}
        return json_answer({key: rows[offset : offset + limit], **told})


def between(request: Request) -> tuple[datetime, datetime]:
    """Return the time that a request is about."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    since, until = (request.query.get(key) for key in ("since", "until"))
    return (
        datetime.fromisoformat(since) if since else now,
        datetime.fromisoformat(until) if until else now,
    )


def failure(status: int, code: int, message: str, **headers: str) -> Answer:
    """Return a refusal as PagerDuty writes it."""
    return json_answer({"error": {"code": code, "message": message}}, status, **headers)


REFUSALS = MappingProxyType(
    {
        "down": failure(500, 2000, "Internal Server Error"),
        "nonsense": Answer(body=b"<html>Under construction</html>"),
        "too-often": failure(429, 2020, "Rate Limit Exceeded", ratelimit_reset="50"),
    }
)
"""What everybody is told while one of these faults is planted."""
