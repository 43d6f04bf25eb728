"""Where names of the backend lead, by DNS, Route 53 and CloudFront, and whose is what is there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dns.rrset
import pytest

from pytest_orr.collect.backend_routes import BackendRouteFacts, BackendRoutes
from pytest_orr.collect.hosted_zones import targets_of
from pytest_orr.collect.routed_groups import RoutedThing
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parents[4]
API = "api.explorer.example"
BACKEND = Endpoint(name="health", role="backend", url=f"https://{API}/health")


@pytest.fixture(scope="session")
def zone() -> Callable[..., str]:
    """Serve records, as zone files write them, by the example's name server; its address."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.names import serve_names  # noqa: PLC0415 after the path is set

    def serve(*records: str) -> str:
        lines = (record.split(" ", 2) for record in records)
        return serve_names(
            [dns.rrset.from_text(n, 60, "IN", kind, *to.split()) for n, kind, to in lines]
        )

    return serve


def routes(account: Any, resolver: str, *, aws: Any = None) -> BackendRouteFacts:
    desk = account.desk(aws, also={"endpoints": (BACKEND,)}, resolver=resolver)
    facts: BackendRouteFacts = BackendRoutes().collect(desk).value
    return facts


@pytest.fixture(scope="module")
def nearby(zone: Callable[..., str]) -> Callable[..., str]:
    """Let the API lead to the balancer by its addresses; more records may be named."""

    def serve(account: Any, *more: str) -> str:
        name = account.ids["balancer_name"]
        leads = () if any(one.startswith(f"{API}. ") for one in more) else (f"{API}. A 127.7.1.1",)
        return zone(f"{name}. A 127.7.1.1 127.7.1.2", *leads, *more)

    return serve


def test_a_name_leads_to_the_balancer_and_nothing_else_stands_behind_it(
    grown: Callable[..., Any], nearby: Callable[..., str]
) -> None:
    account = grown()
    found = routes(account, nearby(account))
    assert found.hosts == (API,)
    [route] = found.routes
    balancer = account.ids["load_balancer"]
    assert (route.reading.balancers, route.reading.strays) == ((balancer,), ())
    assert route.seen == f"leads to {balancer}"
    behind = {one.name: one for one in found.behind}
    groups = {account.ids["target_group"], account.ids["canary_target_group"]}
    assert {*behind} == {*groups, account.ids["canary_rule"]}
    assert {one.reading.stranger for one in behind.values()} == {""}
    assert behind[account.ids["target_group"]].seen == "target group, carries the service's tags"
    assert behind[account.ids["canary_rule"]].seen == "rule, untagged"


@pytest.mark.parametrize(
    ("fault", "what", "why"),
    [
        (
            "target-group-of-stranger",
            "stranger_target_group",
            "it carries another service's tag: service = faucet",
        ),
        (
            "rule-of-stranger",
            "stranger_rule",
            "it carries another service's tag: service = faucet",
        ),
    ],
)
def test_what_is_of_another_service_is_told(
    grown: Callable[..., Any], nearby: Callable[..., str], fault: str, what: str, why: str
) -> None:
    account = grown(fault)
    found = {one.name: one.reading.stranger for one in routes(account, nearby(account)).behind}
    assert {name for name, stranger in found.items() if stranger} == {account.ids[what]}
    assert found[account.ids[what]] == why


def test_a_weighted_record_to_another_balancer_shows_though_dns_hides_it(
    grown: Callable[..., Any], nearby: Callable[..., str]
) -> None:
    account = grown("record-to-stranger")
    stranger = "faucet-1.eu-central-1.elb.amazonaws.com"
    [route] = routes(account, nearby(account, f"{stranger}. A 127.9.9.9")).routes
    assert route.reading.strays == ("127.9.9.9",)
    assert route.seen.endswith(", and to 127.9.9.9")


def test_a_name_that_leads_elsewhere_leads_to_no_balancer(
    grown: Callable[..., Any], nearby: Callable[..., str]
) -> None:
    account = grown()
    [route] = routes(account, nearby(account, f"{API}. A 127.8.8.8")).routes
    assert route.reading.strays == ("127.8.8.8",)


def test_an_alias_is_enough(grown: Callable[..., Any], zone: Callable[..., str]) -> None:
    account = grown(part="load")
    balancer = account.ids["load_balancer"]
    [raw] = account.client("elbv2").describe_load_balancers()["LoadBalancers"]
    name = raw["DNSName"]
    served = zone(f"{API}. CNAME dualstack.{name}.", f"dualstack.{name}. A 127.7.1.1")
    found = routes(account, served)
    assert found.routes[0].reading.balancers == (balancer,)
    assert found.behind == ()


