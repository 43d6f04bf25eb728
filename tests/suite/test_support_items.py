"""Items about how users reach somebody, by what DNS, pages, Discord and Telegram say."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dns.rrset
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
EMAIL = "operations.support.email"
CHAT = "operations.support.chat-channel"
PAGE = "https://explorer.example/"
DISCORD, TELEGRAM = "Discord x7Kq2mVb", "Telegram @explorer_help"
PROFILE = """
[service]
name = "explorer"
environment = "production"
people = [{ email = "dan@example.org", name = "Dan", roles = ["support"] }]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
[network]
resolver = { env = "EXPLORER_RESOLVER" }
[[endpoints]]
name = "frontend"
role = "frontend"
url = "https://explorer.example/"
connect = { env = "EXPLORER_EDGE" }
ca = { env = "EXPLORER_CA" }
"""
SUPPORT = """
[support]
email = "support@explorer.example"
shown_on = ["https://explorer.example/"]
[[support.channels]]
kind = "discord"
invite = "x7Kq2mVb"
guild = "1042077710000000001"
token = { env = "EXPLORER_DISCORD_TOKEN" }
url = { env = "EXPLORER_DISCORD" }
[[support.channels]]
kind = "telegram"
chat = "@explorer_help"
token = { env = "EXPLORER_TELEGRAM_TOKEN" }
url = { env = "EXPLORER_TELEGRAM" }
"""
SAID = """
[[attestation]]
item = "{item}"
statement = "It is so."
by = "dan@example.org"
on = 2026-11-19
until = 2026-12-15
evidence = [{{ kind = "{kind}", ref = "https://wiki.example.org/support", dated = 2026-11-18 }}]
"""
STATEMENTS = "".join(
    SAID.format(item=item, kind=kind) for item, kind in ((EMAIL, "ticket"), (CHAT, "roster"))
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The example's pages, Discord and Telegram, and the variables that lead there."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer import discord, telegram  # noqa: PLC0415 after the path is set
    from examples.explorer.certificates import issue  # noqa: PLC0415 as above
    from examples.explorer.edge import HOSTS, Server, replies  # noqa: PLC0415 as above

    ca, chain = issue(tmp_path_factory.mktemp("edge"), HOSTS)
    edge = Server(dict(replies("repaired")), chain)
    threading.Thread(target=edge.serve_forever, args=(0.01,), daemon=True).start()
    chats = {"discord": discord.DiscordServer(), "telegram": telegram.TelegramServer()}
    variables = {
        "EXPLORER_EDGE": f"127.0.0.1:{edge.server_port}",
        "EXPLORER_CA": str(ca),
        "EXPLORER_DISCORD": chats["discord"].url,
        "EXPLORER_DISCORD_TOKEN": discord.TOKEN,
        "EXPLORER_TELEGRAM": chats["telegram"].url,
        "EXPLORER_TELEGRAM_TOKEN": telegram.TOKEN,
    }
    yield {"edge": edge, **chats, "variables": variables}
    for server in chats.values():
        server.close()
    edge.shutdown()
    edge.server_close()


@pytest.fixture
def judged(
    servers: dict[str, Any],
    judge_here: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Judge an item by servers with faults: ``judged(item, "mx-null", discord=("down",))``."""
    from examples.explorer.edge import Reply, frontend  # noqa: PLC0415 after the path is set
    from examples.explorer.mail import mail_records  # noqa: PLC0415 as above
    from examples.explorer.names import serve_names  # noqa: PLC0415 as above

    def judge(
        item: str,
        *mail: str,
        discord: tuple[str, ...] = (),
        telegram: tuple[str, ...] = (),
        page: tuple[str, ...] = (),
        support: str = SUPPORT,
        env: dict[str, str] | None = None,
        covers: str = "all",
    ) -> Any:
        servers["discord"].faults, servers["telegram"].faults = map(frozenset, (discord, telegram))
        html = Reply(kind="text/html; charset=utf-8", text=frontend(page))
        servers["edge"].table["/"] = html
        sets = [
            dns.rrset.from_text(f"{name}.", 60, "IN", kind, *data)
            for name, kind, data in mail_records(mail)
        ]
        resolver = {"EXPLORER_RESOLVER": serve_names(sets)}
        for name, value in {**servers["variables"], **resolver, **(env or {})}.items():
            monkeypatch.setenv(name, value)
        said = STATEMENTS.replace("on = ", 'covers = "unknown"\non = ')
        statements = said if covers == "unknown" else STATEMENTS
        return judge_here(PROFILE + support, item, statements=statements)[item]

    return judge


@pytest.mark.parametrize("item", [EMAIL, CHAT])
def test_what_is_sound_is_a_persons_to_confirm(judged: Callable[..., Any], item: str) -> None:
    seen = judged(item)
    assert (seen.outcome, seen.said("fail"), seen.said("unknown")) == ("attested", {}, {})


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("mx-missing", {"MX of explorer.example": "no mail server is named"}),
        ("mx-null", {"MX of explorer.example": "no mail server is named"}),
        ("mx-lost", {"MX of explorer.example": "a mail server has no address"}),
        (
            "senders-anybody",
            {"SPF of explorer.example": "anybody may send in the service's name"},
        ),
        ("senders-twice", {"SPF of explorer.example": "there must be exactly one record"}),
        (
            "mail-policy-missing",
            {"DMARC of explorer.example": "there is no policy for forged mail"},
        ),
    ],
)
def test_each_fault_of_the_records_fails_the_mail(
    judged: Callable[..., Any], fault: str, found: dict[str, str]
) -> None:
    seen = judged(EMAIL, fault)
    assert (seen.outcome, seen.said("fail")) == ("fail", found)


