"""What the example's PagerDuty tells: a service, two levels of people, their turns and pages.

Turns change on Mondays at nine in Berlin, so that a hand-over lies in each week. Faults are names;
what each spoils stands where it is asked for.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

API = "https://api.pagerduty.com"
SERVICE, POLICY = "PEXPLR1", "PESCAL1"
PRIMARY, SECONDARY = "PSCHED1", "PSCHED2"
PROMETHEUS, MAIL = "PINTPR1", "PINTML1"
PEOPLE = {"PANAITO": "Ana Ito", "PBOLIND": "Bo Lindqvist", "PFINNBG": "Finn Berg"}
BERLIN = timezone(timedelta(hours=1))
"""In winter, which it is in the days that the example is judged for."""
FIRST_MONDAY = datetime(2026, 11, 2, 9, tzinfo=BERLIN)
WEEKS = 20
GAP_WEEK = 3
"""The turn that ends early: that of 2026-11-23."""
TEST_PAGE = datetime(2026, 11, 12, 21, 30, 42, tzinfo=UTC)


def reference(kind: str, id_: str, name: str) -> dict[str, Any]:
    """Return what points to something."""
    plural = f"{kind.removesuffix('_v3').removesuffix('y')}{'ies' if kind.endswith('y') else 's'}"
    version = "/v3" if kind.endswith("_v3") else ""
    return {
        "id": id_,
        "type": f"{kind}_reference",
        "summary": name,
        "self": f"{API}{version}/{plural}/{id_}",
        "html_url": f"https://explorer.pagerduty.com/{plural}/{id_}",
    }


def service(faults: frozenset[str]) -> dict[str, Any]:
    """Return the service, as ``GET /services/{id}`` tells it."""
    status = "disabled" if "disabled" in faults else "active"
    urgency = "low" if "low-urgency" in faults else "high"
    return {
        **reference("service", SERVICE, "Explorer"),
        "type": "service",
        "name": "Explorer",
        "created_at": "2025-02-03T11:12:51+01:00",
        "status": "maintenance" if "maintenance" in faults else status,
        "acknowledgement_timeout": 1800,
        "auto_resolve_timeout": None,
        "escalation_policy": reference("escalation_policy", POLICY, "Explorer"),
        "incident_urgency_rule": {"type": "constant", "urgency": urgency},
        "integrations": [
            {key: one[key] for key in ("id", "summary", "self", "html_url")}
            | {"type": f"{one['type']}_reference"}
            for one in integrations(faults).values()
        ],
        "teams": [],
    }


def integrations(faults: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Return the service's integrations by id."""
    mail = integration(MAIL, "generic_email_inbound_integration", "Email", "")
    kind = "events_api_v2_inbound_integration"
    own = integration(PROMETHEUS, kind, "Alertmanager", "Prometheus")
    return {MAIL: mail} | ({} if "integration-gone" in faults else {PROMETHEUS: own})


def integration(id_: str, kind: str, name: str, vendor: str) -> dict[str, Any]:
    """Return an integration, as ``GET /services/{id}/integrations/{integration_id}`` tells it."""
    told = {
        "id": id_,
        "type": kind,
        "summary": name,
        "self": f"{API}/services/{SERVICE}/integrations/{id_}",
        "html_url": f"https://explorer.pagerduty.com/services/{SERVICE}/integrations/{id_}",
        "name": name,
        "service": reference("service", SERVICE, "Explorer"),
        "created_at": "2025-02-03T11:14:02+01:00",
    }
    return told | ({"vendor": reference("vendor", "PVENDOR", vendor)} if vendor else {})


def policy(faults: frozenset[str]) -> dict[str, Any]:
    """Return the escalation policy."""
    rules = [
        ("PRULE01", reference("schedule", PRIMARY, "Explorer primary")),
        ("PRULE02", reference("schedule_v3", SECONDARY, "Explorer secondary")),
    ]
    return {
        **reference("escalation_policy", POLICY, "Explorer"),
        "type": "escalation_policy",
        "name": "Explorer",
        "num_loops": 2,
        "on_call_handoff_notifications": "if_has_services",
        "escalation_rules": [
            {"id": id_, "escalation_delay_in_minutes": 10, "targets": [target]}
            for id_, target in rules[: 1 if "one-level" in faults else 2]
        ],
        "services": [reference("service", SERVICE, "Explorer")],
        "teams": [],
    }


def turns(level: int, faults: frozenset[str]) -> list[tuple[str, datetime, datetime]]:
    """Return who is on call at a level from when to when, week by week."""
    people = list(PEOPLE)[: 2 if "two-people" in faults else 3]
    found = []
    for week in range(WEEKS):
        start = FIRST_MONDAY + timedelta(weeks=week)
        end = start + timedelta(weeks=1)
        same = "same-person" in faults and week == GAP_WEEK
        after = 0 if level == 1 or same else 1
        if "gap-next-week" in faults and level == 1 and week == GAP_WEEK:
            end -= timedelta(hours=14)
        found.append((people[(week + after) % len(people)], start, end))
    return found


