"""The service's keys and what they encrypt, in the example's account and beside it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.clients.aws import Place
from pytest_orr.collect.encrypted_stores import Reader, Store
from pytest_orr.collect.encryption_keys import EncryptionKeyFacts, EncryptionKeys, _key
from pytest_orr.collect.key_rings import Alias, DeclaredKeys, KeyRing, read_key_ring
from pytest_orr.collect.parts import Part
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Aws, AwsAccount, AwsResources, Hosting, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ITEM = "network.kms.setup"
HERE = Place(account="123456789012", region="eu-central-1")
OTHER = Place(account="123456789012", region="eu-west-1")
AUDITOR = "arn:aws:iam::123456789012:user/auditor"
ALIAS = "arn:aws:kms:eu-central-1:123456789012:alias/explorer"
IDS = "key", "signing_key", "secret", "database"


@pytest.fixture
def seen(keys_of_the_example: dict[str, Any]) -> Callable[..., EncryptionKeyFacts]:
    """What the collector sees of an account with the example's declarations, or others."""

    def collect(account: Any, **also: Any) -> EncryptionKeyFacts:
        desk = account.desk(also=keys_of_the_example | also)
        return EncryptionKeys().collect(desk).value

    return collect


def unread(facts: EncryptionKeyFacts) -> dict[str, tuple[str, str]]:
    """Cause and remedy of every part that could not be read, by name."""
    parts: tuple[Part[Any], ...] = (*facts.found, *facts.tagged, *facts.stores)
    return {
        part.name: (part.unavailable.cause, part.unavailable.remedy)
        for part in parts
        if part.unavailable
    }


def test_a_sound_account_passes_with_every_key_and_store(
    sound_account: Any, keys_of_the_example: dict[str, Any], judge: Callable[..., Any]
) -> None:
    ids = sound_account.ids
    findings = judge(ITEM, sound_account.desk(also=keys_of_the_example))
    assert {one.outcome for one in findings} == {"pass"}
    subjects = {one.subject for one in findings}
    assert {ALIAS, f"{ALIAS}-signing", "alias/explorer", "explorer-frontend"} <= subjects
    assert {ids[name] for name in IDS} <= subjects
    assert sum(subject.startswith("vol-") for subject in subjects) == 3


def test_a_key_is_seen_with_whom_its_policy_admits(
    sound_account: Any, seen: Callable[..., EncryptionKeyFacts]
) -> None:
    facts = seen(sound_account)
    key, signing = (part.reading for part in facts.found)
    assert (key.rotates, key.can_rotate, key.is_multi_region, key.deletion_at) == (
        *(True, True, False),
        None,
    )
    assert key.administrators == ("role/explorer-keys",)
    assert key.users == (
        *("cloudfront.amazonaws.com", "everybody (on conditions)"),
        "role/explorer-backend",
    )
    assert (signing.rotates, signing.can_rotate) == (False, False)
    assert signing.seen == (
        "Enabled ECC_NIST_P256 for SIGN_VERIFY, cannot rotate by itself;"
        " administered by all of 123456789012; used by all of 123456789012"
    )


def test_facts_survive_the_file_and_hold_nothing_secret(
    sound_account: Any, seen: Callable[..., EncryptionKeyFacts]
) -> None:
    facts = seen(sound_account)
    kept = TypeAdapter(EncryptionKeys().fact_type)
    text = kept.dump_json(facts)
    assert kept.validate_json(text) == facts
    assert b"of-nobody" not in text


PARTS = {
    "kms:DescribeKey": {ALIAS, f"{ALIAS}-signing", "key", "signing_key"},
    "kms:GetKeyPolicy": {ALIAS, f"{ALIAS}-signing"},
    "kms:GetKeyRotationStatus": {ALIAS},
    "ec2:DescribeInstances": {f"volumes of {HERE}"},
    "ec2:DescribeVolumes": {f"volumes of {HERE}"},
    "ec2:DescribeVpcs": {f"volumes of {HERE}", f"databases of {HERE}"},
    "rds:DescribeDBInstances": {f"databases of {HERE}"},
    "s3:GetBucketEncryption": {"bucket"},
    "secretsmanager:ListSecrets": {f"secrets of {HERE}"},
    "tag:GetResources": {f"keys of {HERE}", f"buckets of {HERE}"},
}
PERMISSIONS = {"s3:GetBucketEncryption": "s3:GetEncryptionConfiguration"}


@pytest.mark.parametrize("operation", PARTS)
def test_a_denied_operation_makes_exactly_what_needs_it_unknown(
    denying: Callable[[str], Any],
    seen: Callable[..., EncryptionKeyFacts],
    operation: str,
) -> None:
    account = denying(operation)
    why = unread(seen(account))
    assert {*why} == {account.ids.get(part, part) for part in PARTS[operation]}
    [(cause, remedy)] = {*why.values()}
    reader = cause.rpartition(" ")[2]
    assert cause == f"AWS {HERE} denied {operation} to {reader}"
    assert remedy == f"allow {PERMISSIONS.get(operation, operation)} to {reader}"


