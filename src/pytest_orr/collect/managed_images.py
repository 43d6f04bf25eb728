"""What SSM knows of an instance's system and patches: the part of ``host_images`` without SSH."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect.instances import Instance
from pytest_orr.collect.support_ends import support_end, table_source
from pytest_orr.errors import FactUnavailable

OPERATIONS = (
    "ssm:DescribeInstanceInformation",
    "ssm:DescribeInstancePatchStates",
    "ssm:DescribePatchBaselines",
)
"""What is asked to know systems and their patches."""

MOST_INSTANCES = 50
"""As many as one DescribeInstancePatchStates takes."""
DISTRIBUTIONS = (
    ("Amazon Linux", "amzn"),
    ("Debian", "debian"),
    ("Ubuntu", "ubuntu"),
)
"""How SSM's platform names begin, with what the table of support calls them."""
ATTEST = "attest what keeps its packages up to date"
MANAGE = f"let SSM manage it: its agent, and AmazonSSMManagedInstanceCore for its role; or {ATTEST}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedImage:
    """An instance's system and its patches, as SSM last saw them."""

    platform: str
    """As SSM names it: ``Ubuntu``."""
    platform_version: str
    has_lts: bool = False
    """Whether its release is one with long-term support, if the table knows it."""
    support_ends_at: datetime | None = None
    """When the release stops getting security updates, if the table knows it."""
    support_table: str = ""
    baseline: str
    """Patch baseline that says what is approved."""
    is_of_aws: bool
    """Whether the baseline is one of AWS, which approves all security patches."""
    operation: str
    """The last one: ``Scan`` or ``Install``."""
    operated_at: datetime
    """When it ended."""
    missing: int
    """Patches that are approved and not installed."""
    failed: int
    """Patches that could not be installed."""
    waiting: int
    """Patches that are installed and need a reboot."""

    @property
    def seen(self) -> str:
        """One line about the instance, for a finding."""
        return (
            f"SSM: {self.platform} {self.platform_version}, {self.missing} patches missing, "
            f"{self.failed} failed, {self.waiting} wait for a reboot, "
            f"{self.operation} of {self.operated_at:%Y-%m-%d}"
        )

    @property
    def end_of_support(self) -> datetime:
        """When the release stops getting security updates; unknown for one not in the table."""
        if self.support_ends_at is None:
            raise FactUnavailable(
                f"no end of support is known of {self.platform} {self.platform_version}",
                f"the table is of {self.support_table}: update pytest-orr, or {ATTEST}",
            )
        return self.support_ends_at

    @property
    def is_lts(self) -> bool:
        """Whether the release is one with long-term support; unknown for one not in the table."""
        _ = self.end_of_support
        return self.has_lts

    @property
    def reboot_required(self) -> bool:
        """Whether a patch is installed and takes effect after a reboot alone."""
        return bool(self.waiting)

    def security_updates(self, as_of: datetime, oldest_index_days: int) -> tuple[str, ...]:
        """Return in words which patches are not installed.

        That there are none is known only from an operation that is not too old, by a baseline that
        approves all security patches.
        """
        counts = {"missing": self.missing, "failed": self.failed}
        pending = tuple(f"{count} patches {word}" for word, count in counts.items() if count)
        if pending:
            return pending
        if as_of - self.operated_at > timedelta(days=oldest_index_days):
            raise FactUnavailable(
                f"SSM last looked for patches on {self.operated_at:%Y-%m-%d}: "
                "that none is missing follows from nothing",
                "let an association or maintenance window run AWS-RunPatchBaseline daily",
            )
        if not self.is_of_aws:
            raise FactUnavailable(
                f"its patch baseline {self.baseline} is not one of AWS: whether it approves all "
                "security patches is not known",
                f"use a baseline of AWS, or {ATTEST}",
            )
        return ()


