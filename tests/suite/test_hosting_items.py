"""Static hosting and KMS as a person runs them: pass, fail, unknown, nothing declared."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOSTING = "network.frontend.static-hosting"
KEYS = "network.kms.setup"
HERE = "123456789012 eu-central-1"
AUDITOR = "arn:aws:iam::123456789012:user/auditor"
URL = "http://explorer.example/"
TAGS = 'tags = { service = "explorer" }\n'
DECLARED = """\
[[hosting]]
provider = "s3"
endpoint = "frontend"
bucket = "explorer-frontend"
distribution = "K3HNB4Z7JVNR2"
[[keys]]
alias = "alias/explorer"
[[keys]]
alias = "alias/explorer-signing"
usage = "SIGN_VERIFY"
"""


@pytest.fixture(scope="module")
def edge() -> Iterator[str]:
    """Where pages are delivered as CloudFront delivers them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(200)
            self.send_header("Via", "1.1 a.cloudfront.net (CloudFront)")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def run(run_item: Callable[..., Any], edge: str) -> Callable[..., Any]:
    """Run an item live with these declarations: ``run(id, declared, env=…)``."""
    frontend = f"""\
[[endpoints]]
name = "frontend"
role = "frontend"
url = "{URL}"
marker = "Latest blocks"
connect = "{edge}"
"""

    def live(item_id: str, declared: str = DECLARED, **more: Any) -> Any:
        resources = {"resources": TAGS + frontend + declared}
        return run_item(item_id, profile_overrides=resources, **more)

    return live


def said(item: Any, outcome: str) -> dict[str, str]:
    """What is said of each subject with an outcome."""
    return {
        one["subject"]: one["detail"].partition("; saw ")[0]
        for one in item["findings"]
        if one["outcome"] == outcome
    }


@pytest.mark.parametrize("item_id", [HOSTING, KEYS])
def test_a_sound_account_passes(
    account_with: Callable[..., Any], run: Callable[..., Any], item_id: str
) -> None:
    account_with()
    item = run(item_id)
    assert item["outcome"] == "pass"
    assert {one["outcome"] for one in item["findings"]} == {"pass"}


def test_every_fault_of_the_hosting_is_a_finding_of_its_own(
    account_with: Callable[..., Any], run: Callable[..., Any]
) -> None:
    ids = account_with("bucket-without-block", "distribution-plain-http", "undeclared-distribution")
    item = run(HOSTING)
    assert item["outcome"] == "fail"
    switches = "BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets"
    assert said(item, "fail") == {
        ids["bucket"]: f"public access is not blocked: {switches}",
        ids["distribution"]: "it serves plain HTTP",
        f"tags of {ids['undeclared_distribution']}": "no [[hosting]] of readiness.toml names it",
    }
    assert URL in said(item, "pass")


def test_every_fault_of_keys_and_stores_is_a_finding_of_its_own(
    account_with: Callable[..., Any], run: Callable[..., Any]
) -> None:
    ids = account_with("key-open-policy", "secret-default-key", "undeclared-key")
    item = run(KEYS)
    assert item["outcome"] == "fail"
    assert said(item, "fail") == {
        "arn:aws:kms:eu-central-1:123456789012:alias/explorer": (
            "its policy lets in anybody who asks: Forgotten"
        ),
        ids["undeclared_key"]: "no [[keys]] of readiness.toml leads to it",
        ids["secret"]: "none of the keys in readiness.toml encrypts it",
    }


@pytest.mark.parametrize(
    ("item_id", "operation", "subject"),
    [
        (HOSTING, "s3:GetBucketPolicyStatus", "explorer-frontend"),
        (KEYS, "rds:DescribeDBInstances", f"databases of {HERE}"),
    ],
)
def test_a_denied_operation_is_unknown_and_named_and_hides_nothing_else(
    account_with: Callable[..., Any],
    denied: Callable[[str], Any],
    run: Callable[..., Any],
    item_id: str,
    operation: str,
    subject: str,
) -> None:
    account_with()
    item = run(item_id, env=denied(operation))
    assert item["outcome"] == "unknown"
    assert said(item, "unknown") == {subject: f"AWS {HERE} denied {operation} to {AUDITOR}"}
    [finding] = [one for one in item["findings"] if one["outcome"] == "unknown"]
    assert finding["remedy"] == f"allow {operation} to {AUDITOR}"
    assert said(item, "pass")


@pytest.mark.parametrize(
    ("item_id", "detail"),
    [
        (HOSTING, "readiness.toml declares no [[hosting]]"),
        (KEYS, "readiness.toml declares no [[keys]]"),
    ],
)
def test_where_nothing_is_declared_nothing_passes(
    account_with: Callable[..., Any], run: Callable[..., Any], item_id: str, detail: str
) -> None:
    account_with()
    item = run(item_id, "")
    assert item["outcome"] == "unknown"
    [finding] = item["findings"]
    assert finding["detail"] == detail
    assert "in readiness.toml" in finding["remedy"]


@pytest.mark.usefixtures("control")
def test_an_empty_account_has_nothing_of_what_is_declared(run: Callable[..., Any]) -> None:
    hosting, keys = run(HOSTING), run(KEYS)
    assert said(hosting, "fail") == {
        "explorer-frontend": "no account of readiness.toml has the bucket",
        "K3HNB4Z7JVNR2": "no account of readiness.toml has the distribution",
    }
    nobody = "no account and region of readiness.toml has it"
    assert said(keys, "fail") == dict.fromkeys(("alias/explorer", "alias/explorer-signing"), nobody)
    assert said(keys, "unknown") == {
        "explorer-frontend": "no account of readiness.toml has the bucket explorer-frontend"
    }


def test_without_credentials_both_are_unknown_but_what_users_get_is_seen(
    run: Callable[..., Any],
) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    hosting, keys = run(HOSTING, env=nobody), run(KEYS, env=nobody)
    assert (hosting["outcome"], keys["outcome"]) == ("unknown", "unknown")
    assert [*said(hosting, "pass")] == [URL]
    told = {*said(hosting, "unknown").values(), *said(keys, "unknown").values()}
    assert told == {f"there are no credentials for AWS {HERE}"}
