"""Security groups: what each lets in from the whole internet, and whether a machine has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .collector import InPlaces, opens_to_world

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

OF_AWS = frozenset({"api_gateway_managed", "vpc_endpoint"})
"""Kinds of interfaces behind which there is no machine of the account."""
MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An ingress rule that names the whole internet as its source."""

    protocol: str
    """``-1`` for all of them."""
    first: int | None
    last: int | None

    def covers(self, port: int) -> bool:
        """Say whether a TCP port is among its ports."""
        if self.protocol == "-1":
            return True
        if self.protocol != "tcp" or self.first is None or self.last is None:
            return False
        return self.first <= port <= self.last

    def __str__(self) -> str:
        return "all ports" if self.protocol == "-1" else f"{self.protocol} {self.first}-{self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A security group."""

    arn: str
    openings: tuple[Opening, ...]
    is_used: bool
    """Whether an interface of a machine has it."""

    def lets_in(self, port: int) -> bool:
        """Say whether everybody can reach a TCP port."""
        return any(opening.covers(port) for opening in self.openings)

    @property
    def seen(self) -> str:
        """What was seen, in a few words."""
        return ", ".join(map(str, self.openings)) or "nothing is open to the internet"


class Groups(InPlaces[Group]):
    """Asks for all security groups, and for the interfaces that have them."""

    name = "account_groups"
    source = "AWS ec2"
    operations = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups")
    fact_type = tuple[Group, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterator[Group]:
        """Read the groups of a region."""
        questions = (
            ("ec2:DescribeSecurityGroups", "SecurityGroups"),
            ("ec2:DescribeNetworkInterfaces", "NetworkInterfaces"),
        )
        groups, interfaces = aws.each(
            lambda asked: aws.listing(place, *asked, MaxResults=MOST), questions
        )
        used = {one["GroupId"] for wire in interfaces if is_own(wire) for one in wire["Groups"]}
        for group in groups:
            owner, number = group["OwnerId"], group["GroupId"]
            yield Group(
                arn=f"arn:aws:ec2:{place.region}:{owner}:security-group/{number}",
                openings=openings(group),
                is_used=number in used,
            )


def openings(group: Mapping[str, Any]) -> tuple[Opening, ...]:
    """Return what a described group lets in from the whole internet."""
    return tuple(
        Opening(protocol=rule["IpProtocol"], first=rule.get("FromPort"), last=rule.get("ToPort"))
        for rule in group["IpPermissions"]
        if opens_to_world(rule)
    )


def is_own(interface: Mapping[str, Any]) -> bool:
    """Say whether there may be a machine of the account behind an interface."""
    owner = interface.get("Attachment", {}).get("InstanceOwnerId")
    return interface["InterfaceType"] not in OF_AWS and owner != "amazon-elb"
