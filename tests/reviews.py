"""Small reviews built by hand, for what compares or collects them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from pytest_orr.model import (
    Finding,
    ItemResult,
    ItemSpec,
    NotApplicable,
    Outcome,
    Person,
    Provenance,
    Release,
    Review,
    ReviewNote,
    RunBlock,
    StatementUsed,
    WaiverUsed,
    Weakening,
)

SPEC: dict[str, Any] = {
    "id": "network.load-balancer.elb",
    "position": 1,
    "part": "launch-checklist",
    "section": "network",
    "section_title": "Network security",
    "title": "Every backend stands behind a balancer.",
    "stated": "load balancer ELB setup on the backend",
    "severity": "major",
    "phase": "launch",
    "owner": "platform",
    "why": "Because.",
    "fix": "Do it.",
    "question": "Which balancer fronts the backend?",
    "evidence_kind": "capture",
    "valid_for": 90,
    "facts": ("load_balancers",),
    "class_as_built": "automatic",
    "stamp": "baseline",
    "file": "test_network_security.py",
    "function": "test_backends_stand_behind_a_balancer",
}
OF_SPEC = {one.name for one in fields(ItemSpec)}
RESULT: dict[str, Any] = {"gated": True, "reason": "as it should be", "remedy": ""}


def an_item(item_id: str, outcome: str = "pass", **changes: Any) -> ItemResult:
    """Return an item with this outcome; its section is the first word of its id."""
    area = item_id.partition(".")[0]
    place = {"id": item_id, "section": area, "section_title": area.capitalize()}
    stated = {name: changes.pop(name) for name in OF_SPEC & changes.keys()}
    spec = ItemSpec(**{**SPEC, **place, **stated})
    return ItemResult(spec=spec, outcome=Outcome(outcome), **{**RESULT, **changes})


def seen(**outcomes: str) -> tuple[Finding, ...]:
    """Return findings: outcome by subject, with a detail behind a colon if there is one."""
    told = ((subject, *said.partition(":")) for subject, said in outcomes.items())
    return tuple(
        Finding(subject=subject, outcome=Outcome(outcome), detail=detail)
        for subject, outcome, _, detail in told
    )


def a_review(*items: ItemResult, **changes: Any) -> Review:
    """Return a review of these items."""
    values: dict[str, Any] = {
        "service": "explorer",
        "environment": "production",
        "release": Release(commit="3f2a9c1d5b7e8f60a1b2c3d4e5f60718293a4b5c"),
        "phase": "launch",
        "run": a_run(),
        "provenance": Provenance(
            profile_sha256="1" * 64,
            attestations_sha256="2" * 64,
            waivers_sha256="3" * 64,
            policy_sha256="",
            facts_sha256="4" * 64,
        ),
        "people": (
            Person(email="ana@example.org", name="Ana", roles=("service", "platform")),
            Person(email="eve@example.org", name="Eve", roles=("approver",)),
        ),
        "items": tuple(sorted(items, key=lambda item: item.spec.id)),
    }
    return Review(**{**values, **changes})


def a_run(as_of: str = "2026-11-20T09:30:00Z", **changes: Any) -> RunBlock:
    """Return the block of a run of that instant."""
    values = {
        "id": as_of,
        "started": as_of,
        "as_of": as_of,
        "tool": "pytest-orr 0.1.0",
        "suite": "5" * 64,
    }
    return RunBlock(**{**values, **changes})


def a_statement(**changes: Any) -> StatementUsed:
    """Return a statement that holds until the end of January."""
    values: dict[str, Any] = {
        "statement": "Restarted from the runbook in 4 min.",
        "by": "ana@example.org",
        "confirmed": "",
        "on": "2026-11-02",
        "until": "2027-01-31",
        "release": "any",
        "covers": "question",
        "evidence": (),
    }
    return StatementUsed(**{**values, **changes})


def a_waiver(**changes: Any) -> WaiverUsed:
    """Return a waiver that ends in the first days of December."""
    values: dict[str, Any] = {
        "reason": "The second zone comes with the new subnets.",
        "requester": "ana@example.org",
        "approver": "eve@example.org",
        "granted": "2026-11-18",
        "expires": "2026-12-02",
        "resource": "",
        "action": "",
        "true_outcome": Outcome.FAIL,
        "true_reason": "one zone only",
    }
    return WaiverUsed(**{**values, **changes})


def not_applicable(**changes: Any) -> NotApplicable:
    """Return the agreement that an item does not concern the service."""
    values = {
        "reason": "no-such-component",
        "text": "It holds no account.",
        "approver": "eve@example.org",
        "on": "2026-10-30",
    }
    return NotApplicable(**{**values, **changes})


def a_note(**changes: Any) -> ReviewNote:
    """Return a reviewer's condition that nobody has answered."""
    values: dict[str, Any] = {
        "item": "network.load-balancer.elb",
        "kind": "condition",
        "text": "Show the second zone.",
        "by": "eve@example.org",
        "on": "2026-11-16",
        "settled": False,
        "waits_for": "platform",
        "reason": "nobody has answered",
    }
    return ReviewNote(**{**values, **changes})


def a_weakening(**changes: Any) -> Weakening:
    """Return a value of the service that is weaker than the organisation's."""
    values = {
        "key": "monitoring.freshest_minutes",
        "organisation": "Platform of Example",
        "organisation_value": "10",
        "beneath": "org/readiness-org.toml:14",
        "value": "20",
        "where": "readiness/readiness.toml:31",
        "reason": "The old scraper is replaced in January.",
        "approver": "pat@example.org",
        "on": "2026-11-18",
        "until": "2027-01-31",
    }
    return Weakening(**{**values, **changes})
