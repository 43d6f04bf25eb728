"""Reads what Shield protects in an account, for ``web_protections``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

OPERATIONS = ("shield:GetSubscriptionState", "shield:ListProtections")
"""What is asked to know it; the second only where there is a subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shield:
    """Shield in one account. Its standard form is always there, and protects no resource by name.

    ``protected`` are the ARNs that a subscription to Shield Advanced protects.
    """

    account: str
    is_advanced: bool
    protected: frozenset[str]

    def protects(self, balancer: Mapping[str, Any]) -> bool:
        """Whether a balancer is protected: by its ARN, or a network balancer by its addresses.

        ``balancer`` is as DescribeLoadBalancers describes it.
        """
        nameless: list[dict[str, str]] = [{}]
        addresses = [
            address.get("AllocationId", "")
            for zone in balancer["AvailabilityZones"]
            for address in zone.get("LoadBalancerAddresses") or nameless
        ]
        by_address = {arn.rpartition("/")[2] for arn in self.protected if ":eip-allocation/" in arn}
        all_of_them = bool(addresses) and by_address.issuperset(addresses)
        return balancer["LoadBalancerArn"] in self.protected or all_of_them


def read_shield(aws: AwsAccess, home: Place) -> Shield:
    """Read it (``shield:GetSubscriptionState``, ``shield:ListProtections``)."""
    state = aws.call(home, "shield:GetSubscriptionState")["SubscriptionState"]
    if state != "ACTIVE":
        return Shield(account=home.account, is_advanced=False, protected=frozenset())
    listed = aws.listing(home, "shield:ListProtections", "Protections")
    protected = frozenset(str(one["ResourceArn"]) for one in listed if one.get("ResourceArn"))
    return Shield(account=home.account, is_advanced=True, protected=protected)
