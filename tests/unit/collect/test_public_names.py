"""Where the endpoints' names lead, asked of a name server, and whether that is a balancer."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dns.rrset
import pytest
from pydantic import TypeAdapter

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.collect.public_names import PublicName, PublicNameFacts, PublicNames
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable
from pytest_orr.profile.schema import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

CHECKOUT = Path(__file__).parents[3]
OUTAGE = Unavailable(cause="DNS server 192.0.2.53 answered SERVFAIL", remedy="check it")


@pytest.fixture(scope="session")
def serve_zone() -> Callable[..., str]:
    """Serve records, as zone files write them, by the example's name server; its address."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.names import serve_names  # noqa: PLC0415 after the path is set

    def serve(*records: str) -> str:
        lines = (record.split(" ", 2) for record in records)
        return serve_names(
            [dns.rrset.from_text(n, 60, "IN", kind, *to.split()) for n, kind, to in lines]
        )

    return serve


def endpoint(name: str, url: str, role: Any = "service") -> Endpoint:
    return Endpoint(name=name, role=role, url=url, marker="text")


@pytest.fixture
def desk_with(sound_account: Any) -> Callable[..., Desk]:
    def build(resolver: str, *endpoints: Endpoint) -> Desk:
        desk: Desk = sound_account.desk(also={"endpoints": endpoints}, resolver=resolver)
        return desk

    return build


def collected(desk: Desk) -> PublicNameFacts:
    return PublicNames().collect(desk).value


class TestNames:
    def test_are_resolved_once_for_all_endpoints_that_share_them(
        self, desk_with: Callable[..., Desk], serve_zone: Callable[..., str]
    ) -> None:
        zone = serve_zone(
            "explorer.example. CNAME edge.explorer.example.",
            "edge.explorer.example. A 192.0.2.2 192.0.2.1",
            "edge.explorer.example. AAAA 2001:db8::1",
        )
        desk = desk_with(
            zone,
            endpoint("pages", "https://Explorer.example./", "frontend"),
            endpoint("health", "http://explorer.example:8080/health", "backend"),
        )
        [name] = collected(desk).names
        assert name == PublicName(
            host="explorer.example",
            endpoints=("health", "pages"),
            roles=("backend", "frontend"),
            told_aliases=("edge.explorer.example",),
            told_addresses=("192.0.2.1", "192.0.2.2", "2001:db8::1"),
        )
        assert name.aliases == ("edge.explorer.example",)
        assert name.seen == (
            "leads to edge.explorer.example and on to 192.0.2.1, 192.0.2.2, 2001:db8::1"
        )

    def test_that_do_not_exist_lead_to_no_address(
        self, desk_with: Callable[..., Desk], serve_zone: Callable[..., str]
    ) -> None:
        desk = desk_with(serve_zone(), endpoint("status", "https://status.explorer.example/"))
        [name] = collected(desk).names
        assert (name.addresses, name.seen) == ((), "leads to no address")

    def test_may_be_addresses(
        self, desk_with: Callable[..., Desk], serve_zone: Callable[..., str]
    ) -> None:
        desk = desk_with(serve_zone(), endpoint("plain", "http://[2001:db8::7]/"))
        [name] = collected(desk).names
        assert (name.host, name.addresses) == ("2001:db8::7", ("2001:db8::7",))

    def test_that_get_no_answer_do_not_hide_the_others(
        self, desk_with: Callable[..., Desk], serve_zone: Callable[..., str]
    ) -> None:
        zone = serve_zone("explorer.example. A 192.0.2.1")
        desk = desk_with(
            zone,
            endpoint("ours", "https://explorer.example/"),
            endpoint("not in the zone", "https://other.example/"),
            endpoint("no url", "https://ana:secret@explorer.example/"),
        )
        unread, ours, theirs = collected(desk).names
        assert ours.addresses == ("192.0.2.1",)
        assert theirs.host == "other.example"
        assert "answered REFUSED about other.example A" in theirs.seen
        assert unread.host == 'endpoint "no url"'
        assert "secret" not in repr(unread)
        for name in (unread, theirs):
            with pytest.raises(FactUnavailable) as caught:
                assert name.addresses
            assert caught.value.cause == name.seen

    def test_must_be_declared(self, desk_with: Callable[..., Desk]) -> None:
        with pytest.raises(FactUnavailable) as caught:
            collected(desk_with("127.0.0.1:1"))
        assert caught.value.cause == "readiness.toml declares no [[endpoints]]"

    def test_are_chosen_by_the_roles_that_they_serve(self) -> None:
        facts = PublicNameFacts(
            names=(
                PublicName(host="a.example", roles=("backend", "frontend")),
                PublicName(host="b.example", roles=("frontend",)),
            )
        )
        assert [one.host for one in facts.of_role("service", "backend")] == ["a.example"]


