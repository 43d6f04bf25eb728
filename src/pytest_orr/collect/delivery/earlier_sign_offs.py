"""Reads the review under which the release before was signed off: ``earlier_sign_offs``."""

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer
from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.forge import EarlierReview

from .releases_before import newest_candidate, release_before, same_commit

LARGEST_MIB = 32
SCHEMA = "tag:pytest-orr,"
REMEDY = "copy the review.json of the release before there, as it was signed off"
SIGNED_OFF = frozenset({"ready", "ready_with_waivers"})
"""Verdicts under which a release may go; waivers are named in the review."""
KEYS = ("schema", "service", "release", "verdict", "selection")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSignOff:
    """A review.json of an earlier release, and what the forge has of that release."""

    tag: str
    """Of the release before; at a first launch of its newest candidate."""
    commit: str
    """Of that release, as the forge has it."""
    reviewed: str
    """The commit that the review is about."""
    service: str
    verdict: str
    is_whole: bool
    """Whether all items were judged."""
    sha256: str
    declared: str
    """The digest that readiness.toml names."""
    published: str = ""
    """The digest of the release's file of the same name; empty if the forge tells none."""

    @property
    def is_genuine(self) -> bool:
        """Whether it is what was declared, and what the forge published if it tells."""
        return {self.sha256, self.declared} == {self.published or self.sha256}

    @property
    def is_ready(self) -> bool:
        """Whether the release could be signed off under it."""
        return self.verdict in SIGNED_OFF

    @property
    def is_of_that_release(self) -> bool:
        """Whether it is about the commit that the forge has of the release."""
        return same_commit(self.reviewed, self.commit)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        part = "" if self.is_whole else " of a selection"
        return f"{self.verdict}{part}, of {self.reviewed[:12]}; {self.tag} is {self.commit[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSignOffs:
    """Under which review was the release before signed off?"""

    name: str = "earlier_sign_offs"
    source: str = "forge, and a review.json beside the profile"
    operations: tuple[str, ...] = ("file:read", "forge:releases", "forge:tags")
    fact_type: Any = tuple[Part[EarlierSignOff], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[EarlierSignOff], ...]]:
        """Read the declared review, if there is one, and ask the forge for its release."""
        declared = desk.profile.delivery.earlier_review
        if declared is None:
            return Answer(value=())
        part = part_of(declared.file, partial(_sign_off, desk, declared))
        return Answer(value=(part,), where=(declared.file, desk.forge.where))


def _sign_off(desk: Desk, declared: EarlierReview) -> EarlierSignOff:
    content = _content(desk, declared.file)
    said = _review(declared.file, content)
    tag, commit, published = _release(desk, declared.file)
    return EarlierSignOff(
        tag=tag,
        commit=commit,
        reviewed=str(said["release"]["commit"]),
        service=str(said["service"]),
        verdict=str(said["verdict"]),
        is_whole=not said["selection"],
        sha256=hashlib.sha256(content).hexdigest(),
        declared=declared.sha256,
        published=published,
    )


def _content(desk: Desk, file: str) -> bytes:
    largest = LARGEST_MIB * 1024 * 1024
    try:
        with opened_beside(desk.folder, file) as opened:
            content = opened.read(largest + 1)
    except FileRefused as error:
        raise FactUnavailable(f"{file} {error}", REMEDY) from error
    if len(content) > largest:
        raise FactUnavailable(f"{file} is larger than {LARGEST_MIB} MiB", REMEDY)
    return content


def _review(file: str, content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FactUnavailable(f"{file} is no JSON", REMEDY) from error
    is_review = isinstance(said, dict) and {*KEYS} <= said.keys()
    if not is_review or not str(said["schema"]).startswith(SCHEMA):
        raise FactUnavailable(f"{file} is no review.json of pytest-orr", REMEDY)
    if not isinstance(said["release"], dict) or "commit" not in said["release"]:
        raise FactUnavailable(f"{file} names no commit of a release", REMEDY)
    return dict(said)


def _release(desk: Desk, file: str) -> tuple[str, str, str]:
    """Return tag and commit of the release before, and the digest of its file of that name."""
    of = newest_candidate if desk.profile.release.first else release_before
    release, commit = of(desk)
    name = file.rpartition("/")[2]
    digests = [one.digest for one in release.assets if one.name == name and one.digest]
    return release.tag, commit, digests[0].removeprefix("sha256:") if digests else ""
