"""Finds the service's databases in AWS, by its tags and VPCs and by declaration, both ways."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pytest_orr.errors import FactUnavailable, Undeclared

from . import ownership
from .encrypted_stores import tagged
from .parts import Part, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import Database, Profile

    from .interface import Desk

Kind = Literal["rds", "aurora", "dynamodb"]
IN_AWS: tuple[Kind, ...] = ("rds", "aurora", "dynamodb")
INSTANCES = ("rds:DescribeDBInstances", "DBInstances")
CLUSTERS = ("rds:DescribeDBClusters", "DBClusters")
OPERATIONS = (
    "dynamodb:DescribeTable",
    "ec2:DescribeVpcs",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "sts:GetCallerIdentity",
    "tag:GetResources",
)
"""What is asked to know the service's databases."""

NO_TABLE = ("ResourceNotFoundException",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A database of the service as AWS describes it; no fact, since it may hold anything."""

    kind: Kind
    place: Place
    arn: str
    identifier: str
    declared_as: str
    """Name under ``[[databases]]``; empty if none names it."""
    raw: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...] = ()
    """Instances of a cluster."""
    source: str = ""
    """What a read replica is fed by; it has no backups of its own."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        named = f" as {self.declared_as}" if self.declared_as else ""
        return f"{self.kind} {self.identifier} in {self.place}{named}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Databases of the service in AWS, and which declared ones are nowhere."""

    found: tuple[Part[Stored], ...]
    lost: tuple[str, ...]
    """Names of declared ones that are in none of the accounts and regions, sorted."""


def declared_in_aws(profile: Profile) -> tuple[Database, ...]:
    """Return the databases that AWS is asked about."""
    return tuple(one for one in profile.databases if one.kind in IN_AWS)


def databases_in_aws(desk: Desk) -> Listed:
    """Find them in every account and region; each place and kind is read by itself.

    A service without ``[aws]`` may keep its databases elsewhere; one that names neither is asked
    to.
    """
    profile = desk.profile
    if not profile.databases:
        raise Undeclared("[[databases]]", "the service's databases, and who may write to them")
    declared = declared_in_aws(profile)
    if profile.aws is None and not declared:
        return Listed(found=(), lost=())
    ownership.require_resources(desk.aws.resources)
    several = desk.aws.everywhere(partial(_in_place, desk.aws, declared))
    found = tuple(part for parts in several for part in parts)
    there = {part.observed.declared_as for part in found if part.observed}
    blind = any(part.observed is None for part in found)
    lost = () if blind else tuple(sorted({one.name for one in declared} - there))
    return Listed(found=found, lost=lost)


def _in_place(
    aws: AwsAccess, declared: tuple[Database, ...], place: Place
) -> tuple[Part[Stored], ...]:
    reader = _Reader(aws=aws, place=place, declared=declared)
    return (
        *parts_of(f"databases of RDS in {place}", reader.of_rds),
        *parts_of(f"tables of DynamoDB in {place}", reader.tables),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the databases of one place."""

    aws: AwsAccess
    place: Place
    declared: tuple[Database, ...]

    def of_rds(self) -> Iterator[tuple[str, Stored]]:
        """Yield the service's clusters, and instances that are in none."""
        own = ownership.ownership(self.aws, self.place)
        members: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for raw in self.aws.listing(self.place, *INSTANCES):
            if cluster := raw.get("DBClusterIdentifier"):
                members[cluster].append(raw)
                continue
            fed_by = raw.get("ReadReplicaSourceDBInstanceIdentifier") or ""
            arn, named = raw["DBInstanceArn"], raw["DBInstanceIdentifier"]
            one = self._stored("rds", arn, named, raw, source=fed_by)
            if one.declared_as or _is_own(own, raw):
                yield arn, one
        for raw in self.aws.listing(self.place, *CLUSTERS):
            arn, named = raw["DBClusterArn"], raw["DBClusterIdentifier"]
            inside, fed_by = tuple(members[named]), raw.get("ReplicationSourceIdentifier") or ""
            one = self._stored("aurora", arn, named, raw, members=inside, source=fed_by)
            if one.declared_as or any(_is_own(own, each) for each in (raw, *inside)):
                yield arn, one

    def tables(self) -> Iterator[tuple[str, Stored]]:
        """Yield the tables that carry the service's tags or are declared."""
        wanted = {arn.rpartition("/")[2]: arn for arn in self._tagged_tables()}
        for one in self.declared:
            if one.kind == "dynamodb" and one.identifier and self._may_be_here(one.identifier):
                wanted.setdefault(one.identifier.rpartition("/")[2], "")
        for name in sorted(wanted):
            answer = self.aws.call(
                self.place, "dynamodb:DescribeTable", absent=NO_TABLE, TableName=name
            )
            if answer is not None:
                arn = answer["Table"]["TableArn"]
                yield arn, self._stored("dynamodb", arn, name, answer["Table"])

    def _tagged_tables(self) -> tuple[str, ...]:
        return tagged(self.aws, self.place, "dynamodb:table")

    def _may_be_here(self, identifier: str) -> bool:
        in_place = f":{self.place.region}:{self.place.account}:"
        return not identifier.startswith("arn:") or in_place in identifier

    def _stored(
        self, kind: Kind, arn: str, identifier: str, raw: Mapping[str, Any], **more: Any
    ) -> Stored:
        fed_by = more.get("source", "")
        names = (arn, identifier, fed_by, fed_by.rpartition(":")[2])
        named = (one for one in self.declared if one.kind == kind and one.identifier in names)
        return Stored(
            kind=kind,
            place=self.place,
            arn=arn,
            identifier=identifier,
            declared_as=next((one.name for one in named), ""),
            raw=raw,
            **more,
        )


def _is_own(own: ownership.Ownership, raw: Mapping[str, Any]) -> bool:
    subnets = raw.get("DBSubnetGroup")
    vpc = subnets.get("VpcId") if isinstance(subnets, dict) else None
    return vpc in own.vpcs or own.has_tags(raw.get("TagList") or ())


def required(stored: Stored, key: str) -> Any:
    """Return what AWS must say of a database."""
    if key in stored.raw:
        return stored.raw[key]
    raise FactUnavailable(
        f"what AWS says of {stored.arn} lacks {key}",
        "update pytest-orr, which does not know this kind of answer",
    )
