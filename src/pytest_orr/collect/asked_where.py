"""Where the operations of collectors are asked: in each region, or once for what has none.

For people who want to know before a run asks. Collectors choose by themselves; that they keep to
this is tested by what they ask.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from pytest_orr.clients.aws_width import OF_THE_RUN

WITHOUT_REGION = frozenset({"cloudfront", "iam", "organizations", "route53", "s3control", "shield"})
"""Services by IAM prefix that are asked once an account, at the home of global services."""


class Asked(Enum):
    """Where an operation is asked in an account that is judged."""

    IN_REGIONS = "AWS, in"
    AT_HOME = "AWS, what has no region, in"
    IN_BOTH = "AWS, in regions and for what has none, in"


IN_BOTH = MappingProxyType(
    {
        "s3": "an account's buckets are listed at its home, and each is asked in its own region",
        "wafv2": "web ACLs of CloudFront stand at its home, all others in regions",
        "sts": "who asks is asked in an account's first region, and by what compares accounts",
    }
)
"""Services that are asked in both, with the reason."""
COMPARED_BY = frozenset({"account_credentials", "aws_identities"})
"""Facts for which accounts of other environments are asked, too."""


def asked_where(operation: str) -> Asked:
    """Return where collectors ask an operation of AWS."""
    service = operation.partition(":")[0]
    if service in IN_BOTH or operation in OF_THE_RUN:
        return Asked.IN_BOTH
    return Asked.AT_HOME if service in WITHOUT_REGION else Asked.IN_REGIONS
