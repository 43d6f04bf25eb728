"""Discord's API on loopback, as far as the example's server and its invite are concerned.

Part of ``services.py``; ``fault_server.py`` says how faults are planted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "bot-of-nobody"  # noqa: S105 opens nothing but this example
CODE = "x7Kq2mVb"
GUILD = "1042077710000000001"
ELSEWHERE = "1042077710000000099"
MODERATOR, HELPER = "1042077710000000010", "1042077710000000011"
KICKS, MANAGES_MESSAGES, SEES_CHANNELS = 1 << 1, 1 << 13, 1 << 10
FAULTS = frozenset(
    {
        "down",
        "invite-elsewhere",
        "invite-expires",
        "invite-limited",
        "invite-unknown",
        "members-hidden",
        "no-server",
        "nonsense",
        "one-moderator",
        "rate-limited",
        "token-refused",
    }
)
PLANTED = {"faulty": ("invite-expires",), "repaired": ()}
PEOPLE = (
    ("1042077710000000101", "ana", (), False),
    ("1042077710000000102", "dan", (MODERATOR,), False),
    ("1042077710000000103", "spamguard", (MODERATOR,), True),
    ("1042077710000000104", "finn", (MODERATOR, HELPER), False),
    ("1042077710000000105", "user", (HELPER,), False),
    ("1042077710000000106", "another", (), False),
)
"""Id, name, roles, and whether it is a bot; the first is the owner."""


def serve(state: str, _: Path) -> dict[str, str]:
    """Start it; return where it is, and the token of the bot."""
    server = DiscordServer(PLANTED[state])
    return {"EXPLORER_DISCORD": server.url, "EXPLORER_DISCORD_TOKEN": TOKEN}


class DiscordServer(FaultServer):
    """Answers on a port of its own until ``close``."""

    known = FAULTS

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        return _told(self.faults, request)


def _told(faults: frozenset[str], request: Request) -> Answer:
    if "down" in faults:
        return Answer(status=503, body=b"upstream connect error")
    if "rate-limited" in faults:
        body = {"message": "You are being rate limited.", "retry_after": 64.57, "global": False}
        return json_answer(body, 429, Retry_After="65")
    if "nonsense" in faults:
        return Answer(body=b"<html>not JSON</html>", headers={"Content-Type": "text/html"})
    match request.parts:
        case ("api", "v10", "invites", code):
            return _invite_answer(faults, code)
        case ("api", "v10", "guilds", guild, *rest):
            return _of_bot(faults, request, guild, "/".join(rest))
    return _error(404, 0, "404: Not Found")


def _error(status: int, code: int, message: str) -> Answer:
    return json_answer({"message": message, "code": code}, status)


def _invite_answer(faults: frozenset[str], code: str) -> Answer:
    if code != CODE or "invite-unknown" in faults:
        return _error(404, 10006, "Unknown Invite")
    return json_answer(invite(faults))


def _of_bot(faults: frozenset[str], request: Request, guild: str, what: str) -> Answer:
    if request.headers.get("authorization") != f"Bot {TOKEN}" or "token-refused" in faults:
        return _error(401, 0, "401: Unauthorized")
    if guild != GUILD:
        return _error(404, 10004, "Unknown Guild")
    match what:
        case "members":
            return _listed(faults, int(request.query["after"]), int(request.query["limit"]))
        case "invites":
            return _invites(faults)
    return json_answer(guild_of(faults))


def _listed(faults: frozenset[str], after: int, most: int) -> Answer:
    if "members-hidden" in faults:
        return _error(403, 50001, "Missing Access")
    rows = [one for one in members() if int(one["user"]["id"]) > after]
    return json_answer(rows[:most])


def _invites(faults: frozenset[str]) -> Answer:
    if "invite-limited" not in faults:
        return _error(403, 50013, "Missing Permissions")
    return json_answer([invite(faults) | {"uses": 3, "max_uses": 10, "temporary": False}])


def invite(faults: frozenset[str]) -> dict[str, Any]:
    """Return the invite as ``GET /invites/{code}`` tells it."""
    if "no-server" in faults:
        return {
            "type": 2,
            "code": CODE,
            "expires_at": None,
            "channel": None,
            "inviter": user(*PEOPLE[0]),
        }
    guild = ELSEWHERE if "invite-elsewhere" in faults else GUILD
    return {
        "type": 0,
        "code": CODE,
        "inviter": user(*PEOPLE[0]),
        "expires_at": "2026-11-27T09:00:00+00:00" if "invite-expires" in faults else None,
        "guild": {
            "id": guild,
            "name": "Explorer",
            "splash": None,
            "banner": None,
            "description": None,
            "icon": None,
            "features": ["COMMUNITY"],
            "verification_level": 3,
            "vanity_url_code": None,
            "nsfw_level": 0,
            "nsfw": False,
            "premium_subscription_count": 2,
        },
        "guild_id": guild,
        "channel": {"id": "1042077710000000201", "type": 0, "name": "help"},
        "approximate_member_count": 812,
        "approximate_presence_count": 96,
    }


def guild_of(faults: frozenset[str]) -> dict[str, Any]:
    """Return what is read of the server, as ``GET /guilds/{id}`` tells it."""
    may = SEES_CHANNELS if "one-moderator" in faults else KICKS | MANAGES_MESSAGES
    return {
        "id": GUILD,
        "name": "Explorer",
        "owner_id": PEOPLE[0][0],
        "roles": [
            role(GUILD, "@everyone", SEES_CHANNELS, 0),
            role(MODERATOR, "moderator", may, 1),
            role(HELPER, "helper", SEES_CHANNELS, 2),
        ],
    }


def role(number: str, name: str, permissions: int, position: int) -> dict[str, Any]:
    """Return a role."""
    return {
        "id": number,
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def members() -> list[dict[str, Any]]:
    """Return every member, by id, as ``GET /guilds/{id}/members`` lists them."""
    return [
        {
            "avatar": None,
            "banner": None,
            "communication_disabled_until": None,
            "flags": 0,
            "joined_at": "2026-03-02T10:00:00.000000+00:00",
            "nick": None,
            "pending": False,
            "premium_since": None,
            "roles": list(roles),
            "user": user(number, name, roles, is_bot),
            "mute": False,
            "deaf": False,
        }
        for number, name, roles, is_bot in PEOPLE
    ]


def user(number: str, name: str, _: tuple[str, ...], is_bot: bool) -> dict[str, Any]:  # noqa: FBT001 as PEOPLE has it
    """Return a user; only bots are told to be one."""
    told = {
        "id": number,
        "username": name,
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": name.capitalize(),
        "primary_guild": None,
    }
    return told | {"bot": True} if is_bot else told
