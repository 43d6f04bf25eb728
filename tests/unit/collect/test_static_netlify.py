"""Static files at Netlify, whose API is a server on loopback that answers as it is described."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.static_netlify import Deploy
from pytest_orr.collect.static_sites import StaticSiteFacts, StaticSites
from pytest_orr.profile.schema import FromEnvironment, Hosting

if TYPE_CHECKING:
    from collections.abc import Callable

ITEM = "network.frontend.static-hosting"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CANARY = "nfp_canary-of-the-token"
SITE = "3970e0fe-8564-4903-9a55-c5f8de49fb8b"
PATH = f"/api/v1/sites/{SITE}"
NAME = f"Netlify site {SITE}"
TEXT = {"type": "string"}
DESCRIBED = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "custom_domain": TEXT,
        "domain_aliases": {"type": "array", "items": TEXT},
        "url": TEXT,
        "ssl_url": TEXT,
        "ssl": {"type": "boolean"},
        "force_ssl": {"type": "boolean"},
        "published_deploy": {
            "type": "object",
            "properties": {"state": TEXT, "commit_ref": TEXT},
        },
    },
}
"""What is read of a site, as ``definitions.site`` of Netlify's own description 2.60.0 has it."""
USUAL = {
    "id": SITE,
    "name": "explorer",
    "custom_domain": "explorer.example",
    "domain_aliases": ["www.explorer.example"],
    "url": "http://explorer.example",
    "ssl_url": "https://explorer.netlify.app",
    "ssl": True,
    "force_ssl": True,
    "published_deploy": {"id": "1", "state": "ready", "commit_ref": COMMIT, "branch": "main"},
}


@pytest.fixture
def hosting(pages: Any) -> Callable[..., Hosting]:
    """The declared site, at an API on loopback."""

    def declare(**keys: Any) -> Hosting:
        usual: dict[str, Any] = {
            "provider": "netlify",
            "endpoint": "frontend",
            "site": SITE,
            "token": FromEnvironment(env="NETLIFY_TOKEN"),
            "api": f"http://{pages.address}/",
        }
        return Hosting(**usual | keys)

    return declare


@pytest.fixture
def site(
    pages: Any, hosting: Callable[..., Hosting], desk_without_aws: Callable[..., Any]
) -> Callable[..., Any]:
    """A desk, once Netlify has the usual site with these changes."""

    def serve(**changed: Any) -> Any:
        answer = {name: value for name, value in (USUAL | changed).items() if value is not None}
        jsonschema.validate(answer, DESCRIBED)
        pages.answer(PATH, json.dumps(answer))
        pages.answer("/", "Latest blocks", X_Nf_Request_Id="1", Server="Netlify")
        return desk_without_aws(hosting(), NETLIFY_TOKEN=CANARY)

    return serve


def seen(desk: Any) -> StaticSiteFacts:
    facts: StaticSiteFacts = StaticSites().collect(desk).value
    return facts


def why(desk: Any) -> tuple[str, str]:
    """Cause and remedy of a site that cannot be read."""
    [part] = seen(desk).found[0].deploys
    assert part.unavailable is not None
    return part.unavailable.cause, part.unavailable.remedy


def test_a_sound_site_passes_and_the_token_goes_to_the_api_alone(
    site: Callable[..., Any], pages: Any, judge: Callable[..., Any]
) -> None:
    findings = judge(ITEM, site())
    assert {one.outcome for one in findings} == {"pass"}
    assert {one.subject: one.detail for one in findings} == {
        "http://explorer.example/": "status 200, by server, x-nf-request-id",
        NAME: f"explorer: deploy of commit {COMMIT}, ready",
    }
    assert sorted(pages.asked) == [("GET", "/", ""), ("GET", PATH, f"Bearer {CANARY}")]


def test_facts_survive_the_file_and_hold_no_token(site: Callable[..., Any]) -> None:
    facts = seen(site())
    kept = TypeAdapter(StaticSites().fact_type)
    assert kept.validate_json(kept.dump_json(facts)) == facts
    assert CANARY.encode() not in kept.dump_json(facts)


