"""What stands before the service's public entries, asked of the example's account over the wire."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from moto.wafv2.exceptions import WAFNonexistentItemException
from moto.wafv2.models import FakeWebACL, WAFV2Backend
from pydantic import TypeAdapter

from pytest_orr.collect.openings import Opening
from pytest_orr.collect.origins import OriginFact
from pytest_orr.collect.shields import Shield
from pytest_orr.collect.web_protections import WebProtections
from pytest_orr.errors import FactUnavailable, NothingFound
from pytest_orr.observation import Unavailable
from pytest_orr.profile.schema import Endpoint, Hosting, Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DDOS = "network.load-balancer.ddos"
HOME = "us-east-1"
LIMITED = "no rate-based rule of its web ACL stops whoever asks too often"
MANAGED = "no managed group of its web ACL stops anything"
FAULTS = {
    "no-web-acl": "no web ACL stands before it",
    "no-rate-rule": LIMITED,
    "rate-rule-counts": LIMITED,
    "rate-rule-picks-out": LIMITED,
    "managed-group-counts": MANAGED,
    "managed-rules-overridden": MANAGED,
    "acl-without-log": "its web ACL keeps no log",
}


def facts_of(account: Any, **also: Any) -> Any:
    """The fact as a profile with more keys sees it."""
    return WebProtections().collect(account.desk(also=also)).value


def balancer_of(account: Any) -> Any:
    """How the account's balancer is seen."""
    [entry] = [e for e in facts_of(account).entries if e.arn == account.ids["load_balancer"]]
    return entry


def frontend(host: str, *, connect: str | None = None) -> Endpoint:
    """A declared endpoint."""
    return Endpoint(name=host, role="frontend", url=f"https://{host}/", connect=connect)


@pytest.fixture
def listening() -> Iterator[Callable[[], int]]:
    """Listen on a free port of this machine and return it."""
    with ExitStack() as stack:

        def listen() -> int:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            return int(server.getsockname()[1])

        yield listen


@pytest.fixture
def silent_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_sound_account_protects_its_balancer(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with()
    assert failures(DDOS, account.desk()) == {}
    entry = balancer_of(account)
    assert entry.kind == "application"
    assert entry.seen.endswith(
        'web ACL explorer: rate rule "rate" stops,'
        ' managed rule "common" stops (without NoUserAgent_HEADER); log on; Shield Advanced'
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_at_the_balancer(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]], fault: str
) -> None:
    account = account_with(fault)
    [(subject, detail)] = failures(DDOS, account.desk()).items()
    assert subject == account.ids["load_balancer"]
    assert detail.startswith(f"{FAULTS[fault]}; saw application ")


