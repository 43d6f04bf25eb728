"""Reads what PagerDuty's API says from its JSON, for ``clients.pagerduty``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .hostile_json import Unreadable
from .pagerduty_words import (
    Contact,
    Incident,
    Integration,
    LogEntry,
    NotificationRule,
    OnCall,
    Policy,
    Reference,
    Rule,
    Schedule,
    Service,
    Shift,
)

if TYPE_CHECKING:
    from .hostile_json import At


def reference(said: At) -> Reference:
    """Return what an answer points to."""
    kind = said["type"].text().removesuffix("_reference")
    return Reference(id=said["id"].needed(), kind=kind, name=said["summary"].text())


def service(said: At) -> Service:
    """Return a service with what points to its integrations."""
    return Service(
        id=said["id"].needed(),
        name=said["name"].needed(),
        status=said["status"].needed(),
        urgency=_urgency(said["incident_urgency_rule"]),
        policy=reference(said["escalation_policy"]),
        integrations=tuple(map(reference, said["integrations"].each())),
    )


def integration(said: At) -> Integration:
    """Return an integration; its key is not read."""
    return Integration(
        id=said["id"].needed(),
        kind=said["type"].text().removesuffix("_reference"),
        name=said["name"].text() or said["summary"].text(),
        vendor=said.within("vendor", "summary").text(),
    )


def policy(said: At) -> Policy:
    """Return an escalation policy."""
    return Policy(
        id=said["id"].needed(),
        name=said["name"].needed(),
        rules=tuple(
            Rule(
                minutes=one["escalation_delay_in_minutes"].count() or 0,
                targets=tuple(map(reference, one["targets"].each())),
            )
            for one in said["escalation_rules"].each()
        ),
    )


def on_call(said: At) -> OnCall:
    """Return a turn of ``GET /oncalls``."""
    level = said["escalation_level"].count()
    if level is None:
        raise said["escalation_level"].wrong("count")
    return OnCall(
        level=level,
        person=reference(said["user"]),
        schedule=reference(said["schedule"]) if said["schedule"] else None,
        start=instant(said["start"]),
        end=instant(said["end"]),
    )


def schedule(said: At) -> Schedule:
    """Return a schedule of either version."""
    computed = said.within("final_schedule", "computed_shift_assignments")
    return Schedule(
        id=said["id"].needed(),
        name=said["name"].text() or said["summary"].text(),
        zone=said["time_zone"].needed(),
        people=tuple(map(reference, said["users"].each())),
        shifts=tuple(map(_shift, computed.each())),
    )


def _shift(said: At) -> Shift:
    empty = said.within("member", "type").needed() == "empty_member"
    return Shift(
        person="" if empty else said.within("member", "user_id").needed(),
        start=needed_instant(said["start_time"]),
        end=needed_instant(said["end_time"]),
    )


def incident(said: At) -> Incident:
    """Return an incident; its title is not read."""
    return Incident(
        id=said["id"].needed(),
        created=needed_instant(said["created_at"]),
    )


def log_entry(said: At) -> LogEntry:
    """Return an entry of an incident's log."""
    return LogEntry(
        kind=said["type"].needed().removesuffix("_reference").removesuffix("_log_entry"),
        at=needed_instant(said["created_at"]),
        agent=reference(said["agent"]) if said["agent"] else None,
    )


def contact(said: At) -> Contact:
    """Return a contact method; neither its address nor its label is read."""
    usable = said["enabled"].flag() is not False and said["blacklisted"].flag() is not True
    return Contact(kind=_contact_kind(said["type"]), is_usable=usable)


def notification_rule(said: At) -> NotificationRule:
    """Return a rule of ``GET /users/{id}/notification_rules``."""
    return NotificationRule(
        kind=_contact_kind(said.within("contact_method", "type")),
        urgency=said["urgency"].needed(),
        minutes=said["start_delay_in_minutes"].count() or 0,
    )


def _contact_kind(said: At) -> str:
    return said.needed().removesuffix("_reference").removesuffix("_contact_method")


def _urgency(rule: At) -> str:
    """Return which urgency incidents have, as one word or two."""
    if rule["type"].text() != "use_support_hours":
        return rule["urgency"].text() or "high"
    during = rule.within("during_support_hours", "urgency").text() or "high"
    outside = rule.within("outside_support_hours", "urgency").text() or "high"
    return during if during == outside else f"{during}/{outside}"


def needed_instant(said: At) -> datetime:
    """Return an instant that must be there."""
    found = instant(said)
    if found is None:
        raise Unreadable(f"says nothing at {said.path}")
    return found


def instant(said: At) -> datetime | None:
    """Return an instant in UTC; none if there is none. One without a zone is no instant."""
    text = said.text().strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unreadable(f"has no instant at {said.path}")