OTHER = {"state": "ready", "commit_ref": "f" * 40}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"published_deploy": OTHER}, "users see another commit than the release's"),
        ({"published_deploy": {"state": "ready"}}, "users see another commit than the release's"),
        ({"published_deploy": {**OTHER, "state": "error"}}, "no deploy is published"),
        ({"published_deploy": None}, "no deploy is published"),
        ({"force_ssl": False}, "it does not send plain HTTP on to HTTPS"),
        ({"ssl": None}, "it does not send plain HTTP on to HTTPS"),
        (
            {"custom_domain": None, "url": "http://other.example"},
            "the endpoint's host is not among its names",
        ),
    ],
)
def test_what_is_wrong_with_a_site_is_a_finding(
    site: Callable[..., Any],
    failures: Callable[..., dict[str, str]],
    changed: dict[str, Any],
    said: str,
) -> None:
    failed = failures(ITEM, site(**changed))
    assert {name: detail.partition("; saw ")[0] for name, detail in failed.items()} == {NAME: said}


@pytest.mark.parametrize(
    ("given", "wanted", "is_of"),
    [
        (COMMIT, COMMIT, True),
        (COMMIT.upper(), COMMIT[:7], True),
        (COMMIT[:7], COMMIT, True),
        (COMMIT, "0123457", False),
        ("", COMMIT, False),
    ],
)
def test_a_commit_may_be_written_short(given: str, wanted: str, *, is_of: bool) -> None:
    deploy = Deploy(
        site="explorer",
        commit=given,
        state="ready",
        encrypts=True,
        serves_endpoint=True,
        names=(),
    )
    assert deploy.is_of(wanted) is is_of


def test_a_deploy_of_no_commit_says_so(site: Callable[..., Any]) -> None:
    [part] = seen(site(published_deploy=None)).found[0].deploys
    assert part.seen == "explorer: deploy of no commit, not published"


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_read_the_site_is_unknown(
    site: Callable[..., Any], pages: Any, status: int
) -> None:
    desk = site()
    pages.answer(PATH, '{"code": 401, "message": "Access Denied"}', status)
    assert why(desk) == (
        f"Netlify denied site {SITE} to the token",
        "use a token that may read the site",
    )


def test_a_site_that_is_not_shown_is_unknown(site: Callable[..., Any], pages: Any) -> None:
    desk = site()
    del pages.answers[PATH]
    assert why(desk) == (
        f"Netlify shows no site {SITE} to the token",
        "correct site of [[hosting]] in readiness.toml, or use a token that may read it",
    )


@pytest.mark.parametrize(
    ("status", "text"), [(500, "{}"), (429, "slow down"), (200, "<html>"), (200, "[]")]
)
def test_an_answer_that_is_no_site_is_unknown(
    site: Callable[..., Any], pages: Any, status: int, text: str
) -> None:
    desk = site()
    pages.answer(PATH, text, status)
    assert why(desk) == (
        f"Netlify answered the question for site {SITE} with status {status} and no site",
        "run again; Netlify did not answer as it should",
    )


def test_a_site_that_lacks_its_name_is_unknown(site: Callable[..., Any]) -> None:
    assert why(site(name=None))[0] == f"an answer about {NAME} lacks 'name'"


def test_without_a_token_only_the_outside_is_seen(
    hosting: Callable[..., Hosting], desk_without_aws: Callable[..., Any], pages: Any
) -> None:
    pages.answer("/", "Latest blocks", Server="Netlify")
    desk = desk_without_aws(hosting(token=None))
    assert why(desk) == (
        f"[[hosting]] of Netlify site {SITE} names no token",
        'name the variable that holds one as token = { env = "…" } under [[hosting]]',
    )
    assert seen(desk).found[0].front.reading.signs == ("server",)


def test_a_token_whose_variable_is_not_set_is_named(
    hosting: Callable[..., Hosting], desk_without_aws: Callable[..., Any]
) -> None:
    assert why(desk_without_aws(hosting())) == (
        "environment variable NETLIFY_TOKEN, named in [[hosting]] token, is not set",
        "set NETLIFY_TOKEN, or correct [[hosting]] token in readiness.toml",
    )


def test_an_api_that_does_not_answer_is_unknown_and_netlifys_own_is_the_default(
    hosting: Callable[..., Hosting], desk_without_aws: Callable[..., Any]
) -> None:
    declared = hosting(api="http://127.0.0.1:1")
    assert why(desk_without_aws(declared, NETLIFY_TOKEN=CANARY)) == (
        "127.0.0.1:1 refused the connection",
        "run again, or correct api of [[hosting]]",
    )
    elsewhere = desk_without_aws(hosting(api=None, site=None), NETLIFY_TOKEN=CANARY)
    assert why(elsewhere) == (
        '[[hosting]] of endpoint "frontend" names no site',
        "name its site under [[hosting]] in readiness.toml",
    )
