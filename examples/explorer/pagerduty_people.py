"""How the example's people are reached, as its PagerDuty tells it; part of ``pagerduty.py``."""

from __future__ import annotations

from typing import Any

from examples.explorer.pagerduty_shapes import API


def contact_methods(person: str, faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return how a person is reached: Finn by mail alone, if that is the fault."""
    mail = {"send_short_email": False, "address": "somebody@example.org"}
    phone = {"country_code": 49, "address": "3000000000", "enabled": True, "blacklisted": False}
    push = {"device_type": "android", "address": "device-of-nobody", "blacklisted": False}
    kinds = {"email": mail, "phone": phone, "push_notification": push}
    if "email-only" in faults and person == "PFINNBG":
        kinds = {"email": mail}
    return [
        {
            "id": f"{person[:5]}C{number}",
            "type": f"{kind}_contact_method",
            "summary": "Work",
            "self": f"{API}/users/{person}/contact_methods/{person[:5]}C{number}",
            "html_url": None,
            "label": "Work",
            **more,
        }
        for number, (kind, more) in enumerate(kinds.items())
    ]


def notification_rules(person: str, faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return how a person wants to be told: urgent ones at once by every way, others by mail."""
    found = []
    for number, method in enumerate(contact_methods(person, faults)):
        quiet = "quiet-rules" in faults and person == "PBOLIND"
        mail = method["type"] == "email_contact_method"
        if quiet and not mail:
            continue
        found.append(
            {
                "id": f"{person[:5]}R{number}",
                "type": "assignment_notification_rule",
                "summary": "0 minutes: Work",
                "self": f"{API}/users/{person}/notification_rules/{person[:5]}R{number}",
                "html_url": None,
                "start_delay_in_minutes": 0,
                "urgency": "high",
                "contact_method": {
                    key: method[key] for key in ("id", "summary", "self", "html_url")
                }
                | {"type": f"{method['type']}_reference"},
            }
        )
    return found
