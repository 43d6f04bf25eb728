"""DNS answers are told apart from servers that give none, against a real server on loopback."""

from __future__ import annotations

import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from pytest_orr.clients import dns_wire
from pytest_orr.clients.dns import DnsAccess, Resolution, Server, server_named
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment, Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answering = Callable[[dns.message.Message], dns.message.Message | bytes | None]

ZONE = """\
explorer.example. 60 IN CNAME edge.example.
edge.example. 60 IN CNAME lb-1.elb.example.
lb-1.elb.example. 60 IN A 192.0.2.20
lb-1.elb.example. 60 IN A 192.0.2.10
api.example. 60 IN A 192.0.2.30
api.example. 60 IN AAAA 2001:db8::30
api.example. 60 IN MX 10 Mail.example.
api.example. 60 IN TXT "v=spf1 " "-all"
api.example. 60 IN CAA 0 issue "ca.example"
lost.example. 60 IN CNAME gone.example.
"""


def answer(question: dns.message.Message) -> dns.message.Message:
    """Answer as a server does that follows aliases to their end."""
    reply = dns.message.make_response(question)
    asked, kind = question.question[0].name, question.question[0].rdtype
    records = [line.split(None, 4) for line in ZONE.splitlines()]
    for _ in range(4):
        mine = [one for one in records if one[0] == asked.to_text()]
        for _, ttl, _, sort, data in mine:
            if sort in {dns.rdatatype.to_text(kind), "CNAME"}:
                reply.answer.append(dns.rrset.from_text(asked, int(ttl), "IN", sort, data))
        if not mine:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        aliases = [one[4] for one in mine if one[3] == "CNAME"]
        if not aliases or kind == dns.rdatatype.CNAME:
            break
        asked = dns.name.from_text(aliases[0])
    return reply


class NameServer:
    """Answers by UDP and TCP on one port, and keeps what it was asked."""

    def __init__(self, on_udp: Answering, on_tcp: Answering) -> None:
        self.asked: list[str] = []
        outer = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                wire, back = self.request
                for reply in outer.reply(wire, on_udp, "udp"):
                    back.sendto(reply, self.client_address)

        class Tcp(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                (length,) = struct.unpack("!H", self.rfile.read(2))
                for reply in outer.reply(self.rfile.read(length), on_tcp, "tcp"):
                    self.wfile.write(struct.pack("!H", len(reply)) + reply)

        self.tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tcp)
        self.port = int(self.tcp.server_address[1])
        self.udp = socketserver.ThreadingUDPServer(("127.0.0.1", self.port), Udp)
        for server in (self.tcp, self.udp):
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def reply(self, wire: bytes, answering: Answering, way: str) -> Iterator[bytes]:
        question = dns.message.from_wire(wire)
        asked = question.question[0]
        self.asked.append(f"{way} {asked.name} {dns.rdatatype.to_text(asked.rdtype)}")
        said = answering(question)
        if said is not None:
            yield said if isinstance(said, bytes) else said.to_wire()

    def close(self) -> None:
        for server in (self.tcp, self.udp):
            server.shutdown()
            server.server_close()


@pytest.fixture
def name_server() -> Iterator[Callable[..., NameServer]]:
    with ExitStack() as stack:

        def start(on_udp: Answering = answer, on_tcp: Answering = answer) -> NameServer:
            server = NameServer(on_udp, on_tcp)
            stack.callback(server.close)
            return server

        yield start


def asking(server: NameServer, *, seconds: float = 5) -> DnsAccess:
    return DnsAccess(Network(resolver=f"127.0.0.1:{server.port}"), {}, seconds=seconds)