def test_without_the_aliases_nothing_can_be_said(
    denying: Callable[[str], Any], seen: Callable[..., EncryptionKeyFacts]
) -> None:
    with pytest.raises(FactUnavailable, match=f"AWS {HERE} denied kms:ListAliases to "):
        seen(denying("kms:ListAliases"))


@pytest.mark.parametrize("operation", ["s3:GetBucketLocation", "s3:ListBuckets"])
def test_a_denied_operation_hides_a_bucket_that_is_only_declared(
    denying: Callable[[str], Any], seen: Callable[..., EncryptionKeyFacts], operation: str
) -> None:
    account = denying(operation)
    elsewhere = Hosting(provider="s3", endpoint="frontend", bucket="explorer-access-logs")
    why = unread(seen(account, hosting=(elsewhere,)))
    assert [*why] == ["explorer-access-logs"]
    assert f"denied {operation} to" in why["explorer-access-logs"][0]


def test_no_operation_is_declared_that_is_not_used(
    sound_account: Any, seen: Callable[..., EncryptionKeyFacts]
) -> None:
    sound_account.progress.clear()
    logs = Hosting(provider="s3", endpoint="frontend", bucket="explorer-access-logs")
    assert not unread(seen(sound_account, hosting=(logs,)))
    used = {line.split()[-1] for line in sound_account.progress}
    assert used == {*EncryptionKeys().operations}


def test_no_operation_could_read_what_is_kept() -> None:
    operations = {one.partition(":")[2] for one in EncryptionKeys().operations}
    assert operations.isdisjoint({"GetSecretValue", "BatchGetSecretValue", "GetObject", "Decrypt"})


