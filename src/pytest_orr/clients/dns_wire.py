"""One DNS question over the wire, for ``clients.dns``: the only module that loads dnspython."""

from __future__ import annotations

import time
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.rcode
import dns.rdatatype
import dns.resolver

from pytest_orr.errors import FactUnavailable

from .dns import Kind, Resolution, Server

MOST_ALIASES = 16
OTHER_SERVER = "check the DNS server, or name another one as resolver in [network]"


def resolve(name: str, kind: Kind, server: Server | None, seconds: float) -> Resolution:
    """Ask until the aliases end; a server that leaves some out is asked about the last one.

    Everything must be had within ``seconds``; raises ``FactUnavailable``.
    """
    deadline = time.monotonic() + seconds
    resolver, asked = _resolver(server), _name(name)
    aliases: list[str] = []
    first: dns.message.QueryMessage | None = None
    while True:
        left = max(deadline - time.monotonic(), 0.001)
        response = _response(resolver, asked, kind, left)
        first, chain = first or response, response.resolve_chaining()
        aliases += [_shown(rrset[0].target) for rrset in chain.cnames]
        if chain.answer is not None or chain.canonical_name == asked:
            break
        if len(aliases) > MOST_ALIASES or len(aliases) != len({*aliases}):
            raise FactUnavailable(
                f"{name} is an alias that leads to no end: {' to '.join(aliases[:4])} …",
                f"correct the CNAME records of {name}",
            )
        asked = chain.canonical_name
    records = sorted(_text(record) for record in chain.answer or ())
    return Resolution(
        name=name,
        kind=kind,
        aliases=tuple(aliases),
        records=tuple(records),
        ttl=next((rrset.ttl for rrset in first.answer if rrset.name == _name(name)), None),
        exists=response.rcode() != dns.rcode.NXDOMAIN,
        is_authoritative=bool(first.flags & dns.flags.AA),
    )


def _resolver(server: Server | None) -> dns.resolver.Resolver:
    if server is None:
        try:
            return dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration:
            raise FactUnavailable(
                "this machine names no DNS server",
                "name one as resolver in [network] of readiness.toml",
            ) from None
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver(server.address, server.port)]
    return resolver


def _name(name: str) -> dns.name.Name:
    try:
        return dns.name.from_text(name)
    except (dns.exception.DNSException, UnicodeError):
        raise FactUnavailable(
            f"{name} is not a name that DNS knows",
            "correct it where it stands in readiness.toml",
        ) from None


def _response(
    resolver: dns.resolver.Resolver, asked: dns.name.Name, kind: Kind, seconds: float
) -> dns.message.QueryMessage:
    """Return the server's answer, in which a name or record may well be missing."""
    try:
        answer = resolver.resolve(
            asked, kind, raise_on_no_answer=False, lifetime=seconds, search=False
        )
    except dns.resolver.NXDOMAIN as none:
        missing: dns.message.QueryMessage = none.kwargs["responses"][asked]
        return missing
    except dns.exception.DNSException as error:
        raise _unanswered(error, f"{_shown(asked)} {kind}") from None
    response: dns.message.QueryMessage = answer.response
    return response


def _unanswered(error: dns.exception.DNSException, question: str) -> FactUnavailable:
    """Name the server, and what it did instead of answering."""
    errors: list[Any] = error.kwargs.get("errors") or []
    if not errors:
        return FactUnavailable(f"DNS gave no answer about {question} in time", OTHER_SERVER)
    server, _, port, trouble, response = errors[-1]
    address = str(server).removeprefix("Do53:").partition("@")[0]
    did = _instead(trouble, response)
    return FactUnavailable(f"DNS server {address} port {port} {did} {question}", OTHER_SERVER)


def _instead(trouble: object, response: dns.message.Message | None) -> str:
    match trouble:
        case _ if response is not None and response.rcode() != dns.rcode.NOERROR:
            return f"answered {dns.rcode.to_text(response.rcode())} about"
        case dns.exception.Timeout():
            return "gave no usable answer in time about"
        case OSError():
            return f"cannot be reached ({trouble.strerror or trouble}) to ask about"
        case _:
            return "gave an answer that cannot be read about"


def _shown(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _text(record: Any) -> str:
    match record.rdtype:
        case dns.rdatatype.CNAME:
            return _shown(record.target)
        case dns.rdatatype.TXT:
            return b"".join(record.strings).decode("utf-8", "replace")
        case dns.rdatatype.MX:
            return f"{record.preference} {_shown(record.exchange)}"
        case _:
            return str(record.to_text())
