"""Credentials that the profile declares: whose account they lie in, and whether they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Aws, AwsAccount, Credential

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT, STRANGER = "123456789012", "444455556666"


@pytest.fixture
def found(identities_with: Callable[..., Any], seen: Callable[..., Any]) -> Callable[..., Any]:
    """What becomes of declared credentials: ``found(a, b)``; ``@id`` stands for pipeline's key."""
    account = identities_with()
    [key] = account.client("iam").list_access_keys(UserName="pipeline")["AccessKeyMetadata"]

    def look(*credentials: dict[str, str], **also: Any) -> list[Any]:
        declared = tuple(
            Credential(
                **{"environment": "production", **one},
            )
            for one in (
                {name: text.replace("@id", key["AccessKeyId"]) for name, text in each.items()}
                for each in credentials
            )
        )
        facts = seen("account_credentials", account, credentials=declared, **also)
        return [part.reading for part in facts.credentials]

    return look


def test_a_key_is_there_if_it_is_an_active_one_of_its_user(found: Callable[..., Any]) -> None:
    whose = [("its user", "pipeline"), ("another", "bo"), ("nobody", "gone")]
    there = [{"name": name, "access_key": "@id", "user": user} for name, user in whose]
    assert [one.is_there for one in found(*there)] == [True, False, False]


def test_a_key_lies_in_the_account_that_aws_says(found: Callable[..., Any]) -> None:
    [key, role] = found(
        {"name": "key", "access_key": "@id", "user": "pipeline", "environment": "testing"},
        {"name": "role", "role": f"arn:aws:iam::{STRANGER}:role/explorer-deploy"},
    )
    assert (key.account, key.kind, key.is_at_home) == (ACCOUNT, "access key", False)
    assert (role.account, role.is_at_home) == (STRANGER, False)
    assert key.seen == f"access key of testing in account {ACCOUNT}"
    with pytest.raises(FactUnavailable) as caught:
        _ = role.is_there
    assert caught.value.cause == (
        f"it lies in account {STRANGER}, which [[aws.accounts]] does not name"
    )


def test_one_credential_of_two_environments_is_named(found: Callable[..., Any]) -> None:
    key = {"access_key": "@id", "user": "pipeline"}
    one, two, three = found(
        {"name": "one", **key},
        {"name": "two", **key, "environment": "testing"},
        {"name": "three", **key},
    )
    assert (one.same_as, two.same_as, three.same_as) == (("two",), ("one", "three"), ("two",))


def test_an_environment_without_an_account_is_unknown(found: Callable[..., Any]) -> None:
    [role] = found(
        {"name": "r", "role": f"arn:aws:iam::{ACCOUNT}:role/explorer-deploy", "environment": "qa"}
    )
    with pytest.raises(FactUnavailable) as caught:
        _ = role.is_at_home
    assert caught.value.cause == "[[aws.accounts]] names no account of the environment qa"
    assert role.is_there


def test_a_secret_may_be_named_with_or_without_its_random_end(
    found: Callable[..., Any], empty_account: Any
) -> None:
    arn = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:explorer/database"
    [listed] = empty_account.client("secretsmanager").list_secrets()["SecretList"]
    whole, short, wrong = found(
        {"name": "whole", "secret": listed["ARN"]},
        {"name": "short", "secret": arn},
        {"name": "wrong", "secret": arn[:-1]},
    )
    assert (whole.is_there, short.is_there, wrong.is_there) == (True, True, False)


def test_two_environments_in_one_account_are_seen_as_one(
    identities_with: Callable[..., Any],
    desk_of: Callable[..., Any],
    failures: Callable[..., dict[str, str]],
) -> None:
    regions = ("eu-central-1",)
    aws = Aws(
        accounts=(
            AwsAccount(id=ACCOUNT, regions=regions),
            AwsAccount(id=ACCOUNT, regions=regions, environment="testing"),
        )
    )
    pair = f"account {ACCOUNT} and account {ACCOUNT}"
    account = identities_with()
    for item, told in (
        ("code.credentials.separate-accounts", "both environments share it"),
        ("compute.vps.account-separation", "testing and production share it"),
    ):
        assert told in failures(item, desk_of(account, aws=aws))[pair]
