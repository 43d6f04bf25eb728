"""The limit's share of a region's network: balancers, web ACLs, security groups, machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .aws_limit_pages import pages

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .aws_limit import Region

SAFE_TLS = frozenset(
    {
        "ELBSecurityPolicy-FS-1-2-2019-08",
        "ELBSecurityPolicy-TLS-1-2-2017-01",
        "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
    }
)
WHOLE_WORLD = frozenset({"0.0.0.0/0", "::/0"})
OF_AWS = frozenset({"api_gateway_managed", "vpc_endpoint"})
"""Kinds of interfaces behind which there is no machine of the account."""
SSH = 22
MOST = 1000


def begin(region: Region) -> Future[list[Any]]:
    """Ask all of it; return the security groups."""
    balancers, acls = region.go(ask_balancers), region.go(ask_web_acls)
    region.limit.last.append(lambda: judge_protection(region, balancers, acls))
    groups, interfaces = region.go(ask_groups), region.go(ask_interfaces)
    region.go(ask_machines)
    region.limit.last.append(lambda: judge_groups(region, groups.result(), interfaces.result()))
    return groups


def ask_balancers(region: Region) -> list[str]:
    """Judge balancers; return those that can have a web ACL."""
    found = pages(region.client("elbv2"), "describe_load_balancers", "LoadBalancers")
    for one in found:
        arn = one["LoadBalancerArn"]
        region.verdict("elbv2_is_in_multiple_az", arn, len(one["AvailabilityZones"]) > 1)
        region.go(ask_listeners, arn)
        region.go(ask_attributes, arn)
    return [one["LoadBalancerArn"] for one in found if one["Type"] == "application"]


def ask_attributes(region: Region, arn: str) -> None:
    """Judge a balancer's attributes."""
    ask = region.client("elbv2").describe_load_balancer_attributes
    found = {one["Key"]: one["Value"] for one in ask(LoadBalancerArn=arn)["Attributes"]}
    kept = found.get("deletion_protection.enabled") == "true"
    region.verdict("elbv2_deletion_protection", arn, kept)


def ask_listeners(region: Region, arn: str) -> None:
    """Judge a balancer's listeners."""
    elb = region.client("elbv2")
    found = pages(elb, "describe_listeners", "Listeners", LoadBalancerArn=arn)
    secure = [one["SslPolicy"] for one in found if one["Protocol"] == "HTTPS"]
    plain = [one for one in found if one["Protocol"] == "HTTP"]
    region.verdict("elbv2_listeners_underneath", arn, found)
    region.verdict("elbv2_insecure_ssl_ciphers", arn, SAFE_TLS.issuperset(secure))
    region.verdict("elbv2_ssl_listeners", arn, all(redirects(elb, one) for one in plain))


def redirects(elb: Any, listener: dict[str, Any]) -> bool:
    """Say whether a listener, or one of its rules, sends users to HTTPS."""
    if any(map(to_https, listener["DefaultActions"])):
        return True
    rules = pages(elb, "describe_rules", "Rules", ListenerArn=listener["ListenerArn"])
    return any(to_https(action) for rule in rules for action in rule["Actions"])


def to_https(action: dict[str, Any]) -> bool:
    """Say whether an action sends users to HTTPS."""
    return bool(action["Type"] == "redirect" and action["RedirectConfig"]["Protocol"] == "HTTPS")


def ask_web_acls(region: Region) -> list[Future[list[str]]]:
    """Judge web ACLs; return what each is before."""
    found = region.client("wafv2").list_web_acls(Scope="REGIONAL", Limit=100)["WebACLs"]
    before = [region.go(ask_guarded, acl["ARN"]) for acl in found]
    for acl in found:
        region.go(ask_rules, acl)
    return before


def ask_guarded(region: Region, arn: str) -> list[str]:
    """Return the balancers that a web ACL is before."""
    ask = region.client("wafv2").list_resources_for_web_acl
    return list(ask(WebACLArn=arn, ResourceType="APPLICATION_LOAD_BALANCER")["ResourceArns"])


def ask_rules(region: Region, acl: dict[str, Any]) -> None:
    """Judge a web ACL's rules."""
    ask = region.client("wafv2").get_web_acl
    found = ask(Name=acl["Name"], Scope="REGIONAL", Id=acl["Id"])["WebACL"]
    region.verdict("wafv2_webacl_with_rules", acl["ARN"], found["Rules"])


def judge_protection(
    region: Region, balancers: Future[list[str]], acls: Future[list[Future[list[str]]]]
) -> None:
    """Judge whether each balancer has a web ACL."""
    guarded = {arn for one in acls.result() for arn in one.result()}
    for arn in balancers.result():
        region.verdict("elbv2_waf_acl_attached", arn, arn in guarded)


def ask_groups(region: Region) -> list[Any]:
    """Return all security groups."""
    client = region.client("ec2")
    return pages(client, "describe_security_groups", "SecurityGroups", MaxResults=MOST)


def ask_interfaces(region: Region) -> list[Any]:
    """Return all network interfaces."""
    client = region.client("ec2")
    return pages(client, "describe_network_interfaces", "NetworkInterfaces", MaxResults=MOST)


def ask_machines(region: Region) -> None:
    """Judge machines."""
    found = pages(region.client("ec2"), "describe_instances", "Reservations", MaxResults=MOST)
    for owner, one in ((some["OwnerId"], one) for some in found for one in some["Instances"]):
        arn = f"arn:aws:ec2:{region.name}:{owner}:instance/{one['InstanceId']}"
        data = one.get("MetadataOptions", {})
        guarded = data.get("HttpEndpoint") == "disabled" or data.get("HttpTokens") == "required"
        region.verdict("ec2_instance_public_ip", arn, not one.get("PublicIpAddress"))
        region.verdict("ec2_instance_imdsv2_enabled", arn, guarded)


def judge_groups(region: Region, groups: list[Any], interfaces: list[Any]) -> None:
    """Judge security groups: by what they let in, and by what is behind them."""
    used = {one["GroupId"] for wire in interfaces if is_own(wire) for one in wire["Groups"]}
    for group in groups:
        arn = f"arn:aws:ec2:{region.name}:{group['OwnerId']}:security-group/{group['GroupId']}"
        rules = group["IpPermissions"]
        login = any(opens(rule, SSH) for rule in rules)
        exposed = group["GroupId"] in used and any(opens(rule) for rule in rules)
        check = "ec2_securitygroup_allow_ingress_from_internet_to"
        region.verdict(f"{check}_tcp_port_22", arn, not login)
        region.verdict(f"{check}_any_port", arn, not exposed)


def is_own(interface: dict[str, Any]) -> bool:
    """Say whether there may be a machine of the account behind an interface."""
    owner = interface.get("Attachment", {}).get("InstanceOwnerId")
    return interface["InterfaceType"] not in OF_AWS and owner != "amazon-elb"


def opens(rule: dict[str, Any], port: int | None = None) -> bool:
    """Say whether an ingress rule lets everybody in, by a port if one is named."""
    sources = [*rule.get("IpRanges", ()), *rule.get("Ipv6Ranges", ())]
    if WHOLE_WORLD.isdisjoint(value for source in sources for value in source.values()):
        return False
    if rule["IpProtocol"] == "-1" or port is None:
        return True
    return rule["IpProtocol"] == "tcp" and bool(rule["FromPort"] <= port <= rule["ToPort"])
