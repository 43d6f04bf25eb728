"""Reads the AMIs that instances were started from: the fact ``machine_images``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_orr.clients.aws import Place
from pytest_orr.collect import instances
from pytest_orr.collect.instances import Instance, known_instances
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, unread
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

MOST_IMAGES = 200
"""As many values as one filter takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineImage:
    """The AMI of an instance."""

    id: str
    title: str
    created_at: datetime | None
    deprecated_at: datetime | None
    """When its owner deprecates it, if that is set."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        made = f", of {self.created_at:%Y-%m-%d}" if self.created_at else ""
        ends = f", deprecated on {self.deprecated_at:%Y-%m-%d}" if self.deprecated_at else ""
        return f"{self.id} {self.title}".rstrip() + made + ends

    def is_deprecated(self, as_of: datetime) -> bool:
        """Whether its owner says that it should not be used any more."""
        return self.deprecated_at is not None and self.deprecated_at <= as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineImages:
    """From which AMI was each of the service's instances started?"""

    name: str = "machine_images"
    source: str = "AWS ec2"
    operations: tuple[str, ...] = (*instances.OPERATIONS, "ec2:DescribeImages")
    fact_type: Any = tuple[Part[MachineImage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[MachineImage], ...]]:
        """Read them in every account and region; a profile without ``[aws]`` has none."""
        if desk.profile.aws is None:
            return Answer(value=())
        there = known_instances(desk.profile, desk.aws)
        by_place = desk.aws.everywhere(lambda place: tuple(_in_place(desk, there, place)))
        return Answer(
            value=tuple(one for some in by_place for one in some),
            where=tuple(str(place) for place in desk.aws.places),
        )


def _in_place(desk: Desk, there: Iterable[Instance], place: Place) -> Iterator[Part[MachineImage]]:
    own = [one for one in there if (one.account, one.region) == (place.account, place.region)]
    try:
        images = _images(desk, place, sorted({one.image for one in own}))
    except FactUnavailable as error:
        yield from (unread(one.name, error) for one in own)
        return
    for one in own:
        if one.image in images:
            yield Part(name=one.name, observed=_image(images[one.image]))
        else:
            yield unread(one.name, _hidden(place, one.image))


def _images(desk: Desk, place: Place, ids: list[str]) -> dict[str, Mapping[str, Any]]:
    def ask(some: list[str]) -> tuple[Mapping[str, Any], ...]:
        # Asked for by filter: one id that is gone would make an error of the whole answer.
        return desk.aws.listing(
            place,
            "ec2:DescribeImages",
            "Images",
            Filters=[{"Name": "image-id", "Values": some}],
            IncludeDeprecated=True,
        )

    chunks = (ids[at : at + MOST_IMAGES] for at in range(0, len(ids), MOST_IMAGES))
    return {raw["ImageId"]: raw for some in desk.aws.each(ask, chunks) for raw in some}


def _image(raw: Mapping[str, Any]) -> MachineImage:
    return MachineImage(
        id=raw["ImageId"],
        title=raw.get("Name", ""),
        created_at=_instant(raw.get("CreationDate")),
        deprecated_at=_instant(raw.get("DeprecationTime")),
    )


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _hidden(place: Place, image: str) -> FactUnavailable:
    return FactUnavailable(
        f"AWS {place} does not show {image}: it was deregistered, or is shared no longer",
        "start the instance from an image that is there, or attest which one it was",
    )
