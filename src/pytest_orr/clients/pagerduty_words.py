"""What PagerDuty's API tells of, as ``clients.pagerduty`` hands it on.

No address, number, label of a contact, title of an incident or key of an integration is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Something that an answer points to."""

    id: str
    kind: str
    """``user``, ``schedule``, ``schedule_v3``, ``service``, ``events_api_v2_inbound_integration``
    and the like."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A way by which alerts come into the service."""

    id: str
    kind: str
    name: str
    vendor: str
    """Name of the tool that it is made for; empty if for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service, as ``GET /services/{id}`` tells it."""

    id: str
    name: str
    status: str
    """``active``, ``warning``, ``critical``, ``maintenance`` or ``disabled``."""
    urgency: str
    """``high``, ``low``, ``severity_based``; two of them with a stroke by support hours."""
    policy: Reference
    integrations: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One level of an escalation policy."""

    minutes: int
    """Until the next level is called."""
    targets: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """An escalation policy, as ``GET /escalation_policies/{id}`` tells it."""

    id: str
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Somebody's turn at one level; without a start or an end it has none."""

    level: int
    person: Reference
    schedule: Reference | None
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch of a schedule of the third version."""

    person: str
    """Id; empty where nobody is meant to be on call."""
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule of either version."""

    id: str
    name: str
    zone: str
    """As the tz database names it."""
    people: tuple[Reference, ...] = ()
    shifts: tuple[Shift, ...] = ()
    """Of the third version alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident, as ``GET /incidents`` lists it."""

    id: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What happened to an incident."""

    kind: str
    """``trigger``, ``acknowledge`` and the like."""
    at: datetime
    agent: Reference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A way to reach a person, without where it leads."""

    kind: str
    """``phone``, ``sms``, ``push_notification``, ``email`` or ``whatsapp``."""
    is_usable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRule:
    """How a person wants to be told of an incident."""

    kind: str
    """Of the contact."""
    urgency: str
    minutes: int
