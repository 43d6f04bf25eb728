"""What SSM installs regularly and did it succeed: part of ``host_update_schedules`` without SSH."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect.instances import Instance
from pytest_orr.collect.managed_images import (
    ATTEST,
    baselines_of_aws,
    managed_instances,
    online_or_why,
    patch_states,
    short_id,
)
from pytest_orr.errors import FactUnavailable

OPERATIONS = (
    "ssm:DescribeAssociation",
    "ssm:DescribeAssociationExecutionTargets",
    "ssm:DescribeAssociationExecutions",
    "ssm:DescribeInstanceInformation",
    "ssm:DescribeInstancePatchStates",
    "ssm:DescribeMaintenanceWindows",
    "ssm:DescribePatchBaselines",
    "ssm:ListAssociations",
)
"""What is asked to know schedules and how they went."""

DOCUMENTS = frozenset(
    {"AWS-RunPatchBaseline", "AWS-RunPatchBaselineAssociation", "AWS-RunPatchBaselineWithHooks"}
)
"""AWS's documents that scan for patches or install them, as their parameter Operation says."""
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchSchedule:
    """What SSM installs on an instance without anybody's doing."""

    associations: tuple[str, ...]
    """Associations on a schedule that installed patches on it, or tried to, in the 30 days before
    the run; sorted."""
    last_success: datetime | None
    """When one of them last succeeded on it."""
    has_windows: bool
    """Whether maintenance windows are enabled, whose tasks are not read."""
    baseline: str = ""
    """Patch baseline that says what is approved; empty if SSM has not looked for patches yet."""
    is_of_aws: bool = False
    """Whether the baseline is one of AWS, which approves all security patches."""

    @property
    def seen(self) -> str:
        """One line about the schedule, for a finding."""
        by = ", ".join(self.associations) or "no association"
        success = f"{self.last_success:%Y-%m-%d %H:%M}" if self.last_success else "none in 30 days"
        return f"SSM: {by}, last success {success}"

    @property
    def is_scheduled(self) -> bool:
        """Whether an association on a schedule installs patches.

        Raises ``FactUnavailable`` if a maintenance window may do it.
        """
        if not self.associations and self.has_windows:
            raise FactUnavailable(
                "no association installs patches on it, and maintenance windows are not read",
                f"install patches by an association of State Manager, or {ATTEST}",
            )
        return bool(self.associations)

    @property
    def allows_security(self) -> bool:
        """Whether its patch baseline is one of AWS, which approves all security patches."""
        if not self.is_of_aws:
            named = f"its patch baseline {self.baseline}" if self.baseline else "its patch baseline"
            raise FactUnavailable(
                f"{named} is not known to approve all security patches",
                f"use a baseline of AWS, or {ATTEST}",
            )
        return True

    def succeeded_within(self, days: int, as_of: datetime) -> bool:
        """Tell whether the last success is at most so many days before ``as_of``."""
        return self.last_success is not None and as_of - self.last_success <= timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Reads schedules as they were at one instant."""

    as_of: datetime

    def read(
        self, aws: AwsAccess, place: Place, own: Iterable[Instance]
    ) -> dict[str, PatchSchedule | FactUnavailable]:
        """Return by an instance's id what SSM installs on it, or why nothing is known.

        Asks by association, never by instance.
        """
        managed = managed_instances(aws, place)
        online = {one.id: online_or_why(place, one, managed.get(one.id)) for one in own}
        ids = sorted(one for one, raw in online.items() if not isinstance(raw, FactUnavailable))
        known = self._schedules(aws, place, ids) if ids else {}
        return {
            one: raw if isinstance(raw, FactUnavailable) else known[one]
            for one, raw in online.items()
        }

    def _schedules(
        self, aws: AwsAccess, place: Place, ids: Iterable[str]
    ) -> dict[str, PatchSchedule]:
        wanted = sorted(ids)
        runs: defaultdict[str, list[_Run]] = defaultdict(list)
        for association in _installing(aws, place):
            for run in self._runs(aws, place, association):
                runs[run.instance].append(run)
        states = patch_states(aws, place, wanted)
        of_aws = baselines_of_aws(aws, place) if states else frozenset()
        baselines = {one: short_id(state["BaselineId"]) for one, state in states.items()}
        windows = _has_windows(aws, place)
        return {
            one: PatchSchedule(
                associations=tuple(sorted({run.association for run in runs[one]})),
                last_success=max(
                    (run.ended_at for run in runs[one] if run.succeeded), default=None
                ),
                has_windows=windows,
                baseline=baselines.get(one, ""),
                is_of_aws=baselines.get(one) in of_aws,
            )
            for one in wanted
        }

    def _runs(
        self, aws: AwsAccess, place: Place, association: Mapping[str, Any]
    ) -> Iterator["_Run"]:
        """Yield what each execution of the last 30 days did to each instance."""
        association_id = association["AssociationId"]
        since = f"{self.as_of - LOOKED_BACK:%Y-%m-%dT%H:%M:%SZ}"
        executions = aws.listing(
            place,
            "ssm:DescribeAssociationExecutions",
            "AssociationExecutions",
            AssociationId=association_id,
            Filters=[{"Key": "CreatedTime", "Value": since, "Type": "GREATER_THAN"}],
        )
        several = aws.each(
            lambda one: aws.listing(
                place,
                "ssm:DescribeAssociationExecutionTargets",
                "AssociationExecutionTargets",
                AssociationId=association_id,
                ExecutionId=one["ExecutionId"],
            ),
            executions,
        )
        name = association.get("AssociationName") or association_id
        for target in (target for some in several for target in some):
            yield _Run(
                association=name,
                instance=target["ResourceId"],
                succeeded=target["Status"] == "Success",
                ended_at=target["LastExecutionDate"].astimezone(UTC),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What one execution of an association did to one instance."""

    association: str
    instance: str
    succeeded: bool
    ended_at: datetime


def _installing(aws: AwsAccess, place: Place) -> Iterator[Mapping[str, Any]]:
    """Yield the associations that install patches on a schedule.

    The parameters of AWS's own documents for patches are read, and no others: they say Operation,
    RebootOption and the like.
    """
    for listed in aws.listing(place, "ssm:ListAssociations", "Associations"):
        if listed.get("ScheduleExpression") and short_id(listed["Name"]) in DOCUMENTS:
            operation, wanted = "ssm:DescribeAssociation", listed["AssociationId"]
            whole = aws.call(place, operation, AssociationId=wanted)["AssociationDescription"]
            if "Install" in whole.get("Parameters", {}).get("Operation", ()):
                yield listed


def _has_windows(aws: AwsAccess, place: Place) -> bool:
    operation, enabled = "ssm:DescribeMaintenanceWindows", {"Key": "Enabled", "Values": ["true"]}
    return bool(aws.listing(place, operation, "WindowIdentities", Filters=[enabled]))