def read_managed_images(
    aws: AwsAccess, place: Place, own: Iterable[Instance]
) -> dict[str, ManagedImage | FactUnavailable]:
    """Return by an instance's id what SSM knows of it, or why that is nothing.

    Asks ``ssm:DescribeInstanceInformation``, ``ssm:DescribeInstancePatchStates``, for 50 instances
    at once, and ``ssm:DescribePatchBaselines``.
    """
    managed = managed_instances(aws, place)
    online = {one.id: online_or_why(place, one, managed.get(one.id)) for one in own}
    ids = sorted(one for one, raw in online.items() if not isinstance(raw, FactUnavailable))
    states = patch_states(aws, place, ids)
    of_aws = baselines_of_aws(aws, place) if states else frozenset()
    return {
        one: raw
        if isinstance(raw, FactUnavailable)
        else _image(place, raw, states.get(one), of_aws)
        for one, raw in online.items()
    }


def managed_instances(aws: AwsAccess, place: Place) -> dict[str, Mapping[str, Any]]:
    """Return what SSM manages in a place, by id (``ssm:DescribeInstanceInformation``)."""
    listed = aws.listing(place, "ssm:DescribeInstanceInformation", "InstanceInformationList")
    return {raw["InstanceId"]: raw for raw in listed}


def online_or_why(
    place: Place, instance: Instance, raw: Mapping[str, Any] | None
) -> Mapping[str, Any] | FactUnavailable:
    """Return what SSM knows of an instance that it reaches, or why it knows nothing now."""
    if raw is None:
        return FactUnavailable(f"SSM of AWS {place} does not know {instance.id}", MANAGE)
    if raw["PingStatus"] != "Online":
        since = f" since {raw['LastPingDateTime']:%Y-%m-%d}" if "LastPingDateTime" in raw else ""
        cause = f"SSM of AWS {place} has not reached {instance.id}{since}: {raw['PingStatus']}"
        return FactUnavailable(cause, f"see that its agent runs and reaches SSM, or {ATTEST}")
    return raw


def patch_states(aws: AwsAccess, place: Place, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the patch states of instances by id (``ssm:DescribeInstancePatchStates``)."""

    def ask(some: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
        operation = "ssm:DescribeInstancePatchStates"
        return aws.listing(place, operation, "InstancePatchStates", InstanceIds=list(some))

    chunks = (ids[at : at + MOST_INSTANCES] for at in range(0, len(ids), MOST_INSTANCES))
    return {raw["InstanceId"]: raw for some in aws.each(ask, chunks) for raw in some}


def baselines_of_aws(aws: AwsAccess, place: Place) -> frozenset[str]:
    """Return the ids of AWS's own patch baselines (``ssm:DescribePatchBaselines``)."""
    listed = aws.listing(
        place,
        "ssm:DescribePatchBaselines",
        "BaselineIdentities",
        Filters=[{"Key": "OWNER", "Values": ["AWS"]}],
    )
    return frozenset(short_id(raw["BaselineId"]) for raw in listed)


def short_id(baseline: str) -> str:
    """Return the id of a patch baseline that is named by its id or by its ARN."""
    return baseline.rpartition("/")[2]


def _image(
    place: Place,
    raw: Mapping[str, Any],
    state: Mapping[str, Any] | None,
    of_aws: frozenset[str],
) -> ManagedImage | FactUnavailable:
    if state is None:
        return FactUnavailable(
            f"SSM of AWS {place} has not looked for patches on {raw['InstanceId']}",
            f"let an association or maintenance window run AWS-RunPatchBaseline daily, or {ATTEST}",
        )
    platform, version = raw["PlatformName"], raw["PlatformVersion"]
    known = (name for prefix, name in DISTRIBUTIONS if platform.startswith(prefix))
    end = support_end(next(known, ""), version)
    return ManagedImage(
        platform=platform,
        platform_version=version,
        has_lts=end is not None and end.is_lts,
        support_ends_at=end.until if end else None,
        support_table=table_source(),
        baseline=short_id(state["BaselineId"]),
        is_of_aws=short_id(state["BaselineId"]) in of_aws,
        operation=state["Operation"],
        operated_at=state["OperationEndTime"].astimezone(UTC),
        missing=state["MissingCount"],
        failed=state["FailedCount"],
        waiting=state.get("InstalledPendingRebootCount", 0),
    )
