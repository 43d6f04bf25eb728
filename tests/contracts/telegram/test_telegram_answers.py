"""What the example's Telegram answers is as Telegram's description says (description.json)."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from examples.explorer.telegram import FAULTS, TOKEN, TelegramServer
from pytest_orr.clients.telegram import TelegramAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment
from pytest_orr.profile.support import Chat

HERE = Path(__file__).parent
DESCRIBED = json.loads((HERE / "description.json").read_text(encoding="utf-8"))


def mistakes(method: str, status: int, body: dict[str, Any]) -> list[str]:
    """Return in what an answer is not as it is described."""
    schema = DESCRIBED["answers"][method] if status == 200 else DESCRIBED["errors"]["error"]
    whole = {"definitions": DESCRIBED["definitions"], **schema}
    if status == 200:
        assert ({*body}, body["ok"]) == ({"ok", "result"}, True)
    told = body["result"] if status == 200 else body
    return [error.message for error in Draft202012Validator(whole).iter_errors(told)]


@pytest.fixture(scope="module")
def told() -> list[tuple[str, int, Any]]:
    """Every answer of JSON to every question that the product asks, with each fault."""
    heard: list[tuple[str, int, Any]] = []

    def hear(request: Any, answer: Any) -> Any:
        if answer.headers.get("Content-Type") == "application/json":
            method = f"GET /{request.parts[-1]}"
            heard.append((method, answer.status, json.loads(answer.body)))
        return answer

    server = TelegramServer()
    server.spoil(".", hear)
    bot = FromEnvironment(env="BOT")
    chat = Chat(kind="telegram", chat="@explorer_help", token=bot, url=server.url)
    for fault in ("", *sorted(FAULTS)):
        server.faults = frozenset({fault} - {""})
        asking = TelegramAccess(environment={"BOT": TOKEN})
        ask(asking, chat)
        asking.close()
    server.close()
    return heard


def ask(asking: TelegramAccess, chat: Chat) -> None:
    """Ask everything; what is refused is an answer, too."""
    for question in (asking.chat, asking.moderators):
        try:
            question(chat)
        except FactUnavailable:
            continue


def test_every_answer_is_as_it_is_described(told: list[tuple[str, int, Any]]) -> None:
    for method, status, body in told:
        assert mistakes(method, status, body) == [], (method, body)


def test_everything_that_is_described_was_asked(told: list[tuple[str, int, Any]]) -> None:
    assert {method for method, status, _ in told if status == 200} == {*DESCRIBED["answers"]}
    assert {status for _, status, _ in told} == {200, 400, 401, 429}


def test_an_answer_of_another_form_is_noticed(told: list[tuple[str, int, Any]]) -> None:
    method, status, body = told[0]
    assert mistakes(method, status, {**body, "result": {**body["result"], "invented": 1}})
    assert mistakes(method, status, {**body, "result": {**body["result"], "type": "crowd"}})


def test_the_list_of_types_becomes_a_description_to_compare_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Types in little, of which one lacks a field that the excerpt has, and a method is missing."""
    fields = [{"name": name, "types": ["String"]} for name in ("status", "user", "custom_title")]
    types = {"ChatMember": {"subtypes": ["ChatMemberOwner"]}, "ChatMemberOwner": {"fields": fields}}
    methods = {"getChatAdministrators": {"returns": ["Array of ChatMember"]}}
    described = runpy.run_path(str(HERE / "whole.py"))["described"]
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(described({"types": types, "methods": methods})), "utf-8")
    compare = runpy.run_path(str(HERE.parent / "compare.py"))["main"]

    assert compare(str(HERE / "description.json"), str(whole)) == 1

    said = capsys.readouterr().out
    assert "not described: GET /getChat\n" in said
    assert "GET /getChatAdministrators[] has no is_anonymous" in said
    assert "custom_title" not in said
