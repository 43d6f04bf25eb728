"""What is wrong with a bucket or a distribution is a finding in the very one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import Place
from pytest_orr.collect.static_cloudfront import _bucket_behind, _is_name_of
from pytest_orr.collect.static_s3 import Bucket, place_of_bucket, read_bucket
from pytest_orr.profile.schema import Endpoint, Hosting

if TYPE_CHECKING:
    from collections.abc import Callable

ITEM = "network.frontend.static-hosting"
ACCOUNT = "123456789012"
HOME = Place(account=ACCOUNT, region="us-east-1")
SWITCHES = "BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets"
ANOTHER = f"arn:aws:cloudfront::{ACCOUNT}:distribution/EANOTHER"
OTHERS = "its policy lets others read than the distribution"

FAULTS = {
    "bucket-admits-another": ("bucket", f"{OTHERS}: {ANOTHER}"),
    "bucket-admits-nobody": ("bucket", "its policy does not let the distribution read"),
    "bucket-public": ("bucket", "its policy makes it public"),
    "bucket-website": ("bucket", "it is a website of its own, beside CloudFront"),
    "bucket-without-block": ("bucket", f"public access is not blocked: {SWITCHES}"),
    "distribution-disabled": ("distribution", "it is not in operation"),
    "distribution-other-bucket": ("distribution", "the bucket is not among its origins"),
    "distribution-other-name": ("distribution", "the endpoint's host is not among its names"),
    "distribution-plain-http": ("distribution", "it serves plain HTTP"),
    "undeclared-distribution": (
        "undeclared_distribution",
        "no [[hosting]] of readiness.toml names it",
    ),
}
"""By fault: the resource in which it is planted, by its id, and what is said of it."""
TOGETHER = (
    ("bucket-admits-another", "distribution-plain-http", "undeclared-distribution"),
    ("bucket-admits-nobody", "distribution-other-name"),
    ("bucket-website", "distribution-disabled"),
    ("bucket-without-block", "distribution-other-bucket"),
    ("bucket-public",),
)
"""Faults that do not touch each other, planted in one account."""


@pytest.mark.parametrize("faults", TOGETHER, ids=lambda several: several[0])
def test_every_fault_is_a_finding_in_the_resource_where_it_was_planted(
    account_with: Callable[..., Any],
    keys_of_the_example: dict[str, Any],
    pages: Any,
    failures: Callable[..., dict[str, str]],
    faults: tuple[str, ...],
) -> None:
    pages.answer("/", "Latest blocks", X_Amz_Cf_Id="1")
    url = "http://explorer.example/"
    frontend = Endpoint(name="frontend", role="frontend", url=url, connect=pages.address)
    account = account_with(*faults)
    failed = failures(ITEM, account.desk(also=keys_of_the_example | {"endpoints": (frontend,)}))
    said = {
        name.removeprefix("tags of "): detail.partition("; saw ")[0]
        for name, detail in failed.items()
    }
    planted = dict(FAULTS[fault] for fault in faults)
    assert said == {account.ids[where]: detail for where, detail in planted.items()}


def test_every_fault_is_planted_once() -> None:
    assert sorted(fault for several in TOGETHER for fault in several) == sorted(FAULTS)


class Answers:
    """A bucket of a region, with the policy and the distributions that a test gives it."""

    homes = (HOME,)

    def __init__(
        self, policy: list[dict[str, Any]], *, origin: dict[str, Any] | None = None
    ) -> None:
        self.policy = policy
        self.origin = {"DomainName": "pages.s3.amazonaws.com", **(origin or {})}
        self.location: dict[str, Any] = {"LocationConstraint": "eu-central-1"}

    def listing(self, _: Place, operation: str, __: str) -> Any:
        if operation == "s3:ListBuckets":
            return ({"Name": "pages"},)
        return ({"Id": "E1", "Origins": {"Items": [self.origin]}},)

    def everywhere(self, function: Callable[[Place], Any], places: tuple[Place, ...]) -> Any:
        return tuple(function(place) for place in places)

    def call(self, _: Place, operation: str, **__: Any) -> Any:
        statements = [{"Effect": "Allow", "Action": "s3:GetObject", **one} for one in self.policy]
        return {
            "s3:GetBucketLocation": self.location,
            "s3:GetBucketPolicy": {"Policy": json.dumps({"Statement": statements})},
            "s3:GetBucketPolicyStatus": {"PolicyStatus": {"IsPublic": False}},
        }.get(operation)


def bucket_with(*policy: dict[str, Any], **more: Any) -> Bucket:
    aws: Any = Answers(list(policy), **more)
    declared = Hosting(provider="s3", endpoint="frontend", bucket="pages", distribution="E1")
    return read_bucket(aws, declared).reading


CLOUDFRONT = {"Principal": {"Service": "cloudfront.amazonaws.com"}}
OWN = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
OLDER = {"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EO1"}}


def test_cloudfront_may_read_on_the_terms_of_the_one_distribution() -> None:
    bucket = bucket_with({**CLOUDFRONT, "Condition": {"ArnLike": {"AWS:SourceArn": OWN}}})
    assert (bucket.admits_distribution, bucket.other_readers) == (True, ())


def test_cloudfront_without_terms_is_every_distribution_of_anybody() -> None:
    account_alone = {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}
    for terms in ({}, {"Condition": account_alone}):
        bucket = bucket_with({**CLOUDFRONT, **terms})
        assert bucket.other_readers == ("every CloudFront distribution of anybody",)
        assert not bucket.admits_distribution


def test_a_pattern_of_distributions_admits_more_than_the_one() -> None:
    every = f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"
    bucket = bucket_with({**CLOUDFRONT, "Condition": {"ArnLike": {"AWS:SourceArn": every}}})
    assert (bucket.admits_distribution, bucket.other_readers) == (True, (every,))


def test_the_older_way_counts_if_the_distribution_goes_it() -> None:
    identity = {"OriginAccessIdentity": "origin-access-identity/cloudfront/EO1"}
    bucket = bucket_with(OLDER, origin={"S3OriginConfig": identity})
    assert (bucket.admits_distribution, bucket.other_readers) == (True, ())


def test_the_older_way_of_another_distribution_is_another_reader() -> None:
    identity = {"OriginAccessIdentity": "origin-access-identity/cloudfront/EO2"}
    bucket = bucket_with(OLDER, origin={"S3OriginConfig": identity})
    assert bucket.other_readers == (OLDER["Principal"]["AWS"],)
    assert not bucket.admits_distribution


@pytest.mark.parametrize(
    ("statement", "reader"),
    [
        ({"Principal": "*"}, "everybody"),
        (
            {"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
            "everybody (on conditions)",
        ),
        (
            {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}},
            "arn:aws:iam::999999999999:root",
        ),
        ({"Principal": {"CanonicalUser": "79a59df9"}}, "79a59df9"),
    ],
)
def test_whoever_else_may_read_is_named(statement: dict[str, Any], reader: str) -> None:
    assert bucket_with(statement).other_readers == (reader,)


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/explorer-deploy"}, "Action": "s3:*"},
        {"Principal": {"AWS": ACCOUNT}},
        {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "s3:PutObject"},
        {"Principal": "*", "Effect": "Deny", "Action": "s3:*"},
    ],
)
def test_who_deploys_or_only_writes_or_is_denied_is_no_reader(statement: dict[str, Any]) -> None:
    bucket = bucket_with(statement)
    assert bucket.other_readers == ()
    assert bucket.seen == f"in {ACCOUNT} eu-central-1, read by nobody"


@pytest.mark.parametrize(
    ("constraint", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("eu-west-3", "eu-west-3")]
)
def test_s3_calls_two_old_regions_otherwise(constraint: str | None, region: str) -> None:
    aws: Any = Answers([])
    aws.location = {"LocationConstraint": constraint}
    assert place_of_bucket(aws, "pages") == Place(account=ACCOUNT, region=region)


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("pages.s3.amazonaws.com", "pages"),
        ("pages.s3.eu-central-1.amazonaws.com", "pages"),
        ("pages.s3-eu-west-1.amazonaws.com", "pages"),
        ("pages.s3.dualstack.eu-west-1.amazonaws.com", "pages"),
        ("www.explorer.example.s3.eu-central-1.amazonaws.com", "www.explorer.example"),
        ("pages.s3-website.eu-central-1.amazonaws.com", ""),
        ("pages.s3-website-us-east-1.amazonaws.com", ""),
        ("explorer-1.eu-central-1.elb.amazonaws.com", ""),
        ("pages.example.org", ""),
    ],
)
def test_a_bucket_is_known_by_the_host_of_an_origin(host: str, bucket: str) -> None:
    assert _bucket_behind({"DomainName": host}) == bucket


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("explorer.example", True),
        ("*.example", True),
        ("*.explorer.example", False),
        ("other.example", False),
    ],
)
def test_a_star_in_a_name_is_one_label(name: str, *, is_it: bool) -> None:
    assert _is_name_of(name, "explorer.example") is is_it
