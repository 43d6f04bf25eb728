"""Answers of AWS that the example's account does not give: how collectors read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import Place
from pytest_orr.collect.ingress import Rule, _rule
from pytest_orr.collect.load_balancers import LoadBalancers
from pytest_orr.collect.network_interfaces import backend_interfaces, balancer_interfaces
from pytest_orr.collect.ownership import Ownership
from pytest_orr.collect.security_groups import BackendSecurityGroups
from pytest_orr.collect.target_groups import Target, TargetGroup
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import AwsResources

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Place(account="123456789012", region="eu-central-1")
OWN = Ownership(
    resources=AwsResources(tags={"service": "explorer"}), vpcs=frozenset({"vpc-explorer"})
)


def rule_of(**raw: Any) -> Rule:
    """A rule as it is read from AWS's words."""
    usual = {"SecurityGroupRuleId": "sgr-1", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    return _rule({**usual, **raw}, {"pl-1": ("192.0.2.0/24", "198.51.100.7/32")})


@pytest.mark.parametrize(
    ("number", "name"),
    [("6", "tcp"), ("17", "udp"), ("1", "icmp"), ("58", "icmpv6"), ("-1", "all")],
)
def test_a_protocol_by_number_is_the_same_protocol(number: str, name: str) -> None:
    assert rule_of(IpProtocol=number, CidrIpv4="192.0.2.0/24").protocol == name


@pytest.mark.parametrize("ports", [{}, {"FromPort": -1, "ToPort": -1}])
def test_a_protocol_with_ports_that_names_none_has_all(ports: dict[str, int]) -> None:
    raw = {"SecurityGroupRuleId": "sgr-1", "IpProtocol": "tcp", "CidrIpv6": "::/0", **ports}
    rule = _rule(raw, {})
    assert (rule.from_port, rule.to_port) == (0, 65535)


def test_the_types_of_icmp_are_no_ports() -> None:
    rule = rule_of(IpProtocol="icmp", FromPort=8, ToPort=0, CidrIpv4="192.0.2.0/24")
    assert (rule.from_port, rule.to_port) == (0, 65535)


def test_networks_are_written_as_networks() -> None:
    assert rule_of(CidrIpv4="192.0.2.9/24").cidrs == ("192.0.2.0/24",)


def test_a_prefix_list_is_read_out() -> None:
    rule = rule_of(PrefixListId="pl-1")
    assert rule.cidrs == ("192.0.2.0/24", "198.51.100.7/32")
    assert rule.seen == "tcp 443 from pl-1"


def test_a_source_of_an_unknown_kind_makes_the_fact_unavailable() -> None:
    with pytest.raises(FactUnavailable) as caught:
        rule_of(SomethingNew="x")
    assert caught.value.cause == "security group rule sgr-1 has a source of an unknown kind"
    assert caught.value.remedy == "update pytest-orr, which does not know this kind of source"


def test_a_network_that_cannot_be_read_makes_the_fact_unavailable() -> None:
    with pytest.raises(FactUnavailable, match="AWS names a network that cannot be read"):
        rule_of(CidrIpv4="everywhere")


def interface(**raw: Any) -> dict[str, Any]:
    """An attached interface as AWS describes it."""
    usual = {
        "NetworkInterfaceId": "eni-1",
        "VpcId": "vpc-explorer",
        "Groups": [{"GroupId": "sg-1"}],
        "Attachment": {"InstanceOwnerId": "123456789012"},
        "TagSet": [],
    }
    return {**usual, **raw}


def read(*several: dict[str, Any]) -> list[Any]:
    """The backend's interfaces among these."""
    return list(backend_interfaces(HERE, OWN, frozenset({"i-tagged"}), several))


def test_an_interface_is_the_services_by_its_tags_its_instances_tags_or_its_vpc() -> None:
    tags = [{"Key": "service", "Value": "explorer"}]
    [tagged] = read(interface(VpcId="vpc-other", TagSet=tags))
    [through] = read(interface(VpcId="vpc-other", Attachment={"InstanceId": "i-tagged"}))
    [inside] = read(interface())
    assert (tagged.declared_by, through.declared_by) == (("tags",), ("tags",))
    assert (inside.declared_by, inside.missed_by) == (("vpcs",), ("tags",))
    assert read(interface(VpcId="vpc-other")) == []


def test_an_interface_that_aws_made_need_not_carry_tags() -> None:
    [made] = read(interface(RequesterManaged=True, Description="VPC Endpoint Interface vpce-1"))
    assert made.stray == ""


def test_an_interface_without_groups_is_no_backend_servers() -> None:
    assert read(interface(Groups=[])) == []


def test_an_interface_that_aws_made_for_a_balancer_is_the_balancers() -> None:
    made = interface(RequesterManaged=True, Description="ELB app/explorer/1")
    assert read(made) == []
    assert list(balancer_interfaces(OWN, [made])) == [("eni-1", ["sg-1"])]


def test_a_description_alone_makes_no_balancers_interface() -> None:
    posing = interface(Description="ELB app/explorer/1")
    assert [one.id for one in read(posing)] == ["eni-1"]
    assert list(balancer_interfaces(OWN, [posing])) == []


def group_of(*targets: Target, kind: str = "ip") -> TargetGroup:
    """A target group."""
    return TargetGroup(arn="arn", name="backend", kind=kind, balancers=(), targets=targets)


def target(zone: str, *, state: str = "healthy") -> Target:
    """A target in a zone."""
    return Target(id=f"target-{zone}", port=8080, state=state, zone=zone)


def test_healthy_targets_in_two_zones_survive_one() -> None:
    assert group_of(target("a"), target("b")).survives_a_zone(2)
    assert not group_of(target("a"), target("a")).survives_a_zone(2)
    assert not group_of(target("a"), target("b", state="unhealthy")).survives_a_zone(2)
    assert not group_of().survives_a_zone(0)


@pytest.mark.parametrize("kind", ["lambda", "alb"])
def test_what_aws_spreads_over_zones_needs_only_to_be_healthy(kind: str) -> None:
    assert group_of(target(""), kind=kind).survives_a_zone(2)
    assert not group_of(target("", state="unhealthy"), kind=kind).survives_a_zone(2)


def test_a_zone_that_is_not_known_matters_only_where_it_decides() -> None:
    assert group_of(target("a"), target("b"), target("")).survives_a_zone(2)
    assert not group_of(target("a"), target("", state="draining")).survives_a_zone(2)
    with pytest.raises(FactUnavailable) as caught:
        group_of(target("a"), target("")).survives_a_zone(2)
    assert caught.value.cause == "the availability zone of target target- is not known to AWS"


def test_a_target_by_address_has_the_zone_of_its_interface(
    account_with: Callable[..., Any],
) -> None:
    account = account_with("no-targets")
    ec2, elbv2 = account.client("ec2"), account.client("elbv2")
    addresses = [
        one["PrivateIpAddress"] for one in ec2.describe_network_interfaces()["NetworkInterfaces"]
    ]
    made = elbv2.create_target_group(
        Name="by-address", Protocol="HTTP", Port=80, VpcId=account.ids["vpc"], TargetType="ip"
    )
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    elbv2.register_targets(
        TargetGroupArn=arn, Targets=[{"Id": address, "Port": 80} for address in addresses]
    )
    elbv2.create_listener(
        LoadBalancerArn=account.ids["load_balancer"],
        Protocol="HTTP",
        Port=8080,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    [balancer] = account.collect(LoadBalancers()).found
    groups = {group.arn: group for group in balancer.target_groups}
    zones = {one.zone for one in groups[arn].targets}
    assert zones == {"eu-central-1a", "eu-central-1b"}


def test_more_balancers_than_one_question_for_tags_takes_are_all_found(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    elbv2 = account.client("elbv2")
    for number in range(21):
        elbv2.create_load_balancer(
            Name=f"more-{number:02}",
            Subnets=account.ids["subnets"],
            Tags=[{"Key": "service", "Value": "explorer"}],
        )
    found = account.collect(LoadBalancers()).found
    assert len(found) == 22
    assert {one.declared_by for one in found} == {("tags", "vpcs")}


def test_an_interface_that_is_attached_to_nothing_proves_nothing(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    before = account.collect(BackendSecurityGroups())
    account.client("ec2").create_network_interface(SubnetId=account.ids["subnets"][0])
    assert account.collect(BackendSecurityGroups()) == before
    assert account.ids["default_group"] not in {group.id for group in before.groups}


def test_a_group_that_is_not_listed_makes_the_fact_unavailable(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    ids = account.ids
    account.client("ec2").delete_security_group(GroupId=ids["backend_group"])
    with pytest.raises(FactUnavailable) as caught:
        account.collect(BackendSecurityGroups())
    assert caught.value.cause.startswith(
        f"AWS 123456789012 eu-central-1 does not show security group {ids['backend_group']}, which"
    )
