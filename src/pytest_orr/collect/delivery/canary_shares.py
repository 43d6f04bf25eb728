"""Reads what gives the canary its share of the requests: the fact ``canary_shares``.

That is a rule of the service's balancers that divides requests among target groups, or a file of
the repository where something else does it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import ownership
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.ownership import own_balancers, require_resources
from pytest_orr.collect.parts import Part, part_of, parts_of
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

ELB = "elasticloadbalancing"
HTTP = frozenset({"HTTP", "HTTPS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryShare:
    """Something that divides requests."""

    weights: tuple[tuple[str, int], ...] = ()
    """Target groups with their weights, by name; none of a file, which is told by being there."""
    file: str = ""
    """Path in the repository, where a file says it."""

    @property
    def divides(self) -> bool:
        """Whether more than one release can be served."""
        return bool(self.file) or len(self.weights) > 1

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.file:
            return f"{self.file} in the repository"
        return ", ".join(f"{name} {weight}" for name, weight in self.weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryShares:
    """Can a release be given a share of the requests?"""

    name: str = "canary_shares"
    source: str = "AWS elasticloadbalancing, git"
    operations: tuple[str, ...] = (
        *ownership.OPERATIONS,
        f"{ELB}:DescribeListeners",
        f"{ELB}:DescribeRules",
        "git:cat-file",
    )
    fact_type: Any = tuple[Part[CanaryShare], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[CanaryShare], ...]]:
        """Read the declared file, or every rule that divides requests."""
        rollout = desk.profile.delivery.canary.rollout
        if rollout:
            part = part_of(rollout, partial(_in_repository, desk, rollout))
            return Answer(value=(part,), where=(*desk.git.where, rollout))
        if desk.profile.aws is None:
            raise Undeclared(
                "[delivery.canary] rollout", "the file that says which share the canary gets,"
            )
        require_resources(desk.aws.resources)
        several = desk.aws.everywhere(partial(_in_place, desk.aws))
        parts = tuple(part for some in several for part in some)
        return Answer(value=parts, where=tuple(str(place) for place in desk.aws.places))


def _in_repository(desk: Desk, path: str) -> CanaryShare:
    desk.git.read(path)
    return CanaryShare(file=path)


def _in_place(aws: AwsAccess, place: Place) -> tuple[Part[CanaryShare], ...]:
    own = own_balancers(aws, place, ownership.ownership(aws, place))
    arns = [str(one.raw["LoadBalancerArn"]) for one in own]
    several = aws.each(
        lambda arn: parts_of(f"rules of {arn}", partial(_dividing, aws, place, arn)), arns
    )
    return tuple(part for some in several for part in some)


def _dividing(aws: AwsAccess, place: Place, balancer: str) -> Iterator[tuple[str, CanaryShare]]:
    listeners = aws.listing(
        place, f"{ELB}:DescribeListeners", "Listeners", LoadBalancerArn=balancer
    )
    several = aws.each(
        lambda raw: aws.listing(
            place, f"{ELB}:DescribeRules", "Rules", ListenerArn=raw["ListenerArn"]
        ),
        [raw for raw in listeners if raw.get("Protocol") in HTTP],
    )
    for rule in (one for some in several for one in some):
        weights = tuple(sorted(_weights(rule)))
        if len(weights) > 1:
            yield str(rule["RuleArn"]), CanaryShare(weights=weights)


def _weights(rule: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for action in rule.get("Actions", ()):
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups", ()):
            name = str(group["TargetGroupArn"]).split("/")[1]
            yield name, int(group.get("Weight", 1))