def test_a_page_without_the_address_fails_the_mail(judged: Callable[..., Any]) -> None:
    seen = judged(EMAIL, page=("address-hidden",))
    assert seen.said("fail") == {PAGE: "it does not show support@explorer.example"}


def test_a_name_server_that_fails_leaves_the_mail_unknown(judged: Callable[..., Any]) -> None:
    seen = judged(EMAIL, support=SUPPORT.replace("@explorer.example", "@elsewhere.test"))
    assert seen.said("fail") == {PAGE: "it does not show support@elsewhere.test"}
    assert {*seen.said("unknown")} == {
        f"{kind} of elsewhere.test" for kind in ("MX", "SPF", "DMARC")
    }


def test_a_mail_server_behind_a_closed_port_leaves_the_mail_unknown(
    judged: Callable[..., Any],
) -> None:
    asked = 'ask_server = true\nconnect = "127.0.0.1:1"\n[[support.channels]]\nkind = "discord"'
    declared = SUPPORT.replace('[[support.channels]]\nkind = "discord"', asked)
    seen = judged(EMAIL, support=declared)
    assert seen.outcome == "unknown"
    [cause] = seen.said("unknown").values()
    assert "mail.explorer.example cannot be reached at 127.0.0.1 port 1" in cause


@pytest.mark.parametrize("item", [EMAIL, CHAT])
def test_a_person_may_stand_for_what_could_not_be_seen_but_not_for_a_fault(
    judged: Callable[..., Any], item: str
) -> None:
    unseen: dict[str, Any] = {"env": {"EXPLORER_EDGE": "127.0.0.1:1"}, "covers": "unknown"}
    assert judged(item, **unseen).outcome == "attested"
    unseen["discord"] = ("invite-expires",)
    assert judged(item, "mx-null", **unseen).outcome == "fail"


@pytest.mark.parametrize("item", [EMAIL, CHAT])
def test_without_a_declaration_nothing_is_found(judged: Callable[..., Any], item: str) -> None:
    seen = judged(item, support="")
    assert seen.outcome == "unknown"
    assert "readiness.toml declares no" in seen.record.reason


@pytest.mark.parametrize("item", [EMAIL, CHAT])
def test_without_pages_nothing_shows_it(judged: Callable[..., Any], item: str) -> None:
    page = 'shown_on = ["https://explorer.example/"]\n'
    seen = judged(item, support=SUPPORT.replace(page, ""))
    assert seen.outcome == "unknown"
    assert {*seen.said("unknown").values()} == {"no page under [support] shown_on found"}


@pytest.mark.parametrize(
    ("faults", "found"),
    [
        ({"discord": ("invite-expires",)}, {DISCORD: "the invitation ends"}),
        ({"discord": ("invite-unknown",)}, {DISCORD: "nobody gets in"}),
        ({"discord": ("invite-elsewhere",)}, {DISCORD: "it leads to somebody else's server"}),
        (
            {"discord": ("invite-limited",)},
            {f"moderators of {DISCORD}": "the invitation is used up one day"},
        ),
        (
            {"discord": ("one-moderator",)},
            {f"moderators of {DISCORD}": "too few people moderate it"},
        ),
        (
            {"telegram": ("one-moderator",)},
            {f"moderators of {TELEGRAM}": "too few people moderate it"},
        ),
        ({"telegram": ("one-person",)}, {TELEGRAM: "it is one person's account"}),
        (
            {"page": ("discord-unlinked",)},
            {f"{PAGE} to {DISCORD}": "the page does not link to it"},
        ),
        (
            {"page": ("telegram-unlinked",)},
            {f"{PAGE} to {TELEGRAM}": "the page does not link to it"},
        ),
    ],
)
def test_each_fault_of_a_channel_fails_it_alone(
    judged: Callable[..., Any], faults: dict[str, Any], found: dict[str, str]
) -> None:
    seen = judged(CHAT, **faults)
    assert (seen.outcome, seen.said("fail")) == ("fail", found)


def test_a_chat_that_is_gone_fails_and_has_no_moderators_to_count(
    judged: Callable[..., Any],
) -> None:
    seen = judged(CHAT, telegram=("chat-unknown",))
    assert seen.said("fail") == {TELEGRAM: "nobody gets in"}
    assert [*seen.said("unknown")] == [f"moderators of {TELEGRAM}"]


@pytest.mark.parametrize(
    ("faults", "unknown"),
    [
        ({"discord": ("token-refused",)}, {f"moderators of {DISCORD}"}),
        ({"discord": ("members-hidden",)}, {f"moderators of {DISCORD}"}),
        ({"discord": ("down",)}, {DISCORD, f"moderators of {DISCORD}"}),
        ({"discord": ("rate-limited",)}, {DISCORD, f"moderators of {DISCORD}"}),
        ({"telegram": ("administrators-hidden",)}, {f"moderators of {TELEGRAM}"}),
        ({"telegram": ("token-refused",)}, {TELEGRAM, f"moderators of {TELEGRAM}"}),
        ({"telegram": ("rate-limited",)}, {TELEGRAM, f"moderators of {TELEGRAM}"}),
        ({"telegram": ("nonsense",)}, {TELEGRAM, f"moderators of {TELEGRAM}"}),
        ({"env": {"EXPLORER_TELEGRAM_TOKEN": ""}}, {TELEGRAM, f"moderators of {TELEGRAM}"}),
    ],
)
def test_whoever_does_not_answer_leaves_a_channel_unknown(
    judged: Callable[..., Any], faults: dict[str, Any], unknown: set[str]
) -> None:
    seen = judged(CHAT, **faults)
    assert (seen.outcome, {*seen.said("unknown")}) == ("unknown", unknown)
    assert seen.said("fail") == {}
