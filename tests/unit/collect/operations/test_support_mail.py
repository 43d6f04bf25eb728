"""Whether mail to the support address arrives, and which pages show it, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.operations.shown_pages import Shown
from pytest_orr.collect.operations.support_mail import SupportMails
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS = "support@explorer.example"
PAGE = "https://explorer.example/"


def collected(reached: Any, **support: Any) -> Any:
    declared = {"email": ADDRESS, "shown_on": (PAGE,), **support}
    [mail] = SupportMails().collect(reached.desk(**declared)).value
    return mail


def test_a_sound_address_is_told_with_all_that_is_known(
    reached: Any, kept: Callable[[Any, Any], Any]
) -> None:
    mail = collected(reached)
    assert mail.route.reading.hosts == ("mail.explorer.example",)
    assert mail.senders.reading.refuses_others
    assert mail.forgeries.reading.policy == "quarantine"
    assert [(one.name, one.reading.shows) for one in mail.pages] == [(PAGE, True)]
    assert mail.servers == ()
    assert kept(SupportMails(), (mail,)) == (mail,)


@pytest.mark.parametrize(
    ("fault", "part", "seen"),
    [
        ("mx-missing", "route", "explorer.example has no MX record"),
        ("mx-null", "route", "a null MX: explorer.example takes no mail"),
        ("mx-lost", "route", "without an address: mail.explorer.example"),
        ("senders-anybody", "senders", "+all"),
        ("senders-twice", "senders", "explorer.example has 2 SPF records"),
        ("mail-policy-missing", "forgeries", "no DMARC records"),
    ],
)
def test_each_fault_of_the_records_is_in_its_own_part(
    reached: Any, fault: str, part: str, seen: str
) -> None:
    sound = collected(reached)
    reached.mail(fault)
    mail = collected(reached)
    assert seen in getattr(mail, part).seen
    assert seen not in getattr(sound, part).seen
    others = {"route", "senders", "forgeries"} - {part}
    assert {one: getattr(mail, one).seen for one in others} == {
        one: getattr(sound, one).seen for one in others
    }


def test_a_name_server_that_is_down_makes_the_records_alone_unknown(reached: Any) -> None:
    reached.resolver = "127.0.0.1:1"
    mail = collected(reached)
    for part in (mail.route, mail.senders, mail.forgeries):
        with pytest.raises(FactUnavailable, match="DNS server"):
            part.reading  # noqa: B018 reading it raises
    assert mail.pages[0].reading.shows


def test_a_page_that_hides_the_address_is_told(reached: Any) -> None:
    reached.contacts("address-hidden")
    assert collected(reached).pages[0].seen == "status 200, not shown there"


@pytest.mark.parametrize("status", [404, 500, 403])
def test_a_page_that_is_gone_shows_nothing_and_one_that_is_down_is_unknown(
    reached: Any, status: int
) -> None:
    reached.page(ADDRESS, status)
    [page] = collected(reached).pages
    if status == 404:
        assert (page.reading.status, page.reading.shows) == (404, False)
    else:
        with pytest.raises(FactUnavailable, match=f"answers with status {status}"):
            page.reading  # noqa: B018 reading it raises


def test_a_page_of_too_many_elements_is_unknown(
    reached: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.clients.page_html.MOST_PIECES", 4)
    with pytest.raises(FactUnavailable, match="more elements than are read"):
        collected(reached).pages[0].reading  # noqa: B018 reading it raises


def test_a_page_on_a_host_that_nobody_declared_is_not_asked(reached: Any) -> None:
    mail = collected(reached, shown_on=("https://elsewhere.example/?a=b",))
    assert mail.pages[0].name == "https://elsewhere.example/"
    with pytest.raises(FactUnavailable, match="which is no host of"):
        mail.pages[0].reading  # noqa: B018 reading it raises


def test_without_an_address_nothing_is_asked(reached: Any) -> None:
    with pytest.raises(FactUnavailable, match=r"readiness.toml declares no \[support\] email"):
        SupportMails().collect(reached.desk())


def test_a_server_that_cannot_be_reached_is_unknown(reached: Any) -> None:
    [server] = collected(reached, ask_server=True, connect="127.0.0.1:1").servers
    assert server.name == "mail server of explorer.example"
    assert "the mail server mail.explorer.example cannot be reached at 127.0.0.1" in server.seen


def test_without_an_mx_record_there_is_no_server_to_ask(reached: Any) -> None:
    reached.mail("mx-null")
    [server] = collected(reached, ask_server=True).servers
    assert server.seen.startswith("there is no mail server to ask: a null MX")


@pytest.mark.parametrize(
    ("text", "links", "shows"),
    [
        ("Write to Support@Explorer.example.", (), True),
        ("support@explorer.example", (), True),
        ("to(support@explorer.example)", (), True),
        ("nosupport@explorer.example", (), False),
        ("no.support@explorer.example", (), False),
        ("support@explorer.example.org", (), False),
        ("support@explorer.examples", (), False),
        ("a.support@explorer.example or support@explorer.example", (), True),
        ("", ("mailto:support@explorer.example?subject=Help",), True),
        ("", ("MAILTO:support%40explorer.example",), True),
        ("", ("mailto:other@explorer.example",), False),
        ("", ("https://[", "https://explorer.example/support@explorer.example"), False),
        ("", ("/cdn-cgi/l/email-protection#zz", "/cdn-cgi/l/email-protection#"), False),
        ("[email protected]", (f"/cdn-cgi/l/email-protection#{bytes([7]).hex()}{{}}",), True),
    ],
)
def test_an_address_is_shown_as_text_or_as_a_link(
    text: str, links: tuple[str, ...], *, shows: bool
) -> None:
    hidden = bytes(one ^ 7 for one in f"{ADDRESS}?subject=Help".encode()).hex()
    page = Shown(text=text, links=tuple(one.replace("{}", hidden) for one in links))
    assert page.shows_address(ADDRESS) is shows
