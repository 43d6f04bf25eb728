"""Keys, people and the one good sign-off that every vector is a change of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.vectors.draft import Draft, Plain
from tests.vectors.keys import Ed25519, SmallOrder, fingerprint, line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.vectors.keys import Key

AT = "2026-11-23T12:00:00Z"
FINISHED = "2026-11-22T09:30:00Z"
SEQ = 1795339800
"""Seconds of ``FINISHED``."""
COMMIT = "3f2a9c1d5b7e8f60a1b2c3d4e5f60718293a4b5c"
IMAGE = "registry.example.org/explorer"
CODE, DATABASE, MONITOR, FIREWALL, POSTMORTEM, LOADED = ITEMS = (
    "code.credentials.no-plaintext",
    "compute.database.backups",
    "monitoring.account-balance.monitor",
    "network.firewall.open-ports",
    "operations.drills.postmortem",
    "scalability.load.tested",
)
PHASES = ("plan", "launch", "launch", "build", "operate", "launch")
STATUSES = ("pass", "attested", "not_applicable", "pass", "pass", "waived")
ROLES = {
    "ana": ["service"],
    "ben": ["principal-engineer"],
    "cara": ["security"],
    "dan": ["security", "service"],
    "otto": ["service"],
    "max": ["principal-engineer", "service"],
    "old": ["security"],
    "new": ["security"],
    "rex": ["security"],
}
"""Who may fill what; Max has made the release."""
VALIDITY = {"old": {"until": date(2026, 11, 22)}, "new": {"from": date(2026, 11, 24)}}
UNLISTED = ("dan-at-home", "mallory", "authority", "ci")


def keys() -> dict[str, Key]:
    """Make everybody's key."""
    return {**{name: Ed25519() for name in (*ROLES, *UNLISTED)}, "small": SmallOrder()}


def draft(held: Mapping[str, Key]) -> Draft:
    """Return a sign-off with a waiver, approved by three people."""
    return Draft(
        keys=held,
        said=_statement(),
        expected=_expected(),
        policy=_policy(held),
        by=["ana", "ben", "cara"],
    )


def _policy(held: Mapping[str, Key]) -> Plain:
    people = [
        {
            "email": f"{name}@example.org",
            "roles": roles,
            "keys": [{"key": line(held[name], name), **VALIDITY.get(name, {})}],
        }
        for name, roles in ROLES.items()
    ]
    people[3]["keys"].append({"key": line(held["dan-at-home"], "dan at home")})  # type: ignore[attr-defined]  # a list
    return {
        "gate": {"unwaivable": [CODE], "longest_waiver": {"blocker": 14, "major": 60}},
        "signoff": {
            "need": {"service": 1, "principal-engineer": 1, "security": 1},
            "revoked": [fingerprint(held["rex"].blob)],
            "approvers": people,
            "runners": [{"name": "ci", "keys": [{"key": line(held["ci"], "ci")}]}],
        },
    }


def _expected() -> Plain:
    return {
        "service": "explorer",
        "environment": "production",
        "accounts": ["111122223333"],
        "regions": ["eu-central-1", "eu-west-1"],
        "commit": COMMIT,
        "images": [f"{IMAGE}@sha256:{_hex('a')}"],
        "checklist_version": "1.0.0",
        "checklist_sha256": _hex("5"),
        "items": dict(zip(ITEMS, PHASES, strict=True)),
        "phase": "launch",
        "unwaivable": [CODE],
        "longest_waiver": dict.fromkeys(ITEMS, 60),
        "may_approve": ["ben@example.org", "eve@example.org"],
        "authors": ["max@example.org"],
        "at": AT,
        "last_seq": SEQ - 1,
    }


def _statement() -> Plain:
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "tag:pytest-orr,2026:signoff/v1",
        "subject": [
            {"name": "commit", "digest": {"gitCommit": COMMIT}},
            {"name": IMAGE, "digest": {"sha256": _hex("a")}},
            {"name": "results", "digest": {"sha256": ""}},
            {"name": "report", "digest": {"sha256": _hex("b")}},
            {"name": "journal", "digest": {"sha256": _hex("c")}},
        ],
        "predicate": {**_where_and_when(), **_rules(), **_results(), **_said()},
    }


def _where_and_when() -> Plain:
    return {
        "service": "explorer",
        "environment": "production",
        "accounts": ["111122223333"],
        "regions": ["eu-central-1", "eu-west-1"],
        "callers": [],
        "phase": "launch",
        "selection": "",
        "images": [f"{IMAGE}@sha256:{_hex('a')}"],
        "run_id": "2026-11-22T090000Z-7f3c",
        "started": "2026-11-22T09:00:00Z",
        "finished": FINISHED,
        "as_of": FINISHED,
        "not_before": FINISHED,
        "not_after": "2026-12-06T09:30:00Z",
        "seq": SEQ,
        "supersedes": None,
        "author": ["max@example.org"],
    }


def _rules() -> Plain:
    files = ("profile", "attestations", "waivers", "notes", "organisation", "facts")
    return {
        "tool": {"name": "pytest-orr", "version": "0.1.0", "sha256": _hex("7")},
        "checklist": {"id": "pytest-orr", "version": "1.0.0", "sha256": _hex("5")},
        "policy_sha256": "",
        **{f"{name}_sha256": _hex(str(place)) for place, name in enumerate(files)},
    }


def _results() -> Plain:
    results: list[Plain] = [
        {"id": item, "status": status, "sha256": _hex(str(place))}
        for place, (item, status) in enumerate(zip(ITEMS, STATUSES, strict=True))
    ]
    results[-1]["waived"] = {"true_status": "fail"}
    return {
        "decision": "GO",
        "reason": "",
        "verdict": "ready_with_waivers",
        "results": results,
        "notes": [],
        "weakenings": [],
    }


def _said() -> Plain:
    return {
        "waivers": [
            {
                "item": LOADED,
                "result_sha256": _hex("5"),
                "reason": "The load test waits for the new network.",
                "requester": "ana@example.org",
                "approver": "eve@example.org",
                "granted": "2026-11-18",
                "expires": "2026-12-31",
                "resource": "",
                "action": "",
                "conditions": [],
                "true_outcome": "fail",
                "true_reason": "no load test this year",
            }
        ],
        "attestations": [
            {
                "item": DATABASE,
                "statement_sha256": _hex("d"),
                "by": "ana@example.org",
                "confirmed": "",
                "on": "2026-11-02",
                "until": "2027-01-31",
                "release": "any",
                "covers": "question",
                "authorship": "claimed",
                "evidence": [
                    {
                        "kind": "drill",
                        "ref": "drills/restore.md",
                        "sha256": _hex("d"),
                        "dated": "2026-11-02",
                        "size": 1234,
                    }
                ],
            }
        ],
        "not_applicable": [
            {
                "item": MONITOR,
                "reason": "no-such-component",
                "text": "The explorer holds no account.",
                "approver": "eve@example.org",
                "on": "2026-10-30",
            }
        ],
        "evidence": [{"name": "drills/restore.md", "sha256": _hex("d"), "size": 1234}],
    }


def _hex(digit: str) -> str:
    """Return a digest that is none of anything."""
    return digit * 64
