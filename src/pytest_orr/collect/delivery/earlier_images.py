"""Asks whether the images of the release before can still be pulled: ``earlier_images``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.images.published import OPERATIONS, is_published
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierImage:
    """An image that a rollback goes back to."""

    is_there: bool
    is_pinned: bool
    """Whether it is named by its digest, so that it is the very image that ran."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        named = "" if self.is_pinned else ", named by a tag"
        return f"{'can be pulled' if self.is_there else 'not in its registry'}{named}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierImages:
    """Can the images of the release before still be pulled?"""

    name: str = "earlier_images"
    source: str = "registries"
    operations: tuple[str, ...] = (*OPERATIONS, "sts:GetCallerIdentity")
    fact_type: Any = tuple[Part[EarlierImage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[EarlierImage], ...]]:
        """Look each declared image up; a first launch need not name any."""
        named = desk.profile.delivery.earlier_images
        if not named and not desk.profile.release.first:
            raise Undeclared("[delivery] earlier_images", "those of the release before,")
        parts = tuple(part_of(one, partial(_image, desk, one)) for one in named)
        return Answer(value=parts, where=named)


def _image(desk: Desk, name: str) -> EarlierImage:
    return EarlierImage(is_there=is_published(desk, name), is_pinned="@sha256:" in name)
