"""What is wrong with keys and stores is a finding in the resource where it was planted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.encryption_keys import EncryptionKeyFacts, EncryptionKeys
from pytest_orr.errors import NothingFound
from pytest_orr.profile.schema import Hosting

if TYPE_CHECKING:
    from collections.abc import Callable

ITEM = "network.kms.setup"
ALIAS = "arn:aws:kms:eu-central-1:123456789012:alias/explorer"

FAULTS = {
    "alias-missing": ("alias/explorer-signing", "no account and region of readiness.toml has it"),
    "bucket-default-encryption": ("bucket", "it is not encrypted"),
    "database-not-encrypted": ("database", "it is not encrypted"),
    "database-other-key": ("database", "none of the keys in readiness.toml encrypts it"),
    "key-deleted": (ALIAS, "it is not enabled"),
    "key-disabled": (ALIAS, "it is not enabled"),
    "key-open-policy": (ALIAS, "its policy lets in anybody who asks: Forgotten"),
    "key-other-usage": (f"{ALIAS}-signing", "it is not for SIGN_VERIFY"),
    "key-without-rotation": (ALIAS, "its rotation is off"),
    "secret-default-key": ("secret", "none of the keys in readiness.toml encrypts it"),
    "undeclared-key": ("undeclared_key", "no [[keys]] of readiness.toml leads to it"),
}
"""By fault: the resource in which it is planted, by its id or its name, and what is said of it."""
TOGETHER = (
    ("key-open-policy", "key-other-usage", "secret-default-key", "database-not-encrypted"),
    ("key-without-rotation", "alias-missing", "bucket-default-encryption", "database-other-key"),
    ("key-disabled", "undeclared-key"),
    ("key-deleted",),
)
"""Faults that do not touch each other, planted in one account."""


@pytest.fixture
def seen(keys_of_the_example: dict[str, Any]) -> Callable[..., EncryptionKeyFacts]:
    """What the collector sees of an account with the example's declarations, or others."""

    def collect(account: Any, **also: Any) -> EncryptionKeyFacts:
        desk = account.desk(also=keys_of_the_example | also)
        return EncryptionKeys().collect(desk).value

    return collect


@pytest.mark.parametrize("faults", TOGETHER, ids=lambda several: several[0])
def test_every_fault_is_a_finding_in_the_resource_where_it_was_planted(
    account_with: Callable[..., Any],
    keys_of_the_example: dict[str, Any],
    failures: Callable[..., dict[str, str]],
    faults: tuple[str, ...],
) -> None:
    account = account_with(*faults)
    failed = failures(ITEM, account.desk(also=keys_of_the_example))
    planted = dict(FAULTS[fault] for fault in faults)
    said = {name: detail.partition("; saw ")[0] for name, detail in failed.items()}
    assert said == {account.ids.get(where, where): detail for where, detail in planted.items()}


def test_every_volume_that_is_not_encrypted_is_a_finding(
    account_with: Callable[..., Any],
    keys_of_the_example: dict[str, Any],
    failures: Callable[..., dict[str, str]],
) -> None:
    account = account_with("volume-not-encrypted")
    failed = failures(ITEM, account.desk(also=keys_of_the_example))
    assert len(failed) == 3
    assert all(subject.startswith("vol-") for subject in failed)
    assert {*failed.values()} == {
        "it is not encrypted; saw volume in 123456789012 eu-central-1, not encrypted"
    }


def test_a_key_that_is_to_be_deleted_tells_when_and_need_not_be_declared(
    account_with: Callable[..., Any], seen: Callable[..., EncryptionKeyFacts]
) -> None:
    account = account_with("key-deleted", "undeclared-key")
    undeclared = account.ids["undeclared_key"]
    assert undeclared in {part.name for part in seen(account).tagged}
    account.client("kms").schedule_key_deletion(KeyId=undeclared.rpartition("/")[2])
    facts = seen(account)
    assert {part.name for part in facts.tagged} == {account.ids["key"], account.ids["signing_key"]}
    key = facts.found[0].reading
    assert key.state == "PendingDeletion"
    assert key.deletion_at is not None
    assert key.deletion_at.tzinfo is dt.UTC


def test_an_account_in_which_the_service_stores_nothing_is_no_pass(
    empty_account: Any, keys_of_the_example: dict[str, Any], judge: Callable[..., Any]
) -> None:
    declared = keys_of_the_example | {"hosting": ()}
    with pytest.raises(NothingFound, match="no secret, volume, bucket or database found"):
        judge(ITEM, empty_account.desk(also=declared))


def test_a_declared_bucket_that_nobody_has_is_unknown(
    account_with: Callable[..., Any], seen: Callable[..., EncryptionKeyFacts]
) -> None:
    account = account_with()
    gone = Hosting(provider="s3", endpoint="frontend", bucket="explorer-gone")
    [part] = [one for one in seen(account, hosting=(gone,)).stores if one.unavailable]
    assert part.name == "explorer-gone"
    assert part.unavailable is not None
    assert part.unavailable.cause == "no account of readiness.toml has the bucket explorer-gone"
    assert part.unavailable.remedy == (
        "correct bucket of [[hosting]] in readiness.toml, or create it"
    )