def test_without_declared_keys_the_fact_is_unavailable(
    sound_account: Any, seen: Callable[..., EncryptionKeyFacts]
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        seen(sound_account, keys=())
    assert caught.value.cause == "readiness.toml declares no [[keys]]"
    assert caught.value.remedy == (
        "declare the aliases of the service's KMS keys under [[keys]] in readiness.toml"
    )


def test_a_service_is_known_by_its_vpcs_alone(
    sound_account: Any, keys_of_the_example: dict[str, Any]
) -> None:
    resources = AwsResources(vpcs=(sound_account.ids["vpc"],))
    account = AwsAccount(id=HERE.account, regions=(HERE.region,))
    aws = Aws(accounts=(account,), resources=resources)
    facts = EncryptionKeys().collect(sound_account.desk(aws, also=keys_of_the_example)).value
    assert {part.reading.kind for part in facts.stores} == {"volume", "bucket"}
    assert facts.tagged == ()


KEY = "arn:aws:kms:eu-central-1:123456789012:key"
ALIASES = (
    Alias(name="alias/explorer", arn=ALIAS, key=f"{KEY}/1"),
    Alias(name="alias/same", arn=f"{ALIAS}-same", key=f"{KEY}/1"),
    Alias(name="alias/other", arn=f"{ALIAS}-other", key=f"{KEY}/2"),
)
RINGS = (KeyRing(place=HERE, aliases=ALIASES), KeyRing(place=OTHER, aliases=()))
KEYS = DeclaredKeys(names=frozenset({"alias/explorer"}), rings=RINGS)


@pytest.mark.parametrize("name", [f"{KEY}/1", "1", "alias/explorer", "alias/same", ALIAS])
def test_a_resource_may_name_a_key_in_any_of_the_ways(name: str) -> None:
    assert KEYS.alias_of(HERE, name) == "alias/explorer"


@pytest.mark.parametrize("name", ["2", "alias/other", f"{KEY}/2", "3", ""])
def test_a_key_that_is_not_declared_has_no_declared_alias(name: str) -> None:
    assert KEYS.alias_of(HERE, name) == ""


def test_a_short_name_means_a_key_of_its_own_place() -> None:
    assert KEYS.alias_of(OTHER, "alias/explorer") == ""
    assert KEYS.alias_of(OTHER, ALIAS) == "alias/explorer"


class Answers:
    """Answers of AWS that the example's account does not give."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def call(self, _: Place, operation: str, **__: Any) -> Any:
        return self.answers[operation.partition(":")[2]]

    def listing(self, _: Place, operation: str, key: str, **__: Any) -> Any:
        return self.answers[operation.partition(":")[2]][key]


def key_with(**metadata: Any) -> Any:
    """A declared key as it is read from AWS's words."""
    usual = {
        "Arn": "arn",
        "KeyState": "Enabled",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyManager": "CUSTOMER",
        "Origin": "AWS_KMS",
        "KeySpec": "SYMMETRIC_DEFAULT",
    }
    policy = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*"}}
    aws: Any = Answers(
        DescribeKey={"KeyMetadata": usual | metadata},
        GetKeyPolicy={"Policy": json.dumps(policy)},
        GetKeyRotationStatus={"KeyRotationEnabled": True},
    )
    return _key(aws, HERE, ALIASES[0], Key(alias="alias/explorer"))


@pytest.mark.parametrize(
    "metadata",
    [
        {"Origin": "EXTERNAL"},
        {"Origin": "AWS_CLOUDHSM"},
        {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"},
        {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"},
    ],
)
def test_kms_rotates_only_symmetric_keys_of_its_own_material(metadata: dict[str, str]) -> None:
    key = key_with(**metadata)
    assert (key.can_rotate, key.rotates) == (False, False)


def test_a_key_is_told_as_aws_tells_it() -> None:
    deletion = dt.datetime(2026, 12, 4, 9, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    key = key_with(
        MultiRegion=True, KeyManager="AWS", KeyState="PendingDeletion", DeletionDate=deletion
    )
    assert (key.manager, key.is_multi_region, key.is_enabled) == ("AWS", True, False)
    assert (key.can_rotate, key.rotates) == (True, False)
    assert key.deletion_at == dt.datetime(2026, 12, 4, 7, tzinfo=dt.UTC)
    assert key.open_statements == ("statement 1",)
    assert key.administrators == key.users == ("everybody",)
    assert "does not rotate" in key.seen


def test_aliases_that_lead_to_no_key_yet_are_left_out() -> None:
    aws: Any = Answers(
        ListAliases={
            "Aliases": [
                {"AliasName": "alias/aws/rds", "AliasArn": "arn:aws:kms:::alias/aws/rds"},
                {"AliasName": "alias/explorer", "AliasArn": ALIAS, "TargetKeyId": "1"},
            ]
        }
    )
    assert read_key_ring(aws, HERE) == KeyRing(place=HERE, aliases=ALIASES[:1])


@pytest.mark.parametrize(
    ("default", "is_encrypted", "alias"),
    [
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/explorer"}, True, "alias/explorer"),
        ({"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": "1"}, True, "alias/explorer"),
        ({"SSEAlgorithm": "aws:kms"}, True, ""),
        ({"SSEAlgorithm": "AES256"}, True, ""),
    ],
)
def test_a_bucket_is_encrypted_as_its_default_says(
    default: Mapping[str, str], alias: str, *, is_encrypted: bool
) -> None:
    rules = [{"ApplyServerSideEncryptionByDefault": default}]
    aws: Any = Answers(GetBucketEncryption={"ServerSideEncryptionConfiguration": {"Rules": rules}})
    store = Reader(aws=aws, place=HERE, keys=KEYS).bucket("pages").reading
    assert (store.is_encrypted, store.alias) == (is_encrypted, alias)


def test_a_bucket_under_a_default_key_says_so() -> None:
    aws: Any = Answers(
        GetBucketEncryption={
            "ServerSideEncryptionConfiguration": {
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            }
        }
    )
    part = Reader(aws=aws, place=HERE, keys=KEYS).bucket("pages")
    assert part.seen == "bucket in 123456789012 eu-central-1, under a default key of AWS"


def test_an_answer_that_lacks_something_is_unknown_for_what_it_is_about() -> None:
    tags = [{"Key": "service", "Value": "explorer"}]
    aws: Any = Answers(
        DescribeVpcs={"Vpcs": []},
        DescribeInstances={"Reservations": []},
        DescribeVolumes={"Volumes": []},
        DescribeDBInstances={"DBInstances": [{"TagList": tags}]},
        ListSecrets={"SecretList": [{"ARN": "arn:secret", "Tags": tags}, {"ARN": "arn:other"}]},
    )
    aws.resources = AwsResources(tags={"service": "explorer"})
    secret, databases = Reader(aws=aws, place=HERE, keys=KEYS).stores()
    assert (secret.name, secret.reading.key) == ("arn:secret", "")
    assert databases.name == f"databases of {HERE}"
    with pytest.raises(FactUnavailable) as caught:
        _ = databases.reading
    assert caught.value.cause == (
        "an answer about databases of 123456789012 eu-central-1 lacks 'DBInstanceArn'"
    )
    assert databases.seen == caught.value.cause
    assert caught.value.remedy == "update pytest-orr, which does not know this kind of answer"


def test_a_part_that_was_never_asked_is_no_pass() -> None:
    part: Part[Store] = Part(name="pages")
    assert part.seen == ""
    with pytest.raises(FactUnavailable, match="it was not asked"):
        _ = part.reading
