"""Looks images up wherever they are published: in ECR through AWS, elsewhere in their registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.collect.images.ecr import described, not_there, place_of
from pytest_orr.profile.image_names import image_name

if TYPE_CHECKING:
    from pytest_orr.collect.interface import Desk

OPERATIONS = ("ecr:DescribeImages", "registry:manifests")
"""What a collector declares that looks images up."""


def is_published(desk: Desk, image: str) -> bool:
    """Tell whether an image can be pulled; ``FactUnavailable`` if nobody can say."""
    name = image_name(image)
    place = place_of(desk, name)
    if place is None:
        return desk.registry.has(image)
    return described(desk.aws, place, name) is not None


def digest_of(desk: Desk, image: str) -> str:
    """Return the digest that an image's name leads to; ``FactUnavailable`` if there is none."""
    name = image_name(image)
    place = place_of(desk, name)
    if place is None:
        return desk.registry.digest_of(image)
    found = described(desk.aws, place, name)
    if found is None:
        raise not_there(place)
    return str(found["imageDigest"])


def digests_of(desk: Desk, image: str) -> frozenset[str]:
    """Return the digest that a name leads to, and of an index those of its platforms too."""
    if place_of(desk, image_name(image)) is None:
        return desk.registry.digests_of(image)
    return frozenset({digest_of(desk, image)})
