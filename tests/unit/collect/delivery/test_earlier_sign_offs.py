"""Under which review the release before was signed off: the fact ``earlier_sign_offs``."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Asset, PublishedRelease, Tag
from pytest_orr.collect.delivery.earlier_sign_offs import EarlierSignOff, EarlierSignOffs
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import Delivery, EarlierReview

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part

BEFORE = "b" * 40
CANDIDATE = "c" * 40
REVIEW = {
    "schema": "tag:pytest-orr,2026:review/v1",
    "service": "explorer",
    "release": {"commit": BEFORE},
    "verdict": "ready",
    "selection": "",
}


def published(tag: str, month: int, **more: Any) -> PublishedRelease:
    return PublishedRelease(tag=tag, published=dt.datetime(2026, month, 1, tzinfo=dt.UTC), **more)


@pytest.fixture
def sign_off_of(
    desk_of: Callable[..., Desk], tmp_path: Path, release_commit: str
) -> Callable[..., Part[EarlierSignOff]]:
    """Collect from a review.json, what it was declared as, and the releases of the forge."""
    tags = {"v3": release_commit, "v2": BEFORE, "v1": "a" * 40, "v3-rc.1": CANDIDATE}

    def collect(
        review: Any, *, sha256: str = "", assets: tuple[Asset, ...] = (), first: bool = False
    ) -> Any:
        text = review if isinstance(review, bytes) else json.dumps(review).encode()
        (tmp_path / "review.json").write_bytes(text)
        declared = EarlierReview(
            file="review.json", sha256=sha256 or hashlib.sha256(text).hexdigest()
        )
        releases = (
            published("v3", 11),
            published("v3-rc.1", 10, is_candidate=True),
            published("other", 9),
            published("v2", 8, assets=assets),
            published("v1", 7),
        )
        forge = {
            "tags": tuple(Tag(name=name, commit=commit) for name, commit in tags.items()),
            "releases": releases,
        }
        delivery = Delivery(earlier_review=declared)
        desk = replace(desk_of(forge=forge, first=first, delivery=delivery), folder=tmp_path)
        [part] = EarlierSignOffs().collect(desk).value
        return part

    return collect


def test_the_release_before_was_signed_off_under_a_review_of_its_commit(
    sign_off_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    found = sign_off_of(REVIEW).reading
    assert (found.tag, found.verdict, found.service) == ("v2", "ready", "explorer")
    assert found.is_of_that_release
    assert found.is_genuine
    assert found.is_whole
    assert found.seen == f"ready, of {BEFORE[:12]}; v2 is {BEFORE[:12]}"


@pytest.mark.parametrize(
    ("verdict", "is_ready"),
    [("ready", True), ("ready_with_waivers", True), ("unverified", False), ("not_ready", False)],
)
def test_waivers_do_not_take_a_sign_off_back(
    sign_off_of: Callable[..., Part[EarlierSignOff]], verdict: str, *, is_ready: bool
) -> None:
    assert sign_off_of(REVIEW | {"verdict": verdict}).reading.is_ready is is_ready


def test_a_review_of_another_commit_is_none_of_that_release(
    sign_off_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    other = sign_off_of(REVIEW | {"release": {"commit": "a" * 40}, "selection": "-k code"}).reading
    assert not other.is_of_that_release
    assert not other.is_whole
    assert other.seen.startswith("ready of a selection, of aaaaaaaaaaaa")


def test_a_review_that_was_edited_is_not_genuine(
    sign_off_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    assert not sign_off_of(REVIEW, sha256="0" * 64).reading.is_genuine


def test_a_review_that_differs_from_the_published_one_is_not_genuine(
    sign_off_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    own = hashlib.sha256(json.dumps(REVIEW).encode()).hexdigest()
    same = Asset(name="review.json", digest=f"sha256:{own}")
    other = Asset(name="review.json", digest=f"sha256:{'0' * 64}")
    untold = Asset(name="review.json")
    assert sign_off_of(REVIEW, assets=(same,)).reading.is_genuine
    assert not sign_off_of(REVIEW, assets=(other,)).reading.is_genuine
    assert sign_off_of(REVIEW, assets=(untold,)).reading.is_genuine


def test_a_first_launch_rehearses_on_its_newest_candidate(
    sign_off_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    found = sign_off_of(REVIEW | {"release": {"commit": CANDIDATE}}, first=True).reading
    assert (found.tag, found.is_of_that_release) == ("v3-rc.1", True)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"{", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", r"is no review\.json"),
        (b"{}", r"is no review\.json"),
        (json.dumps(REVIEW | {"schema": "other"}).encode(), r"is no review\.json"),
        (json.dumps(REVIEW | {"release": "v2"}).encode(), "names no commit"),
        (b" " * (32 * 1024 * 1024 + 1), "is larger than 32 MiB"),
    ],
)
def test_what_is_no_review_leaves_the_sign_off_unknown(
    sign_off_of: Callable[..., Part[EarlierSignOff]], text: bytes, cause: str
) -> None:
    with pytest.raises(FactUnavailable, match=cause):
        _ = sign_off_of(text).reading


def test_a_file_that_is_not_there_is_named(desk_of: Callable[..., Desk], tmp_path: Path) -> None:
    declared = Delivery(earlier_review=EarlierReview(file="gone.json", sha256="0" * 64))
    desk = replace(desk_of(forge={}, delivery=declared), folder=tmp_path)
    [part] = EarlierSignOffs().collect(desk).value
    assert part.seen == "gone.json is not there"


@pytest.mark.parametrize("first", [False, True])
def test_without_an_earlier_release_the_sign_off_is_unknown(
    desk_of: Callable[..., Desk], tmp_path: Path, *, first: bool
) -> None:
    text = json.dumps(REVIEW).encode()
    (tmp_path / "review.json").write_bytes(text)
    declared = EarlierReview(file="review.json", sha256=hashlib.sha256(text).hexdigest())
    forge = {"releases": (published("v3", 11, is_draft=True),), "tags": ()}
    desk = desk_of(forge=forge, first=first, delivery=Delivery(earlier_review=declared))
    [part] = EarlierSignOffs().collect(replace(desk, folder=tmp_path)).value
    assert part.seen == (
        "the forge has no release candidate"
        if first
        else "the forge has no release before this one"
    )


def test_without_a_declared_review_there_is_none_to_judge(desk_of: Callable[..., Desk]) -> None:
    assert EarlierSignOffs().collect(desk_of(forge={})).value == ()
