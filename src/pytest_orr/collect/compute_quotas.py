"""Compares the vCPUs that instances use, now and at most, with AWS's quotas: ``scaling_limits``."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from types import MappingProxyType
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import instances
from pytest_orr.collect.instances import own_instances
from pytest_orr.errors import FactUnavailable

from .parts import Part, part_of
from .scaling_groups import ScalingGroup

OPERATIONS = (
    *instances.OPERATIONS,
    "ec2:DescribeInstanceTypes",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
)
"""What is asked to know them."""

MOST_TYPES = 100
"""As many as one DescribeInstanceTypes takes."""
NONE_APPLIED = ("NoSuchResourceException",)
RUNS = ("pending", "running")
QUOTAS = MappingProxyType(
    {
        **dict.fromkeys(("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"), "L-1216C47A"),
        **dict.fromkeys(("g", "gr", "vt"), "L-DB2E81BA"),
        "dl": "L-6E869C2A",
        "f": "L-74FC7D96",
        "hpc": "L-F7808C92",
        "inf": "L-1945791B",
        "p": "L-417A185B",
        "trn": "L-2C3B7624",
        "u": "L-43DA4232",
        "x": "L-7295265B",
    }
)
"""Quota of running on-demand vCPUs by the letters that a type of instance begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """A quota of running on-demand vCPUs, which all that runs in a region shares."""

    code: str
    """Such as ``L-1216C47A``, the usual types."""
    account: str
    region: str
    allowed: float
    used: int
    """vCPUs of all instances that run, whosever they are."""
    at_most: int
    """Those with every scaling group of the service at its largest."""
    groups: tuple[str, ...]
    """Those groups, sorted."""

    def lacks(self, factor: float) -> str:
        """Say what it does not allow; empty if it allows enough.

        The groups must be able to become as large as they may; without groups it must allow
        ``factor`` times what is used.
        """
        needed = self.at_most if self.groups else self.used * factor
        if needed <= self.allowed:
            return ""
        when = "at their largest the scaling groups" if self.groups else "growing, the service"
        return f"{when} would need {needed:g} vCPUs, and {self.allowed:g} are allowed"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.used} vCPUs in use, at most {self.at_most}, {self.allowed:g} allowed"


def read_quotas(
    aws: AwsAccess, place: Place, groups: Iterable[ScalingGroup]
) -> tuple[Part[QuotaUse], ...]:
    """Read the quotas that the service's instances and groups in one place come under.

    Asks ``ec2:DescribeInstances``, ``DescribeInstanceTypes``, and for each quota
    ``servicequotas:GetServiceQuota`` or, if the account has none of its own,
    ``GetAWSDefaultServiceQuota``.
    """
    growing = tuple(one for one in groups if one.types)
    own = own_instances(aws, place)
    families = sorted({_family(kind) for kind in (*_types_of(growing), *(i.type for i in own))})
    return tuple(
        part_of(_name(place, family), partial(_use, aws, place, family, growing))
        for family in families
    )


def _types_of(groups: Iterable[ScalingGroup]) -> Iterator[str]:
    for group in groups:
        yield from group.types


def _family(kind: str) -> str:
    """Return the code of the quota that a type of instance comes under, or its letters."""
    letters = re.match("[a-z]*", kind)
    begins = letters[0] if letters else ""
    return QUOTAS.get(begins, begins)


def _name(place: Place, family: str) -> str:
    return f"quota {family} in {place}"


def _use(aws: AwsAccess, place: Place, family: str, groups: tuple[ScalingGroup, ...]) -> QuotaUse:
    if family not in QUOTAS.values():
        raise FactUnavailable(
            f"under which quota instances of the family {family} come is not known",
            "say in a statement how far they can grow",
        )
    running = [kind for kind in _running(aws, place) if _family(kind) == family]
    ours = [one for one in groups if family in {_family(kind) for kind in one.types}]
    sizes = _sizes(aws, place, {*running, *_types_of(ours)})
    used = sum(sizes[kind] for kind in running)
    return QuotaUse(
        code=family,
        account=place.account,
        region=place.region,
        allowed=_allowed(aws, place, family),
        used=used,
        at_most=used + sum(_growth(group, sizes) for group in ours),
        groups=tuple(sorted(one.name for one in ours)),
    )


def _running(aws: AwsAccess, place: Place) -> Iterator[str]:
    """Yield the type of each on-demand instance that runs, whosever it is."""
    for reservation in aws.listing(place, "ec2:DescribeInstances", "Reservations"):
        for raw in reservation["Instances"]:
            if raw["State"]["Name"] in RUNS and raw.get("InstanceLifecycle") != "spot":
                yield raw["InstanceType"]


def _growth(group: ScalingGroup, sizes: Mapping[str, int]) -> int:
    """Return the vCPUs that a group adds at most, by the largest of its types."""
    if group.is_weighted:
        raise FactUnavailable(
            f"{group.name} counts its size in weights, not in instances",
            "say in a statement how many vCPUs it needs at its largest",
        )
    added = max(group.maximum - group.current, 0)
    return ceil(added * group.on_demand) * max(sizes[kind] for kind in group.types)


def _sizes(aws: AwsAccess, place: Place, kinds: set[str]) -> dict[str, int]:
    ordered, sizes = sorted(kinds), defaultdict[str, int](int)
    for at in range(0, len(ordered), MOST_TYPES):
        asked = ordered[at : at + MOST_TYPES]
        operation = "ec2:DescribeInstanceTypes"
        for raw in aws.listing(place, operation, "InstanceTypes", InstanceTypes=asked):
            sizes[raw["InstanceType"]] = raw["VCpuInfo"]["DefaultVCpus"]
    return dict(sizes)


def _allowed(aws: AwsAccess, place: Place, code: str) -> float:
    which: dict[str, Any] = {"ServiceCode": "ec2", "QuotaCode": code}
    applied = aws.call(place, "servicequotas:GetServiceQuota", absent=NONE_APPLIED, **which)
    found = applied or aws.call(place, "servicequotas:GetAWSDefaultServiceQuota", **which)
    return float(found["Quota"]["Value"])