class TestBalancers:
    def test_of_the_service_are_resolved_beside_them(
        self, desk_with: Callable[..., Desk], serve_zone: Callable[..., str], sound_account: Any
    ) -> None:
        host = sound_account.ids["balancer_name"]
        zone = serve_zone(f"{host}. A 192.0.2.1", "explorer.example. A 192.0.2.1")
        facts = collected(desk_with(zone, endpoint("ours", "https://explorer.example/")))
        assert [(one.host, one.addresses) for one in facts.balancers] == [(host, ("192.0.2.1",))]
        assert facts.lead_to_a_balancer(facts.names[0])

    def test_are_unknown_without_aws_and_the_names_are_told_all_the_same(
        self, desk_with: Callable[..., Desk], serve_zone: Callable[..., str]
    ) -> None:
        desk = desk_with(
            serve_zone("explorer.example. A 192.0.2.1"),
            endpoint("ours", "https://explorer.example/"),
        )
        facts = collected(replace(desk, aws=AwsAccess(None, desk.progress)))
        assert facts.names[0].addresses == ("192.0.2.1",)
        with pytest.raises(FactUnavailable) as caught:
            facts.lead_to_a_balancer(facts.names[0])
        assert "[aws]" in caught.value.diagnostics()

    def test_come_back_from_json_as_they_were(
        self, desk_with: Callable[..., Desk], serve_zone: Callable[..., str]
    ) -> None:
        zone = serve_zone("explorer.example. A 192.0.2.1")
        facts = collected(desk_with(zone, endpoint("ours", "https://explorer.example/")))
        kind = TypeAdapter(PublicNames().fact_type)
        assert kind.validate_python(kind.dump_python(facts, mode="json")) == facts


def leading(*aliases: str, to: tuple[str, ...] = ()) -> PublicName:
    return PublicName(
        host="explorer.example", endpoints=("ours",), told_aliases=aliases, told_addresses=to
    )


def balancer(host: str, *addresses: str, unavailable: Unavailable | None = None) -> PublicName:
    return PublicName(host=host, told_addresses=addresses, unavailable=unavailable)


class TestAName:
    @pytest.mark.parametrize(
        ("name", "leads"),
        [
            (leading("lb-1.elb.example", to=("192.0.2.9",)), True),
            (leading("dualstack.lb-1.elb.example", to=("192.0.2.9",)), True),
            (leading(to=("192.0.2.1",)), True),
            (leading(to=("192.0.2.1", "192.0.2.3")), True),
            (leading(to=("192.0.2.1", "203.0.113.7")), False),
            (leading("cdn.example", to=("203.0.113.7",)), False),
            (leading("gone.example"), False),
            (PublicName(host="lb-1.elb.example", told_addresses=("192.0.2.1",)), True),
        ],
    )
    def test_leads_to_balancers_by_alias_or_by_addresses_that_are_all_theirs(
        self,
        name: PublicName,
        leads: bool,  # noqa: FBT001 a column of the table
    ) -> None:
        facts = PublicNameFacts(
            names=(name,),
            balancers=(
                balancer("lb-1.elb.example", "192.0.2.1", "192.0.2.2"),
                balancer("lb-2.elb.example", "192.0.2.3"),
            ),
        )
        assert facts.lead_to_a_balancer(name) is leads

    def test_shares_one_address_with_a_balancer_that_has_more_than_dns_tells(self) -> None:
        told = tuple(f"192.0.2.{number}" for number in range(1, 9))
        name = leading(to=("192.0.2.8", "192.0.2.9"))
        facts = PublicNameFacts(names=(name,), balancers=(balancer("lb-1.elb.example", *told),))
        assert facts.lead_to_a_balancer(name)
        assert not facts.lead_to_a_balancer(leading(to=("203.0.113.7",)))

    def test_may_lead_to_a_balancer_whose_name_got_no_answer(self) -> None:
        facts = PublicNameFacts(
            names=(),
            balancers=(
                balancer("lb-1.elb.example", unavailable=OUTAGE),
                balancer("lb-2.elb.example", "192.0.2.3"),
            ),
        )
        assert facts.lead_to_a_balancer(leading("lb-1.elb.example", to=("192.0.2.1",)))
        assert facts.lead_to_a_balancer(leading(to=("192.0.2.3",)))
        with pytest.raises(FactUnavailable) as caught:
            facts.lead_to_a_balancer(leading(to=("192.0.2.1",)))
        assert caught.value.cause == OUTAGE.cause

    def test_that_got_no_answer_is_unknown(self) -> None:
        facts = PublicNameFacts(names=(), balancers=(balancer("lb-1.elb.example", "192.0.2.1"),))
        with pytest.raises(FactUnavailable):
            facts.lead_to_a_balancer(PublicName(host="explorer.example", unavailable=OUTAGE))
