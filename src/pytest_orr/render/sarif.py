"""A sign-off to SARIF 2.1.0: the findings that have a file, for whatever shows them there.

What has no file is not in here: the number of it is, so that an empty list is not taken for a
service that is ready.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_orr.model import Outcome

from . import escape
from .located import without_file

if TYPE_CHECKING:
    from pytest_orr.model import ItemResult, SignOff

    from .located import Located

Plain = dict[str, Any]
VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"blocker": "error", "major": "warning", "minor": "note"}
KINDS = {
    Outcome.FAIL: "fail",
    Outcome.WAIVED: "fail",
    Outcome.PENDING: "review",
    Outcome.UNKNOWN: "open",
    Outcome.MISSING: "open",
}
"""As the standard has it: what a person must look at, and what could not be decided."""


def render(signoff: SignOff, found: tuple[Located, ...]) -> str:
    """Return the log of one run; ``found`` are the review's located findings."""
    rules = {one.item.spec.id: one.item for one in found}
    places = {name: place for place, name in enumerate(rules)}
    tool, _, version = signoff.review.run.tool.rpartition(" ")
    log = {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": tool or signoff.review.run.tool,
                        "version": version,
                        "rules": [_rule(item) for item in rules.values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, places[one.item.spec.id], signoff) for one in found],
                "properties": {
                    "verdict": signoff.verdict.word.value,
                    "findingsWithoutFile": without_file(signoff.review, found),
                },
            }
        ],
    }
    text = json.dumps(log, ensure_ascii=False, allow_nan=False, indent=2)
    return escape.json_source(text) + "\n"


def fingerprint(one: Located, signoff: SignOff) -> str:
    """Return what a finding is known by from run to run: neither line nor detail are part of it."""
    review = signoff.review
    parts = (review.service, review.environment, one.item.spec.id, one.finding.subject)
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def message(one: Located) -> str:
    """Return what is said of a finding, in one line."""
    said = one.finding.detail or one.item.reason
    return f"{one.finding.subject}: {said}"


def _rule(item: ItemResult) -> Plain:
    spec = item.spec
    return {
        "id": spec.id,
        "name": spec.function,
        "shortDescription": {"text": spec.title},
        "fullDescription": {"text": spec.why or spec.title},
        "help": {"text": spec.fix or spec.title},
        "defaultConfiguration": {"level": LEVELS[spec.severity]},
        "properties": {"severity": spec.severity, "owner": spec.owner, "phase": spec.phase},
    }


def _result(one: Located, rule: int, signoff: SignOff) -> Plain:
    kind = KINDS[one.finding.outcome]
    region = {"region": {"startLine": one.place.line}} if one.place.line else {}
    location = {
        "artifactLocation": {"uri": quote(one.place.path, errors="backslashreplace")},
        **region,
    }
    result: Plain = {
        "ruleId": one.item.spec.id,
        "ruleIndex": rule,
        "kind": kind,
        "level": LEVELS[one.item.spec.severity] if kind == "fail" else "none",
        "message": {"text": message(one)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"orrFinding/v1": fingerprint(one, signoff)},
    }
    waiver = one.item.waiver
    if one.finding.outcome is Outcome.WAIVED and waiver:
        said = f"{waiver.reason} (approved by {waiver.approver}, until {waiver.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    return result
