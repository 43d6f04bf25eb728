"""Asks ECR about images in its private registries, for the collectors of images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.aws import Place
from pytest_orr.collect.listings import listing_if_any
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess
    from pytest_orr.collect.interface import Desk
    from pytest_orr.profile.image_names import ImageName

HOST = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
)
"""A private registry of ECR."""
NOT_SCANNED = ("ScanNotFoundException",)
NOT_THERE = ("ImageNotFoundException", "RepositoryNotFoundException")


def place_of(desk: Desk, name: ImageName) -> Place | None:
    """Return the account and region of an image in ECR; nothing for one that is elsewhere.

    Raises ``FactUnavailable`` for an account that the profile does not name.
    """
    found = HOST.fullmatch(name.host)
    if found is None:
        return None
    declared = desk.profile.aws.accounts if desk.profile.aws else ()
    if found["account"] not in {one.id for one in declared}:
        raise FactUnavailable(
            f"its registry is in AWS account {found['account']}, which readiness.toml does not "
            "name",
            "name the account of the registry in [[aws.accounts]]",
        )
    return Place(account=found["account"], region=found["region"])


def described(aws: AwsAccess, place: Place, name: ImageName) -> Mapping[str, Any] | None:
    """Return an image as ``ecr:DescribeImages`` has it; nothing if it is not there."""
    chosen = {"imageDigest": name.digest} if name.digest else {"imageTag": name.reference}
    operation, key = "ecr:DescribeImages", "imageDetails"
    asked = {**_where(place, name), "imageIds": [chosen]}
    details = listing_if_any(aws, place, operation, key, absent=NOT_THERE, **asked)
    return details[0] if details else None


def not_there(place: Place) -> FactUnavailable:
    """Return that ECR lacks an image that is named."""
    return FactUnavailable(
        f"ECR of AWS {place} does not have it",
        "correct images of [release] in readiness.toml, or push it",
    )


def last_scan(aws: AwsAccess, place: Place, name: ImageName, digest: str) -> Mapping[str, Any]:
    """Return the last scan of an image, of whose findings each page has the counts."""
    operation = "ecr:DescribeImageScanFindings"
    asked = {**_where(place, name), "imageId": {"imageDigest": digest}}
    scan = aws.call(place, operation, absent=NOT_SCANNED, **asked)
    if scan and scan.get("nextToken"):
        kind = "enhancedFindings" if "enhancedFindings" in scan["imageScanFindings"] else "findings"
        aws.listing(place, operation, f"imageScanFindings.{kind}", **asked)
    return scan or {}


def _where(place: Place, name: ImageName) -> dict[str, str]:
    return {"registryId": place.account, "repositoryName": name.repository}
