"""How long names are remembered, by a server in charge and by one that answers from a cache."""

from __future__ import annotations

import socketserver
import threading
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.message
import dns.rrset
import pytest

from pytest_orr.collect.emergency_permissions import EmergencyPermissions
from pytest_orr.collect.name_lifetimes import NameLifetimes
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Aws, AwsAccount, Emergency, Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.collect.interface import Desk

HOST = "www.elsewhere.example"
ENDPOINT = Endpoint(name="pages", role="frontend", url=f"https://{HOST}/")


@pytest.fixture
def cache() -> Iterator[Callable[[int], str]]:
    """A DNS server that is not in charge: ``cache(ttl)`` starts it and returns its address."""
    servers: list[socketserver.ThreadingUDPServer] = []

    def serve(ttl: int) -> str:
        class Handler(socketserver.DatagramRequestHandler):
            def handle(self) -> None:
                reply = dns.message.make_response(dns.message.from_wire(self.rfile.read()))
                reply.flags |= dns.flags.RA
                name = reply.question[0].name
                if reply.question[0].rdtype == dns.rdatatype.A:
                    reply.answer.append(dns.rrset.from_text(name, ttl, "IN", "A", "192.0.2.1"))
                self.wfile.write(reply.to_wire())

        server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def lifetime(
    sound_account: Any, desk_of: Callable[..., Desk], cache: Callable[[int], str]
) -> Callable[[int], Any]:
    """What is known of a name in no zone of the accounts, from a cache."""

    def look(ttl: int, **also: Any) -> Any:
        desk = desk_of(sound_account, resolver=cache(ttl), endpoints=(ENDPOINT,), **also)
        [part] = NameLifetimes().collect(desk).value
        return part

    return look


def test_what_a_cache_has_left_proves_a_long_life_and_no_short_one(
    lifetime: Callable[[int], Any],
) -> None:
    part = lifetime(301)
    assert part.reading.is_longer_than(300)
    assert part.seen == "301 s told by a DNS server from a cache"
    with pytest.raises(FactUnavailable) as caught:
        part.reading.is_longer_than(301)
    assert caught.value.cause == (
        f"no Route 53 zone of the judged accounts holds {HOST},"
        " and the DNS server answers about it from a cache"
    )
    assert caught.value.remedy == (
        "name a DNS server that is in charge of it as resolver in [network]"
    )


@pytest.mark.parametrize(
    "url", ["https://gone.explorer.example/", "https://user@explorer.example/"]
)
def test_a_name_that_leads_nowhere_is_unknown_by_itself(
    sound_account: Any, desk_of: Callable[..., Desk], url: str
) -> None:
    endpoints = (
        Endpoint(name="gone", role="frontend", url=url),
        Endpoint(name="pages", role="frontend", url="https://explorer.example/"),
    )
    parts = NameLifetimes().collect(desk_of(sound_account, endpoints=endpoints)).value
    known = {part.name for part in parts if part.observed}
    assert known == {"explorer.example"}
    assert len(parts) == 2


def test_without_endpoints_there_is_nothing_to_ask(
    sound_account: Any, desk_of: Callable[..., Desk]
) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[\[endpoints\]\]"):
        NameLifetimes().collect(desk_of(sound_account, endpoints=()))


def test_actions_are_asked_on_the_resources_of_their_service(
    sound_account: Any, desk_of: Callable[..., Desk]
) -> None:
    ids = sound_account.ids
    role = "arn:aws:iam::123456789012:role/explorer-on-call"
    emergency = Emergency(
        role=role,
        actions=("elasticloadbalancing:ModifyListener", "ec2:StopInstances"),
        resources=(ids["load_balancer"], ids["certificate"]),
        context={"aws:MultiFactorAuthPresent": "true", "aws:SourceIp": "192.0.2.1"},
    )
    facts = EmergencyPermissions().collect(desk_of(sound_account, emergency=emergency)).value
    assert {part.name: part.reading.is_allowed for part in facts.permissions} == {
        "ec2:StopInstances on *": False,
        f"elasticloadbalancing:ModifyListener on {ids['load_balancer']}": True,
    }


@pytest.mark.parametrize(
    ("emergency", "cause"),
    [
        (Emergency(), r"readiness.toml declares no \[emergency\]"),
        (
            Emergency(role="arn:aws:iam::210987654321:role/x", actions=("ec2:StopInstances",)),
            "x lies in account 210987654321, which is none of the judged ones",
        ),
    ],
    ids=["nothing", "elsewhere"],
)
def test_a_role_that_is_not_declared_or_not_judged_is_unknown(
    sound_account: Any, desk_of: Callable[..., Desk], emergency: Emergency, cause: str
) -> None:
    with pytest.raises(FactUnavailable, match=cause):
        EmergencyPermissions().collect(desk_of(sound_account, emergency=emergency))


def test_the_testing_account_is_compared_with_and_not_judged(
    sound_account: Any, desk_of: Callable[..., Desk]
) -> None:
    alone = Aws(accounts=(AwsAccount(id="123456789012", regions=("eu-central-1",)),))
    desk = desk_of(sound_account, aws=alone)
    assert desk.aws.elsewhere == ()
    assert [home.account for home in desk_of(sound_account).aws.homes] == ["123456789012"]
