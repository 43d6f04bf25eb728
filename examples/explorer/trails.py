"""Lets moto, in the process of its server, tell what AWS knows of keys' uses and of the root.

- CloudTrail: moto has no event history. Each use of a KMS key that it answers becomes an event,
  with whoever asked, and ``LookupEvents`` finds it by the key's ARN.
- IAM's credential report: moto leaves the root out and dates the report to 2015. Tags of a user say
  when its access keys were made and used, tags of any role what the root has:
  ``planted:root-mfa``, ``planted:root-keys``, ``planted:report-mfa`` (the report's word alone).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.responses import ActionResult
from moto.iam.models import AccountSummary, IAMBackend
from moto.iam.responses import IamResponse
from moto.kms.responses import KmsResponse
from moto.sts.models import sts_backends

if TYPE_CHECKING:
    from collections.abc import Callable

USES = ("decrypt", "encrypt", "generate_data_key", "sign")
EVENTS = "events_of_the_example"
"""Where a CloudTrail backend keeps them; moto's reset forgets them with all else."""
KEY_MADE, KEY_USED = 9, 10
"""Columns of a report."""


def keep_trails() -> None:
    """Give moto an event history, and a credential report as AWS writes it; once is enough."""
    for name in USES:
        setattr(KmsResponse, name, _noted(name, getattr(KmsResponse, name)))
    lookup: Any = _lookup_events
    summary: Any = vars(AccountSummary)["summary_map"]
    CloudTrailResponse.lookup_events = lookup  # type: ignore[attr-defined]  # it has none
    for model, attribute, new in (
        (IAMBackend, "get_credential_report", _with_root(IAMBackend.get_credential_report)),
        (IamResponse, "get_credential_report", _report),
        (AccountSummary, "summary_map", property(_summed(summary.fget))),
    ):
        setattr(model, attribute, new)


def _noted(name: str, answer: Callable[[KmsResponse], Any]) -> Callable[[KmsResponse], Any]:
    event = "".join(word.capitalize() for word in name.split("_"))

    def with_an_event(response: KmsResponse) -> Any:
        answered = answer(response)
        asked = json.loads(response.body)
        key = response.kms_backend.describe_key(asked["KeyId"]).arn
        events = _events(response)
        events.append(_event(f"{len(events):08d}-example", event, key, _identity(response)))
        return answered

    return with_an_event


def _events(response: KmsResponse | CloudTrailResponse) -> list[dict[str, Any]]:
    trail: Any = cloudtrail_backends[response.current_account][response.region]
    events: list[dict[str, Any]] = trail.__dict__.setdefault(EVENTS, [])
    return events


def _identity(response: KmsResponse) -> dict[str, Any]:
    """Return who asked as CloudTrail writes it: a session names the role that issued it."""
    access_key, account = response.get_access_key(), response.current_account
    sts = sts_backends[account][response.partition]
    _, arn, _ = sts.get_caller_identity(access_key, response.region)
    session = sts.get_assumed_role_from_access_key(access_key)
    if session is None:
        return {"type": "IAMUser", "arn": arn, "accountId": account}
    issuer = {"type": "Role", "arn": session.role_arn, "accountId": account}
    context = {"sessionIssuer": issuer}
    return {
        "type": "AssumedRole",
        "arn": arn,
        "accountId": account,
        "sessionContext": context,
    }


def _event(event_id: str, name: str, key: str, identity: dict[str, Any]) -> dict[str, Any]:
    at = datetime.now(UTC)
    told = {
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "kms.amazonaws.com",
        "eventName": name,
        "userIdentity": identity,
        "resources": [{"ARN": key, "type": "AWS::KMS::Key"}],
    }
    return {
        "EventId": event_id,
        "EventName": name,
        "ReadOnly": "true",
        "EventTime": at.timestamp(),
        "EventSource": "kms.amazonaws.com",
        "Resources": [{"ResourceType": "AWS::KMS::Key", "ResourceName": key}],
        "CloudTrailEvent": json.dumps(told),
    }


def _lookup_events(response: CloudTrailResponse) -> str:
    """Answer the newest events about a resource first, a page at a time."""
    asked = json.loads(response.body)
    [about] = asked["LookupAttributes"]
    found = [
        event
        for event in reversed(_events(response))
        if about["AttributeValue"] in {one["ResourceName"] for one in event["Resources"]}
    ]
    start, most = int(asked.get("NextToken", 0)), asked.get("MaxResults", 50)
    more = {"NextToken": str(start + most)} if found[start + most :] else {}
    return json.dumps({"Events": found[start : start + most], **more})


def _tag(backend: IAMBackend, key: str, default: str) -> str:
    """Return what a tag of any role says of its account's root."""
    said = (role.tags for role in backend.roles.values())
    tags = {tag["Key"]: tag["Value"] for several in said for tag in several}
    return str(tags.get(key, default))


def _with_root(answer: Callable[[IAMBackend], str]) -> Callable[[IAMBackend], str]:
    def with_a_line_for_the_root(backend: IAMBackend) -> str:
        head, *lines = answer(backend).splitlines()
        told = [_dated(backend, line.split(",")) for line in lines]
        return "\n".join([head, _root(backend), *told])

    return with_a_line_for_the_root


def _root(backend: IAMBackend) -> str:
    mfa = _tag(backend, "planted:report-mfa", _tag(backend, "planted:root-mfa", "true"))
    keys = _tag(backend, "planted:root-keys", "false")
    arn = f"arn:aws:iam::{backend.account_id}:root"
    cells = ["<root_account>", arn, "2025-01-01T00:00:00+00:00", "not_supported"]
    cells += ["no_information", "not_supported", "not_supported", mfa, keys]
    made = ["2025-01-01T00:00:00+00:00", "N/A"] if keys == "true" else ["N/A", "N/A"]
    cells += [*made, "N/A", "N/A", "false", *["N/A"] * 4, "false", "N/A", "false", "N/A"]
    return ",".join(cells)


def _dated(backend: IAMBackend, cells: list[str]) -> str:
    """Return a user's line with the dates of its first key that the user's tags tell."""
    told = backend.list_user_tags(cells[0])
    tags = {tag["Key"]: tag["Value"] for tag in told}
    for at, tag in ((KEY_MADE, "planted:key-created"), (KEY_USED, "planted:key-used")):
        if tag in tags:
            cells[at] = f"{tags[tag]}T00:00:00+00:00"
    return ",".join(cells)


def _report(response: IamResponse) -> ActionResult:
    content = response.backend.get_credential_report()
    now = datetime.now(UTC)
    return ActionResult({"Content": content, "ReportFormat": "text/csv", "GeneratedTime": now})


def _summed(answer: Callable[[AccountSummary], dict[str, Any]]) -> Callable[[AccountSummary], Any]:
    def with_the_root(summary: AccountSummary) -> dict[str, Any]:
        backend: Any = summary._iam_backend  # noqa: SLF001 moto offers no other way to it
        root = {
            "AccountMFAEnabled": _tag(backend, "planted:root-mfa", "true"),
            "AccountAccessKeysPresent": _tag(backend, "planted:root-keys", "false"),
            "AccountPasswordPresent": "true",
        }
        return answer(summary) | {name: int(said == "true") for name, said in root.items()}

    return with_the_root
