"""Docker Hub tells whose a namespace is to anybody, and an organisation's owners to its members."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.docker_hub import DockerHubAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.images import Namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CANARY = "canary-of-the-token"
ORGANISATION = {"id": "33ef57", "orgname": "explorer", "type": "Organization", "badge": ""}


def hub(place: Any, **more: Any) -> DockerHubAccess:
    token = FromEnvironment(env="HUB_TOKEN")
    declared = Namespace(name="docker.io/explorer", url=place.url, token=token, **more)
    return DockerHubAccess(
        declared=declared,
        folder=Path(),
        environment={"HUB_TOKEN": CANARY, "HUB_USER": "ana"},
    )


def member(name: str, role: str = "Owner") -> dict[str, str]:
    return {"username": name, "role": role, "type": "User"}


def answering(pages: list[Any], status: int = 200) -> Callable[..., Any]:
    def answer(path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/v2/auth/token":
            return 200, {}, b'{"access_token": "j.w.t"}'
        if headers.get("authorization") != "Bearer j.w.t":
            return 401, {}, b"{}"
        page = int(path.partition("&page=")[2].partition("&")[0])
        told = {"results": pages[page - 1], "next": "x" if page < len(pages) else None}
        return status, {}, json.dumps(told).encode()

    return answer


def test_an_organisation_is_told_from_a_person_without_a_token(play: Callable[..., Any]) -> None:
    place = play(lambda *_: (200, {}, json.dumps(ORGANISATION).encode()))
    assert hub(place).is_organisation("explorer")
    [(method, path, headers)] = place.asked
    assert (method, path) == ("GET", "/v2/orgs/explorer/")
    assert "authorization" not in headers
    person = play(lambda *_: (302, {"Location": "/v2/users/ana/"}, b""))
    assert not hub(person).is_organisation("ana")
    assert len(person.asked) == 1
    other = play(lambda *_: (200, {}, b'{"type": "User"}'))
    assert not hub(other).is_organisation("ana")


def test_owners_of_all_pages_are_told_to_whoever_has_a_token(play: Callable[..., Any]) -> None:
    place = play(answering([[member("bo"), member("cleo", "Editor")], [member("ana"), {}, 3]]))
    assert hub(place).owners("explorer") == ("ana", "bo")
    assert [method for method, _, _ in place.asked] == ["POST", "GET", "GET"]
    assert json.loads(place.bodies[0]) == {"identifier": "explorer", "secret": CANARY}
    assert place.paths[1:] == [
        f"/v2/orgs/explorer/members?role=owner&page={page}&page_size=100" for page in (1, 2)
    ]


def test_the_token_of_a_person_is_given_under_their_name(play: Callable[..., Any]) -> None:
    place = play(answering([[member("ana")]]))
    hub(place, user=FromEnvironment(env="HUB_USER")).owners("explorer")
    assert json.loads(place.bodies[0])["identifier"] == "ana"


def test_without_a_token_nobody_is_asked_for_owners(play: Callable[..., Any]) -> None:
    place = play(answering([[]]))
    declared = Namespace(name="docker.io/explorer", url=place.url)
    with pytest.raises(FactUnavailable) as caught:
        DockerHubAccess(declared=declared, folder=Path(), environment={}).owners("explorer")
    assert caught.value.cause == (
        "Docker Hub tells the owners of an organisation to its members alone"
    )
    assert place.asked == []


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (401, b"", "Docker Hub refuses to give a token"),
        (403, b"", "Docker Hub refuses to give a token"),
        (429, b"", "Docker Hub asks for fewer requests"),
        (500, b"", "Docker Hub was asked to give a token, and answered 500"),
        (200, b"{}", "Docker Hub gives no token"),
        (200, b'{"access_token": "two words"}', "Docker Hub gives no token"),
        (200, b"no json", "the registry's answer is no JSON object"),
    ],
    ids=map(str, range(7)),
)
def test_what_docker_hub_answers_instead_is_told_and_its_secret_is_not(
    play: Callable[..., Any], status: int, body: bytes, cause: str
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        hub(play(lambda *_: (status, {}, body))).owners("explorer")
    assert caught.value.cause == cause
    assert CANARY not in repr(caught.value)


@pytest.mark.parametrize("status", [403, 404])
def test_members_that_are_not_shown_are_no_empty_list(
    play: Callable[..., Any], status: int
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        hub(play(answering([[]], status))).owners("explorer")
    assert "explorer" in caught.value.cause
    assert "may read its members" in caught.value.remedy


def test_a_namespace_that_nobody_has_is_unknown(play: Callable[..., Any]) -> None:
    with pytest.raises(FactUnavailable, match="knows no organisation or person explorer"):
        hub(play(lambda *_: (404, {}, b""))).is_organisation("explorer")


def test_owners_without_an_end_are_refused(play: Callable[..., Any]) -> None:
    place = play(answering([[]] * 30))
    with pytest.raises(FactUnavailable, match="more than 2000 owners of explorer"):
        hub(place).owners("explorer")
    assert len(place.asked) == 21


def test_a_name_that_is_no_namespace_is_not_asked(play: Callable[..., Any]) -> None:
    place = play(answering([[]]))
    for name in ("", "../users/ana", "explorer/x", "Explorer"):
        with pytest.raises(FactUnavailable, match="is no namespace of Docker Hub"):
            hub(place).is_organisation(name)
    assert place.asked == []
