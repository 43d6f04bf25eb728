"""EC2 instances: their public addresses, and how they hand out their credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .collector import InPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.aws import AwsAccess, Place

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """An EC2 instance."""

    arn: str
    public_address: str
    """Empty if it has none."""
    metadata: str
    """``off``, or whether tokens are ``required`` or ``optional``."""

    @property
    def seen(self) -> str:
        """What was seen, in a few words."""
        return f"{self.public_address or 'no public address'}, metadata tokens {self.metadata}"


class Machines(InPlaces[Machine]):
    """Asks for all instances that were not taken down."""

    name = "account_machines"
    source = "AWS ec2"
    operations = ("ec2:DescribeInstances",)
    fact_type = tuple[Machine, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterator[Machine]:
        """Read the instances of a region."""
        found = aws.listing(place, "ec2:DescribeInstances", "Reservations", MaxResults=MOST)
        for owner, one in ((some["OwnerId"], one) for some in found for one in some["Instances"]):
            data = one.get("MetadataOptions", {})
            is_off = data.get("HttpEndpoint") == "disabled"
            if one["State"]["Name"] != "terminated":
                yield Machine(
                    arn=f"arn:aws:ec2:{place.region}:{owner}:instance/{one['InstanceId']}",
                    public_address=one.get("PublicIpAddress") or "",
                    metadata="off" if is_off else str(data.get("HttpTokens", "optional")),
                )
