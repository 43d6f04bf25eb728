"""Web ACLs: how many rules each has, and which balancers it is before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .collector import InPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

OF_A_REGION = {"Scope": "REGIONAL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAcl:
    """A web ACL of a region."""

    arn: str
    rules: int

    @property
    def seen(self) -> str:
        """What was seen, in a few words."""
        return f"{self.rules} rules"


class WebAcls(InPlaces[WebAcl]):
    """Asks for all web ACLs with their rules."""

    name = "account_web_acls"
    source = "AWS wafv2"
    operations = ("wafv2:GetWebACL", "wafv2:ListWebACLs")
    fact_type = tuple[WebAcl, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterable[WebAcl]:
        """Read the web ACLs of a region."""

        def acl(one: Mapping[str, Any]) -> WebAcl:
            named = OF_A_REGION | {"Name": one["Name"], "Id": one["Id"]}
            found = aws.call(place, "wafv2:GetWebACL", **named)["WebACL"]
            return WebAcl(arn=one["ARN"], rules=len(found["Rules"]))

        return aws.each(acl, described(aws, place))


class GuardedBalancers(InPlaces[str]):
    """Asks for the balancers that have a web ACL, by their ARNs."""

    name = "account_guarded_balancers"
    source = "AWS wafv2"
    operations = ("wafv2:ListResourcesForWebACL", "wafv2:ListWebACLs")
    fact_type = tuple[str, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterable[str]:
        """Read them for a region."""
        asked, of_balancers = "wafv2:ListResourcesForWebACL", "APPLICATION_LOAD_BALANCER"

        def guarded(one: Mapping[str, Any]) -> Iterable[str]:
            found = aws.call(place, asked, WebACLArn=one["ARN"], ResourceType=of_balancers)
            arns: Iterable[str] = found["ResourceArns"]
            return arns

        return [arn for arns in aws.each(guarded, described(aws, place)) for arn in arns]


def described(aws: AwsAccess, place: Place) -> tuple[Mapping[str, Any], ...]:
    """Return a region's web ACLs as they are listed."""
    return aws.listing(place, "wafv2:ListWebACLs", "WebACLs", Limit=100, **OF_A_REGION)
