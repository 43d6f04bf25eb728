"""Reads CloudWatch's alarms and where their notices go, for collectors that need to know both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.collect.metrics import Metric, metric_of
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

OPERATIONS = (
    "cloudwatch:DescribeAlarms",
    "sns:ListSubscriptions",
    "sts:GetCallerIdentity",
)
"""What is asked to know alarms with their routes."""

RISING = ("GreaterThanOrEqualToThreshold", "GreaterThanThreshold")
"""Comparisons of an alarm that goes off when its metric rises."""
UNCONFIRMED = ("PendingConfirmation", "Deleted")
"""What SNS writes instead of the ARN of a subscription that receives nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Something that an alarm does when it goes off."""

    target: str
    """ARN of an SNS topic, or of whatever else is notified."""
    confirmed: int = 0
    """Confirmed subscriptions of the topic; who they are is not read."""

    @property
    def is_topic(self) -> bool:
        """Whether it is a topic of SNS, which is the one kind that reaches people."""
        return self.target.split(":")[2:3] == ["sns"]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.target} ({self.confirmed} confirmed)" if self.is_topic else self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A metric alarm of CloudWatch."""

    arn: str
    name: str
    account: str
    region: str
    metrics: tuple[Metric, ...]
    """What it watches: one metric, or those that its expression is made of, sorted."""
    statistic: str = ""
    """Such as ``Average`` or ``p95``; empty for an expression."""
    comparison: str
    """As AWS writes it: ``GreaterThanOrEqualToThreshold``."""
    threshold: float | None = None
    """None for an alarm on anomalies."""
    actions_enabled: bool
    state: str
    """``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``."""
    routes: tuple[Route, ...] = ()
    """What it does when it goes off, sorted."""

    @property
    def rises(self) -> bool:
        """Whether it goes off when its metric rises, not when it falls."""
        return self.comparison in RISING

    @property
    def reaches_somebody(self) -> bool:
        """Whether a topic with a confirmed subscription is notified.

        Raises ``FactUnavailable`` when that hangs on a topic of another account, which tells its
        subscriptions to nobody here.
        """
        topics = [route for route in self.routes if route.is_topic]
        if any(topic.confirmed for topic in topics):
            return True
        foreign = [one.target for one in topics if one.target.split(":")[4] != self.account]
        if foreign:
            raise FactUnavailable(
                f"the subscriptions of {foreign[0]} are known to its own account alone",
                "name that account in [[aws.accounts]], or say in a statement who is notified",
            )
        return False

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        actions = "on" if self.actions_enabled else "off"
        routes = ", ".join(route.seen for route in self.routes) or "nobody"
        limit = "anomalies" if self.threshold is None else f"{self.comparison} {self.threshold:g}"
        return f"{self.name}: {self.state}, {limit}, actions {actions}, to {routes}"


def read_alarms(aws: AwsAccess, place: Place) -> tuple[Alarm, ...]:
    """Read all metric alarms of one place with their routes, sorted by ARN.

    Asks ``cloudwatch:DescribeAlarms`` and, if there are any, ``sns:ListSubscriptions``: two
    listings, however many alarms there are.
    """
    there = aws.listing(place, "cloudwatch:DescribeAlarms", "MetricAlarms")
    confirmed = _confirmed(aws, place) if there else Counter[str]()
    alarms = (_alarm(place, raw, confirmed) for raw in there)
    return tuple(sorted(alarms, key=lambda alarm: alarm.arn))


def _confirmed(aws: AwsAccess, place: Place) -> Counter[str]:
    there = aws.listing(place, "sns:ListSubscriptions", "Subscriptions")
    return Counter(
        str(one["TopicArn"]) for one in there if one["SubscriptionArn"] not in UNCONFIRMED
    )


def _alarm(place: Place, raw: Mapping[str, Any], confirmed: Mapping[str, int]) -> Alarm:
    targets = sorted(set(raw.get("AlarmActions", ())))
    return Alarm(
        arn=raw["AlarmArn"],
        name=raw["AlarmName"],
        account=place.account,
        region=place.region,
        metrics=tuple(sorted(_metrics(raw), key=str)),
        statistic=raw.get("Statistic") or raw.get("ExtendedStatistic") or "",
        comparison=raw["ComparisonOperator"],
        threshold=raw.get("Threshold"),
        actions_enabled=raw["ActionsEnabled"],
        state=raw["StateValue"],
        routes=tuple(Route(target=one, confirmed=confirmed.get(one, 0)) for one in targets),
    )


def _metrics(raw: Mapping[str, Any]) -> Iterable[Metric]:
    if raw.get("MetricName"):
        yield metric_of(raw)
    for query in raw.get("Metrics") or ():
        if "MetricStat" in query:
            yield metric_of(query["MetricStat"]["Metric"])
