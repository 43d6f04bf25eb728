"""What the example plants in moto has the shapes that botocore's models give AWS's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.validate import ParamValidator

from pytest_orr.clients import aws_wire
from pytest_orr.collect.emergency_permissions import NO_ANSWER, Permission
from pytest_orr.collect.key_uses import KeyUses
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

ROLE = "arn:aws:iam::123456789012:role"


def asked_of(account: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """What is asked of each planted operation."""
    about = [{"AttributeKey": "ResourceName", "AttributeValue": account.ids["key"]}]
    simulated = {
        "PolicySourceArn": f"{ROLE}/explorer-on-call",
        "ActionNames": ["ec2:StopInstances"],
    }
    return {
        ("cloudtrail", "LookupEvents"): {"LookupAttributes": about, "MaxResults": 1},
        ("iam", "SimulatePrincipalPolicy"): simulated,
        ("iam", "GetCredentialReport"): {},
        ("iam", "GetAccountSummary"): {},
    }


@pytest.mark.parametrize("at", range(4))
def test_a_planted_answer_has_the_shape_of_its_operation(sound_account: Any, at: int) -> None:
    (service, operation), asked = [*asked_of(sound_account).items()][at]
    client = sound_account.client(service)
    sound_account.client("iam").generate_credential_report()
    answer = client._make_api_call(operation, asked)
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert answer
    shape = client.meta.service_model.operation_model(operation).output_shape
    assert ParamValidator().validate(answer, shape).generate_report() == ""


def test_what_aws_is_not_done_with_in_time_is_unknown(
    sound_account: Any, desk_of: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_wire, "WAITS", (0, 0))
    aws = desk_of(sound_account).aws
    with pytest.raises(FactUnavailable) as caught:
        aws.awaited(aws.homes[0], "iam:GenerateCredentialReport", "State", "NEVER")
    assert caught.value.cause == (
        "AWS 123456789012 us-east-1 was not done with iam:GenerateCredentialReport in time"
    )
    assert sum("iam:Generate" in line for line in sound_account.progress) == 1


def test_a_pair_that_a_simulation_leaves_out_is_unknown() -> None:
    nothing = Permission(action="ec2:StopInstances", resource="*", decision=NO_ANSWER)
    with pytest.raises(FactUnavailable, match="says nothing about ec2:StopInstances on"):
        _ = nothing.is_allowed


def test_without_declared_keys_nobody_is_asked(
    sound_account: Any, desk_of: Callable[..., Desk]
) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[\[keys\]\]"):
        KeyUses().collect(desk_of(sound_account, keys=()))


def test_a_declared_user_whom_nothing_admits_is_named(
    sound_account: Any, desk_of: Callable[..., Desk], failures: Callable[..., dict[str, str]]
) -> None:
    services = ("cloudfront.amazonaws.com", "ec2.amazonaws.com", "rds.amazonaws.com")
    key = Key(
        alias="alias/explorer",
        users=(f"{ROLE}/explorer-backend", f"{ROLE}/forgotten", *services),
        administrators=(f"{ROLE}/explorer-keys",),
    )
    desk = desk_of(sound_account, keys=(key,))
    [(subject, told)] = failures("code.credentials.kms-private-keys", desk).items()
    assert subject == "arn:aws:kms:eu-central-1:123456789012:alias/explorer: grants"
    assert f"neither policy nor grant admits these users: {ROLE}/forgotten" in told


def test_keys_without_declared_users_are_unknown(
    sound_account: Any, desk_of: Callable[..., Desk], judge: Callable[..., Any]
) -> None:
    desk = desk_of(sound_account, keys=(Key(alias="alias/explorer"),))
    findings = judge("code.credentials.kms-private-keys", desk)
    unknown = {one.subject.rpartition(": ")[2]: one for one in findings if one.outcome == "unknown"}
    assert unknown.keys() == {"policy", "grants", "use"}
    assert {one.detail for one in unknown.values()} == {
        "[[keys]] declares no users of alias/explorer"
    }
