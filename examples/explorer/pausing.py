"""What pauses the example: a rule of WAF that counts everybody, and would stop them if it blocked.

Called by ``front.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

RULE = "explorer-maintenance"
FAULTS = frozenset({"maintenance-rule-stops"})


def pausing_rules(faults: Collection[str]) -> list[dict[str, Any]]:
    """Return the rule that meets every request, behind all others."""
    everything = {
        "SearchString": b"/",
        "FieldToMatch": {"UriPath": {}},
        "PositionalConstraint": "STARTS_WITH",
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    return [
        {
            "Name": RULE,
            "Priority": 3,
            "Action": {"Block": {}} if "maintenance-rule-stops" in faults else {"Count": {}},
            "Statement": {"ByteMatchStatement": everything},
            "VisibilityConfig": {
                "SampledRequestsEnabled": True,
                "CloudWatchMetricsEnabled": True,
                "MetricName": RULE,
            },
        }
    ]