def test_a_distribution_leads_on_to_its_origins(
    grown: Callable[..., Any], zone: Callable[..., str], distribute: Callable[..., dict[str, str]]
) -> None:
    account = grown(part="load")
    [raw] = account.client("elbv2").describe_load_balancers()["LoadBalancers"]
    origin = (raw["DNSName"], 443)
    made = distribute(account, (API,), origin=origin, tags={"service": "explorer"})
    edge = made["host"]
    served = zone(f"{API}. CNAME {edge}.", f"{edge}. A 127.6.1.1", f"{edge}. AAAA 2001:db8::1")
    [route] = routes(account, served).routes
    assert (route.reading.balancers, route.reading.through) == (
        (account.ids["load_balancer"],),
        (made["id"],),
    )
    assert route.seen.startswith(f"leads through {made['id']} to arn:aws:elasticloadbalancing")


def test_a_name_that_nobody_knows_is_told(
    grown: Callable[..., Any], zone: Callable[..., str]
) -> None:
    account = grown(part="load")
    [route] = routes(account, zone("explorer.example. A 127.7.1.1")).routes
    with pytest.raises(FactUnavailable, match=f"DNS knows no address of {API}"):
        route.reading  # noqa: B018 reading it is the test


def test_without_tags_nobody_can_tell_whose_a_target_group_is(
    grown: Callable[..., Any], nearby: Callable[..., str], of_resources: Callable[..., Any]
) -> None:
    account = grown()
    aws = of_resources(load_balancers=(account.ids["load_balancer"],))
    [part] = routes(account, nearby(account), aws=aws).behind
    assert part.name == f"behind {account.ids['load_balancer']}"
    with pytest.raises(FactUnavailable, match="names no tags"):
        part.reading  # noqa: B018 reading it is the test


def test_without_a_backend_endpoint_nobody_is_asked(empty_account: Any) -> None:
    with pytest.raises(FactUnavailable, match="has the role backend"):
        BackendRoutes().collect(empty_account.desk())


class TestRecords:
    @pytest.fixture
    def zones(self, empty_account: Any) -> Callable[..., Any]:
        """Create a zone with records ``(name, type, value)``: ``zones("example.org", …)``."""
        route53 = empty_account.client("route53")

        def create(name: str, *records: tuple[str, str, str]) -> Any:
            made = route53.create_hosted_zone(Name=name, CallerReference=f"{name}{len(records)}")
            changes = [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": host,
                        "Type": kind,
                        "TTL": 60,
                        "ResourceRecords": [{"Value": value}],
                    },
                }
                for host, kind, value in records
            ]
            route53.change_resource_record_sets(
                HostedZoneId=made["HostedZone"]["Id"], ChangeBatch={"Changes": changes}
            )
            return empty_account

        return create

    def test_of_the_nearest_zone_count(self, zones: Callable[..., Any]) -> None:
        zones("example.org", ("a.b.example.org", "CNAME", "far.example.net"))
        account = zones(
            "b.example.org",
            ("a.b.example.org", "A", "192.0.2.1"),
            ("a.b.example.org", "TXT", '"text"'),
            ("b.b.example.org", "A", "192.0.2.2"),
        )
        assert targets_of(account.access(), "a.b.example.org") == ("192.0.2.1",)
        assert targets_of(account.access(), "example.com") == ()

    def test_that_do_not_end_are_not_known(
        self, zones: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = zones("example.org", ("a.example.org", "A", "192.0.2.1"))
        access = account.access()
        one = {"Name": "a.example.org.", "Type": "A", "ResourceRecords": []}
        answer = {"ResourceRecordSets": [one], "IsTruncated": True}
        monkeypatch.setattr(access, "call", lambda *_, **__: answer)
        with pytest.raises(FactUnavailable, match="more than 300 records of"):
            targets_of(access, "a.example.org")


def test_a_target_group_without_tags_is_a_stranger_and_a_rule_is_not() -> None:
    lacking = (("service", "explorer"),)
    group = RoutedThing(arn="g", kind="target group", lacking=lacking)
    assert group.stranger == "it does not carry the service's tag service = explorer"
    assert group.seen == f"target group, {group.stranger}"
    assert RoutedThing(arn="r", kind="rule", lacking=lacking).seen == "rule, untagged"
