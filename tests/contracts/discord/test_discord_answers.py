"""What the example's Discord answers is as Discord's description says (description.json)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from examples.explorer.discord import FAULTS, GUILD, TOKEN, DiscordServer
from pytest_orr.clients.discord import DiscordAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment
from pytest_orr.profile.support import Chat

DESCRIBED = json.loads((Path(__file__).parent / "description.json").read_text(encoding="utf-8"))
ERRORS = {429: "limited"}


def schema_of(asked: str, status: int) -> dict[str, Any]:
    """Return the schema of an answer."""
    kind = ERRORS.get(status, "error")
    schema = DESCRIBED["answers"][asked] if status == 200 else DESCRIBED["errors"][kind]
    return {"definitions": DESCRIBED["definitions"], **schema}


def described_as(path: str) -> str:
    """Return by which of the described questions something was asked."""
    for asked in DESCRIBED["answers"]:
        template = asked.removeprefix("GET ")
        if re.fullmatch(f"/api/v10{re.sub(r'{[^}]+}', '[^/]+', template)}", path):
            return str(asked)
    return path


@pytest.fixture(scope="module")
def told() -> list[tuple[str, int, Any]]:
    """Every answer of JSON to every question that the product asks, with each fault."""
    heard: list[tuple[str, int, Any]] = []

    def hear(request: Any, answer: Any) -> Any:
        if answer.headers.get("Content-Type") == "application/json":
            heard.append((described_as(request.path), answer.status, json.loads(answer.body)))
        return answer

    server = DiscordServer()
    server.spoil(".", hear)
    bot = FromEnvironment(env="BOT")
    for fault in ("", *sorted(FAULTS)):
        server.faults = frozenset({fault} - {""})
        asking = DiscordAccess(environment={"BOT": TOKEN})
        for chat in ("x7Kq2mVb", "other"):
            ask(asking, Chat(kind="discord", invite=chat, token=bot, url=server.url))
        asking.close()
    server.close()
    return heard


def ask(asking: DiscordAccess, chat: Chat) -> None:
    """Ask everything; what is refused is an answer, too."""
    for question in (lambda: asking.invite(chat), lambda: asking.moderation(chat, GUILD)):
        try:
            question()
        except FactUnavailable:
            continue


def test_every_answer_is_as_it_is_described(told: list[tuple[str, int, Any]]) -> None:
    for asked, status, body in told:
        validator = Draft202012Validator(schema_of(asked, status))
        assert [error.message for error in validator.iter_errors(body)] == [], asked


def test_everything_that_is_described_was_asked(told: list[tuple[str, int, Any]]) -> None:
    assert {asked for asked, status, _ in told if status == 200} == {*DESCRIBED["answers"]}
    assert {status for _, status, _ in told} == {200, 401, 403, 404, 429}


@pytest.mark.parametrize("wrong", [{"invented": 1}, {"expires_at": 7}, {"guild": None}])
def test_an_answer_of_another_form_is_noticed(
    told: list[tuple[str, int, Any]], wrong: dict[str, Any]
) -> None:
    asked = "GET /invites/{code}"
    sound = next(body for one, status, body in told if (one, status) == (asked, 200))
    validator = Draft202012Validator(schema_of(asked, 200))
    assert validator.is_valid(sound)
    assert not validator.is_valid(sound | wrong)