def with_code(code: dns.rcode.Rcode) -> Answering:
    def reply(question: dns.message.Message) -> dns.message.Message:
        said = dns.message.make_response(question)
        said.set_rcode(code)
        return said

    return reply


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("name", "kind", "records"),
        [
            ("api.example", "A", ("192.0.2.30",)),
            ("API.Example.", "A", ("192.0.2.30",)),
            ("api.example", "AAAA", ("2001:db8::30",)),
            ("api.example", "MX", ("10 mail.example",)),
            ("api.example", "TXT", ("v=spf1 -all",)),
            ("api.example", "CAA", ('0 issue "ca.example"',)),
            ("explorer.example", "CNAME", ("edge.example",)),
            ("explorer.example", "A", ("192.0.2.10", "192.0.2.20")),
        ],
    )
    def test_holds_the_records(
        self,
        name_server: Callable[..., NameServer],
        name: str,
        kind: Any,
        records: tuple[str, ...],
    ) -> None:
        assert asking(name_server()).lookup(name, kind) == records

    @pytest.mark.parametrize(("name", "kind"), [("api.example", "CNAME"), ("no.example", "A")])
    def test_may_be_that_there_is_none(
        self, name_server: Callable[..., NameServer], name: str, kind: Any
    ) -> None:
        assert asking(name_server()).lookup(name, kind) == ()

    def test_names_the_aliases_in_order(self, name_server: Callable[..., NameServer]) -> None:
        assert asking(name_server()).resolution("explorer.example", "A") == Resolution(
            name="explorer.example",
            kind="A",
            aliases=("edge.example", "lb-1.elb.example"),
            records=("192.0.2.10", "192.0.2.20"),
            ttl=60,
        )

    def test_names_an_alias_that_leads_to_nothing(
        self, name_server: Callable[..., NameServer]
    ) -> None:
        resolution = asking(name_server()).resolution("lost.example", "A")
        assert (resolution.aliases, resolution.records) == (("gone.example",), ())

    def test_is_followed_up_when_the_server_stops_at_an_alias(
        self, name_server: Callable[..., NameServer]
    ) -> None:
        def one_at_a_time(question: dns.message.Message) -> dns.message.Message:
            reply = answer(question)
            asked = question.question[0].name
            reply.answer = [one for one in reply.answer if one.name == asked]
            return reply

        server = name_server(one_at_a_time)
        resolution = asking(server).resolution("explorer.example", "A")
        assert resolution.aliases == ("edge.example", "lb-1.elb.example")
        assert resolution.records == ("192.0.2.10", "192.0.2.20")
        assert len(server.asked) == 3

    def test_that_was_truncated_is_asked_for_again_by_tcp(
        self, name_server: Callable[..., NameServer]
    ) -> None:
        def truncated(question: dns.message.Message) -> dns.message.Message:
            reply = dns.message.make_response(question)
            reply.flags |= dns.flags.TC
            return reply

        server = name_server(truncated)
        assert asking(server).lookup("api.example", "A") == ("192.0.2.30",)
        assert server.asked == ["udp api.example. A", "tcp api.example. A"]

    def test_is_asked_for_once_whoever_wants_it(
        self, name_server: Callable[..., NameServer]
    ) -> None:
        server = name_server()
        names = asking(server)
        with ThreadPoolExecutor(8) as pool:
            seen = set(pool.map(lambda _: names.lookup("api.example", "A"), range(16)))
        assert (seen, server.asked) == ({("192.0.2.30",)}, ["udp api.example. A"])

    def test_never_comes_from_a_search_domain(
        self, name_server: Callable[..., NameServer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOCALDOMAIN", "example")
        server = name_server()
        assert asking(server).lookup("api", "A") == ()
        assert server.asked == ["udp api. A"]


class TestNoAnswer:
    @pytest.mark.parametrize(
        ("code", "said"), [(dns.rcode.SERVFAIL, "SERVFAIL"), (dns.rcode.REFUSED, "REFUSED")]
    )
    def test_is_a_server_that_fails_or_refuses(
        self, name_server: Callable[..., NameServer], code: dns.rcode.Rcode, said: str
    ) -> None:
        server = name_server(with_code(code))
        with pytest.raises(FactUnavailable) as caught:
            asking(server).lookup("api.example", "A")
        assert caught.value.cause == (
            f"DNS server 127.0.0.1 port {server.port} answered {said} about api.example A"
        )
        assert caught.value.remedy == (
            "check the DNS server, or name another one as resolver in [network]"
        )

    @pytest.mark.parametrize(
        "reply", [None, b"", b"\x00" * 12, b"no DNS at all"], ids=["silence", "", "zeros", "text"]
    )
    def test_is_silence_or_what_cannot_be_read_within_the_time(
        self, name_server: Callable[..., NameServer], reply: bytes | None
    ) -> None:
        server = name_server(lambda _: reply)
        began = time.monotonic()
        with pytest.raises(FactUnavailable) as caught:
            asking(server, seconds=0.5).lookup("api.example", "A")
        assert time.monotonic() - began < 1.5
        assert caught.value.cause == (
            f"DNS server 127.0.0.1 port {server.port} gave no usable answer in time about"
            " api.example A"
        )

    def test_is_a_port_at_which_nobody_listens(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with pytest.raises(FactUnavailable) as caught:
            DnsAccess(Network(resolver=f"127.0.0.1:{port}"), {}, seconds=0.3).lookup(
                "a.example", "A"
            )
        assert caught.value.cause == (
            f"DNS server 127.0.0.1 port {port} gave no usable answer in time about a.example A"
        )

    def test_is_a_truncated_one_without_tcp(self, name_server: Callable[..., NameServer]) -> None:
        def truncated(question: dns.message.Message) -> dns.message.Message:
            reply = dns.message.make_response(question)
            reply.flags |= dns.flags.TC
            return reply

        with pytest.raises(FactUnavailable) as caught:
            asking(name_server(truncated, lambda _: b"short")).lookup("api.example", "A")
        assert "gave an answer that cannot be read about api.example A" in caught.value.cause

    def test_is_an_alias_that_leads_in_a_circle(
        self, name_server: Callable[..., NameServer]
    ) -> None:
        def turning(question: dns.message.Message) -> dns.message.Message:
            reply = dns.message.make_response(question)
            asked = question.question[0].name
            other = "b.example." if asked.to_text() == "a.example." else "a.example."
            reply.answer.append(dns.rrset.from_text(asked, 60, "IN", "CNAME", other))
            return reply

        with pytest.raises(FactUnavailable) as caught:
            asking(name_server(turning)).lookup("a.example", "A")
        assert caught.value.cause == (
            "a.example is an alias that leads to no end: b.example to a.example to b.example …"
        )

    def test_is_a_chain_in_one_answer_that_has_no_end(
        self, name_server: Callable[..., NameServer]
    ) -> None:
        def itself(question: dns.message.Message) -> dns.message.Message:
            reply = dns.message.make_response(question)
            asked = question.question[0].name
            reply.answer.append(dns.rrset.from_text(asked, 60, "IN", "CNAME", asked.to_text()))
            return reply

        with pytest.raises(FactUnavailable) as caught:
            asking(name_server(itself)).lookup("a.example", "A")
        assert "gave an answer that cannot be read about a.example A" in caught.value.cause

    def test_is_remembered_like_an_answer(self, name_server: Callable[..., NameServer]) -> None:
        server = name_server(with_code(dns.rcode.SERVFAIL))
        names = asking(server)
        for _ in range(2):
            with pytest.raises(FactUnavailable):
                names.lookup("api.example", "A")
        assert len(server.asked) == 1

    @pytest.mark.parametrize("name", ["a..example", "a" * 64 + ".example", "\ud800.example"])
    def test_is_about_a_name_that_cannot_be(
        self, name_server: Callable[..., NameServer], name: str
    ) -> None:
        server = name_server()
        with pytest.raises(FactUnavailable) as caught:
            asking(server).lookup(name, "A")
        assert caught.value.cause == f"{name} is not a name that DNS knows"
        assert server.asked == []


class TestTheServer:
    @pytest.mark.parametrize(
        ("text", "server"),
        [
            ("192.0.2.53", Server(address="192.0.2.53")),
            ("192.0.2.53:5353", Server(address="192.0.2.53", port=5353)),
            ("2001:db8::53", Server(address="2001:db8::53")),
            ("[2001:db8::53]:5353", Server(address="2001:db8::53", port=5353)),
        ],
    )
    def test_is_named_by_its_address(self, text: str, server: Server) -> None:
        assert server_named(text) == server

    @pytest.mark.parametrize("text", ["dns.example", "192.0.2.53:port", "a@192.0.2.53:x", "[::1"])
    def test_is_not_named_by_anything_else(self, text: str) -> None:
        with pytest.raises(FactUnavailable) as caught:
            server_named(text)
        assert caught.value.cause == (
            f'[network] resolver is "{text}", which is no address of a DNS server'
        )

    def test_may_stand_in_the_environment(self, name_server: Callable[..., NameServer]) -> None:
        network = Network(resolver=FromEnvironment(env="RESOLVER"))
        there = {"RESOLVER": f"127.0.0.1:{name_server().port}"}
        assert DnsAccess(network, there).lookup("api.example", "A") == ("192.0.2.30",)
        with pytest.raises(FactUnavailable) as caught:
            DnsAccess(network, {}).lookup("api.example", "A")
        assert caught.value.cause == (
            "environment variable RESOLVER, named in [network] resolver, is not set"
        )

    def test_is_this_machines_own_unless_the_profile_names_one(
        self, name_server: Callable[..., NameServer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = dns.resolver.Resolver(configure=False)
        own.nameservers, own.port = ["127.0.0.1"], name_server().port
        monkeypatch.setattr(dns.resolver, "Resolver", lambda: own)
        assert DnsAccess(Network(), {}).lookup("api.example", "A") == ("192.0.2.30",)

    def test_is_nobody_on_a_machine_that_names_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def nowhere() -> None:
            raise dns.resolver.NoResolverConfiguration

        monkeypatch.setattr(dns.resolver, "Resolver", nowhere)
        with pytest.raises(FactUnavailable) as caught:
            DnsAccess(Network(), {}).lookup("api.example", "A")
        assert caught.value.cause == "this machine names no DNS server"

    def test_that_was_never_reached_is_said_without_a_name(self) -> None:
        trouble: Any = dns.exception.DNSException
        error = dns_wire._unanswered(trouble(), "api.example A")
        assert error.cause == "DNS gave no answer about api.example A in time"

    def test_that_is_behind_no_route_is_named_with_the_reason(self) -> None:
        assert dns_wire._instead(OSError(101, "Network is unreachable"), None) == (
            "cannot be reached (Network is unreachable) to ask about"
        )


def test_the_library_is_loaded_by_the_first_question_alone() -> None:
    code = "import sys, pytest_orr.clients.dns; print('dns.resolver' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
