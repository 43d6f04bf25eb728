"""What encrypts the example's storage: KMS keys, and the secret, database and volumes under them.

Keys come before the instances whose volumes they encrypt; the rest comes after everything else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from examples.explorer.builder import REGION, TAGS, tag_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.builder import Builder

ACCOUNT = "123456789012"
PARTNER = "arn:aws:iam::444455556666:role/somebody-else"
SYMMETRIC = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
RDS = f"rds.{REGION}.amazonaws.com"
SIGNING = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
FAULTS = frozenset(
    {
        "alias-missing",
        "database-not-encrypted",
        "database-other-key",
        "key-deleted",
        "key-disabled",
        "key-open-policy",
        "key-other-usage",
        "key-without-rotation",
        "secret-default-key",
        "undeclared-key",
        "volume-not-encrypted",
    }
)


def build_keys(made: Builder) -> dict[str, str]:
    """Create the service's keys with their aliases and return their ARNs."""
    kms = made.client("kms")
    keys = {"key": _key(made, "alias/explorer", SYMMETRIC)}
    if "alias-missing" not in made.faults:
        wanted = SYMMETRIC if "key-other-usage" in made.faults else SIGNING
        keys["signing_key"] = _key(made, "alias/explorer-signing", wanted)
    if "key-without-rotation" in made.faults:
        kms.disable_key_rotation(KeyId=keys["key"])
    if "undeclared-key" in made.faults:
        keys["undeclared_key"] = _key(made, "alias/forgotten", SYMMETRIC)
    if "database-other-key" in made.faults:
        keys["other_key"] = str(kms.create_key(**SYMMETRIC)["KeyMetadata"]["Arn"])
    return keys


def disks(made: Builder) -> list[dict[str, Any]]:
    """Return the root volume of an instance, as it is asked for."""
    key = made.client("kms").describe_key(KeyId="alias/explorer")["KeyMetadata"]["Arn"]
    encrypted = {"Encrypted": True, "KmsKeyId": key}
    return [
        {
            "DeviceName": "/dev/sda1",
            "Ebs": {"VolumeSize": 40}
            | ({} if "volume-not-encrypted" in made.faults else encrypted),
        }
    ]


def build_stores(made: Builder, ids: Mapping[str, str]) -> dict[str, str]:
    """Create secret and database under the keys, and return their ARNs.

    What a fault does to a key comes last: a disabled key encrypts nothing new.
    """
    stores = {"secret": _secret(made, ids["key"]), "database": _database(made, ids)}
    change_key(made, ids["key"], ids["distribution_arn"])
    return stores


def _key(made: Builder, alias: str, kind: Mapping[str, str]) -> str:
    kms = made.client("kms")
    tags = [{"TagKey": key, "TagValue": value} for key, value in TAGS.items()]
    arn = str(kms.create_key(Tags=tags, **kind)["KeyMetadata"]["Arn"])
    kms.create_alias(AliasName=alias, TargetKeyId=arn)
    if kind == SYMMETRIC:
        kms.enable_key_rotation(KeyId=arn)
    return arn


def _secret(made: Builder, key: str) -> str:
    under = {} if "secret-default-key" in made.faults else {"KmsKeyId": key}
    created = made.client("secretsmanager").create_secret(
        Name="explorer/database", SecretString="of-nobody", Tags=tag_list(TAGS), **under
    )
    return str(created["ARN"])


def _database(made: Builder, keys: Mapping[str, str]) -> str:
    encrypted = "database-not-encrypted" not in made.faults
    under = {"KmsKeyId": keys.get("other_key", keys["key"])} if encrypted else {}
    created = made.client("rds").create_db_instance(
        DBInstanceIdentifier="explorer",
        DBInstanceClass="db.t3.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="explorer",
        MasterUserPassword="of-nobody",
        StorageEncrypted=encrypted,
        Tags=tag_list(TAGS),
        **under,
    )
    return str(created["DBInstance"]["DBInstanceArn"])


def change_key(made: Builder, key: str, distribution: str) -> None:
    """Set whom the key's policy admits, and do to it what faults do."""
    kms, key_id = made.client("kms"), key.rpartition("/")[2]
    policy = json.dumps(_key_policy(made, distribution))
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    if "key-disabled" in made.faults:
        kms.disable_key(KeyId=key_id)
    if "key-deleted" in made.faults:
        kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=30)


def _key_policy(made: Builder, distribution: str) -> dict[str, Any]:
    use = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"]
    administer = ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"]
    role = f"arn:aws:iam::{ACCOUNT}:role"
    through = {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": RDS}}
    said: dict[str, dict[str, Any]] = {
        "Administration": {"Principal": {"AWS": f"{role}/explorer-keys"}, "Action": administer},
        "Use": {"Principal": {"AWS": f"{role}/explorer-backend"}, "Action": use},
        "Pages": {**_pages(distribution), "Action": "kms:Decrypt"},
        "Storage": {"Principal": {"AWS": "*"}, "Action": use, "Condition": through},
    }
    if "key-policy-names-stranger" in made.faults:
        said["Partner"] = {"Principal": {"AWS": PARTNER}, "Action": use}
    if "key-open-policy" in made.faults:
        said["Forgotten"] = {"Principal": {"AWS": "*"}, "Action": "kms:Decrypt"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": name, "Effect": "Allow", "Resource": "*", **one} for name, one in said.items()
        ],
    }


def _pages(distribution: str) -> dict[str, Any]:
    return {
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
