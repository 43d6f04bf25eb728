"""CloudWatch alarms: whether each is on, and whom it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .collector import InPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.aws import AwsAccess, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm about a metric."""

    arn: str
    is_on: bool
    tells: int
    """How many are told."""


class Alarms(InPlaces[Alarm]):
    """Asks for all alarms."""

    name = "account_alarms"
    source = "AWS cloudwatch"
    operations = ("cloudwatch:DescribeAlarms",)
    fact_type = tuple[Alarm, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterator[Alarm]:
        """Read the alarms of a region."""
        listed = {"AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}
        for one in aws.listing(place, "cloudwatch:DescribeAlarms", "MetricAlarms", **listed):
            tells = len(one["AlarmActions"])
            yield Alarm(arn=one["AlarmArn"], is_on=one["ActionsEnabled"], tells=tells)
