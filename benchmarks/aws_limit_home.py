"""The limit's share of what an account has in no region: people and buckets."""

from __future__ import annotations

import csv
import io
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .aws_limit import Region

ROOT = "<root_account>"
YES = "true"
OLD_DAYS = 90
SHORTEST_PASSWORD = 14
EVERYBODY = ("*", {"AWS": "*"})
GROUPS_OF_STRANGERS = ("AllUsers", "AuthenticatedUsers")


def begin(home: Region) -> None:
    """Ask all of it."""
    block = home.go(ask_account_block)
    home.go(ask_people)
    home.go(ask_passwords)
    home.go(ask_buckets, block)


def ask_account_block(home: Region) -> bool:
    """Judge the account's block of public access, once its credentials have proven its own."""
    account = home.client("sts").get_caller_identity()["Account"]
    if account != home.account:
        raise RuntimeError(f"the credentials are of {account}, and not of {home.account}")
    blocks = is_blocked(lambda: home.client("s3control").get_public_access_block(AccountId=account))
    home.verdict("s3_account_level_public_access_blocks", account, blocks)
    return blocks


def is_blocked(ask: Any) -> bool:
    """Say whether public access is blocked; there may be no such setting."""
    found: dict[str, bool] = {}
    with suppress(ClientError):
        found = ask()["PublicAccessBlockConfiguration"]
    return bool(found.get("IgnorePublicAcls") and found.get("RestrictPublicBuckets"))


def ask_people(home: Region) -> None:
    """Judge the credential report."""
    iam = home.client("iam")
    while iam.generate_credential_report()["State"] != "COMPLETE":
        time.sleep(0.2)
    report = iam.get_credential_report()["Content"].decode()
    now = datetime.now(UTC)
    for row in csv.DictReader(io.StringIO(report)):
        keys = [row[f"access_key_{number}_active"] == YES for number in (1, 2)]
        factor = row["mfa_active"] == YES
        if row["user"] == ROOT:
            home.verdict("iam_root_mfa_enabled", row["arn"], factor)
            home.verdict("iam_no_root_access_key", row["arn"], not any(keys))
        else:
            alone = not factor and row["password_enabled"] == YES
            home.verdict("iam_user_mfa_enabled_console_access", row["arn"], not alone)
        made = [row[f"access_key_{n}_last_rotated"] for n, active in enumerate(keys, 1) if active]
        old = [one for one in made if one != "N/A" and age(one, now) > OLD_DAYS]
        home.verdict("iam_rotate_access_key_90_days", row["arn"], not old)


def age(instant: str, now: datetime) -> int:
    """Return how many days ago an instant of the report was."""
    return (now - datetime.fromisoformat(instant)).days


def ask_passwords(home: Region) -> None:
    """Judge the password policy; there may be none."""
    found: dict[str, Any] = {}
    with suppress(ClientError):
        found = home.client("iam").get_account_password_policy()["PasswordPolicy"]
    long = found.get("MinimumPasswordLength", 0) >= SHORTEST_PASSWORD
    home.verdict("iam_password_policy_minimum_length_14", home.account, long)


def ask_buckets(home: Region, block: Future[bool]) -> None:
    """Judge all buckets."""
    for bucket in home.client("s3").list_buckets()["Buckets"]:
        home.go(ask_bucket, bucket["Name"], block)
        home.go(ask_versioning, bucket["Name"])


def ask_versioning(home: Region, name: str) -> None:
    """Judge whether a bucket keeps versions."""
    status = home.client("s3").get_bucket_versioning(Bucket=name).get("Status")
    home.verdict("s3_bucket_object_versioning", f"arn:aws:s3:::{name}", status == "Enabled")


def ask_bucket(home: Region, name: str, block: Future[bool]) -> None:
    """Judge who can read a bucket; where the account blocks all, nothing more is asked."""
    s3, arn = home.client("s3"), f"arn:aws:s3:::{name}"
    blocked = is_blocked(lambda: s3.get_public_access_block(Bucket=name))
    home.verdict("s3_bucket_level_public_access_block", arn, blocked or block.result())
    if not block.result():
        is_public = not blocked and (is_granted(s3, name) or is_allowed(s3, name))
        home.verdict("s3_bucket_public_access", arn, not is_public)


def is_granted(s3: Any, name: str) -> bool:
    """Say whether a bucket's ACL lets strangers in."""
    grantees = [
        grant["Grantee"].get("URI", "") for grant in s3.get_bucket_acl(Bucket=name)["Grants"]
    ]
    return any(group in grantee for grantee in grantees for group in GROUPS_OF_STRANGERS)


def is_allowed(s3: Any, name: str) -> bool:
    """Say whether a bucket's policy lets everybody in; there may be none."""
    statements: list[dict[str, Any]] = []
    with suppress(ClientError):
        statements = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    return any(
        one["Effect"] == "Allow" and one.get("Principal") in EVERYBODY and not one.get("Condition")
        for one in statements
    )
