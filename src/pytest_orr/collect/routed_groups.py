"""Reads whose the rules and target groups behind a balancer are, for ``backend_routes``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import ownership
from pytest_orr.errors import FactUnavailable

ELB = "elasticloadbalancing"
OPERATIONS = (
    *ownership.OPERATIONS,
    f"{ELB}:DescribeListeners",
    f"{ELB}:DescribeRules",
    f"{ELB}:DescribeTargetGroups",
)
"""What is asked to know them."""
MOST_ARNS = ownership.MOST_ARNS
RULE, GROUP = "rule", "target group"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedThing:
    """A listener's rule, or a target group, behind a balancer."""

    arn: str
    kind: str
    """``rule`` or ``target group``."""
    lacking: tuple[tuple[str, str], ...] = ()
    """Tags of the service that it does not carry, sorted."""
    contrary: tuple[tuple[str, str], ...] = ()
    """Tags of the same names that it carries with other values, sorted."""

    @property
    def stranger(self) -> str:
        """Say why it is none of the service's; empty if it is.

        A target group must carry the service's tags. A rule is seldom tagged, and is another's
        only if its tags say so.
        """
        if self.contrary:
            named = ", ".join(f"{key} = {value}" for key, value in self.contrary)
            return f"it carries another service's tag: {named}"
        if self.kind == GROUP and self.lacking:
            named = ", ".join(f"{key} = {value}" for key, value in self.lacking)
            return f"it does not carry the service's tag {named}"
        return ""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        tags = "carries the service's tags" if not self.lacking else "untagged"
        return f"{self.kind}, {self.stranger or tags}"


def read_routed(aws: AwsAccess, place: Place, balancer: str) -> tuple[RoutedThing, ...]:
    """Read every rule and target group behind a balancer, by ARN.

    Asks ``elasticloadbalancing:DescribeListeners``, ``DescribeRules``, ``DescribeTargetGroups``
    and ``DescribeTags``, 20 at a time.
    """
    if not aws.resources.tags:
        raise FactUnavailable(
            "[aws.resources] names no tags, so nobody can tell whose a target group is",
            "name the service's tags in [aws.resources] of readiness.toml",
        )
    kinds = dict.fromkeys(_rules(aws, place, balancer), RULE)
    kinds |= dict.fromkeys(_groups(aws, place, balancer), GROUP)
    tags = _tags(aws, place, sorted(kinds))
    wanted = aws.resources.tags
    return tuple(_thing(arn, kinds[arn], tags[arn], wanted) for arn in sorted(kinds))


def _rules(aws: AwsAccess, place: Place, balancer: str) -> set[str]:
    listeners = aws.listing(
        place, f"{ELB}:DescribeListeners", "Listeners", LoadBalancerArn=balancer
    )
    several = aws.each(
        lambda raw: aws.listing(
            place, f"{ELB}:DescribeRules", "Rules", ListenerArn=raw["ListenerArn"]
        ),
        [raw for raw in listeners if raw.get("Protocol") in {"HTTP", "HTTPS"}],
    )
    return {rule["RuleArn"] for some in several for rule in some if not rule.get("IsDefault")}


def _groups(aws: AwsAccess, place: Place, balancer: str) -> set[str]:
    there = aws.listing(place, f"{ELB}:DescribeTargetGroups", "TargetGroups")
    return {raw["TargetGroupArn"] for raw in there if balancer in raw["LoadBalancerArns"]}


def _tags(aws: AwsAccess, place: Place, arns: list[str]) -> dict[str, dict[str, str]]:
    chunks = [arns[at : at + MOST_ARNS] for at in range(0, len(arns), MOST_ARNS)]
    several = aws.each(partial(_described, aws, place), chunks)
    return {
        one["ResourceArn"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        for some in several
        for one in some
    }


def _described(aws: AwsAccess, place: Place, arns: list[str]) -> list[Mapping[str, Any]]:
    answer = aws.call(place, f"{ELB}:DescribeTags", ResourceArns=arns)
    described: list[Mapping[str, Any]] = answer["TagDescriptions"]
    return described


def _thing(arn: str, kind: str, tags: Mapping[str, str], wanted: Mapping[str, str]) -> RoutedThing:
    lacking = sorted(pair for pair in wanted.items() if pair not in tags.items())
    contrary = sorted((key, tags[key]) for key, _ in lacking if key in tags)
    return RoutedThing(arn=arn, kind=kind, lacking=tuple(lacking), contrary=tuple(contrary))