def test_an_error_that_says_there_is_no_web_acl_is_the_same_as_an_empty_answer(
    account_with: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_with("no-web-acl")
    empty = balancer_of(account)

    def nonexistent(_: Any, resource_arn: str) -> None:  # noqa: ARG001 by which moto calls it
        raise WAFNonexistentItemException

    monkeypatch.setattr(WAFV2Backend, "get_web_acl_for_resource", nonexistent)
    assert balancer_of(account) == empty
    assert empty.web_acl is None


def test_the_fact_survives_being_kept(
    account_with: Callable[..., Any], distribute: Callable[..., dict[str, str]], silent_port: int
) -> None:
    account = account_with()
    acl = account.ids["edge_web_acl"]
    distribute(account, ("explorer.example",), acl=acl, origin=("localhost", silent_port))
    seen = facts_of(account, endpoints=(frontend("explorer.example"),))
    adapter: TypeAdapter[Any] = TypeAdapter(WebProtections().fact_type)
    assert adapter.validate_json(adapter.dump_json(seen)) == seen
    assert len(seen.entries) == 3
    assert len(seen.origins) == 1


def test_a_distribution_is_the_services_by_endpoint_by_hosting_or_by_tags(
    account_with: Callable[..., Any], distribute: Callable[..., dict[str, str]]
) -> None:
    account = account_with()
    by_endpoint = distribute(account, ("Explorer.example", "www.explorer.example"))
    by_hosting = distribute(account)
    by_tags = distribute(account, tags={"service": "explorer"})
    distribute(account, ("somebody.example",), tags={"service": "other"})
    distribute(account, tags={"service": "explorer"}, Enabled=False)
    hosting = Hosting(provider="s3", endpoint="pages", distribution=by_hosting["id"])
    seen = facts_of(account, endpoints=(frontend("explorer.example"),), hosting=(hosting,))
    found = {entry.arn: entry.host for entry in seen.entries if entry.kind == "distribution"}
    assert found.pop(account.ids["distribution_arn"]) == "explorer.example"
    assert found == {
        by_endpoint["arn"]: "explorer.example",
        by_hosting["arn"]: by_hosting["host"],
        by_tags["arn"]: by_tags["host"],
    }


def test_without_tags_no_distribution_is_asked_for_its_own(
    account_with: Callable[..., Any], distribute: Callable[..., dict[str, str]]
) -> None:
    account = account_with()
    distribute(account, tags={"service": "explorer"})
    by_name = type(account.desk().profile.aws)(
        accounts=account.desk().profile.aws.accounts,
        resources={"load_balancers": (account.ids["load_balancer"],)},
    )
    account.progress.clear()
    seen = account.collect(WebProtections(), by_name)
    assert [entry.kind for entry in seen.entries] == ["application"]
    assert not any("ListTagsForResource" in line for line in account.progress)


@pytest.mark.parametrize(
    ("acl", "stands"),
    [
        ("own", True),
        ("", False),
        ("1cde4bd5-0f3b-4e5f-a3f4-0d2f2d8a1f6b", False),
        ("arn:aws:wafv2:us-east-1:123456789012:global/webacl/gone/1", False),
    ],
    ids=["its own", "none", "one of the old WAF", "one that is gone"],
)
def test_a_distributions_web_acl_is_the_one_that_it_names(
    account_with: Callable[..., Any],
    distribute: Callable[..., dict[str, str]],
    acl: str,
    stands: bool,  # noqa: FBT001 a column of the table above
) -> None:
    account = account_with()
    named = account.ids["edge_web_acl"] if acl == "own" else acl
    made = distribute(account, tags={"service": "explorer"}, acl=named)
    [entry] = [one for one in facts_of(account).entries if one.arn == made["arn"]]
    assert (entry.web_acl is not None) == stands
    assert (entry.region, entry.kind) == (HOME, "distribution")
    if stands:
        assert entry.web_acl.arn == named
        assert entry.web_acl.logs


def test_the_sound_accounts_distribution_has_the_web_acl_of_the_edge(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    [found] = [one for one in facts_of(account).entries if one.kind == "distribution"]
    assert found.arn == account.ids["distribution_arn"]
    assert found.web_acl.arn == account.ids["edge_web_acl"]


def test_a_network_balancer_is_protected_by_shield_or_not_at_all(
    account_with: Callable[..., Any], failures: Callable[..., dict[str, str]]
) -> None:
    account = account_with()
    made = account.client("elbv2").create_load_balancer(
        Name="streams",
        Subnets=account.ids["subnets"],
        Type="network",
        Tags=[{"Key": "service", "Value": "explorer"}],
    )["LoadBalancers"][0]["LoadBalancerArn"]
    [(subject, detail)] = failures(DDOS, account.desk()).items()
    assert subject == made
    assert detail.startswith(
        "WAF cannot stand before it, and Shield Advanced does not; saw network"
    )
    assert detail.endswith("no web ACL; Shield Advanced, which does not name it")


def balancer(*allocations: str) -> dict[str, Any]:
    """A balancer as AWS describes it, with its addresses."""
    zones: list[dict[str, Any]] = [
        {"LoadBalancerAddresses": [{"AllocationId": one}] if one else []} for one in allocations
    ]
    return {"LoadBalancerArn": "arn:nlb", "AvailabilityZones": zones}


def shield(*protected: str) -> Shield:
    """A subscription that protects some resources."""
    return Shield(account="123456789012", is_advanced=True, protected=frozenset(protected))


def test_shield_protects_a_network_balancer_by_all_its_addresses() -> None:
    address = "arn:aws:ec2:eu-central-1:123456789012:eip-allocation/eipalloc"
    both = shield(f"{address}-1", f"{address}-2")
    assert both.protects(balancer("eipalloc-1", "eipalloc-2"))
    assert not both.protects(balancer("eipalloc-1", "eipalloc-3"))
    assert not both.protects(balancer("eipalloc-1", ""))
    assert not both.protects(balancer())
    assert shield("arn:nlb").protects(balancer(""))


def test_without_a_subscription_shield_is_its_standard_form_and_lists_nothing(
    empty_account: Any, build_account: Callable[..., dict[str, Any]], monkeypatch: Any
) -> None:
    from moto.shield.models import ShieldBackend  # noqa: PLC0415 to be planted in this test alone

    monkeypatch.setattr(ShieldBackend, "create_subscription", lambda _: None)
    as_planted: Any = build_account
    empty_account.ids = as_planted.__wrapped__(empty_account.url)
    assert balancer_of(empty_account).seen.endswith("; Shield Standard")
    assert not any("ListProtections" in line for line in empty_account.progress)


def test_an_internal_balancer_is_no_public_entry(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    account.client("elbv2").create_load_balancer(
        Name="inside",
        Subnets=account.ids["subnets"],
        Scheme="internal",
        Tags=[{"Key": "service", "Value": "explorer"}],
    )
    balancers = {one.arn for one in facts_of(account).entries if one.kind != "distribution"}
    assert balancers == {account.ids["load_balancer"]}


def test_an_empty_account_is_nothing_found(empty_account: Any, judge: Callable[..., Any]) -> None:
    with pytest.raises(NothingFound, match=r"^no public entry of the service found$"):
        judge(DDOS, empty_account.desk())


def test_an_origin_that_answers_beside_its_edge_fails(
    account_with: Callable[..., Any],
    distribute: Callable[..., dict[str, str]],
    failures: Callable[..., dict[str, str]],
    listening: Callable[[], int],
) -> None:
    account, port = account_with(), listening()
    acl = account.ids["edge_web_acl"]
    distribute(account, ("explorer.example",), acl=acl, origin=("localhost", port))
    desk = account.desk(also={"endpoints": (frontend("explorer.example"),)})
    [(subject, detail)] = failures(DDOS, desk).items()
    assert subject == f"localhost:{port}"
    assert detail.startswith("it answers beside the edge; saw open from here, behind")


def test_an_origin_is_closed_if_it_is_silent_while_its_edge_answers(
    account_with: Callable[..., Any],
    distribute: Callable[..., dict[str, str]],
    judge: Callable[..., Any],
    listening: Callable[[], int],
    silent_port: int,
) -> None:
    account, acl = account_with(), ""
    acl = account.ids["edge_web_acl"]
    for _ in range(2):  # two distributions before one origin are tried once
        distribute(account, ("explorer.example",), acl=acl, origin=("localhost", silent_port))
    edge = f"127.0.0.1:{listening()}"
    desk = account.desk(also={"endpoints": (frontend("explorer.example", connect=edge),)})
    findings = judge(DDOS, desk)
    [origin] = [one for one in findings if one.subject == f"localhost:{silent_port}"]
    assert origin.outcome == "pass"
    assert origin.detail.endswith(f"refused from here, behind {edge}")
    assert {one.outcome for one in findings} == {"pass"}


@pytest.mark.parametrize(
    ("connect", "cause"),
    [
        ("127.0.0.1:1", "the edge does not answer from here either: 127.0.0.1:1 refused the"),
        (None, "explorer.example does not resolve"),
    ],
    ids=["silent", "not found"],
)
def test_an_origin_is_unknown_if_its_edge_does_not_answer_either(
    account_with: Callable[..., Any],
    distribute: Callable[..., dict[str, str]],
    judge: Callable[..., Any],
    silent_port: int,
    connect: str | None,
    cause: str,
) -> None:
    account = account_with()
    acl = account.ids["edge_web_acl"]
    distribute(account, ("explorer.example",), acl=acl, origin=("localhost", silent_port))
    desk = account.desk(also={"endpoints": (frontend("explorer.example", connect=connect),)})
    [origin] = [one for one in judge(DDOS, desk) if one.subject.startswith("localhost:")]
    assert origin.outcome == "unknown"
    assert origin.detail.startswith(cause)


def test_an_edge_of_no_endpoint_is_tried_at_its_own_name(
    account_with: Callable[..., Any], distribute: Callable[..., dict[str, str]], silent_port: int
) -> None:
    account = account_with()
    made = distribute(account, tags={"service": "explorer"}, origin=("localhost", silent_port))
    [origin] = facts_of(account).origins
    assert origin.edge == f"{made['host'].lower()}:443"


def test_a_balancer_behind_a_distribution_is_its_origin_and_no_entry(
    account_with: Callable[..., Any],
    distribute: Callable[..., dict[str, str]],
    failures: Callable[..., dict[str, str]],
) -> None:
    account = account_with("no-web-acl")
    name, acl = account.ids["balancer_name"], account.ids["edge_web_acl"]
    distribute(account, tags={"service": "explorer"}, acl=acl, origin=(name, 443))
    desk = account.desk()
    facts = WebProtections().collect(desk).value
    assert {entry.kind for entry in facts.entries} == {"distribution"}
    [origin] = facts.origins
    assert origin.balancer == account.ids["load_balancer"]
    assert origin.groups == (account.ids["balancer_group"],)
    [(subject, detail)] = failures(DDOS, desk).items()
    assert subject == f"{name}:443"
    opened = "tcp 80, tcp 443"
    assert detail.startswith(
        f"anybody can get past the edge: its groups open {opened}; saw 4 rules"
    )


def test_a_balancer_is_known_behind_another_name_by_its_addresses(
    account_with: Callable[..., Any],
    distribute: Callable[..., dict[str, str]],
    name_server: Callable[..., str],
) -> None:
    account = account_with()
    resolver = name_server(account.ids)
    distribute(account, tags={"service": "explorer"}, origin=("api.explorer.example", 443))
    desk = account.desk(resolver=resolver)
    [origin] = WebProtections().collect(desk).value.origins
    assert origin.balancer == account.ids["load_balancer"]


def test_an_origin_whose_groups_let_in_the_edge_alone_is_not_open_to_the_world(
    account_with: Callable[..., Any], distribute: Callable[..., dict[str, str]]
) -> None:
    account = account_with()
    ec2, group = account.client("ec2"), account.ids["balancer_group"]
    rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rules)
    edges = ec2.create_managed_prefix_list(
        PrefixListName="com.amazonaws.global.cloudfront.origin-facing",
        Entries=[{"Cidr": "130.176.0.0/17"}, {"Cidr": "15.158.0.0/16"}],
        MaxEntries=5,
        AddressFamily="IPv4",
    )["PrefixList"]["PrefixListId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{**https, "PrefixListIds": [{"PrefixListId": edges}]}]
    )
    name = account.ids["balancer_name"]
    distribute(account, tags={"service": "explorer"}, origin=(f"dualstack.{name}", 443))
    [origin] = facts_of(account).origins
    assert origin.balancer == account.ids["load_balancer"]
    assert origin.openings(Network()) == ()
    with pytest.raises(FactUnavailable, match=f"dualstack.{name} does not resolve"):
        _ = origin.state


def test_a_balancer_without_groups_is_open_to_the_world() -> None:
    bare = OriginFact(host="nlb.example", port=443, edge="edge.example:443", balancer="arn:nlb")
    assert bare.openings(Network()) == (Opening(protocol="all"),)
    with pytest.raises(FactUnavailable, match="it was not tried"):
        _ = bare.state


def test_an_open_origin_is_open_whatever_else_is_not_known() -> None:
    why = Unavailable(cause="the edge is silent", remedy="elsewhere")
    fact = OriginFact(host="o", port=443, edge="e:443", observed="open", unavailable=why)
    assert fact.state == "open"


def update_acl(account: Any, *rules: dict[str, Any]) -> Any:
    """Replace the rules of the balancer's web ACL and return how it is seen then."""
    waf, arn = account.client("wafv2"), account.ids["web_acl"]
    named = {"Name": "explorer", "Scope": "REGIONAL", "Id": arn.rpartition("/")[2]}
    found = waf.get_web_acl(**named)
    watched = found["WebACL"]["VisibilityConfig"]
    waf.update_web_acl(
        **named,
        DefaultAction={"Allow": {}},
        Rules=[
            {"Priority": number, "VisibilityConfig": watched, **rule}
            for number, rule in enumerate(rules)
        ],
        VisibilityConfig=watched,
        LockToken=found["LockToken"],
    )
    return balancer_of(account).web_acl


def own_group(account: Any, **action: Any) -> str:
    """A rule group of the service's own with a rate-based rule."""
    watched = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    rate = {"Limit": 500, "AggregateKeyType": "IP"}
    rule = {
        "Name": "rate",
        "Priority": 0,
        "Action": action,
        "Statement": {"RateBasedStatement": rate},
        "VisibilityConfig": watched,
    }
    made = account.client("wafv2").create_rule_group(
        Name="limits", Scope="REGIONAL", Capacity=10, Rules=[rule], VisibilityConfig=watched
    )
    return str(made["Summary"]["ARN"])


@pytest.mark.parametrize(
    ("override", "reference", "limits"),
    [
        ({"None": {}}, {}, True),
        ({"Count": {}}, {}, False),
        ({"None": {}}, {"ExcludedRules": [{"Name": "rate"}]}, False),
        (
            {"None": {}},
            {"RuleActionOverrides": [{"Name": "rate", "ActionToUse": {"Count": {}}}]},
            False,
        ),
        (
            {"None": {}},
            {"RuleActionOverrides": [{"Name": "rate", "ActionToUse": {"Captcha": {}}}]},
            True,
        ),
    ],
    ids=["as it is", "counted", "excluded", "overridden to count", "overridden to ask"],
)
def test_a_rate_rule_in_a_group_of_the_services_own_is_seen(
    account_with: Callable[..., Any],
    override: dict[str, Any],
    reference: dict[str, Any],
    limits: bool,  # noqa: FBT001 a column of the table above
) -> None:
    account = account_with()
    named = {"ARN": own_group(account, Block={}), **reference}
    statement = {"RuleGroupReferenceStatement": named}
    acl = update_acl(account, {"Name": "g", "OverrideAction": override, "Statement": statement})
    assert [rule.kind for rule in acl.rules] == ["rate"]
    assert acl.limits_rate == limits


def test_a_rate_rule_that_leaves_something_out_limits_all_the_rest(
    account_with: Callable[..., Any],
) -> None:
    picked = {"GeoMatchStatement": {"CountryCodes": ["AQ"]}}
    limited = {"Limit": 100, "AggregateKeyType": "IP"}
    narrowed = {**limited, "ScopeDownStatement": {"NotStatement": {"Statement": picked}}}
    rule = {
        "Name": "rate",
        "Action": {"Challenge": {}},
        "Statement": {"RateBasedStatement": narrowed},
    }
    assert update_acl(account_with(), rule).limits_rate


def test_a_managed_group_without_overrides_is_not_asked_for_its_rules(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    group = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet", "Version": "Version_1.0"}
    rule = {
        "Name": "common",
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": group},
    }
    asked = f"{account.ids['region']} wafv2:DescribeManagedRuleGroup"
    account.progress.clear()
    assert update_acl(account, rule).stops_known_attacks
    assert not any(line.endswith(asked) for line in account.progress)
    group["ExcludedRules"] = [{"Name": "NoUserAgent_HEADER"}]  # type: ignore[assignment] # a list
    assert update_acl(account, rule).stops_known_attacks
    assert any(line.endswith(asked) for line in account.progress)


def test_a_web_acl_without_such_rules_says_so(account_with: Callable[..., Any]) -> None:
    geo = {"GeoMatchStatement": {"CountryCodes": ["AQ"]}}
    acl = update_acl(account_with(), {"Name": "geo", "Action": {"Block": {}}, "Statement": geo})
    assert acl.seen == "web ACL explorer: no such rules; log on"
    assert not acl.limits_rate
    assert not acl.stops_known_attacks


def test_groups_that_firewall_manager_adds_are_seen(
    account_with: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = account_with("managed-group-counts")
    told = FakeWebACL.to_dict
    managed = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
    added = {
        "Name": "everywhere",
        "Priority": 0,
        "FirewallManagerStatement": {"ManagedRuleGroupStatement": managed},
        "OverrideAction": {"None": {}},
        "VisibilityConfig": {},
    }
    monkeypatch.setattr(
        FakeWebACL,
        "to_dict",
        lambda self: told(self) | {"PreProcessFirewallManagerRuleGroups": [added]},
    )
    entry = balancer_of(account)
    assert entry.web_acl.stops_known_attacks
    assert entry.web_acl.rules[0].seen == 'managed rule "everywhere" stops'
