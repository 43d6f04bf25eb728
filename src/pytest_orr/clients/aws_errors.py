"""Turns what AWS and botocore say into one honest cause and what to do about it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    PaginationError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from pytest_orr.errors import FactUnavailable

from .guard import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOG_IN = "log in, or name a credentials profile in [aws] accounts.profile"
LOG_IN_AGAIN = "log in again, then run again"
CHECK_ENDPOINT = "check the network, the region's name, and AWS_ENDPOINT_URL if it is set"
ENABLE_REGION = "enable the region in the account, or take it out of [aws] accounts.regions"
RUN_AGAIN = "run again; AWS did not answer as it should"

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
REFUSED = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
THROTTLED = frozenset(
    {
        "EC2ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)

NEVER_AN_ANSWER = DENIED | EXPIRED | REFUSED | THROTTLED
"""Codes that say nothing about what was asked for, whoever takes them for an answer."""

NOT_ANSWERED: tuple[tuple[tuple[type[BotoCoreError], ...], str, str], ...] = (
    ((NoCredentialsError,), "there are no credentials for AWS {place}", LOG_IN),
    ((ProfileNotFound,), 'there is no credentials profile "{profile}" for AWS {place}', LOG_IN),
    (
        (PartialCredentialsError, CredentialRetrievalError),
        "the credentials for AWS {place} cannot be read",
        LOG_IN,
    ),
    (
        (SSOError, LoginError, TokenRetrievalError),
        "the login for AWS {place} has expired",
        LOG_IN_AGAIN,
    ),
    (
        (ConnectTimeoutError, ReadTimeoutError),
        "AWS {place} did not answer {operation} in time",
        RUN_AGAIN,
    ),
    ((EndpointConnectionError,), "AWS {place} cannot be reached at {endpoint_url}", CHECK_ENDPOINT),
    ((NoConnection, HTTPClientError), "AWS {place} cannot be reached", CHECK_ENDPOINT),
    ((PaginationError,), "AWS {place} repeats the pages of {operation} without end", RUN_AGAIN),
    ((BotoCoreError,), "AWS {place} could not be asked {operation}: {kind}", RUN_AGAIN),
)
"""Kinds of failure, the first that fits, with cause and remedy."""


@contextmanager
def explained(place: str, operation: str, *, caller: str = "") -> Iterator[None]:
    """Turn every failure of asking AWS into ``FactUnavailable``.

    ``place`` is account and region, ``operation`` as in ``ec2:DescribeVpcs``, ``caller`` the ARN
    whose credentials are used, when it is known.
    """
    try:
        yield
    except ClientError as error:
        raise _answered(error.response, place, operation, caller) from error
    except ResponseParserError as error:
        cause = f"AWS {place} answered {operation} with something that is not AWS"
        raise FactUnavailable(cause, CHECK_ENDPOINT) from error
    except BotoCoreError as error:
        raise _not_answered(error, place, operation) from error


def code_of(response: Mapping[str, Any]) -> str:
    """Return the error code of an answer, as all services write it."""
    code = str(response["Error"].get("Code", "no error code"))
    return code.removeprefix("Client.")


def _answered(
    response: Mapping[str, Any], place: str, operation: str, caller: str
) -> FactUnavailable:
    known = code_of(response)
    if known in DENIED:
        who, permission = caller or "the caller", PERMISSIONS.get(operation, operation)
        return FactUnavailable(
            f"AWS {place} denied {operation} to {who}", f"allow {permission} to {who}"
        )
    if known in EXPIRED:
        return FactUnavailable(f"the credentials for AWS {place} have expired", LOG_IN_AGAIN)
    if known in REFUSED:
        remedy = ENABLE_REGION if caller else LOG_IN
        return FactUnavailable(f"AWS {place} refuses the credentials ({known})", remedy)
    if known in THROTTLED:
        return FactUnavailable(
            f"AWS {place} throttled {operation}, retries included",
            "run again when fewer tools ask this account",
        )
    return FactUnavailable(f"AWS {place} answered {operation} with the error {known}", RUN_AGAIN)


def _not_answered(error: BotoCoreError, place: str, operation: str) -> FactUnavailable:
    cause, remedy = next(
        (cause, remedy) for kinds, cause, remedy in NOT_ANSWERED if isinstance(error, kinds)
    )
    known = {**error.kwargs, "place": place, "operation": operation, "kind": type(error).__name__}
    return FactUnavailable(cause.format(**known), remedy)
