"""Reads how old the release's images are and how they were scanned: ``container_images``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.aws import Place
from pytest_orr.clients.registry_said import PublishedImage
from pytest_orr.collect.images.base_images import BaseImage
from pytest_orr.collect.images.ecr import described, last_scan, not_there, place_of
from pytest_orr.collect.images.published import digests_of
from pytest_orr.collect.images.reported_scans import ReportedScan, reported_scan
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.image_names import ImageName, image_name

DONE = frozenset({"ACTIVE", "COMPLETE"})
"""States of a scan that found all it could: ACTIVE is one that goes on whenever news come."""
SCAN = "let ECR scan on push, or push the image again"
LABEL = (
    "rebuild it, or label it with org.opencontainers.image.base.name and .digest, or write tag and "
    "digest into each FROM line"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerImage:
    """An image of the release as its registry has it."""

    digest: str
    tags: tuple[str, ...] = ()
    """Of ECR alone, which tells them."""
    is_pinned: bool
    """Whether the release names it by its digest."""
    pushed_at: datetime | None = None
    """When it was pushed, which ECR alone tells."""
    created: datetime | None = None
    """When it was built, as its configuration says; the oldest of several platforms."""
    scan: str = ""
    """State of its last scan as ECR writes it, or ``COMPLETE`` of a report; empty if none."""
    scanned_at: datetime | None = None
    critical: int = 0
    """Findings of severity critical."""
    unscanned: Unavailable | None = None
    """Why nothing is known of a scan, if it is not in ECR."""
    base_name: str = ""
    base_digest: str = ""
    """What it was built from, as its labels say."""
    is_base_current: bool | None = None
    """Whether the base's name still leads to that; none if it has no such labels."""
    base_unknown: Unavailable | None = None
    """Why that is not known though it has them."""

    @property
    def dated(self) -> datetime | None:
        """When it was pushed, or else built."""
        return self.pushed_at or self.created

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        how = "pushed" if self.pushed_at else "built"
        date = f"{how} on {self.dated:%Y-%m-%d}" if self.dated else "of an unknown day"
        when = f" on {self.scanned_at:%Y-%m-%d}" if self.scanned_at else ""
        scan = f"scan {self.scan}{when}, {self.critical} critical" if self.scan else "never scanned"
        return f"{self.digest[:19]}, {date}, {scan}"

    def pushed_within(self, days: int, as_of: datetime) -> bool:
        """Tell whether it was pushed, or built, at most so many days before ``as_of``."""
        if self.dated is None:
            raise FactUnavailable(
                "its configuration does not say when it was built",
                "let the build write its date, or push the image to a registry that keeps one",
            )
        return as_of - self.dated <= timedelta(days=days)

    def builds_on_current(self, bases: Iterable[Part[BaseImage]]) -> bool:
        """Tell whether what it was built from is what the base's name leads to today.

        Its labels say what that was; without them the FROM lines of the release's commit do.
        """
        if self.base_unknown is not None:
            raise FactUnavailable(self.base_unknown.cause, self.base_unknown.remedy)
        if self.is_base_current is not None:
            return self.is_base_current
        found = tuple(bases)
        if not found:
            raise FactUnavailable("nobody says what it was built from", LABEL)
        return _are_current(found)

    def critical_findings(self, as_of: datetime, oldest_scan_days: int) -> int:
        """Return how many critical findings the last scan has.

        That there are none is known only from a scan that was completed, and not too long ago.
        """
        if self.critical:
            return self.critical
        if self.unscanned is not None:
            raise FactUnavailable(self.unscanned.cause, self.unscanned.remedy)
        if not self.scan:
            raise FactUnavailable("ECR has never scanned it", SCAN)
        if self.scan not in DONE or self.scanned_at is None:
            raise FactUnavailable(f"its last scan is {self.scan}, not complete", SCAN)
        if as_of - self.scanned_at > timedelta(days=oldest_scan_days):
            cause = f"its last scan is of {self.scanned_at:%Y-%m-%d}: new findings do not show"
            raise FactUnavailable(cause, "scan it again")
        return 0


def _are_current(bases: Iterable[Part[BaseImage]]) -> bool:
    """Tell whether all bases are current; one that is known not to be hides behind no other."""
    unknown: FactUnavailable | None = None
    for base in bases:
        try:
            if not base.reading.is_current:
                return False
        except FactUnavailable as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerImages:
    """How old is each image of the release, and what did its last scan find?"""

    name: str = "container_images"
    source: str = "registries"
    operations: tuple[str, ...] = (
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "registry:manifests",
        "sts:GetCallerIdentity",
    )
    fact_type: Any = tuple[Part[ContainerImage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[ContainerImage], ...]]:
        """Ask the registry of every image that ``[release] images`` names."""
        named = desk.profile.release.images
        if not named:
            raise Undeclared("[release] images", "the release's container images, by digest,")
        parts = tuple(part_of(image, partial(_image, desk, image)) for image in named)
        return Answer(value=parts, where=named)


def _image(desk: Desk, image: str) -> ContainerImage:
    name = image_name(image)
    place = place_of(desk, name)
    if place is not None:
        return _of_ecr(desk, place, name)
    return _of_registry(desk, name, desk.registry.image(image))


def _of_ecr(desk: Desk, place: Place, name: ImageName) -> ContainerImage:
    raw = described(desk.aws, place, name)
    if raw is None:
        raise not_there(place)
    scan = last_scan(desk.aws, place, name, raw["imageDigest"])
    found = scan.get("imageScanFindings", {})
    scanned_at = found.get("imageScanCompletedAt")
    return ContainerImage(
        digest=raw["imageDigest"],
        tags=tuple(sorted(raw.get("imageTags", ()))),
        is_pinned=bool(name.digest),
        pushed_at=raw["imagePushedAt"].astimezone(UTC),
        scan=scan.get("imageScanStatus", {}).get("status", ""),
        scanned_at=scanned_at.astimezone(UTC) if scanned_at else None,
        critical=found.get("findingSeverityCounts", {}).get("CRITICAL", 0),
    )


def _of_registry(desk: Desk, name: ImageName, image: PublishedImage) -> ContainerImage:
    dates = [one.created for one in image.platforms]
    known = [date for date in dates if date is not None]
    base_name, base_digest = image.platforms[0].base_name, image.platforms[0].base_digest
    is_current, why = _base_of(desk, base_name, base_digest)
    scan, unscanned = _scan_of(desk, image)
    return ContainerImage(
        digest=image.digest,
        is_pinned=bool(name.digest),
        created=min(known) if len(known) == len(dates) else None,
        scan="COMPLETE" if scan else "",
        scanned_at=scan.scanned if scan else None,
        critical=scan.critical if scan else 0,
        unscanned=unscanned,
        base_name=base_name,
        base_digest=base_digest,
        is_base_current=is_current,
        base_unknown=why,
    )


def _base_of(desk: Desk, base: str, digest: str) -> tuple[bool | None, Unavailable | None]:
    if not base or not digest:
        return None, None
    try:
        return digest in digests_of(desk, base), None
    except FactUnavailable as error:
        return None, Unavailable(cause=f"its base {base}: {error.cause}", remedy=error.remedy)


def _scan_of(desk: Desk, image: PublishedImage) -> tuple[ReportedScan | None, Unavailable | None]:
    try:
        return reported_scan(desk, image), None
    except FactUnavailable as error:
        return None, Unavailable(cause=error.cause, remedy=error.remedy)
