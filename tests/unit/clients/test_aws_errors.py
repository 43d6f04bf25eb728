"""What an error of AWS amounts to, whichever service's words it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from pytest_orr.clients.aws_codes import KINDS, Kind
from pytest_orr.clients.aws_errors import explained, kind_of, says_nothing
from pytest_orr.clients.guard import SERVICES
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = "123456789012 eu-central-1"
WHO = "arn:aws:iam::123456789012:user/reader"
OF_CALLERS = re.compile(
    r"AccessDenied|Unauthori[sz]ed|NotAuthori[sz]ed|AuthorizationError|Forbidden|Throttl|TooManyRequests"
    r"|ExpiredToken|OptInRequired|SubscriptionRequired|UnrecognizedClient|MissingAuthentication"
)
OF_OTHERS = frozenset(
    {"SNSNoAuthorization", "UnsupportedOperation", "KmsOptInRequired", "KMSOptInRequired"}
)
"""Errors that sound like it and are about somebody else than who asks."""


def told(code: str, message: str = "", *, caller: str = WHO) -> tuple[str, str]:
    """Cause and remedy of an error of AWS."""
    answer: Any = {"Error": {"Code": code, "Message": message}}
    with (
        pytest.raises(FactUnavailable) as caught,
        explained(PLACE, "kms:GetKeyPolicy", caller=caller),
    ):
        raise ClientError(answer, "GetKeyPolicy")
    return caught.value.cause, caught.value.remedy


def codes() -> Iterator[tuple[str, str]]:
    """Service and code of every error that the models of the listed services state."""
    session = Session()
    for prefix, service in SERVICES.items():
        model: Any = session.get_service_model(service.client)
        for shape in model.error_shapes:
            yield prefix, shape.error_code


@pytest.mark.usefixtures("models_once")
def test_every_error_about_whoever_asks_is_known_for_every_listed_service() -> None:
    known = {code for _, code in codes()}
    of_callers = {code for code in known if OF_CALLERS.search(code)} - OF_OTHERS
    assert of_callers >= {"AccessDeniedException", "AuthorizationError", "ThrottlingException"}
    assert sorted(code for code in of_callers if kind_of(code) is Kind.OTHER) == []


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedFault",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedAccess",
        "UnauthorizedOperation",
        "NotAuthorized",
        "NotAuthorizedException",
        "ForbiddenException",
        "403",
    ],
)
def test_a_denial_is_one_in_every_services_words(code: str) -> None:
    assert told(code) == (
        f"AWS {PLACE} denied kms:GetKeyPolicy to {WHO}",
        f"allow kms:GetKeyPolicy to {WHO}",
    )
    assert says_nothing(code)


@pytest.mark.parametrize(
    ("message", "by", "remedy"),
    [
        (
            "not authorized to perform: y with an explicit deny in a service control policy",
            "service control policy",
            (
                "ask whoever keeps the organization's service control policies to allow"
                " kms:GetKeyPolicy; nothing in the account can"
            ),
        ),
        (
            "because no resource control policy allows the y action",
            "resource control policy",
            (
                "ask whoever keeps the organization's resource control policies to allow"
                " kms:GetKeyPolicy; nothing in the account can"
            ),
        ),
        (
            "because no permissions boundary allows the y action",
            "permissions boundary",
            f"allow kms:GetKeyPolicy in the permissions boundary of {WHO}, too",
        ),
        (
            "because no session policy allows the y action",
            "session policy",
            (
                "allow kms:GetKeyPolicy in the policies of the session: name one that does in"
                " [[aws.accounts]] session_policies, as `orr iam-policy` prints it"
            ),
        ),
        (
            "because no VPC endpoint policy allows the y action",
            "VPC endpoint policy",
            "allow kms:GetKeyPolicy in the policy of the VPC endpoint through which AWS is asked",
        ),
        (
            "because no resource-based policy allows the y action",
            "resource-based policy",
            f"allow kms:GetKeyPolicy to {WHO} in the resource's own policy",
        ),
    ],
)
def test_a_denial_tells_which_policy_it_comes_from(message: str, by: str, remedy: str) -> None:
    assert told("AccessDeniedException", message) == (
        f"AWS {PLACE} denied kms:GetKeyPolicy to {WHO}, by a {by}",
        remedy,
    )


@pytest.mark.parametrize(
    "code",
    ["OptInRequired", "OptInRequiredException", "SubscriptionRequiredException", "NotSignedUp"],
)
def test_a_service_that_is_not_enabled_may_be_an_answer(code: str) -> None:
    assert told(code) == (
        (
            f"AWS {PLACE} does not answer kms:GetKeyPolicy: the account has not enabled the service"
            f" ({code})"
        ),
        "enable the service in the account, if the item concerns it",
    )
    assert not says_nothing(code)


@pytest.mark.parametrize("code", ["RequestTimeTooSkewed", "RequestInTheFuture"])
def test_a_wrong_clock_is_told_as_such(code: str) -> None:
    assert told(code) == (
        f"AWS {PLACE} refuses kms:GetKeyPolicy: the clock of this machine is wrong ({code})",
        "set this machine's clock, then run again",
    )


@pytest.mark.parametrize(
    "code", ["LimitExceededException", "ProvisionedThroughputExceeded", "SlowDown"]
)
def test_whatever_botocore_retries_as_throttling_is_told_as_throttling(code: str) -> None:
    assert told(code)[0] == f"AWS {PLACE} throttled kms:GetKeyPolicy, retries included"


def test_credentials_that_are_good_elsewhere_mean_a_region_that_is_not_enabled() -> None:
    assert told("UnrecognizedClientException")[1].startswith("enable the region in the account")
    assert told("UnrecognizedClientException", caller="")[1].startswith("log in")


def test_no_code_is_of_two_kinds_and_none_has_an_ending() -> None:
    assert len(KINDS) == len({*KINDS})
    assert not [code for code in KINDS if code.endswith(("Exception", "Fault"))]
