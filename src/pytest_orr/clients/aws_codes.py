"""The error codes of AWS's services by what they amount to, for ``aws_errors``."""

from __future__ import annotations

from enum import Enum, auto
from types import MappingProxyType


class Kind(Enum):
    """What an error of AWS amounts to."""

    DENIED = auto()
    """Whoever asks may not."""
    EXPIRED = auto()
    """The credentials were good."""
    REFUSED = auto()
    """The credentials are none, or none here."""
    SKEWED = auto()
    """The clock of whoever asks is wrong."""
    THROTTLED = auto()
    """Too many ask."""
    NOT_ENABLED = auto()
    """The account takes no part in the service, which may be an answer."""
    OTHER = auto()
    """Something else, such as that there is no such thing."""


_CODES = {
    Kind.DENIED: (
        "403",
        "AccessDenied",
        "AccessDeniedForDependency",
        "AllAccessDisabled",
        "AuthorizationError",
        "DependencyAccessDenied",
        "EC2AccessDenied",
        "Forbidden",
        "KMSAccessDenied",
        "KmsAccessDenied",
        "NotAuthorized",
        "OpsItemAccessDenied",
        "Unauthorized",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
    ),
    Kind.EXPIRED: ("ExpiredToken", "RequestExpired", "TokenRefreshRequired"),
    Kind.REFUSED: (
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignature",
        "InvalidToken",
        "MissingAuthenticationToken",
        "RegionDisabled",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    ),
    Kind.SKEWED: ("RequestInTheFuture", "RequestTimeTooSkewed"),
    Kind.THROTTLED: (
        "BandwidthLimitExceeded",
        "EC2Throttled",
        "KMSThrottling",
        "KmsThrottled",
        "LimitExceeded",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttled",
        "Throttling",
        "TooManyRequests",
        "TransactionInProgress",
    ),
    Kind.NOT_ENABLED: (
        "NotSignedUp",
        "OptInRequired",
        "SubscriptionRequired",
    ),
}

KINDS = MappingProxyType({code: kind for kind, codes in _CODES.items() for code in codes})
"""Codes without the endings Exception and Fault. Where they come from: the errors that botocore's
models of the services state, what its retries take for throttling, and AWS's pages of errors common
to all services, to EC2 and to S3."""

DENIED_BY = MappingProxyType(
    {
        "service control policy": (
            "ask whoever keeps the organization's service control policies to allow {action};"
            " nothing in the account can"
        ),
        "resource control policy": (
            "ask whoever keeps the organization's resource control policies to allow {action};"
            " nothing in the account can"
        ),
        "permissions boundary": "allow {action} in the permissions boundary of {who}, too",
        "session policy": (
            "allow {action} in the policies of the session: name one that does in"
            " [[aws.accounts]] session_policies, as `orr iam-policy` prints it"
        ),
        "VPC endpoint policy": (
            "allow {action} in the policy of the VPC endpoint through which AWS is asked"
        ),
        "resource-based policy": "allow {action} to {who} in the resource's own policy",
    }
)
"""Words of a denial's message with what to do; without one it is the policies of whoever asks."""
