"""Builds the block explorer's AWS account in moto, sound or with faults planted by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.balancer import build_balancer
from examples.explorer.builder import REGION, TAGS, builder_of, tag_list, tagged
from examples.explorer.compute import FAULTS as COMPUTE_FAULTS
from examples.explorer.compute import build_compute
from examples.explorer.databases import FAULTS as DATABASE_FAULTS
from examples.explorer.databases import build_databases
from examples.explorer.encryption import FAULTS as ENCRYPTION_FAULTS
from examples.explorer.encryption import build_keys, build_stores, disks
from examples.explorer.front import FAULTS as FRONT_FAULTS
from examples.explorer.front import build_front
from examples.explorer.hosting import FAULTS as HOSTING_FAULTS
from examples.explorer.hosting import build_hosting
from examples.explorer.identities import FAULTS as IDENTITY_FAULTS
from examples.explorer.identities import build_identities
from examples.explorer.scaling import FAULTS as SCALING_FAULTS
from examples.explorer.scaling import build_scaling
from examples.explorer.unhealthy import FAULTS as UNHEALTHY_FAULTS
from examples.explorer.unhealthy import build_unhealthy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from examples.explorer.builder import Builder

ACCOUNT = "123456789012"
IMAGE = "ami-03cf127a"
OFFICE = "198.51.100.0/24"

# Each fault breaks one criterion of one item, and nothing else.
FAULTS = frozenset(
    {
        *COMPUTE_FAULTS,
        *DATABASE_FAULTS,
        *ENCRYPTION_FAULTS,
        *FRONT_FAULTS,
        *HOSTING_FAULTS,
        *IDENTITY_FAULTS,
        *SCALING_FAULTS,
        *UNHEALTHY_FAULTS,
        "all-ports",
        "backend-open-to-world",
        "balancer-extra-port",
        "balancer-one-zone",
        "default-group-used",
        "group-reference-to-stranger",
        "icmp-world",
        "ipv6-world",
        "listener-plain-http",
        "listener-rule-plain-http",
        "no-access-logs",
        "no-deletion-protection",
        "no-https-listener",
        "no-targets",
        "prefix-list-world",
        "service-port-from-stranger",
        "ssh-beside-jump-host",
        "ssh-from-forgotten-address",
        "ssh-open-to-world",
        "targets-one-zone",
        "undeclared-balancer",
        "undeclared-instance",
        "unhealthy-target",
        "weak-tls-policy",
        "wide-port-range",
        "world-in-halves",
    }
)


def build_account(endpoint_url: str, *, faults: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Create the account behind ``endpoint_url`` and return the ids of what stands in it.

    The same faults give the same ids each time. An unknown fault is a ``KeyError``.
    """
    if unknown := faults - FAULTS:
        raise KeyError(*sorted(unknown))
    made = builder_of(endpoint_url, faults)
    network = _network(made)
    groups = _groups(made, network["vpc"])
    _rules(made, groups)
    keys = build_keys(made)
    instances = _instances(made, network["subnets"], groups)
    balancer = build_balancer(made, network, groups, instances)
    jump = tagged("instance", "explorer-jump")
    ids = {"account": ACCOUNT, "region": REGION, **network, **groups, **balancer} | {
        "instances": instances,
        "jump_instance": _instance(made, network["subnets"][0], [groups["jump_group"]], jump),
    }
    ids |= keys | build_hosting(made, keys)
    ids |= build_stores(made, ids)
    ids |= build_front(made, ids)
    ids |= build_compute(made, ids)
    ids |= build_databases(made, ids)
    ids |= build_identities(made, ids)
    ids |= build_scaling(made, ids)
    build_unhealthy(made, ids)
    return ids


def _network(made: Builder) -> dict[str, Any]:
    vpc = made.ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tagged("vpc", "explorer"))
    vpc_id = vpc["Vpc"]["VpcId"]
    return {
        "vpc": vpc_id,
        "subnets": [
            made.ec2.create_subnet(
                VpcId=vpc_id,
                CidrBlock=f"10.20.{number}.0/24",
                AvailabilityZone=f"{REGION}{zone}",
                TagSpecifications=tagged("subnet", f"explorer-{zone}"),
            )["Subnet"]["SubnetId"]
            for number, zone in ((1, "a"), (2, "b"))
        ],
    }


