"""Fills a simulated AWS: groups by the thousand, and a handful of all else that checks look at.

The same numbers give the same account: moto draws its ids from one seed. Of each kind of thing
some are sound and some are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random

from . import aws_seed_home, aws_seed_rest
from .aws_size import ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .aws_size import Size

WORLD = ({"CidrIp": "0.0.0.0/0"},)
WORLD_6 = ({"CidrIpv6": "::/0"},)
IMAGE = "ami-0123456789abcdef0"
TLS_POLICIES = ("ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08")
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
RATE_RULE = {
    "Name": "rate",
    "Priority": 0,
    "Action": {"Block": {}},
    "Statement": {"RateBasedStatement": {"Limit": 2000, "AggregateKeyType": "IP"}},
    "VisibilityConfig": SEEN,
}
REDIRECT = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
TRUST = '{"Version": "2012-10-17", "Statement": []}'
SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Credentials of a simulated account."""

    account: str
    id: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region of a simulated account, and how to change it."""

    endpoint: str
    key: Key
    name: str

    def client(self, service: str) -> Any:
        """Return a client that may change things."""
        return boto3.client(  # type: ignore[call-overload]  # the service is data here
            service,
            region_name=self.name,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.key.id,
            aws_secret_access_key=self.key.secret,
        )

    @cached_property
    def vpc(self) -> str:
        """The service's network."""
        return str(self.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])

    @cached_property
    def subnets(self) -> tuple[str, ...]:
        """Three parts of it, each in a zone of its own."""
        make = self.client("ec2").create_subnet
        parts = ((f"10.0.{64 * n}.0/18", f"{self.name}{zone}") for n, zone in enumerate("abc"))
        made = (make(VpcId=self.vpc, CidrBlock=part, AvailabilityZone=zone) for part, zone in parts)
        return tuple(one["Subnet"]["SubnetId"] for one in made)


def seed(endpoint: str, accounts: Sequence[str], regions: Sequence[str], size: Size) -> list[Key]:
    """Fill every region of every account, and return the accounts' credentials."""
    mock_random.seed(SEED)
    keys = [first_key(account) for account in accounts]
    for key in keys:
        places = [Region(endpoint=endpoint, key=key, name=name) for name in regions]
        for place in places:
            fill(place, size)
        aws_seed_home.fill(places[0], size.few)
    return keys


def first_key(account: str) -> Key:
    """Make an account's first user, and a role for it.

    Moto tells accounts by the keys that it handed out.
    """
    users = iam_backends[account]["aws"]
    users.create_role(ROLE, TRUST, "/", None, "", [], "3600")
    users.create_user("us-east-1", "reader")
    made = users.create_access_key("reader")
    return Key(account=account, id=made.access_key_id, secret=made.secret_access_key)


def fill(region: Region, size: Size) -> None:
    """Fill a region."""
    groups = security_groups(region, size.groups)
    machines(region, groups)
    certificates = aws_seed_rest.certificates(region, size.few)
    web_acls(region, balancers(region, groups[0], certificates))
    aws_seed_rest.fill(region, groups[: size.few])


def security_groups(region: Region, number: int) -> tuple[str, ...]:
    """Make groups inside moto's own process: thousands take a minute by HTTP."""
    inside = ec2_backends[region.key.account][region.name]
    found = []
    for count in range(number):
        made = inside.create_security_group(f"app-{count:05d}", "seed", vpc_id=region.vpc)
        for protocol, first, last, sources in openings(count):
            ports = (protocol, str(first), str(last))
            inside.authorize_security_group_ingress(made.id, *ports, [*sources], vpc_id=region.vpc)
        found.append(str(made.id))
    return tuple(found)


def openings(count: int) -> list[tuple[str, int, int, Sequence[dict[str, str]]]]:
    """Return the ingress rules of a group: protocol, first and last port, sources."""
    inside = ({"CidrIp": f"10.{count % 200}.0.0/16"},)
    port = 8000 + count % 500
    return [
        ("tcp", port, port, inside),
        ("tcp", 9100, 9100, ({"CidrIp": "10.9.0.0/16"},)),
        *([("tcp", 22, 22, WORLD)] if count % 20 == 3 else []),
        *([("tcp", 20, 25, WORLD_6)] if count % 33 == 5 else []),
        *([("-1", -1, -1, WORLD)] if count % 50 == 7 else []),
        *([("tcp", 443, 443, WORLD)] if count % 11 == 4 else []),
    ]


def machines(region: Region, groups: Sequence[str]) -> None:
    """Start a machine for every ten groups; half of them are attached to it."""
    run = region.client("ec2").run_instances
    for number in range(len(groups) // 10):
        wire = {
            "DeviceIndex": 0,
            "SubnetId": region.subnets[number % 3],
            "Groups": list(groups[10 * number : 10 * number + 5]),
            "AssociatePublicIpAddress": number % 4 == 0,
        }
        tokens = {"MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"}}
        kind = {"ImageId": IMAGE, "InstanceType": "t3.micro", "NetworkInterfaces": [wire]}
        run(MinCount=1, MaxCount=1, **kind, **(tokens if number % 3 else {}))


def balancers(region: Region, group: str, certificates: Sequence[str]) -> tuple[str, ...]:
    """Make balancers; every second one cannot be deleted by mistake."""
    elb, found = region.client("elbv2"), []
    for number, certificate in enumerate(certificates):
        name, subnets = f"alb-{number}", list(region.subnets[:2])
        made = elb.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[group])
        arn = str(made["LoadBalancers"][0]["LoadBalancerArn"])
        kept = {"Key": "deletion_protection.enabled", "Value": str(number % 2 == 0).lower()}
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[kept])
        target = elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=region.vpc)
        for listener in listeners(number, target["TargetGroups"][0]["TargetGroupArn"], certificate):
            elb.create_listener(LoadBalancerArn=arn, **listener)
        found.append(arn)
    return tuple(found)


def listeners(number: int, target: str, certificate: str) -> list[dict[str, Any]]:
    """Return what a balancer listens to; the last of five does not, one of five has no HTTP."""
    forward = [{"Type": "forward", "TargetGroupArn": target}]
    redirect = [{"Type": "redirect", "RedirectConfig": REDIRECT}]
    secure = {
        "Protocol": "HTTPS",
        "Port": 443,
        "SslPolicy": TLS_POLICIES[number % 2],
        "Certificates": [{"CertificateArn": certificate}],
        "DefaultActions": forward,
    }
    match number % 5:
        case 4:
            return []
        case 3:
            return [secure]
        case rest:
            actions = forward if rest == 2 else redirect
            return [secure, {"Protocol": "HTTP", "Port": 80, "DefaultActions": actions}]


def web_acls(region: Region, guarded: Sequence[str]) -> None:
    """Put a web ACL before three balancers of five; the first of them has no rule."""
    waf = region.client("wafv2")
    for number, balancer in enumerate(guarded[: max(1, len(guarded) * 3 // 5)]):
        made = waf.create_web_acl(
            Name=f"acl-{number}",
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            Rules=[RATE_RULE][:number],
            VisibilityConfig=SEEN,
        )
        waf.associate_web_acl(WebACLArn=made["Summary"]["ARN"], ResourceArn=balancer)
