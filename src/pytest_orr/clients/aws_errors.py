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

from .aws_codes import DENIED_BY, KINDS, Kind
from .guard import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOG_IN = "log in, or name a credentials profile in [aws] accounts.profile"
LOG_IN_AGAIN = "log in again, then run again"
CHECK_ENDPOINT = "check the network, the region's name, and AWS_ENDPOINT_URL if it is set"
ENABLE_REGION = "enable the region in the account, or take it out of [aws] accounts.regions"
RUN_AGAIN = "run again; AWS did not answer as it should"

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
    (
        (EndpointConnectionError,),
        "AWS {place} cannot be reached at {endpoint_url} for {operation}",
        CHECK_ENDPOINT,
    ),
    (
        (NoConnection, HTTPClientError),
        "AWS {place} cannot be reached for {operation}",
        CHECK_ENDPOINT,
    ),
    ((PaginationError,), "AWS {place} repeats the pages of {operation} without end", RUN_AGAIN),
    ((BotoCoreError,), "AWS {place} could not be asked {operation}: {kind}", RUN_AGAIN),
)
"""Kinds of failure, the first that fits, with cause and remedy."""

ANSWERED = {
    Kind.EXPIRED: ("the credentials for AWS {place} have expired at {operation}", LOG_IN_AGAIN),
    Kind.REFUSED: ("AWS {place} refuses the credentials for {operation} ({code})", LOG_IN),
    Kind.SKEWED: (
        "AWS {place} refuses {operation}: the clock of this machine is wrong ({code})",
        "set this machine's clock, then run again",
    ),
    Kind.THROTTLED: (
        "AWS {place} throttled {operation}, retries included",
        "run again when fewer tools ask this account",
    ),
    Kind.NOT_ENABLED: (
        "AWS {place} does not answer {operation}: the account has not enabled the service ({code})",
        "enable the service in the account, if the item concerns it",
    ),
    Kind.OTHER: ("AWS {place} answered {operation} with the error {code}", RUN_AGAIN),
}
"""Kinds of error with cause and remedy; a denial has more to say."""

LET_IN = (
    "let the trust policy of {role} name whoever runs this, with the external id if it asks for"
    " one, and allow them sts:AssumeRole"
)
NAME_WHAT_IS_THERE = (
    "see that [[aws.accounts]] role and session_policies name what is there: policies of AWS or of"
    " the role's account, ten at most"
)
TO_TRADE = {
    Kind.DENIED: ("AWS {place} does not let the credentials assume {role}", LET_IN),
    Kind.OTHER: (
        "AWS {place} does not trade the credentials for a session of {role} ({code})",
        NAME_WHAT_IS_THERE,
    ),
}
"""What a denied trade says, and one that AWS finds fault with."""


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


@contextmanager
def trading(place: str, role: str) -> Iterator[None]:
    """Turn every failure of trading credentials for a role's into one that names the role."""
    try:
        with explained(place, f"sts:AssumeRole of {role}"):
            yield
    except FactUnavailable as error:
        answer = error.__cause__
        kind = kind_of(code_of(answer.response)) if isinstance(answer, ClientError) else None
        if kind not in TO_TRADE or not isinstance(answer, ClientError):
            cause = error.cause if role in error.cause else f"{error.cause}, to assume {role}"
            raise FactUnavailable(cause, error.remedy) from error
        known = {"place": place, "role": role, "code": code_of(answer.response)}
        cause, remedy = TO_TRADE[kind]
        raise FactUnavailable(cause.format(**known), remedy.format(**known)) from error


def code_of(response: Mapping[str, Any]) -> str:
    """Return the error code of an answer, as all services write it."""
    code = str(response["Error"].get("Code", "no error code"))
    return code.removeprefix("Client.")


def kind_of(code: str) -> Kind:
    """Return what an error code amounts to; services end the same word differently."""
    return KINDS.get(code.removesuffix("Exception").removesuffix("Fault"), Kind.OTHER)


def says_nothing(code: str) -> bool:
    """Tell codes that say nothing about what was asked for, whoever takes them for an answer."""
    return kind_of(code) not in {Kind.OTHER, Kind.NOT_ENABLED}


def _answered(
    response: Mapping[str, Any], place: str, operation: str, caller: str
) -> FactUnavailable:
    code = code_of(response)
    kind = kind_of(code)
    if kind is Kind.DENIED:
        return _denied(str(response["Error"].get("Message", "")), place, operation, caller)
    cause, remedy = ANSWERED[kind]
    if kind is Kind.REFUSED and caller:
        remedy = ENABLE_REGION  # they were good elsewhere
    return FactUnavailable(cause.format(place=place, operation=operation, code=code), remedy)


def _denied(message: str, place: str, operation: str, caller: str) -> FactUnavailable:
    """Return what a denial says; AWS tells in its message which policy it comes from."""
    known = {"who": caller or "the caller", "action": PERMISSIONS.get(operation, operation)}
    cause, remedy = f"AWS {place} denied {operation} to {known['who']}", "allow {action} to {who}"
    for policy, instead in DENIED_BY.items():
        if policy in message:
            cause, remedy = f"{cause}, by a {policy}", instead
            break
    return FactUnavailable(cause, remedy.format(**known))


def _not_answered(error: BotoCoreError, place: str, operation: str) -> FactUnavailable:
    cause, remedy = next(
        (cause, remedy) for kinds, cause, remedy in NOT_ANSWERED if isinstance(error, kinds)
    )
    known = {**error.kwargs, "place": place, "operation": operation, "kind": type(error).__name__}
    return FactUnavailable(cause.format(**known), remedy)
