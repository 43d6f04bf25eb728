"""Reads whether mail to the support address can arrive, and who may forge it: ``support_mail``."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.operations.mail_records import (
    Forgeries,
    MailRoute,
    Senders,
    addresses,
    forgeries,
    mail_route,
    senders,
)
from pytest_orr.collect.operations.shown_pages import ShownOn, shown_on
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """What the preferred mail server says to somebody who has a mail for the address."""

    host: str
    takes: bool
    said: str
    offers_tls: bool

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.host}: {self.said}, {'with' if self.offers_tls else 'without'} STARTTLS"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportMail:
    """The address that users write to."""

    address: str
    route: Part[MailRoute]
    senders: Part[Senders]
    forgeries: Part[Forgeries]
    pages: tuple[Part[ShownOn], ...]
    """Each page that must show the address."""
    servers: tuple[Part[MailServer], ...] = ()
    """One if the profile has it asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportMails:
    """Can mail to the support address arrive, and do users know it?"""

    name: str = "support_mail"
    source: str = "DNS, HTTP, SMTP"
    operations: tuple[str, ...] = (
        "dns:A",
        "dns:AAAA",
        "dns:MX",
        "dns:TXT",
        "http:GET",
        "smtp:RCPT",
    )
    fact_type: Any = tuple[SupportMail, ...]

    def collect(self, desk: Desk) -> Answer[tuple[SupportMail, ...]]:
        """Ask DNS, the pages and, if that is wanted, the mail server, each by itself."""
        support = desk.profile.support
        if support.email is None:
            raise Undeclared("[support] email", "the address that users write to")
        address = support.email
        domain = address.rpartition("@")[2].rstrip(".").lower()
        questions = _questions(desk, domain)
        with ThreadPoolExecutor(len(questions)) as pool:  # a name server that is down, but once
            asked = [pool.submit(part_of, name, read) for name, read in questions]
            pages = shown_on(desk, lambda page: page.shows_address(address))
        route, sent, forged, *servers = (one.result() for one in asked)
        mail = SupportMail(
            address=address,
            route=route,
            senders=sent,
            forgeries=forged,
            pages=pages,
            servers=tuple(servers),
        )
        return Answer(value=(mail,), where=(domain, *support.shown_on))


def _questions(desk: Desk, domain: str) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """Return what is asked about a domain, each with the name of its part."""
    server = (f"mail server of {domain}", partial(_server, desk, domain))
    return (
        (f"MX of {domain}", partial(mail_route, desk.dns, domain)),
        (f"SPF of {domain}", partial(senders, desk.dns, domain)),
        (f"DMARC of {domain}", partial(forgeries, desk.dns, domain)),
        *((server,) if desk.profile.support.ask_server else ()),
    )


def _server(desk: Desk, domain: str) -> MailServer:
    route = mail_route(desk.dns, domain)
    if not route.hosts:
        raise FactUnavailable(
            f"there is no mail server to ask: {route.seen}", f"give {domain} an MX record"
        )
    host = next((one for one in route.hosts if one not in route.lost), route.hosts[0])
    said = desk.smtp.reception(str(desk.profile.support.email), host, addresses(desk.dns, host))
    return MailServer(host=said.host, takes=said.takes, said=said.said, offers_tls=said.offers_tls)
