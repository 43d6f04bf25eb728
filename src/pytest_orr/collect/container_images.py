"""Reads how the release's container images were scanned: the fact ``container_images``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.listings import listing_if_any
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

REGISTRY = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[a-z0-9._/-]+)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
"""An image in a private registry of ECR, as Docker names it."""
DONE = frozenset({"ACTIVE", "COMPLETE"})
"""States of a scan that found all it could: ACTIVE is one that goes on whenever news come."""
NOT_SCANNED = ("ScanNotFoundException",)
NOT_THERE = ("ImageNotFoundException", "RepositoryNotFoundException")
SCAN = "let ECR scan on push, or push the image again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerImage:
    """An image of the release as ECR has it."""

    digest: str
    tags: tuple[str, ...] = ()
    is_pinned: bool
    """Whether the release names it by its digest."""
    pushed_at: datetime
    scan: str
    """State of its last scan as ECR writes it; empty if there was none."""
    scanned_at: datetime | None = None
    critical: int = 0
    """Findings of severity CRITICAL."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        when = f" on {self.scanned_at:%Y-%m-%d}" if self.scanned_at else ""
        scan = f"scan {self.scan}{when}, {self.critical} critical" if self.scan else "never scanned"
        return f"{self.digest[:19]}, pushed on {self.pushed_at:%Y-%m-%d}, {scan}"

    def pushed_within(self, days: int, as_of: datetime) -> bool:
        """Tell whether it was pushed at most so many days before ``as_of``."""
        return as_of - self.pushed_at <= timedelta(days=days)

    def critical_findings(self, as_of: datetime, oldest_scan_days: int) -> int:
        """Return how many critical findings the last scan has.

        That there are none is known only from a scan that was completed, and not too long ago.
        """
        if self.critical:
            return self.critical
        if not self.scan:
            raise FactUnavailable("ECR has never scanned it", SCAN)
        if self.scan not in DONE or self.scanned_at is None:
            raise FactUnavailable(f"its last scan is {self.scan}, not complete", SCAN)
        if as_of - self.scanned_at > timedelta(days=oldest_scan_days):
            cause = f"its last scan is of {self.scanned_at:%Y-%m-%d}: new findings do not show"
            raise FactUnavailable(cause, SCAN)
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerImages:
    """How old is each image of the release, and what did its last scan find?"""

    name: str = "container_images"
    source: str = "AWS ecr"
    operations: tuple[str, ...] = (
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "sts:GetCallerIdentity",
    )
    fact_type: Any = tuple[Part[ContainerImage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[ContainerImage], ...]]:
        """Ask ECR about every image that ``[release] images`` names."""
        named = desk.profile.release.images
        if not named:
            raise Undeclared("images in [release]", "the release's container images, by digest,")
        parts = desk.aws.each(lambda image: part_of(image, partial(_image, desk, image)), named)
        return Answer(value=parts, where=named)


def _image(desk: Desk, name: str) -> ContainerImage:
    known = REGISTRY.fullmatch(name)
    if known is None:
        raise FactUnavailable(
            "it is in no private registry of ECR: who scans it, and what was found, is not known",
            "state in a statement which tool scanned it when, and what it found",
        )
    place = _place(desk, known["account"], known["region"])
    where = {"registryId": known["account"], "repositoryName": known["repository"]}
    chosen = (
        {"imageDigest": known["digest"]}
        if known["digest"]
        else {"imageTag": known["tag"] or "latest"}
    )
    raw = _described(desk.aws, place, where, chosen)
    scan = _scan(desk.aws, place, where, raw["imageDigest"])
    found = scan.get("imageScanFindings", {})
    scanned_at = found.get("imageScanCompletedAt")
    return ContainerImage(
        digest=raw["imageDigest"],
        tags=tuple(sorted(raw.get("imageTags", ()))),
        is_pinned=bool(known["digest"]),
        pushed_at=raw["imagePushedAt"].astimezone(UTC),
        scan=scan.get("imageScanStatus", {}).get("status", ""),
        scanned_at=scanned_at.astimezone(UTC) if scanned_at else None,
        critical=found.get("findingSeverityCounts", {}).get("CRITICAL", 0),
    )


def _place(desk: Desk, account: str, region: str) -> Place:
    declared = desk.profile.aws.accounts if desk.profile.aws else ()
    if account not in {one.id for one in declared}:
        raise FactUnavailable(
            f"its registry is in AWS account {account}, which readiness.toml does not name",
            "name the account of the registry in [[aws.accounts]]",
        )
    return Place(account=account, region=region)


def _described(
    aws: AwsAccess, place: Place, where: Mapping[str, str], chosen: Mapping[str, str]
) -> Mapping[str, Any]:
    operation, key = "ecr:DescribeImages", "imageDetails"
    asked = {**where, "imageIds": [dict(chosen)]}
    details = listing_if_any(aws, place, operation, key, absent=NOT_THERE, **asked)
    if not details:
        raise FactUnavailable(
            f"ECR of AWS {place} does not have it",
            "correct images of [release] in readiness.toml, or push it",
        )
    return details[0]


def _scan(aws: AwsAccess, place: Place, where: Mapping[str, str], digest: str) -> Mapping[str, Any]:
    """Return the last scan of an image, of whose findings each page has the counts."""
    operation, asked = (
        "ecr:DescribeImageScanFindings",
        {**where, "imageId": {"imageDigest": digest}},
    )
    scan = aws.call(place, operation, absent=NOT_SCANNED, **asked)
    if scan and scan.get("nextToken"):
        kind = "enhancedFindings" if "enhancedFindings" in scan["imageScanFindings"] else "findings"
        aws.listing(place, operation, f"imageScanFindings.{kind}", **asked)
    return scan or {}
