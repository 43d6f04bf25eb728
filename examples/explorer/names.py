"""The name server of the embedded world: it knows the explorer's public names, and says so.

``cloud.py`` starts it, because a balancer's name is known once the account is built.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from examples.explorer.mail import mail_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BALANCER = ("127.77.1.1", "127.77.1.2")
"""Addresses of the balancer, one per zone; loopback, so that no probe ever leaves the machine."""
CLOUDFRONT = ("127.77.2.1", "127.77.2.2", "127.77.2.3", "127.77.2.4")
"""Where CloudFront would deliver the pages."""
ZONES = tuple(dns.name.from_text(zone) for zone in ("explorer.example", "amazonaws.com"))
TTL = 60

Records = list[dns.rrset.RRset]


def records_of(account: Mapping[str, Any], mail_faults: Iterable[str] = ()) -> Records:
    """Return the records of an account's world, those that ACM renews certificates by among them.

    The pages lead to CloudFront, the API to the balancer of the account.
    """
    leading: dict[str, Sequence[str]] = {
        "explorer.example": CLOUDFRONT,
        "api.explorer.example": BALANCER,
        "status.explorer.example": BALANCER,
        account["balancer_name"]: BALANCER,
    }
    validating: Mapping[str, str] = account["validation_records"]
    return [
        *(_record(name, "A", addresses) for name, addresses in leading.items()),
        *(_record(name, "CNAME", [f"{value.rstrip('.')}."]) for name, value in validating.items()),
        *(_record(name, kind, values) for name, kind, values in mail_records(mail_faults)),
    ]


def _record(name: str, kind: str, values: Sequence[str]) -> dns.rrset.RRset:
    return dns.rrset.from_text(dns.name.from_text(name), TTL, "IN", kind, *values)


def reply_to(wire: bytes, records: Records) -> bytes:
    """Return the answer to one question: records, none of that kind, no such name, or not ours."""
    question = dns.message.from_wire(wire)
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.AA | dns.flags.RA
    (asked,) = question.question
    name, kinds = asked.name, (asked.rdtype, dns.rdatatype.CNAME)
    while found := next((one for one in records if one.name == name and one.rdtype in kinds), None):
        reply.answer.append(found)
        if found.rdtype == asked.rdtype:
            break
        name = found[0].target
    is_ours = any(name.is_subdomain(zone) for zone in ZONES)
    if not is_ours and not reply.answer:
        reply.set_rcode(dns.rcode.REFUSED)
    elif is_ours and not any(one.name == name for one in records):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


def serve_names(records: Records) -> str:
    """Answer by UDP and TCP on one free port of 127.0.0.1, and return its address."""

    class OnStream(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            while len(length := self.rfile.read(2)) == 2:
                reply = reply_to(self.rfile.read(*struct.unpack("!H", length)), records)
                self.wfile.write(struct.pack("!H", len(reply)) + reply)

    class OnDatagram(socketserver.DatagramRequestHandler):
        def handle(self) -> None:
            self.wfile.write(reply_to(self.rfile.read(), records))

    stream = socketserver.ThreadingTCPServer(("127.0.0.1", 0), OnStream)
    host, port = "127.0.0.1", int(stream.server_address[1])
    for server in (stream, socketserver.ThreadingUDPServer((host, port), OnDatagram)):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"{host}:{port}"
