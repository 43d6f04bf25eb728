"""Static files behind CloudFront in the example's account, seen from outside and inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.static_sites import Site, StaticSiteFacts, StaticSites
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Aws, AwsAccount, Endpoint, Hosting

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.parts import Part

ITEM = "network.frontend.static-hosting"
ACCOUNT = "123456789012"
HERE = f"{ACCOUNT} eu-central-1"
HOME = f"{ACCOUNT} us-east-1"
URL = "http://explorer.example/"
BUCKET, DISTRIBUTION = "explorer-frontend", "K3HNB4Z7JVNR2"
TAGGED = f"CloudFront distributions of {ACCOUNT}"


@pytest.fixture
def declared(pages: Any, keys_of_the_example: dict[str, Any]) -> dict[str, Any]:
    """What the example declares, and its pages as CloudFront delivers them."""
    pages.answer("/", "Latest blocks", X_Amz_Cf_Id="1", Via="1.1 a.cloudfront.net (CloudFront)")
    frontend = Endpoint(name="frontend", role="frontend", url=URL, connect=pages.address)
    return keys_of_the_example | {"endpoints": (frontend,)}


@pytest.fixture
def seen(declared: dict[str, Any]) -> Callable[..., StaticSiteFacts]:
    """What the collector sees of an account with these declarations, or others."""

    def collect(account: Any, **also: Any) -> StaticSiteFacts:
        return StaticSites().collect(account.desk(also=declared | also)).value

    return collect


def hosting(**keys: Any) -> Hosting:
    usual = {
        "provider": "s3",
        "endpoint": "frontend",
        "bucket": BUCKET,
        "distribution": DISTRIBUTION,
    }
    return Hosting(**usual | keys)


def unread(facts: StaticSiteFacts) -> dict[str, tuple[str, str]]:
    """Cause and remedy of every part that could not be read, by name."""
    parts: list[Part[Any]] = [*facts.tagged]
    for site in facts.found:
        parts += [site.front, *site.buckets, *site.distributions, *site.deploys]
        parts += [*site.links, *site.gateways]
    return {
        part.name: (part.unavailable.cause, part.unavailable.remedy)
        for part in parts
        if part.unavailable
    }


def only(facts: StaticSiteFacts) -> Site:
    [site] = facts.found
    return site


def test_a_sound_account_passes_from_outside_and_inside(
    sound_account: Any, declared: dict[str, Any], judge: Callable[..., Any]
) -> None:
    findings = judge(ITEM, sound_account.desk(also=declared))
    assert {one.outcome for one in findings} == {"pass"}
    told = {one.subject: one.detail for one in findings}
    assert told == {
        URL: "status 200, by via, x-amz-cf-id",
        BUCKET: f"in {HERE}, read by the distribution",
        DISTRIBUTION: told[DISTRIBUTION],
        f"tags of {DISTRIBUTION}": told[f"tags of {DISTRIBUTION}"],
    }
    assert told[DISTRIBUTION].startswith("enabled, Deployed, serves ")
    assert told[DISTRIBUTION].endswith(".cloudfront.net, explorer.example")
    assert told[f"tags of {DISTRIBUTION}"].endswith(f"from a bucket, in {ACCOUNT}")


def test_facts_survive_the_file_and_stay_the_same(
    sound_account: Any, seen: Callable[..., StaticSiteFacts], pages: Any
) -> None:
    facts = seen(sound_account)
    kept = TypeAdapter(StaticSites().fact_type)
    assert kept.validate_json(kept.dump_json(facts)) == facts
    pages.answer("/", "Latest blocks", X_Amz_Cf_Id="2", Via="1.1 b.cloudfront.net (CloudFront)")
    assert seen(sound_account) == facts


PARTS = {
    "cloudfront:ListDistributions": ({DISTRIBUTION, TAGGED}, HOME),
    "cloudfront:ListTagsForResource": ({TAGGED}, HOME),
    "s3:GetBucketLocation": ({BUCKET}, HOME),
    "s3:GetBucketPolicy": ({BUCKET}, HERE),
    "s3:GetBucketPolicyStatus": ({BUCKET}, HERE),
    "s3:GetBucketWebsite": ({BUCKET}, HERE),
    "s3:GetPublicAccessBlock": ({BUCKET}, HERE),
    "s3:ListBuckets": ({BUCKET}, HOME),
}
PERMISSIONS = {
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
}


@pytest.mark.parametrize("operation", PARTS)
def test_a_denied_operation_makes_exactly_what_needs_it_unknown(
    denying: Callable[[str], Any], seen: Callable[..., StaticSiteFacts], operation: str
) -> None:
    why = unread(seen(denying(operation)))
    parts, place = PARTS[operation]
    assert {*why} == parts
    [(cause, remedy)] = {*why.values()}
    reader = cause.rpartition(" ")[2]
    assert cause == f"AWS {place} denied {operation} to {reader}"
    assert remedy == f"allow {PERMISSIONS.get(operation, operation)} to {reader}"


def test_no_operation_is_declared_that_is_not_used(
    sound_account: Any, seen: Callable[..., StaticSiteFacts]
) -> None:
    sound_account.progress.clear()
    seen(sound_account)
    used = {line.split()[-1] for line in sound_account.progress}
    of_aws = {one for one in StaticSites().operations if not one.startswith(("http:", "dns:"))}
    assert used == of_aws


def test_without_declared_hosting_the_fact_is_unavailable(
    sound_account: Any, seen: Callable[..., StaticSiteFacts]
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        seen(sound_account, hosting=())
    assert caught.value.cause == "readiness.toml declares no [[hosting]]"
    assert caught.value.remedy == (
        "declare where the frontend's files are hosted under [[hosting]] in readiness.toml"
    )


def test_an_endpoint_that_is_not_declared_hides_no_other_site(
    sound_account: Any, seen: Callable[..., StaticSiteFacts]
) -> None:
    facts = seen(sound_account, hosting=(hosting(endpoint="docs"), hosting()))
    assert unread(facts) == {
        "docs": (
            '[[hosting]] serves the endpoint "docs", which is not declared',
            "let endpoint of [[hosting]] be the name of one of the [[endpoints]] in readiness.toml",
        )
    }
    assert facts.found[0].buckets == ()
    assert facts.found[1].buckets[0].reading.admits_distribution


@pytest.mark.parametrize("key", ["bucket", "distribution"])
def test_what_an_entry_does_not_name_is_unknown(
    sound_account: Any, seen: Callable[..., StaticSiteFacts], key: str
) -> None:
    why = unread(seen(sound_account, hosting=(hosting(**{key: None}),)))
    assert why[f"{key} of frontend"] == (
        f'[[hosting]] of endpoint "frontend" names no {key}',
        f"name its {key} under [[hosting]] in readiness.toml",
    )


def test_what_no_account_has_is_told(
    sound_account: Any,
    declared: dict[str, Any],
    failures: Callable[..., dict[str, str]],
) -> None:
    gone = {"hosting": (hosting(bucket="explorer-gone", distribution="EGONE"),)}
    failed = failures(ITEM, sound_account.desk(also=declared | gone))
    assert failed["explorer-gone"] == (
        "no account of readiness.toml has the bucket; saw declared in readiness.toml"
    )
    assert failed["EGONE"] == (
        "no account of readiness.toml has the distribution; saw declared in readiness.toml"
    )
    assert failed[f"tags of {DISTRIBUTION}"].startswith("no [[hosting]] of readiness.toml names it")


def test_without_tags_nothing_says_what_else_would_be_the_services(
    sound_account: Any, declared: dict[str, Any]
) -> None:
    aws = Aws(accounts=(AwsAccount(id=ACCOUNT, regions=("eu-central-1",)),))
    facts = StaticSites().collect(sound_account.desk(aws, also=declared)).value
    assert facts.tagged == ()
    assert only(facts).buckets[0].reading.admits_distribution


@pytest.mark.parametrize(
    ("provider", "headers", "signs"),
    [
        ("s3", {"Server": "CloudFront"}, ("server",)),
        ("s3", {"Server": "AmazonS3"}, ()),
        ("s3", {"X_Amz_Cf_Id": "1"}, ("x-amz-cf-id",)),
        ("s3", {"X_Nf_Request_Id": "1", "Server": "Netlify"}, ()),
        ("netlify", {"X_Nf_Request_Id": "1", "Server": "Netlify"}, ("server", "x-nf-request-id")),
        ("netlify", {"X_Amz_Cf_Id": "1"}, ()),
        ("ipfs", {"X_Ipfs_Path": "/ipfs/bafy/"}, ("x-ipfs-path",)),
        ("ipfs", {"Server": "nginx"}, ()),
    ],
)
def test_an_answer_shows_its_provider_by_headers_that_no_other_sends(
    sound_account: Any,
    seen: Callable[..., StaticSiteFacts],
    pages: Any,
    provider: str,
    headers: dict[str, str],
    signs: tuple[str, ...],
) -> None:
    pages.answer("/", "Latest blocks", **headers)
    front = only(seen(sound_account, hosting=(hosting(provider=provider),))).front
    assert front.reading.signs == signs


def test_a_page_that_is_not_there_fails_outside_alone(
    sound_account: Any,
    declared: dict[str, Any],
    pages: Any,
    failures: Callable[..., dict[str, str]],
) -> None:
    pages.answer("/", "", 503)
    failed = failures(ITEM, sound_account.desk(also=declared))
    assert failed == {URL: "users do not get the page; saw status 503"}


def test_a_page_of_somebody_else_fails_outside_alone(
    sound_account: Any,
    declared: dict[str, Any],
    pages: Any,
    failures: Callable[..., dict[str, str]],
) -> None:
    pages.answer("/", "Latest blocks", Server="nginx")
    failed = failures(ITEM, sound_account.desk(also=declared))
    assert failed == {URL: "nothing shows that s3 delivers it; saw status 200"}


def test_a_place_that_does_not_answer_is_seen_as_such(
    sound_account: Any, declared: dict[str, Any], failures: Callable[..., dict[str, str]]
) -> None:
    nobody = Endpoint(name="frontend", role="frontend", url=URL, connect="127.0.0.1:1")
    failed = failures(ITEM, sound_account.desk(also=declared | {"endpoints": (nobody,)}))
    assert failed == {
        URL: "users do not get the page; saw 127.0.0.1:1 refused the connection",
    }


def test_a_place_that_cannot_be_asked_is_unknown_and_hides_nothing_inside(
    sound_account: Any, seen: Callable[..., StaticSiteFacts]
) -> None:
    lost = Endpoint(
        name="frontend", role="frontend", url=f"{URL}?key=1", connect="nobody.invalid:1"
    )
    facts = seen(sound_account, endpoints=(lost,))
    assert [*unread(facts)] == [URL]
    assert only(facts).distributions[0].reading.serves_endpoint
