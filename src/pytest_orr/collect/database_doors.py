"""Reads whom AWS lets reach a database: security groups of RDS, policies of DynamoDB's tables."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from . import security_groups
from .database_listing import required
from .ingress import read_rules
from .policies import grants_of
from .security_groups import own_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.clients.aws import AwsAccess
    from pytest_orr.profile.schema import Database

    from .database_listing import Stored
    from .ingress import Rule

OPERATIONS = ("dynamodb:GetResourcePolicy", *security_groups.BackendSecurityGroups().operations)
"""What is asked to know who may come in."""

NO_POLICY = ("PolicyNotFoundException",)
WRITING = (
    *("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:DeleteTable"),
    *("dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"),
    *("dynamodb:PutItem", "dynamodb:PutResourcePolicy", "dynamodb:UpdateItem"),
    *(
        "dynamodb:DeleteResourcePolicy",
        "dynamodb:UpdateTable",
        "dynamodb:RestoreTableToPointInTime",
    ),
)
"""What changes a table or who may change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Whom AWS lets reach a database, as far as it itself decides."""

    groups: tuple[str, ...]
    """Ids of the security groups in front of it, sorted; none before a table."""
    strangers: tuple[str, ...]
    """What they let in that is neither the service's nor declared: rule and source."""
    writers: tuple[str, ...]
    """Whom a table's own policy lets write and ``writers`` does not name, sorted."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.groups:
            return f"behind {', '.join(self.groups)}"
        return "reached by signed requests alone"


def doors_of(aws: AwsAccess, stored: Stored, declared: Database | None) -> Doors:
    """Read who may reach a database; ``declared`` says who may besides the service."""
    if stored.kind == "dynamodb":
        allowed = declared.writers if declared else ()
        return Doors(groups=(), strangers=(), writers=_policy_writers(aws, stored, allowed))
    groups = _groups(stored)
    rules = read_rules(aws, stored.place, groups)
    own = own_groups(aws, stored.place) | {*aws.resources.security_groups}
    allowed = declared.sources if declared else ()
    strange = (
        f"{rule.seen} ({rule.id} of {group})"
        for group in groups
        for rule in rules[group]
        if not _is_known(rule, own, allowed)
    )
    return Doors(groups=groups, strangers=tuple(strange), writers=())


def _groups(stored: Stored) -> tuple[str, ...]:
    several = (stored.raw, *stored.members)
    memberships = [one for raw in several for one in raw.get("VpcSecurityGroups") or ()]
    groups = tuple(sorted({one["VpcSecurityGroupId"] for one in memberships}))
    if groups:
        return groups
    raise FactUnavailable(
        f"AWS names no security group in front of {stored.arn}",
        "run again when it has been made, or move it into a VPC",
    )


def _is_known(rule: Rule, own: frozenset[str], allowed: Iterable[str]) -> bool:
    sources = frozenset(allowed)
    if rule.group:
        return rule.group in own | sources
    return rule.prefix_list in sources or _lie_within(rule.cidrs, sources)


def _lie_within(networks: Iterable[str], sources: Iterable[str]) -> bool:
    wide = [ipaddress.ip_network(one, strict=False) for one in sources if "/" in one]
    narrow = [ipaddress.ip_network(one, strict=False) for one in networks]
    return all(any(_holds(outer, inner) for outer in wide) for inner in narrow)


def _holds(outer: Any, inner: Any) -> bool:
    return outer.version == inner.version and bool(inner.subnet_of(outer))


def _policy_writers(aws: AwsAccess, stored: Stored, allowed: Iterable[str]) -> tuple[str, ...]:
    operation = "dynamodb:GetResourcePolicy"
    found = aws.call(stored.place, operation, absent=NO_POLICY, ResourceArn=stored.arn)
    if found is None:
        return ()
    return tuple(sorted({*_writers(found["Policy"], stored)} - {*_names(allowed)}))


def _writers(policy: str, stored: Stored) -> Iterator[str]:
    for grant in grants_of(policy, stored.arn):
        if grant.allows(*WRITING):
            yield from grant.who


def _names(allowed: Iterable[str]) -> Iterator[str]:
    """Yield the forms in which a policy may show a role that ``writers`` names."""
    for name in allowed:
        last = name.rpartition(":")[2]
        yield from (name, last, f"role/{last}")


def is_public(stored: Stored) -> bool:
    """Whether a database of RDS has an address that the world resolves."""
    one_of = (stored.raw, *stored.members)
    return any(bool(raw.get("PubliclyAccessible")) for raw in one_of)


def is_encrypted(stored: Stored) -> bool:
    """Whether it is encrypted at rest, as every table of DynamoDB is."""
    return stored.kind == "dynamodb" or bool(required(stored, "StorageEncrypted"))


def is_protected(stored: Stored) -> bool:
    """Whether it must be unlocked before it can be deleted."""
    key = "DeletionProtectionEnabled" if stored.kind == "dynamodb" else "DeletionProtection"
    return bool(stored.raw.get(key))
