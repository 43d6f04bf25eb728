"""What an EC2 instance has, and what Compute Optimizer says of it: parts of ``sized_instances``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect.instances import Instance, require_root
from pytest_orr.collect.listings import listing_if_any
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.hosts import MachineSpec

OPERATIONS = (
    "compute-optimizer:GetEC2InstanceRecommendations",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeVolumes",
)
"""What is asked to know what instances have, and whether it is enough."""

MOST_TYPES = 100
"""As many types as one DescribeInstanceTypes takes."""
MOST_ARNS = 100
"""As many recommendations as Compute Optimizer gives at once unless told otherwise."""
NOT_ENROLLED = ("OptInRequiredException",)
ATTEST = "or say in a statement how the size was checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What an instance has."""

    type: str
    cpus: int
    memory_mib: int
    disk_gib: int
    """Of the volume with its root file system."""
    is_burstable: bool
    """Whether its CPU runs on credits."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.type} with {self.cpus} CPUs, {self.memory_mib} MiB, disk {self.disk_gib} GiB"

    def falls_short_of(self, minimum: MachineSpec) -> tuple[str, ...]:
        """Return in words whatever is less than the profile demands."""
        return minimum.shortfalls(
            cpus=self.cpus, memory_mib=self.memory_mib, disk_gib=self.disk_gib
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What Compute Optimizer found of an instance."""

    finding: str
    """``OPTIMIZED``, ``UNDER_PROVISIONED``, ``OVER_PROVISIONED``, as AWS writes it."""
    reasons: tuple[str, ...] = ()
    """Sorted codes, such as ``CPUUnderprovisioned``."""
    found_at: datetime | None = None

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        when = f" on {self.found_at:%Y-%m-%d}" if self.found_at else ""
        reasons = f": {', '.join(self.reasons)}" if self.reasons else ""
        return f"Compute Optimizer says {self.finding}{when}{reasons}"

    @property
    def wants_more(self) -> bool:
        """Whether the instance is too small."""
        return self.finding.replace("_", "").casefold() == "underprovisioned"


def read_sizes(
    aws: AwsAccess, place: Place, own: Iterable[Instance]
) -> dict[str, Size | FactUnavailable]:
    """Return by an instance's id what it has, or why that is not known.

    Asks ``ec2:DescribeInstanceTypes`` and ``ec2:DescribeVolumes``.
    """
    instances = tuple(own)
    types = _types(aws, place, sorted({one.type for one in instances}))
    listed = aws.listing(place, "ec2:DescribeVolumes", "Volumes")
    volumes = {str(raw["VolumeId"]): int(raw["Size"]) for raw in listed}
    return {one.id: _size(place, one, types, volumes) for one in instances}


def _types(aws: AwsAccess, place: Place, types: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    def ask(some: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
        operation = "ec2:DescribeInstanceTypes"
        return aws.listing(place, operation, "InstanceTypes", InstanceTypes=list(some))

    several = aws.each(ask, _chunks(types, MOST_TYPES))
    return {raw["InstanceType"]: raw for some in several for raw in some}


def _size(
    place: Place,
    instance: Instance,
    types: Mapping[str, Mapping[str, Any]],
    volumes: Mapping[str, int],
) -> Size | FactUnavailable:
    raw = types.get(instance.type)
    if raw is None:
        cause = f"AWS {place} does not describe the type {instance.type}"
        return FactUnavailable(cause, f"run again, {ATTEST}")
    try:
        root = require_root(instance)
    except FactUnavailable as error:
        return error
    if root not in volumes:
        cause = f"AWS {place} does not show {root}, which holds the root of {instance.id}"
        return FactUnavailable(cause, f"run again, {ATTEST}")
    return Size(
        type=instance.type,
        cpus=raw["VCpuInfo"]["DefaultVCpus"],
        memory_mib=raw["MemoryInfo"]["SizeInMiB"],
        disk_gib=volumes[root],
        is_burstable=bool(raw.get("BurstablePerformanceSupported")),
    )


def read_advice(
    aws: AwsAccess, place: Place, own: Iterable[Instance]
) -> dict[str, Advice | FactUnavailable]:
    """Return by an instance's id what Compute Optimizer found, or why that is not known.

    Asks ``compute-optimizer:GetEC2InstanceRecommendations``, a hundred instances at once.
    """
    arns = {_arn(one): one.id for one in own}
    chunks = _chunks(sorted(arns), MOST_ARNS)
    several = aws.each(lambda some: tuple(_recommended(aws, place, some)), chunks)
    found = {arns[arn]: advice for some in several for arn, advice in some if arn in arns}
    return {one: found.get(one) or _unadvised(place, one) for one in arns.values()}


def _recommended(aws: AwsAccess, place: Place, arns: Sequence[str]) -> Iterator[tuple[str, Advice]]:
    found = listing_if_any(
        aws,
        place,
        "compute-optimizer:GetEC2InstanceRecommendations",
        "instanceRecommendations",
        absent=NOT_ENROLLED,
        instanceArns=list(arns),
    )
    if found is None:
        raise FactUnavailable(
            f"Compute Optimizer is not enabled in AWS {place}",
            f"enable it, and look again when it has had a day, {ATTEST}",
        )
    for raw in found:
        yield (
            raw["instanceArn"],
            Advice(
                finding=raw["finding"],
                reasons=tuple(sorted(raw.get("findingReasonCodes", ()))),
                found_at=_utc(raw.get("lastRefreshTimestamp")),
            ),
        )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _unadvised(place: Place, instance: str) -> FactUnavailable:
    return FactUnavailable(
        f"Compute Optimizer has no recommendation for {instance} in AWS {place}",
        f"wait until it has seen 30 hours of metrics, {ATTEST}",
    )


def _arn(instance: Instance) -> str:
    partitions = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
    partition = next(
        (one for prefix, one in partitions.items() if instance.region.startswith(f"{prefix}-")),
        "aws",
    )
    return f"arn:{partition}:ec2:{instance.region}:{instance.account}:instance/{instance.id}"


def _chunks(things: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    return (things[at : at + most] for at in range(0, len(things), most))
