"""The handful of what an account of the simulated AWS has once, in no region."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from moto.iam.models import iam_backends

if TYPE_CHECKING:
    from .aws_seed import Region

OLD = timedelta(days=200)
"""Age of every second access key."""
SHORTEST_PASSWORD = 14


def fill(home: Region, few: int) -> None:
    """Make buckets and twice as many people; every second of their keys is old."""
    buckets(home, few)
    people(home, 2 * few)
    keys = iam_backends[home.key.account]["aws"].access_keys
    for key in list(keys.values())[::2]:
        key.create_date -= OLD


def buckets(home: Region, number: int) -> None:
    """Make buckets: one of five is open, one may be read by everybody, some keep no versions."""
    s3 = home.client("s3")
    for count in range(number):
        name = f"seed-{home.key.account}-{count:03d}"
        s3.create_bucket(Bucket=name)
        if count % 5 != 2:
            kinds = (
                "BlockPublicAcls",
                "IgnorePublicAcls",
                "BlockPublicPolicy",
                "RestrictPublicBuckets",
            )
            block = dict.fromkeys(kinds, count % 5 != 3)
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
        if count % 2 == 0:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if count % 5 == 3:
            s3.put_bucket_policy(Bucket=name, Policy=read_by_everybody(name))


def read_by_everybody(bucket: str) -> str:
    """Return a policy that lets anybody read a bucket."""
    allowed = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


def people(home: Region, number: int) -> None:
    """Make users, of whom some log in without a second factor; then ask for the report of them."""
    iam = home.client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=SHORTEST_PASSWORD)
    for count in range(number):
        name = f"user{count}"
        iam.create_user(UserName=name)
        if count % 2 == 0:
            iam.create_login_profile(UserName=name, Password="Not-a-secret-1")  # noqa: S106 nobody logs in
        if count % 4 == 0:
            device = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"mfa{count}")
            serial = device["VirtualMFADevice"]["SerialNumber"]
            codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
            iam.enable_mfa_device(UserName=name, SerialNumber=serial, **codes)
        if count % 3 == 0:
            iam.create_access_key(UserName=name)
    iam.generate_credential_report()
