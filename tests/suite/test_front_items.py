"""Certificates and protection from floods as a person runs them: pass, fail, unknown, nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RENEWAL = "network.load-balancer.ssl-renewal"
DDOS = "network.load-balancer.ddos"
AUDITOR = "arn:aws:iam::123456789012:user/auditor"
TAGS = 'tags = { service = "explorer" }\n'
IMPORTED = "it was imported to ACM, which renews none"
ENDPOINT = """
[[endpoints]]
name = "health"
role = "backend"
url = "https://api.explorer.example/health"
connect = { env = "EXPLORER_EDGE" }
ca = { env = "EXPLORER_CA" }
[network]
resolver = { env = "EXPLORER_RESOLVER" }
"""


@pytest.fixture(scope="module")
def world(boot_example: Callable[[str], Any]) -> Iterator[Any]:
    """The example in its sound state: what its edge shows is what ACM has issued."""
    with boot_example("repaired") as running:
        yield running


@pytest.fixture
def run_in(run_item: Callable[..., Any], world: Any) -> Callable[..., Any]:
    """Run an item live in the example's world: ``run_in(id, EXPLORER_EDGE="")``."""

    def run(item_id: str, **env: str) -> Any:
        return run_item(
            item_id,
            endpoint_url=world.environment["AWS_ENDPOINT_URL"],
            env={**world.environment, **env},
            profile_overrides={"resources": TAGS + ENDPOINT},
        )

    return run


def said(item: Any, outcome: str) -> dict[str, str]:
    """What is said of each subject with an outcome."""
    return {
        one["subject"]: one["detail"].partition("; saw ")[0]
        for one in item["findings"]
        if one["outcome"] == outcome
    }


def test_certificates_that_acm_renews_pass_where_they_are_shown_and_where_they_are_held(
    run_in: Callable[..., Any], world: Any
) -> None:
    item = run_in(RENEWAL)
    assert item["outcome"] == "pass"
    subjects = {one["subject"] for one in item["findings"]}
    assert subjects == {"api.explorer.example:443", world.account["certificate"]}


def test_every_public_entry_of_the_sound_example_is_protected(
    run_in: Callable[..., Any], world: Any
) -> None:
    item = run_in(DDOS)
    assert item["outcome"] == "pass"
    subjects = {one["subject"] for one in item["findings"]}
    assert subjects == {world.account["load_balancer"], world.account["distribution_arn"]}


def test_a_certificate_that_cannot_be_seen_is_unknown_beside_the_one_that_can(
    run_in: Callable[..., Any], world: Any
) -> None:
    item = run_in(RENEWAL, EXPLORER_EDGE="")
    assert item["outcome"] == "unknown"
    [(place, cause)] = said(item, "unknown").items()
    assert place == "endpoint health"
    assert cause.startswith("environment variable EXPLORER_EDGE")
    assert world.account["certificate"] in said(item, "pass")


def test_without_dns_nobody_knows_whether_acm_can_validate_the_names(
    run_in: Callable[..., Any], world: Any
) -> None:
    item = run_in(RENEWAL, EXPLORER_RESOLVER="127.0.0.1:1")
    assert item["outcome"] == "unknown"
    [(certificate, cause)] = said(item, "unknown").items()
    assert certificate == world.account["certificate"]
    assert "127.0.0.1" in cause


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        ("renewal-failed", "its last renewal failed: CAA_ERROR"),
        (
            "certificate-imported",
            f"{IMPORTED}, and [certificates] renewal_jobs names no host that does",
        ),
    ],
)
def test_a_certificate_that_nobody_renews_fails_where_it_is_held(
    account_with: Callable[..., Any], run_item: Callable[..., Any], fault: str, detail: str
) -> None:
    ids = account_with(fault)
    item = run_item(RENEWAL)
    assert item["outcome"] == "fail"
    assert said(item, "fail") == {ids["certificate"]: detail}


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        ("no-web-acl", "no web ACL stands before it"),
        (
            "rate-rule-counts",
            "no rate-based rule of its web ACL stops whoever asks too often",
        ),
        ("managed-group-counts", "no managed group of its web ACL stops anything"),
        ("acl-without-log", "its web ACL keeps no log"),
    ],
)
def test_each_gap_in_the_protection_is_found_at_the_balancer(
    account_with: Callable[..., Any], run_item: Callable[..., Any], fault: str, detail: str
) -> None:
    ids = account_with(fault)
    item = run_item(DDOS)
    assert item["outcome"] == "fail"
    assert said(item, "fail") == {ids["load_balancer"]: detail}
    assert ids["distribution_arn"] in said(item, "pass")


@pytest.mark.parametrize(
    "operation",
    ["cloudfront:ListDistributions", "shield:GetSubscriptionState", "wafv2:GetWebACLForResource"],
)
def test_a_denied_operation_leaves_the_protection_unknown_and_is_named(
    account_with: Callable[..., Any],
    denied: Callable[[str], Any],
    run_item: Callable[..., Any],
    operation: str,
) -> None:
    account_with()
    item = run_item(DDOS, env=denied(operation))
    assert item["outcome"] == "unknown"
    [finding] = item["findings"]
    assert f" denied {operation} to {AUDITOR}" in finding["detail"]
    assert finding["remedy"] == f"allow {operation} to {AUDITOR}"


def test_a_denied_operation_leaves_the_certificates_at_aws_unknown_and_is_named(
    account_with: Callable[..., Any], denied: Callable[[str], Any], run_item: Callable[..., Any]
) -> None:
    account_with()
    item = run_item(RENEWAL, env=denied("acm:DescribeCertificate"))
    assert item["outcome"] == "unknown"
    assert said(item, "unknown")["certificates at AWS"] == (
        f"AWS 123456789012 eu-central-1 denied acm:DescribeCertificate to {AUDITOR}"
    )


@pytest.mark.usefixtures("control")
def test_an_account_without_a_public_entry_is_unknown_because_nothing_was_found(
    run_item: Callable[..., Any],
) -> None:
    item = run_item(DDOS)
    assert item["outcome"] == "unknown"
    [finding] = item["findings"]
    assert finding["detail"] == "no public entry of the service found"


@pytest.mark.usefixtures("control")
def test_a_service_without_a_certificate_is_unknown_because_nothing_was_found(
    run_item: Callable[..., Any],
) -> None:
    plain = '[[endpoints]]\nname = "pages"\nrole = "frontend"\nurl = "http://explorer.example/"\n'
    item = run_item(RENEWAL, profile_overrides={"resources": TAGS + plain})
    assert item["outcome"] == "unknown"
    [finding] = item["findings"]
    assert finding["detail"] == "no certificate of the service found"
