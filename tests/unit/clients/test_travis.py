"""Travis's last build of a branch, and why there is none to be told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer
from examples.explorer.forge_state import TOKEN, forge_state
from examples.explorer.travis import serve, travis_server
from pytest_orr.clients.travis import Build, TravisAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Travis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REPOSITORY = "explorer/explorer"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    made = travis_server()
    yield made
    made.close()


@pytest.fixture
def access(server: Any) -> Iterator[Callable[..., TravisAccess]]:
    server.state = forge_state()
    opened: list[TravisAccess] = []

    def open_access(token: str = TOKEN, repository: str | None = REPOSITORY) -> TravisAccess:
        declared = Travis(
            repository=repository,
            url=server.url,
            token=FromEnvironment(env="TOKEN") if token else None,
        )
        opened.append(TravisAccess(declared, {"TOKEN": token}))
        return opened[-1]

    yield open_access
    for one in opened:
        one.close()
    server.mend()


def altered(server: Any, **changed: Any) -> None:
    """Change every build that is told."""

    def change(_: object, told: Answer) -> Answer:
        body = json.loads(told.body)
        body["recent_builds"] = [one | changed for one in body["recent_builds"]]
        return replace(told, body=json.dumps(body).encode())

    server.spoil(".", change)


def unknown(access: TravisAccess, branch: str = "main") -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        access.last_build(branch)
    return caught.value


def test_the_last_build_of_the_branch_that_ended_is_told_and_asked_once(
    server: Any, access: Callable[..., TravisAccess]
) -> None:
    newest = next(one for one in server.state.pipelines if one.ref == "main")
    travis = access()
    assert newest.ended is not None
    for _ in range(2):
        assert travis.last_build("main") == Build(
            number=newest.id, status="success", commit=newest.commit, ended=newest.ended
        )
    [asked] = server.asked
    assert (asked.method, asked.path) == ("GET", "/repo/explorer%2Fexplorer/branch/main")
    assert asked.headers["authorization"] == f"token {TOKEN}"


def test_a_build_that_goes_on_hides_none_that_ended(
    server: Any, access: Callable[..., TravisAccess]
) -> None:
    newest, older, *_ = (one for one in server.state.pipelines if one.ref == "main")
    running = replace(newest, status="running", ended=None)
    failed = replace(older, status="failed")
    server.state = replace(server.state, pipelines=(running, failed))
    told = access().last_build("main")
    assert (told.number, told.status) == (older.id, "failed")


@pytest.mark.parametrize("changed", [{"event_type": "pull_request"}, {"state": "queued"}])
def test_builds_of_pull_requests_and_those_that_go_on_are_none(
    server: Any, access: Callable[..., TravisAccess], changed: dict[str, str]
) -> None:
    altered(server, **changed)
    error = unknown(access())
    assert error.cause == "Travis shows no build of main of explorer/explorer that ended"


@pytest.mark.parametrize(
    ("state", "status"), [("errored", "failed"), ("canceled", "canceled"), ("passed", "success")]
)
def test_states_are_told_in_neutral_words(
    server: Any, access: Callable[..., TravisAccess], state: str, status: str
) -> None:
    altered(server, state=state)
    assert access().last_build("main").status == status


def test_a_travis_that_loads_no_recent_builds_tells_the_last(
    server: Any, access: Callable[..., TravisAccess]
) -> None:
    def without(_: object, told: Answer) -> Answer:
        body = {k: v for k, v in json.loads(told.body).items() if k != "recent_builds"}
        return replace(told, body=json.dumps(body).encode())

    server.spoil(".", without)
    assert access().last_build("main").status == "success"


@pytest.mark.parametrize("changed", [{"commit": None}, {"finished_at": "then"}, {"state": []}])
def test_an_answer_that_is_not_as_described_is_unknown(
    server: Any, access: Callable[..., TravisAccess], changed: dict[str, Any]
) -> None:
    altered(server, **{"finished_at": None, **changed})
    assert unknown(access()).cause == (
        "Travis's answer about main of explorer/explorer is not as its reference says"
    )


@pytest.mark.parametrize("token", ["", "another"])
def test_who_may_not_read_is_told_so(access: Callable[..., TravisAccess], token: str) -> None:
    error = unknown(access(token=token))
    assert error.cause == "Travis denies explorer/explorer to the token"
    assert "token under [delivery.travis]" in error.remedy


@pytest.mark.parametrize(
    ("repository", "branch"), [("explorer/other", "main"), (REPOSITORY, "nowhere")]
)
def test_what_is_not_found_may_be_not_allowed(
    access: Callable[..., TravisAccess], repository: str, branch: str
) -> None:
    error = unknown(access(repository=repository), branch)
    assert error.cause == f"Travis shows no {branch} of {repository}: not there, or not allowed"


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (
            302,
            "Travis sends on whoever asks for explorer/explorer, and a token is taken nowhere else",
        ),
        (500, "Travis answers 500 to main of explorer/explorer"),
    ],
)
def test_other_answers_are_unknown(
    server: Any, access: Callable[..., TravisAccess], status: int, cause: str
) -> None:
    server.spoil(".", lambda *_: Answer(status=status, headers={"Location": "http://127.0.0.1:1"}))
    assert unknown(access()).cause == cause


def test_nobody_is_asked_without_a_repository(
    server: Any, access: Callable[..., TravisAccess]
) -> None:
    assert unknown(access(repository=None)).cause == "readiness.toml declares no [delivery.travis]"
    assert server.asked == []


def test_no_token_leaves_unencrypted() -> None:
    declared = Travis(
        repository=REPOSITORY, url="http://travis.example", token=FromEnvironment(env="TOKEN")
    )
    error = unknown(TravisAccess(declared, {"TOKEN": TOKEN}))
    assert error.remedy == "let url under [delivery.travis] in readiness.toml begin with https://"


def test_the_example_says_where_its_travis_is(tmp_path: Path) -> None:
    said = serve("repaired", tmp_path)
    declared = Travis(
        repository=REPOSITORY, url=said["EXPLORER_TRAVIS"], token=FromEnvironment(env="TOKEN")
    )
    environment = {"TOKEN": said["EXPLORER_TRAVIS_TOKEN"]}
    assert TravisAccess(declared, environment).last_build("main").status == "success"
