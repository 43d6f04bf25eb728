"""Which AWS resources are the service's: by its tags, in its VPCs, or named in readiness.toml.

Collectors of AWS facts ask here, so that every item means the same by "the service's".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import AwsResources

OPERATIONS = (
    "ec2:DescribeVpcs",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTags",
    "sts:GetCallerIdentity",
)
"""What is asked to know the service's VPCs and balancers."""

MOST_ARNS = 20
"""As many as one DescribeTags takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """How a resource is the service's: in the words of ``[aws.resources]``."""

    declared_by: tuple[str, ...]
    """Declarations that name it: ``tags``, ``vpcs``, ``load_balancers``."""
    missed_by: tuple[str, ...] = ()
    """Declarations that are made and do not name it, so that one of the two is wrong."""

    @property
    def stray(self) -> str:
        """In what the declarations disagree about it; empty when they agree."""
        if not self.missed_by:
            return ""
        found, missing = " and ".join(self.declared_by), " and ".join(self.missed_by)
        return f"[aws.resources] names it by {found}, but not by {missing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """What the profile declares, completed for one place by the VPCs that carry the tags."""

    resources: AwsResources
    vpcs: frozenset[str]
    """VPCs of the service that are there: declared by id, or tagged."""

    def has_tags(self, tags: Iterable[Mapping[str, Any]]) -> bool:
        """Whether ``tags`` (``Key``, ``Value``) hold all of the service's, if it has any."""
        carried = {tag["Key"]: tag["Value"] for tag in tags}
        wanted = self.resources.tags
        return bool(wanted) and wanted.items() <= carried.items()

    def named(self, *, tagged: bool, vpc: str, arn: str = "") -> dict[str, bool]:
        """Return by which declarations a resource is the service's."""
        return {
            "tags": tagged,
            "vpcs": vpc in self.vpcs,
            "load_balancers": arn in self.resources.load_balancers,
        }

    def missed(self, named: Mapping[str, bool], *, exempt: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the declarations that should name a resource of the service and do not.

        A resource named by its ARN is declared beyond doubt. ``exempt`` are declarations that
        cannot name this kind of resource.
        """
        if named["load_balancers"]:
            return ()
        made = {
            "tags": bool(self.resources.tags),
            "vpcs": bool(self.resources.vpcs),
            "load_balancers": bool(self.resources.load_balancers),
        }
        return tuple(word for word in made if made[word] and not named[word] and word not in exempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBalancer:
    """A balancer of the service as AWS describes it, and how it is the service's."""

    raw: Mapping[str, Any]
    owned: Owned


def require_resources(resources: AwsResources) -> None:
    """Refuse to guess which resources are the service's."""
    if not (resources.tags or resources.vpcs or resources.load_balancers):
        raise FactUnavailable(
            "[aws.resources] names neither tags, VPCs nor load balancers of the service",
            "name the service's tags, vpcs or load_balancers in [aws.resources] of readiness.toml",
        )


def ownership(aws: AwsAccess, place: Place) -> Ownership:
    """Find the service's VPCs in one place (``ec2:DescribeVpcs``)."""
    declared = Ownership(resources=aws.resources, vpcs=frozenset(aws.resources.vpcs))
    there = aws.listing(place, "ec2:DescribeVpcs", "Vpcs")
    vpcs = frozenset(
        vpc["VpcId"]
        for vpc in there
        if vpc["VpcId"] in declared.vpcs or declared.has_tags(vpc.get("Tags", ()))
    )
    return Ownership(resources=aws.resources, vpcs=vpcs)


def own_balancers(aws: AwsAccess, place: Place, own: Ownership) -> tuple[OwnBalancer, ...]:
    """Find the service's balancers in one place, sorted by ARN.

    Asks ``elasticloadbalancing:DescribeLoadBalancers`` and ``DescribeTags``.
    """
    there = aws.listing(place, "elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers")
    tags = _tags(aws, place, sorted(balancer["LoadBalancerArn"] for balancer in there))
    found = []
    for raw in sorted(there, key=lambda balancer: str(balancer["LoadBalancerArn"])):
        arn = raw["LoadBalancerArn"]
        named = own.named(tagged=own.has_tags(tags[arn]), vpc=raw["VpcId"], arn=arn)
        if any(named.values()):
            words = tuple(word for word, names in named.items() if names)
            owned = Owned(declared_by=words, missed_by=own.missed(named))
            found.append(OwnBalancer(raw=raw, owned=owned))
    return tuple(found)


def _tags(aws: AwsAccess, place: Place, arns: list[str]) -> dict[str, list[Mapping[str, Any]]]:
    def ask(some: list[str]) -> list[Mapping[str, Any]]:
        answer = aws.call(place, "elasticloadbalancing:DescribeTags", ResourceArns=some)
        described: list[Mapping[str, Any]] = answer["TagDescriptions"]
        return described

    chunks = (arns[start : start + MOST_ARNS] for start in range(0, len(arns), MOST_ARNS))
    return {one["ResourceArn"]: one["Tags"] for several in aws.each(ask, chunks) for one in several}
