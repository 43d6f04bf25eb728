"""Who is who in the example's AWS accounts: users, roles, the testing account, the public zone.

Tags that begin with ``planted:`` say what AWS would know besides; ``trails`` reads them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3

from examples.explorer.builder import REGION, TAGS, tag_list
from examples.explorer.names import BALANCER, CLOUDFRONT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.builder import Builder

ACCOUNT = "123456789012"
TESTING = "210987654321"
STRANGER = "444455556666"
ON_CALL = ("elasticloadbalancing:ModifyListener", "elasticloadbalancing:DeregisterTargets")
FAULTS = frozenset(
    {
        "credential-missing",
        "grant-to-stranger",
        "key-policy-names-stranger",
        "key-unused",
        "key-used-by-stranger",
        "long-ttl",
        "old-access-key",
        "on-call-denied",
        "on-call-role-missing",
        "report-disagrees",
        "role-trusts-everybody",
        "role-trusts-testing",
        "root-keys",
        "root-without-mfa",
        "unused-access-key",
        "user-without-mfa",
    }
)
UNUSABLE = {"key-deleted", "key-disabled"}
ROOT = {
    "root-keys": ("planted:root-keys", "true"),
    "root-without-mfa": ("planted:root-mfa", "false"),
    "report-disagrees": ("planted:report-mfa", "false"),
}
"""Faults of the root, which has no tags: a role of its account carries them."""


def build_identities(made: Builder, keys: Mapping[str, str]) -> dict[str, Any]:
    """Create users, roles and the zone, use the keys, and return what was made."""
    _users(made)
    _roles(made)
    _testing(made)
    _grants(made, keys)
    if not made.faults & UNUSABLE:
        _uses(made, keys)
    return {"zone": _zone(made)}


def _users(made: Builder) -> None:
    iam = made.client("iam")
    iam.create_user(UserName="bo", Tags=tag_list(TAGS))
    iam.create_login_profile(UserName="bo", Password="of-nobody")  # noqa: S106
    if "user-without-mfa" not in made.faults:
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName="bo")["VirtualMFADevice"]
        codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
        iam.enable_mfa_device(UserName="bo", SerialNumber=device["SerialNumber"], **codes)
    tags = {**TAGS, "planted:key-created": "2026-10-01", "planted:key-used": "2026-11-18"}
    if "old-access-key" in made.faults:
        tags["planted:key-created"] = "2026-05-01"
    if "unused-access-key" in made.faults:
        del tags["planted:key-used"]
    iam.create_user(UserName="pipeline", Tags=tag_list(tags))
    iam.create_access_key(UserName="pipeline")


def _roles(made: Builder) -> None:
    iam = made.client("iam")
    root = [ROOT[fault] for fault in sorted(ROOT) if fault in made.faults]
    _role(iam, "explorer-keys", {"AWS": _root(ACCOUNT)}, tags=dict(root))
    _role(iam, "explorer-backend", {"Service": "ec2.amazonaws.com"})
    deployers = {"AWS": [_root(ACCOUNT)]}
    if "role-trusts-testing" in made.faults:
        deployers["AWS"].append(f"arn:aws:iam::{TESTING}:role/explorer-deploy")
    if "role-trusts-everybody" in made.faults:
        deployers["AWS"].append("*")
    if "credential-missing" not in made.faults:
        _role(iam, "explorer-deploy", deployers)
    if "on-call-role-missing" not in made.faults:
        _role(iam, "explorer-on-call", {"AWS": _root(ACCOUNT)})
        denied = "on-call-denied" in made.faults
        allowed = [{"Effect": "Allow", "Action": ON_CALL[: 1 if denied else 2], "Resource": "*"}]
        document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        iam.put_role_policy(RoleName="explorer-on-call", PolicyName="off", PolicyDocument=document)


def _root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def _role(iam: Any, name: str, trusted: Mapping[str, Any], *, tags: Any = None) -> None:
    statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        Tags=tag_list({**TAGS, **(tags or {})}),
    )


def _testing(made: Builder) -> None:
    """Create what the testing account has: whoever audits it, and what deploys there."""
    iam = _become(made, f"arn:aws:iam::{TESTING}:role/builder", "iam")
    for name in ("explorer-auditor", "explorer-deploy"):
        _role(iam, name, {"AWS": _root(ACCOUNT)})
    every = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [every]})
    iam.put_role_policy(RoleName="explorer-auditor", PolicyName="all", PolicyDocument=document)


def _become(made: Builder, role: str, service: str) -> Any:
    """Return a client of a service that asks as a role."""
    sts = made.client("sts")
    got = sts.assume_role(RoleArn=role, RoleSessionName="example")["Credentials"]
    session: Any = boto3.session.Session(
        aws_access_key_id=got["AccessKeyId"],
        aws_secret_access_key=got["SecretAccessKey"],
        aws_session_token=got["SessionToken"],
    )
    return session.client(service, REGION, endpoint_url=sts.meta.endpoint_url)


def _grants(made: Builder, keys: Mapping[str, str]) -> None:
    kms = made.client("kms")
    grantees = [f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0"]
    if "grant-to-stranger" in made.faults:
        grantees.append(f"arn:aws:iam::{STRANGER}:role/somebody-else")
    for grantee in grantees:
        kms.create_grant(KeyId=keys["key"], GranteePrincipal=grantee, Operations=["Decrypt"])


def _uses(made: Builder, keys: Mapping[str, str]) -> None:
    """Use the keys as the service does, before a fault may end their use."""
    who = "somebody-else" if "key-used-by-stranger" in made.faults else "explorer-backend"
    if "key-unused" not in made.faults:
        kms = _become(made, f"arn:aws:iam::{ACCOUNT}:role/{who}", "kms")
        kms.generate_data_key(KeyId=keys["key"], KeySpec="AES_256")
    if "signing_key" in keys and "key-other-usage" not in made.faults:
        kms = _become(made, f"arn:aws:iam::{ACCOUNT}:role/explorer-deploy", "kms")
        algorithm = "ECDSA_SHA_256"
        kms.sign(KeyId=keys["signing_key"], Message=b"release", SigningAlgorithm=algorithm)


def _zone(made: Builder) -> str:
    route53 = made.client("route53")
    zone = route53.create_hosted_zone(Name="explorer.example", CallerReference="example")
    zone_id = str(zone["HostedZone"]["Id"])
    ttl = 3600 if "long-ttl" in made.faults else 60
    addresses = {
        "explorer.example": CLOUDFRONT,
        "api.explorer.example": BALANCER,
        "status.explorer.example": BALANCER,
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={"Changes": [_upsert(name, ttl, to) for name, to in addresses.items()]},
    )
    return zone_id


def _upsert(name: str, ttl: int, addresses: tuple[str, ...]) -> dict[str, Any]:
    records = [{"Value": address} for address in addresses]
    record = {"Name": name, "Type": "A", "TTL": ttl, "ResourceRecords": records}
    return {"Action": "UPSERT", "ResourceRecordSet": record}