def _groups(made: Builder, vpc: str) -> dict[str, Any]:
    entries = [{"Cidr": OFFICE, "Description": "office"}]
    if "prefix-list-world" in made.faults:
        entries.append({"Cidr": "0.0.0.0/0", "Description": "everybody"})
    offices = made.ec2.create_managed_prefix_list(
        PrefixListName="explorer-offices",
        Entries=entries,
        MaxEntries=5,
        AddressFamily="IPv4",
        TagSpecifications=tagged("prefix-list", "explorer-offices"),
    )
    defaults = made.ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    )
    return {
        "balancer_group": _group(made, vpc, "explorer-balancer", TAGS),
        "backend_group": _group(made, vpc, "explorer-backend", TAGS),
        "jump_group": _group(made, vpc, "explorer-jump", TAGS),
        "stranger_group": _group(made, vpc, "somebody-else", {"service": "other"}),
        "default_group": defaults["SecurityGroups"][0]["GroupId"],
        "prefix_list": offices["PrefixList"]["PrefixListId"],
    }


def _group(made: Builder, vpc: str, name: str, tags: Mapping[str, str]) -> str:
    created = made.ec2.create_security_group(
        GroupName=name,
        Description=name,
        VpcId=vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": tag_list(tags)}],
    )
    return str(created["GroupId"])


def _ports(first: int, last: int, protocol: str = "tcp") -> dict[str, Any]:
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last}


def _networks(*cidrs: str) -> dict[str, Any]:
    return {"IpRanges": [{"CidrIp": cidr} for cidr in cidrs]}


def _from_group(group: str) -> dict[str, Any]:
    return {"UserIdGroupPairs": [{"GroupId": group}]}


def _rules(made: Builder, ids: Mapping[str, str]) -> None:
    sound = {
        "balancer_group": [
            _ports(port, port) | _networks("0.0.0.0/0") | {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
            for port in (80, 443)
        ],
        "backend_group": [
            _ports(8080, 8080) | _from_group(ids["balancer_group"]),
            _ports(22, 22) | _from_group(ids["jump_group"]),
            _ports(9100, 9100) | {"PrefixListIds": [{"PrefixListId": ids["prefix_list"]}]},
        ],
        "jump_group": [_ports(22, 22) | _networks(OFFICE)],
    }
    for group, permissions in sound.items():
        for permission in [*permissions, *_planted(made.faults, group, ids)]:
            made.ec2.authorize_security_group_ingress(
                GroupId=ids[group], IpPermissions=[permission]
            )


def _planted(
    faults: frozenset[str], group: str, ids: Mapping[str, str]
) -> Sequence[dict[str, Any]]:
    world = _networks("0.0.0.0/0")
    balancer, stranger = _from_group(ids["balancer_group"]), _from_group(ids["stranger_group"])
    forgotten = _networks("203.0.113.77/32")
    planted = {
        "balancer_group": {"balancer-extra-port": _ports(8443, 8443) | world},
        "backend_group": {
            "backend-open-to-world": _ports(5432, 5432) | world,
            "icmp-world": _ports(-1, -1, "icmp") | world,
            "ipv6-world": _ports(6379, 6379) | {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
            "world-in-halves": _ports(3306, 3306) | _networks("0.0.0.0/1", "128.0.0.0/1"),
            "all-ports": {"IpProtocol": "-1"} | balancer,
            "wide-port-range": _ports(1024, 65535) | balancer,
            "group-reference-to-stranger": _ports(8081, 8081) | stranger,
            "service-port-from-stranger": _ports(8080, 8080) | _networks("192.0.2.0/24"),
            "ssh-beside-jump-host": _ports(22, 22) | _networks(OFFICE),
        },
        "jump_group": {
            "ssh-from-forgotten-address": _ports(22, 22) | forgotten,
            "ssh-open-to-world": _ports(22, 22) | world,
        },
    }
    return [rule for fault, rule in planted.get(group, {}).items() if fault in faults]


def _instances(made: Builder, subnets: Sequence[str], ids: Mapping[str, str]) -> list[str]:
    groups = [ids["backend_group"]]
    if "default-group-used" in made.faults:
        groups.append(ids["default_group"])
    zones = [subnets[0]] * 2 if "targets-one-zone" in made.faults else subnets
    started = [
        _instance(made, subnet, groups, tagged("instance", f"explorer-backend-{number}"))
        for number, subnet in enumerate(zones, start=1)
    ]
    if "undeclared-instance" in made.faults:
        _instance(made, subnets[0], [ids["backend_group"]], [])
    return started


def _instance(
    made: Builder, subnet: str, groups: Sequence[str], tags: Sequence[dict[str, Any]]
) -> str:
    started = made.ec2.run_instances(
        ImageId=IMAGE,
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=groups,
        BlockDeviceMappings=disks(made),
        MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled"},
        TagSpecifications=tags,
    )
    return str(started["Instances"][0]["InstanceId"])