def on_calls(faults: frozenset[str], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the turns that overlap a time, as ``GET /oncalls`` lists them."""
    schedules = {
        1: reference("schedule", PRIMARY, "Explorer primary"),
        2: reference("schedule_v3", SECONDARY, "Explorer secondary"),
    }
    return [
        {
            "escalation_policy": reference("escalation_policy", POLICY, "Explorer"),
            "escalation_level": level,
            "schedule": schedules[level],
            "user": reference("user", person, PEOPLE[person]),
            "start": start.isoformat(),
            "end": end.isoformat(),
        }
        for level in ((1,) if "one-level" in faults else (1, 2))
        for person, start, end in turns(level, faults)
        if start < until and end > since
    ]


def schedule(faults: frozenset[str], since: datetime, until: datetime) -> dict[str, Any]:
    """Return the first level's schedule, as ``GET /schedules/{id}`` tells it."""
    entries = [
        {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "user": reference("user", person, PEOPLE[person]),
        }
        for person, start, end in turns(1, faults)
        if start < until and end > since
    ]
    return {
        **reference("schedule", PRIMARY, "Explorer primary"),
        "type": "schedule",
        "name": "Explorer primary",
        "time_zone": "Europe/Berlin",
        "escalation_policies": [reference("escalation_policy", POLICY, "Explorer")],
        "users": [reference("user", id_, name) for id_, name in PEOPLE.items()],
        "final_schedule": {
            "name": "Final Schedule",
            "rendered_schedule_entries": entries,
            "rendered_coverage_percentage": 100,
        },
        "teams": [],
    }


def schedule_v3(faults: frozenset[str], since: datetime, until: datetime) -> dict[str, Any]:
    """Return the second level's schedule, as ``GET /v3/schedules/{id}`` tells it."""
    shifts = [
        {
            "type": "computed_shift_assignment",
            "start_time": start.astimezone(UTC).isoformat(),
            "end_time": end.astimezone(UTC).isoformat(),
            "member": {"type": "user_member", "user_id": person},
            "source": {"type": "schedule_rotation", "rotation_id": "ROTATION1"},
        }
        for person, start, end in turns(2, faults)
        if start < until and end > since
    ]
    return {
        "id": SECONDARY,
        "type": "schedule_v3",
        "name": "Explorer secondary",
        "time_zone": "Europe/Berlin",
        "users": [reference("user", id_, name) for id_, name in PEOPLE.items()],
        "final_schedule": {
            "type": "final_schedule",
            "rendered_coverage_percentage": 100,
            "computed_shift_assignments": shifts,
        },
        "self": f"{API}/v3/schedules/{SECONDARY}",
    }


def incidents(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return the service's incidents, the newest first: a test page, unless it is long ago."""
    created = TEST_PAGE - timedelta(days=120 if "old-incident" in faults else 0)
    answered = "unacknowledged" not in faults
    return [
        {
            **reference("incident", "Q0EXPLORER4711", "[#4711] A test of the chain"),
            "type": "incident",
            "incident_number": 4711,
            "title": "A test of the chain",
            "created_at": created.isoformat(),
            "updated_at": (created + timedelta(hours=1)).isoformat(),
            "status": "resolved" if answered else "triggered",
            "service": reference("service", SERVICE, "Explorer"),
            "urgency": "high",
            "assignments": [],
            "acknowledgements": [],
            "escalation_policy": reference("escalation_policy", POLICY, "Explorer"),
        }
    ]


def log_entries(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return what happened to that incident: raised, and acknowledged by Finn."""
    [incident] = incidents(faults)
    created = datetime.fromisoformat(incident["created_at"])
    agent = reference("integration", PROMETHEUS, "Alertmanager")
    agent["type"] = "events_api_v2_inbound_integration_reference"
    if "raised-by-hand" in faults:
        agent = reference("user", "PANAITO", "Ana Ito")
    happened = [("trigger", created, agent, {"type": "api"})]
    if "unacknowledged" not in faults:
        minutes = 55 if "slow-incident" in faults else 4
        finn = reference("user", "PFINNBG", "Finn Berg")
        at = created + timedelta(minutes=minutes)
        happened.append(("acknowledge", at, finn, {"type": "mobile"}))
    return [
        {
            **reference("log_entry", f"R{number:013}", f"{kind} of a test"),
            "type": f"{kind}_log_entry",
            "created_at": at.isoformat(),
            "agent": by,
            "channel": channel,
            "incident": reference("incident", incident["id"], "[#4711] A test of the chain"),
            "service": reference("service", SERVICE, "Explorer"),
            "teams": [],
        }
        for number, (kind, at, by, channel) in enumerate(reversed(happened))
    ]
