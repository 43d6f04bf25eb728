"""Reads what pauses the service at AWS, for ``pause_switches``: rules of WAF, target groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import distributions, ownership, web_acls
from pytest_orr.collect.interface import Desk

ELB = "elasticloadbalancing"
OPERATIONS = (
    *ownership.OPERATIONS,
    *distributions.OPERATIONS,
    f"{ELB}:DescribeListeners",
    f"{ELB}:DescribeRules",
    f"{ELB}:DescribeTargetGroups",
    f"{ELB}:DescribeTargetHealth",
    "wafv2:GetWebACL",
    "wafv2:GetWebACLForResource",
)
COUNT = "Count"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRule:
    """A rule of a web ACL in front of one public entry."""

    host: str
    """Of the balancer or distribution."""
    web_acl: str
    action: str
    """What it does with a request that it meets: ``Count``, ``Block`` …"""

    @property
    def seen(self) -> str:
        """A few words about it."""
        return f"{self.action} in web ACL {self.web_acl} before {self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSwitch:
    """A rule that counts now, and stops everybody once somebody lets it."""

    rule: str
    places: tuple[PlacedRule, ...]
    """By host."""

    @property
    def is_there(self) -> bool:
        """Whether a public entry of the service has it."""
        return bool(self.places)

    @property
    def is_off(self) -> bool:
        """Whether it only counts, wherever it is."""
        return all(one.action == COUNT for one in self.places)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        told = "; ".join(one.seen for one in self.places)
        return f"rule {self.rule}: {told or 'in no web ACL before the service'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSwitch:
    """A target group with a maintenance page, to which nothing leads now."""

    group: str
    arns: tuple[str, ...]
    """Of the target groups of that name, sorted."""
    targets: int
    """How many answer there, in all."""
    leads_there: tuple[str, ...]
    """ARNs of rules that send requests there now, sorted."""

    @property
    def is_there(self) -> bool:
        """Whether there is such a group, and something in it that answers."""
        return bool(self.arns) and self.targets > 0

    @property
    def is_off(self) -> bool:
        """Whether no rule sends requests there."""
        return not self.leads_there

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        there = f"{self.targets} targets" if self.arns else "no such target group"
        now = ", ".join(self.leads_there) or "no rule"
        return f"target group {self.group}: {there}; {now} leads there"


def read_rule(desk: Desk, name: str) -> RuleSwitch:
    """Look for a rule in the web ACL of each public entry of the service.

    Asks ``wafv2:GetWebACLForResource`` of balancers, and ``GetWebACL`` of distributions.
    """
    aws = desk.aws
    ownership.require_resources(aws.resources)
    found = [one for some in aws.everywhere(partial(_of_balancers, aws, name)) for one in some]
    for edge in distributions.own_distributions(aws, desk.profile):
        raw = web_acls.raw_of_distribution(aws, edge.home, edge.web_acl)
        found += _placed(raw, name, edge.name)
    return RuleSwitch(rule=name, places=tuple(sorted(found, key=lambda one: one.host)))


def read_group(desk: Desk, name: str) -> GroupSwitch:
    """Look for target groups of a name, and for rules that send requests to them.

    Asks ``elasticloadbalancing:DescribeTargetGroups``, ``DescribeTargetHealth``,
    ``DescribeListeners`` and ``DescribeRules``.
    """
    aws = desk.aws
    found = [one for some in aws.everywhere(partial(_groups, aws, name)) for one in some]
    return GroupSwitch(
        group=name,
        arns=tuple(sorted(one.arn for one in found)),
        targets=sum(one.targets for one in found),
        leads_there=tuple(sorted({rule for one in found for rule in one.leads_there})),
    )


def _of_balancers(aws: AwsAccess, name: str, place: Place) -> list[PlacedRule]:
    own = ownership.own_balancers(aws, place, ownership.ownership(aws, place))
    found: list[PlacedRule] = []
    for raw in (one.raw for one in own):
        if raw["Type"] == "application" and raw.get("Scheme") != "internal":
            acl = web_acls.raw_of_balancer(aws, place, raw["LoadBalancerArn"])
            found += _placed(acl, name, raw["DNSName"])
    return found


def _placed(acl: Mapping[str, Any] | None, name: str, host: str) -> Iterator[PlacedRule]:
    for rule in (acl or {}).get("Rules") or ():
        if rule["Name"] == name:
            action = rule.get("Action") or rule.get("OverrideAction") or {"None": {}}
            yield PlacedRule(host=host, web_acl=str((acl or {})["Name"]), action=next(iter(action)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    arn: str
    targets: int
    leads_there: frozenset[str]


def _groups(aws: AwsAccess, name: str, place: Place) -> list[_Group]:
    listed = aws.listing(place, f"{ELB}:DescribeTargetGroups", "TargetGroups")
    return [_group(aws, place, raw) for raw in listed if raw["TargetGroupName"] == name]


def _group(aws: AwsAccess, place: Place, raw: Mapping[str, Any]) -> _Group:
    arn = str(raw["TargetGroupArn"])
    health = aws.call(place, f"{ELB}:DescribeTargetHealth", TargetGroupArn=arn)
    rules = [rule for one in raw["LoadBalancerArns"] for rule in _rules(aws, place, one)]
    return _Group(
        arn=arn,
        targets=len(health["TargetHealthDescriptions"]),
        leads_there=frozenset(rule["RuleArn"] for rule in rules if _leads(rule, arn)),
    )


def _rules(aws: AwsAccess, place: Place, balancer: str) -> Iterator[Mapping[str, Any]]:
    asked = {"LoadBalancerArn": balancer}
    for listener in aws.listing(place, f"{ELB}:DescribeListeners", "Listeners", **asked):
        named = {"ListenerArn": listener["ListenerArn"]}
        yield from aws.listing(place, f"{ELB}:DescribeRules", "Rules", **named)


def _leads(rule: Mapping[str, Any], group: str) -> bool:
    for action in rule["Actions"]:
        weighted = action.get("ForwardConfig", {}).get("TargetGroups") or ()
        if not weighted and action.get("TargetGroupArn") == group:
            return True
        if any(one["TargetGroupArn"] == group and one.get("Weight", 1) for one in weighted):
            return True
    return False
