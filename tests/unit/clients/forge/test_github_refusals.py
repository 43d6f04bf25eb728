"""Why GitHub gave no answer, in words that lead on: token, scope, limit, place, shape."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer
from examples.explorer.forge_state import TOKEN
from pytest_orr.clients.forge.github import GitHub
from pytest_orr.clients.forge.patience import Patience
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = "/repos/explorer/explorer$"
FORBIDDEN = b'{"message": "Resource not accessible"}'


def refusal_of(served: Any, unavailable: Callable[..., Any], status: int, **headers: str) -> Any:
    body = FORBIDDEN if status == 403 else b'{"message": "Not Found"}'
    served.refuse(status, body, PROJECT, **headers)
    return unavailable(served.open().project)


@pytest.mark.parametrize(
    ("headers", "need"),
    [
        (
            {"x_accepted_github_permissions": "administration=read"},
            "permission administration: read",
        ),
        ({"x_oauth_scopes": "read:org", "x_accepted_oauth_scopes": "repo"}, "scope repo"),
        (
            {"x_oauth_scopes": "", "x_accepted_oauth_scopes": "read:org, repo"},
            "scope read:org or repo",
        ),
        (
            {"x_oauth_scopes": "repo", "x_accepted_oauth_scopes": "repo"},
            "permission metadata: read (a classic token: scope repo)",
        ),
        ({}, "permission metadata: read (a classic token: scope repo)"),
    ],
)
@pytest.mark.parametrize("status", [403, 404])
def test_what_the_token_lacks_is_named_as_github_does(
    served_github: Any,
    unavailable: Callable[..., Any],
    headers: dict[str, str],
    need: str,
    status: int,
) -> None:
    error = refusal_of(served_github, unavailable, status, **headers)
    assert error.remedy.startswith(f"give the token {need}")
    assert "the project of explorer/explorer" in error.cause


def test_single_sign_on_is_named(served_github: Any, unavailable: Callable[..., Any]) -> None:
    error = refusal_of(served_github, unavailable, 403, x_github_sso="required; url=https://x")
    assert error.remedy == "authorise the token for the organisation at GitHub"


def test_a_project_that_moved_is_named(served_github: Any, unavailable: Callable[..., Any]) -> None:
    error = refusal_of(served_github, unavailable, 301, Location="https://elsewhere.example/")
    assert error.cause == (
        "GitHub sends on whoever asks for the project of explorer/explorer: it was renamed"
    )


@pytest.mark.parametrize(
    ("status", "body"), [(401, b"{}"), (403, FORBIDDEN), (404, b'{"message": "Not Found"}')]
)
def test_without_a_token_the_remedy_is_to_name_one(
    served_github: Any, unavailable: Callable[..., Any], status: int, body: bytes
) -> None:
    served_github.refuse(status, body, PROJECT)
    error = unavailable(served_github.open(token="").project)
    assert 'token = { env = "\u2026" } under [forge]' in error.remedy
    assert unavailable(served_github.open(token="").tags).cause == (
        "GitHub shows the tags of explorer/explorer to nobody without a token"
    )


@pytest.mark.parametrize(
    ("error", "cause", "remedy"),
    [
        (
            {"type": "FORBIDDEN", "message": "Not for you"},
            "GitHub refuses the tags of explorer/explorer: Not for you",
            "give the token permission contents: read (a classic token: scope repo)",
        ),
        (
            {"message": "Something <went> wrong"},
            "GitHub cannot tell the tags of explorer/explorer: Something went wrong",
            "run again; GitHub did not answer as it should",
        ),
    ],
)
def test_errors_of_a_query_are_failures(
    served_github: Any, unavailable: Callable[..., Any], error: Any, cause: str, remedy: str
) -> None:
    served_github.alter("/graphql$", lambda body: body | {"errors": [error]})
    seen = unavailable(served_github.open().tags)
    assert (seen.cause, seen.remedy) == (cause, remedy)


@pytest.mark.parametrize(
    "body", [{"data": {"repository": None}}, {"data": {"repository": {"refs": {}}}}, []]
)
def test_a_query_that_is_answered_otherwise_is_unknown(
    served_github: Any, unavailable: Callable[..., Any], body: Any
) -> None:
    served_github.alter("/graphql$", lambda _: body)
    assert "is not as its description says" in unavailable(served_github.open().tags).cause


def test_pages_of_a_query_that_do_not_end_are_unknown(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    info = {"hasNextPage": True, "endCursor": "5"}
    refs = {"pageInfo": info, "nodes": []}
    served_github.alter("/graphql$", lambda _: {"data": {"repository": {"refs": refs}}})
    assert unavailable(served_github.open().tags).cause == (
        "the pages of the tags of explorer/explorer do not end: 2 were read"
    )


@pytest.fixture
def patient(served_github: Any) -> Callable[..., tuple[GitHub, list[float]]]:
    """A client that notes how long it would wait, and does not."""

    def opened(**patience: Any) -> tuple[GitHub, list[float]]:
        waits: list[float] = []
        declared = Forge(
            kind="github",
            project="explorer/explorer",
            url=f"{served_github.server.url}/api/v3",
            token=FromEnvironment(env="TOKEN"),
        )
        limits = Patience(
            whose="GitHub",
            progress=served_github.told.append,
            sleep=waits.append,
            now=lambda: 1000.0,
            **patience,
        )
        return GitHub(declared, Path(), print, {"TOKEN": TOKEN}, limits), waits

    return opened


def once(served: Any, at: str, refusal: Answer, times: int = 1) -> None:
    """Refuse the first questions alone."""
    left = [None] * times
    served.server.spoil(at, lambda _, told: refusal if left and left.pop() is None else told)


@pytest.mark.parametrize(
    ("status", "body", "headers", "seconds"),
    [
        (429, "{}", {"Retry-After": "7"}, 7),
        (403, "{}", {"Retry-After": "7"}, 7),
        (403, "{}", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1020"}, 21),
        (429, "{}", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}, 61),
        (403, '{"message": "You have exceeded a secondary rate limit"}', {}, 60),
        (429, "{}", {}, 60),
        (502, "", {}, 1),
    ],
)
def test_a_limit_that_ends_soon_is_waited_for(
    served_github: Any,
    patient: Callable[..., Any],
    status: int,
    body: str,
    headers: dict[str, str],
    seconds: float,
) -> None:
    once(served_github, PROJECT, Answer(status=status, body=body.encode(), headers=headers))
    forge, waits = patient(longest=61)
    assert forge.project().path == "explorer/explorer"
    assert waits == [seconds]
    assert served_github.told == [f"GitHub asks to wait {seconds} s"]


def test_a_query_that_is_limited_is_asked_again(
    served_github: Any, patient: Callable[..., Any]
) -> None:
    body = json.dumps({"errors": [{"type": "RATE_LIMITED", "message": "later"}]}).encode()
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1001"}
    once(served_github, "/graphql$", Answer(body=body, headers=headers))
    forge, waits = patient()
    assert forge.tags()
    assert waits == [2]


@pytest.mark.parametrize(
    ("headers", "ends"),
    [
        ({"Retry-After": "90"}, "1970-01-01 00:18:10"),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4600"}, "1970-01-01 01:16:41"),
        ({"Retry-After": "9" * 40}, "1970-01-08 00:16:40"),
    ],
)
def test_a_limit_that_ends_late_is_unknown_with_its_end(
    served_github: Any,
    patient: Callable[..., Any],
    unavailable: Callable[..., Any],
    headers: dict[str, str],
    ends: str,
) -> None:
    once(served_github, PROJECT, Answer(status=403, body=b"{}", headers=headers))
    forge, waits = patient()
    assert unavailable(forge.project).cause == f"GitHub takes no more requests before {ends} UTC"
    assert waits == []


def test_waiting_has_an_end_for_the_whole_run(
    served_github: Any, patient: Callable[..., Any], unavailable: Callable[..., Any]
) -> None:
    limited = Answer(status=429, body=b"{}", headers={"Retry-After": "40"})
    once(served_github, ".", limited, times=9)
    forge, waits = patient(in_all=100)
    unavailable(forge.project)
    assert waits == [40, 40]


def test_a_server_that_stays_busy_is_told_as_that(
    served_github: Any, patient: Callable[..., Any], unavailable: Callable[..., Any]
) -> None:
    served_github.refuse(503, b"")
    forge, waits = patient()
    assert unavailable(forge.project).cause == (
        "GitHub answers 503 to the project of explorer/explorer"
    )
    assert waits == [1, 1, 1]


def test_a_refusal_that_is_no_limit_is_not_waited_for(
    served_github: Any, patient: Callable[..., Any], unavailable: Callable[..., Any]
) -> None:
    served_github.refuse(403, FORBIDDEN)
    forge, waits = patient()
    assert unavailable(forge.project).cause.endswith(": Resource not accessible")
    assert waits == []


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_would_lead_elsewhere_is_not_asked(
    served_github: Any, unavailable: Callable[..., Any], name: str
) -> None:
    assert unavailable(lambda: served_github.open().head(name)).cause == (
        f'"{name}" is no name at GitHub'
    )
    assert served_github.server.asked == []


def test_the_public_github_is_asked_unless_another_is_named() -> None:
    declared = Forge(kind="github", project="explorer/explorer")
    assert GitHub(declared, Path(), print, {}).where == "github.com explorer/explorer"


def test_hostile_words_are_tamed_in_messages(
    served_github: Any, unavailable: Callable[..., Any]
) -> None:
    said = json.dumps({"message": "<b>\x1b[31mno\n" + "x" * 500}).encode()
    served_github.refuse(500, said, PROJECT)
    cause = unavailable(served_github.open().project).cause
    assert cause.startswith("GitHub answers 500 to the project of explorer/explorer: b31mnoxxx")
    assert len(cause) < 250


def test_a_forge_that_is_behind_an_unreadable_ca_is_unknown(
    unavailable: Callable[..., Any], tmp_path: Path
) -> None:
    declared = replace(
        Forge(kind="github", project="explorer/explorer"), url="https://127.0.0.1:1", ca="ca.pem"
    )
    forge = GitHub(declared, tmp_path, print, {})
    assert unavailable(forge.project).cause == (
        f"{tmp_path}/ca.pem is not a readable file of PEM certificates"
    )
