"""Reads how far the service can grow by itself, and what AWS lets it: ``scaling_limits``."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect import compute_quotas, scalable_targets, scaling_groups
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .compute_quotas import QuotaUse, read_quotas
from .interface import Desk
from .ownership import require_resources
from .parts import Part, parts_of, unread
from .scalable_targets import own_scalable_targets
from .scaling_groups import ScalingGroup, own_scaling_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingLimitFacts:
    """What grows by itself, and the quotas that it comes under."""

    groups: tuple[Part[ScalingGroup], ...]
    """Scaling groups of the service; one part stands for all that could not be listed."""
    quotas: tuple[Part[QuotaUse], ...]
    """Quotas of vCPUs that its instances come under."""

    @property
    def all(self) -> tuple[Part[ScalingGroup] | Part[QuotaUse], ...]:
        """All of them, to see that there is anything."""
        return (*self.groups, *self.quotas)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingLimits:
    """How far can the service grow?"""

    name: str = "scaling_limits"
    source: str = "AWS autoscaling, servicequotas"
    operations: tuple[str, ...] = tuple(
        sorted(
            {
                *scaling_groups.OPERATIONS,
                *scalable_targets.OPERATIONS,
                *compute_quotas.OPERATIONS,
            }
        )
    )
    fact_type: Any = ScalingLimitFacts

    def collect(self, desk: Desk) -> Answer[ScalingLimitFacts]:
        """Read them in every account and region; what cannot be read does not hide the rest."""
        require_resources(desk.aws.resources)
        several = desk.aws.everywhere(partial(_in_place, desk.aws))
        facts = ScalingLimitFacts(
            groups=tuple(one for some in several for one in some.groups),
            quotas=tuple(one for some in several for one in some.quotas),
        )
        return Answer(value=facts, where=tuple(str(place) for place in desk.aws.places))


def _in_place(aws: AwsAccess, place: Place) -> ScalingLimitFacts:
    groups = (
        *_named(f"Auto Scaling groups in {place}", partial(own_scaling_groups, aws, place)),
        *_named(f"services and tables in {place}", partial(own_scalable_targets, aws, place)),
    )
    return ScalingLimitFacts(groups=groups, quotas=_quotas(aws, place, groups))


def _named(
    name: str, read: Callable[[], tuple[ScalingGroup, ...]]
) -> tuple[Part[ScalingGroup], ...]:
    return parts_of(name, lambda: ((group.name, group) for group in read()))


def _quotas(
    aws: AwsAccess, place: Place, groups: tuple[Part[ScalingGroup], ...]
) -> tuple[Part[QuotaUse], ...]:
    """Read quotas; how much of them is needed at most hangs on every group."""
    try:
        return read_quotas(aws, place, [part.reading for part in groups])
    except FactUnavailable as error:
        return (unread(f"quotas of vCPUs in {place}", error),)
