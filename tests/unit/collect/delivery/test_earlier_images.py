"""Whether the images of the release before can still be pulled: ``earlier_images``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.delivery.earlier_images import EarlierImages
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

DIGEST = f"registry.example.org/explorer@sha256:{'a' * 64}"
TAG = "registry.example.org/explorer:1.3"


class Registry:
    """A registry that has what a test says."""

    def __init__(self, *there: str) -> None:
        self._there = there

    def has(self, image: str) -> bool:
        """Tell, or refuse what is not said at all."""
        if "denied" in image:
            raise FactUnavailable("the registry refuses the login", "correct it")
        return image in self._there


@pytest.fixture
def images_of(desk_of: Callable[..., Desk]) -> Callable[..., Any]:
    """Collect what is declared from a registry that has some: ``images_of((DIGEST,), has=())``."""

    def collect(
        declared: tuple[str, ...], *, has: tuple[str, ...] = (), first: bool = False
    ) -> Any:
        desk = desk_of(delivery=Delivery(earlier_images=declared), first=first)
        registry: Any = Registry(*has)
        return EarlierImages().collect(replace(desk, registry=registry)).value

    return collect


def test_each_image_is_looked_up_by_itself(images_of: Callable[..., Any]) -> None:
    other = DIGEST.replace("aa", "bb")
    denied = DIGEST.replace("explorer", "denied")
    found = {one.name: one.seen for one in images_of((DIGEST, other, denied), has=(DIGEST,))}
    assert found == {
        DIGEST: "can be pulled",
        other: "not in its registry",
        denied: "the registry refuses the login",
    }


def test_an_image_by_its_tag_may_be_another_one_today(images_of: Callable[..., Any]) -> None:
    [part] = images_of((TAG,), has=(TAG,))
    assert (part.reading.is_pinned, part.seen) == (False, "can be pulled, named by a tag")


def test_images_that_nobody_declared_are_unknown_but_at_a_first_launch(
    images_of: Callable[..., Any],
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        images_of(())
    assert "under [delivery] earlier_images in readiness.toml" in caught.value.remedy
    assert images_of((), first=True) == ()
