"""Mail servers as collectors see them: whether one takes mail for an address; ``desk.smtp``.

It is asked as whoever has a mail would ask, by SMTP, and no mail is ever sent: after the answer the
question is taken back (``RSET``) and the conversation ended.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .http import address_of
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.support import Support

    from .smtp_line import Line, Reply

SMTP_PORT = 25
SECONDS = 30.0
"""Until it must have answered everything; some wait before they greet."""
WHERE = "[support] connect"
DONE = 250
TAKEN = frozenset({250, 251, 252})
REFUSED = frozenset({550, 551, 553})
"""Codes by which a server says that an address is none of its own."""
OF_ADDRESSES = ("5.1.", "5.2.")
OF_POLICY = "5.7."
"""Beginnings of statuses (RFC 3463): of the address and its mailbox; of who asks."""
ELSEWHERE = (
    "run again from a machine that may connect to port 25, or name a tunnel as connect "
    "under [support] in readiness.toml"
)
LATER = "run again in a quarter of an hour from the same machine"
ASK_OTHERS = "ask from a machine that mail servers trust, or let ask_server of [support] be false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What a mail server says to somebody who has a mail for an address."""

    host: str
    takes: bool
    said: str
    """Its reply, code first."""
    offers_tls: bool
    """Whether mail can come encrypted (STARTTLS)."""


class SmtpAccess:
    """Asks mail servers; everything else than yes or no to the address is ``FactUnavailable``."""

    def __init__(
        self,
        declared: Support,
        environment: Mapping[str, str] | None = None,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._declared = declared
        self._environment = os.environ if environment is None else environment
        self._seconds = seconds

    def reception(self, mailbox: str, host: str, addresses: tuple[str, ...]) -> Reception:
        """Ask the server ``host``, at the first of its addresses, if it takes mail for a mailbox.

        Where the profile names a place to connect to, that is asked instead.
        """
        _refuse_strange(mailbox)
        line = self._connected(host, addresses)
        with closing(line):
            try:
                return _asked(line, mailbox, host)
            except OSError as error:
                did = f"did not answer to the end in {self._seconds:g} s"
                if not isinstance(error, TimeoutError):
                    did = "closed the connection before it had answered"
                raise FactUnavailable(f"the mail server {host} {did}", ELSEWHERE) from None

    def _connected(self, host: str, addresses: tuple[str, ...]) -> Line:
        from .smtp_line import Line  # noqa: PLC0415 loads when a mail server is asked

        declared = self._declared.connect
        place = setting(declared, where=WHERE, environment=self._environment)
        if not place and not addresses:
            raise FactUnavailable(
                f"the mail server {host} has no address", "let its MX records name hosts that have"
            )
        address, port = address_of(place) if place else (addresses[0], SMTP_PORT)
        try:
            return Line(address, port, seconds=self._seconds)
        except OSError as error:
            why = "no answer in time" if isinstance(error, TimeoutError) else error.strerror
            where = f"{host} cannot be reached at {address} port {port}"
            raise FactUnavailable(f"the mail server {where}: {why or error}", ELSEWHERE) from None


def _refuse_strange(mailbox: str) -> None:
    if not mailbox.isascii() or {*mailbox} & {*'<>"\\,;:'}:
        raise FactUnavailable(
            "the address under [support] email has characters that not every mail server takes",
            "ask its mail server by hand, and let ask_server of [support] be false",
        )


def _asked(line: Line, mailbox: str, host: str) -> Reception:
    from .smtp_line import Garbled  # noqa: PLC0415 loads when a mail server is asked

    try:
        _needed(line.hear(), 220, "greets with", host)
        said = _needed(line.say("EHLO", line.own_name()), DONE, "answers EHLO with", host)
        offers = {one.upper().split(" ")[0] for one in said.lines[1:]}
        _needed(line.say("MAIL", "FROM:<>"), DONE, "answers MAIL FROM:<> with", host)
        reply = line.say("RCPT", f"TO:<{mailbox}>")
        _take_back(line)
    except Garbled:
        raise FactUnavailable(
            f"what answers at {host} does not speak SMTP", "correct the MX records, or connect"
        ) from None
    return Reception(
        host=host,
        takes=_takes(reply, host),
        said=reply.shown,
        offers_tls="STARTTLS" in offers,
    )


def _needed(reply: Reply, code: int, does: str, host: str) -> Reply:
    if reply.code != code:
        later = reply.code // 100 == 4
        told = f"the mail server {host} {does} {reply.shown}"
        raise FactUnavailable(told, LATER if later else ASK_OTHERS)
    return reply


def _takes(reply: Reply, host: str) -> bool:
    if reply.code in TAKEN:
        return True
    if reply.code // 100 == 4:
        raise FactUnavailable(
            f"the mail server {host} asks to come again later: {reply.shown}", LATER
        )
    is_about_address = reply.code in REFUSED or reply.enhanced.startswith(OF_ADDRESSES)
    if not is_about_address or reply.enhanced.startswith(OF_POLICY):
        raise FactUnavailable(
            f"the mail server {host} refuses whoever asks, not the address: {reply.shown}",
            ASK_OTHERS,
        )
    return False


def _take_back(line: Line) -> None:
    """Leave as one ought to; a server that does not wait for it has answered all the same."""
    from .smtp_line import Garbled  # noqa: PLC0415 loads when a mail server is asked

    with suppress(OSError, Garbled):
        line.say("RSET")
        line.say("QUIT")
