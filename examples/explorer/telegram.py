"""Telegram's Bot API on loopback, and the page about the example's chat, as t.me shows it.

Part of ``services.py``; ``fault_server.py`` says how faults are planted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "7007700770:of-nobody"  # noqa: S105 opens nothing but this example
CHAT = "explorer_help"
FAULTS = frozenset(
    {
        "administrators-hidden",
        "chat-unknown",
        "down",
        "nonsense",
        "one-moderator",
        "one-person",
        "rate-limited",
        "token-refused",
    }
)
PLANTED = {"faulty": ("one-moderator",), "repaired": ()}
RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members"),
    *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    "can_delete_stories",
)
PAGE = """<!DOCTYPE html>
<html><head><title>Telegram: {head}</title></head>
<body><div class="tgme_page_wrap"><div class="tgme_page">{about}
<div class="tgme_page_action"><a class="tgme_action_button_new" href="#">View in Telegram</a></div>
</div></div></body></html>
"""
ABOUT = """<div class="tgme_page_title"><span dir="auto">Explorer help</span></div>
<div class="tgme_page_extra">{count}</div>"""


def serve(state: str, _: Path) -> dict[str, str]:
    """Start it; return where it is, and the token of the bot."""
    server = TelegramServer(PLANTED[state])
    return {"EXPLORER_TELEGRAM": server.url, "EXPLORER_TELEGRAM_TOKEN": TOKEN}


class TelegramServer(FaultServer):
    """Answers on a port of its own until ``close``."""

    known = FAULTS

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        return _told(self.faults, request)


def _told(faults: frozenset[str], request: Request) -> Answer:
    if "down" in faults:
        return Answer(status=502, body=b"<html>Bad Gateway</html>")
    if "rate-limited" in faults:
        more = {"parameters": {"retry_after": 64}}
        return _error(429, "Too Many Requests: retry after 64", more)
    if "nonsense" in faults:
        return Answer(body=b"<html>not JSON</html>", headers={"Content-Type": "text/html"})
    first, *rest = request.parts
    if not first.startswith("bot"):
        return _page(faults, first)
    if first != f"bot{TOKEN}" or "token-refused" in faults:
        return _error(401, "Unauthorized")
    return _of_bot(faults, "/".join(rest), request.query.get("chat_id", ""))


def _error(status: int, description: str, more: dict[str, Any] | None = None) -> Answer:
    told = {"ok": False, "error_code": status, "description": description, **(more or {})}
    return json_answer(told, status)


def _of_bot(faults: frozenset[str], method: str, chat: str) -> Answer:
    if chat != f"@{CHAT}" or "chat-unknown" in faults:
        return _error(400, "Bad Request: chat not found")
    if method == "getChat":
        return json_answer({"ok": True, "result": chat_of(faults)})
    if "administrators-hidden" in faults:
        return _error(400, "Bad Request: member list is inaccessible")
    return json_answer({"ok": True, "result": administrators(faults)})


def chat_of(faults: frozenset[str]) -> dict[str, Any]:
    """Return the chat as ``getChat`` tells it."""
    told = {
        "id": -1001700770077,
        "type": "supergroup",
        "title": "Explorer help",
        "username": CHAT,
        "active_usernames": [CHAT],
        "description": "Staff never write first.",
        "join_to_send_messages": True,
        "accent_color_id": 4,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if "one-person" in faults:
        del told["title"], told["join_to_send_messages"]
        told |= {"id": 700770077, "type": "private", "first_name": "Dan"}
    return told


def administrators(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return the people who administer the chat, and the bot that asks."""
    everything = dict.fromkeys(RIGHTS, True)
    some = {**dict.fromkeys(RIGHTS, False), "can_manage_chat": True, "can_delete_messages": True}
    invites = {**dict.fromkeys(RIGHTS, False), "can_manage_chat": True, "can_invite_users": True}
    second = invites if "one-moderator" in faults else some
    return [
        {"status": "creator", "user": user(71, "Ana"), "is_anonymous": True},
        {"status": "administrator", "user": user(72, "Dan"), **second},
        {"status": "administrator", "user": user(73, "Readiness", is_bot=True), **everything},
    ]


def user(number: int, name: str, *, is_bot: bool = False) -> dict[str, Any]:
    """Return a user."""
    return {"id": number, "is_bot": is_bot, "first_name": name}


def _page(faults: frozenset[str], name: str) -> Answer:
    known = name.lower() == CHAT and "chat-unknown" not in faults
    count = "@explorer_help" if "one-person" in faults else "1 204 members, 87 online"
    about = ABOUT.format(count=count) if known else ""
    verb = "View" if known and "one-person" not in faults else "Contact"
    html = PAGE.format(head=f"{verb} @{name}", about=about)
    return Answer(body=html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
