"""Verdicts in one form, whoever gave them: by check and resource, whether it holds."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .measured import Ended

Verdicts = dict[str, dict[str, bool]]
ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
OF_ACCOUNTS = frozenset(
    {"iam_password_policy_minimum_length_14", "s3_account_level_public_access_blocks"}
)
"""Checks of a whole account, which everybody names in another way."""
HOLDS = {"pass": True, "fail": False, "PASS": True, "FAIL": False}
"""Outcomes of ours and of Prowler's; any other is no verdict."""


def told(ended: Ended, read: Callable[[], Verdicts]) -> str:
    """Return as one text what a run decided, or how it ended without."""
    try:
        verdicts = read()
    except (OSError, ValueError, LookupError) as error:
        return f"{type(error).__name__}: {error}; exit status {ended.status}: {ended.last}"
    return json.dumps(verdicts, sort_keys=True)


def of_limit(path: Path) -> Verdicts:
    """Return what the limit wrote."""
    return gathered(
        (check, resource, holds)
        for check, found in read_json(path).items()
        for resource, holds in found.items()
    )


def of_product(path: Path) -> Verdicts:
    """Return what a ``review.json`` says; an item's last two parts are a check of Prowler's."""
    return gathered(
        (check_of(item["id"]), finding["subject"], HOLDS[finding["outcome"]])
        for item in read_json(path)["items"]
        for finding in item["findings"]
    )


def of_prowler(path: Path) -> Verdicts:
    """Return what Prowler's report says, which is in the Open Cybersecurity Schema."""
    return gathered(
        (one["metadata"]["event_code"], one["resources"][0]["uid"], HOLDS[one["status_code"]])
        for one in read_json(path)
    )


def check_of(item: str) -> str:
    """Return the check that an item decides: ``account.rds.instance-multi-az`` by its name."""
    _, service, name = item.split(".")
    return f"{service}_{name.replace('-', '_')}"


def gathered(verdicts: Any) -> Verdicts:
    """Return verdicts by check and resource; two of one resource raise ``ValueError``."""
    found: Verdicts = defaultdict(dict)
    for check, resource, holds in verdicts:
        named = account_of(resource) if check in OF_ACCOUNTS else resource
        if named in found[check]:
            raise ValueError(f"{check} says twice what becomes of {named}")
        found[check][named] = holds
    return found


def account_of(resource: str) -> str:
    """Return the account in whatever somebody calls it."""
    match = ACCOUNT.search(resource)
    if match is None:
        raise ValueError(f"{resource} names no account")
    return match[0]


def read_json(path: Path) -> Any:
    """Return what a file of JSON holds."""
    return json.loads(path.read_text(encoding="utf-8"))
