"""A mail server is asked if it takes an address, and whatever else it says is no answer."""

from __future__ import annotations

import socketserver
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.smtp import SmtpAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment
from pytest_orr.profile.support import Support

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAILBOX = "help@explorer.example"
SOUND = {
    "": b"220 mx ESMTP\r\n",
    "EHLO": b"250-mx\r\n250-STARTTLS\r\n250 SIZE 1000\r\n",
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "QUIT": b"221 2.0.0 Bye\r\n",
}
HANG_UP = b""


class Scripted:
    """A server that says to each command what it is told to."""

    def __init__(self, said: dict[str, bytes | None]) -> None:
        heard: list[str] = []
        leaving = threading.Event()

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    self._tell("")
                    for line in self.rfile:
                        heard.append(line.decode().rstrip("\r\n"))
                        if not self._tell(heard[-1].split(" ")[0]):
                            return

            def _tell(self, verb: str) -> bool:
                reply = said[verb]
                if reply is None:
                    leaving.wait(9)
                self.wfile.write(reply or b"")
                return bool(reply)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.heard, self._leaving = heard, leaving
        self.server = Server(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._leaving.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server() -> Iterator[Callable[..., Scripted]]:
    with ExitStack() as stack:

        def start(**other: bytes | None) -> Scripted:
            greeting = {"": other.pop("greeting")} if "greeting" in other else {}
            made = Scripted({**SOUND, **greeting, **other})
            stack.callback(made.close)
            return made

        yield start


def asked(scripted: Scripted, mailbox: str = MAILBOX, **more: Any) -> Any:
    access = SmtpAccess(Support(connect=scripted.place), {}, **more)
    return access.reception(mailbox, "mx.example", ("192.0.2.1",))


def refusal(scripted: Scripted, mailbox: str = MAILBOX, **more: Any) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        asked(scripted, mailbox, **more)
    return caught.value


def test_an_address_that_is_taken_is_told_and_no_mail_is_begun(
    server: Callable[..., Scripted],
) -> None:
    mx = server()
    seen = asked(mx)
    assert (seen.takes, seen.said, seen.offers_tls) == (True, "250 2.1.5 Ok", True)
    assert mx.heard == [
        "EHLO [127.0.0.1]",
        "MAIL FROM:<>",
        f"RCPT TO:<{MAILBOX}>",
        "RSET",
        "QUIT",
    ]


@pytest.mark.parametrize(
    "reply",
    [
        b"550 5.1.1 no such user\r\n",
        b"550 no such user\r\n",
        b"553-5.1.3 not\r\n553 5.1.3 here\r\n",
        b"554 5.2.1 mailbox disabled\r\n",
    ],
)
def test_an_address_that_is_refused_is_an_answer(
    server: Callable[..., Scripted], reply: bytes
) -> None:
    mx = server(RCPT=reply, EHLO=b"250 mx\r\n")
    seen = asked(mx)
    assert (seen.takes, seen.offers_tls) == (False, False)
    assert seen.said.startswith(reply[:3].decode())
    assert "QUIT" in mx.heard


@pytest.mark.parametrize(
    ("said", "why", "remedy"),
    [
        ({"RCPT": b"450 4.2.0 greylisted\r\n"}, "come again later: 450 4.2.0 greyl", "a quarter"),
        ({"RCPT": b"550 5.7.1 blocked\r\n"}, "refuses whoever asks, not the address", "trust"),
        ({"RCPT": b"530 TLS first\r\n"}, "refuses whoever asks, not the address: 530", "trust"),
        ({"MAIL": b"421 4.3.0 busy\r\n"}, "answers MAIL FROM:<> with 421 4.3.0 busy", "a quarter"),
        ({"EHLO": b"502 what\r\n"}, "answers EHLO with 502 what", "ask_server"),
        ({"greeting": b"554 nobody here\r\n"}, "greets with 554 nobody here", "ask_server"),
        ({"greeting": b"HTTP/1.1 400 Bad\r\n"}, "does not speak SMTP", "correct the MX records"),
        ({"greeting": b"2" * 9000}, "does not speak SMTP", "correct the MX records"),
        ({"EHLO": b"250-mx\r\n" * 101}, "does not speak SMTP", "correct the MX records"),
        ({"RCPT": b"2500 Ok\r\n250"}, "does not speak SMTP", "correct the MX records"),
        ({"EHLO": HANG_UP}, "closed the connection before it had answered", "port 25"),
    ],
)
def test_everything_else_is_no_answer_about_the_address(
    server: Callable[..., Scripted], said: dict[str, bytes], why: str, remedy: str
) -> None:
    error = refusal(server(**said))
    assert why in error.cause
    assert remedy in error.remedy


def test_a_server_that_keeps_silent_is_given_up(server: Callable[..., Scripted]) -> None:
    error = refusal(server(MAIL=None), seconds=0.2)
    assert error.cause == "the mail server mx.example did not answer to the end in 0.2 s"


def test_a_server_that_does_not_say_goodbye_has_answered(
    server: Callable[..., Scripted],
) -> None:
    assert asked(server(RSET=HANG_UP)).takes
    assert asked(server(QUIT=b"what?\r\n")).takes


def test_what_a_server_says_is_shown_without_what_no_terminal_should_get(
    server: Callable[..., Scripted],
) -> None:
    said = asked(server(RCPT=b"550 \x1b[31mno\xff" + b"o" * 400 + b"\r\n")).said
    assert said.startswith("550  [31mno o")
    assert len(said) == 160


def test_a_port_that_nobody_listens_at_is_named(server: Callable[..., Scripted]) -> None:
    mx = server()
    mx.close()
    error = refusal(mx)
    port = mx.place.rpartition(":")[2]
    assert error.cause == (
        f"the mail server mx.example cannot be reached at 127.0.0.1 port {port}: Connection refused"
    )
    assert "name a tunnel as connect under [support]" in error.remedy


def test_without_a_tunnel_the_first_address_is_asked_at_port_25() -> None:
    access = SmtpAccess(Support(), {}, seconds=0.1)
    with pytest.raises(FactUnavailable, match=r"at 127\.99\.0\.1 port 25"):
        access.reception(MAILBOX, "mx.example", ("127.99.0.1",))
    with pytest.raises(FactUnavailable, match=r"mx\.example has no address"):
        access.reception(MAILBOX, "mx.example", ())


def test_a_variable_that_is_not_set_is_named() -> None:
    access = SmtpAccess(Support(connect=FromEnvironment(env="THE_TUNNEL")), {})
    with pytest.raises(FactUnavailable, match=r"THE_TUNNEL, named in \[support\] connect"):
        access.reception(MAILBOX, "mx.example", ())


@pytest.mark.parametrize("mailbox", ["hälp@explorer.example", 'a>"@explorer.example'])
def test_an_address_that_would_break_the_command_is_not_sent(
    server: Callable[..., Scripted], mailbox: str
) -> None:
    mx = server()
    assert "characters that not every mail server takes" in refusal(mx, mailbox).cause
    assert mx.heard == []
