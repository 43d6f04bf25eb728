"""A sign-off to the report of code quality that GitLab shows in a merge request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_orr.model import Outcome

from . import escape
from .sarif import fingerprint, message

if TYPE_CHECKING:
    from pytest_orr.model import SignOff

    from .located import Located

SEVERITIES = {"blocker": "blocker", "major": "major", "minor": "minor"}
FIRST_LINE = 1
"""Where a finding about a whole file is shown: GitLab wants a line."""


def render(signoff: SignOff, found: tuple[Located, ...]) -> str:
    """Return the report without what is waived; ``found`` are the review's located findings."""
    entries = [
        {
            "check_name": one.item.spec.id,
            "description": message(one),
            "fingerprint": fingerprint(one, signoff),
            "severity": SEVERITIES[one.item.spec.severity],
            "location": {
                "path": one.place.path,
                "lines": {"begin": one.place.line or FIRST_LINE},
            },
        }
        for one in found
        if one.finding.outcome is not Outcome.WAIVED
    ]
    text = json.dumps(entries, ensure_ascii=False, allow_nan=False, indent=2)
    return escape.json_source(text) + "\n"
