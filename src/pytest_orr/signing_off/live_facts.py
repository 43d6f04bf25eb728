"""What runs now, read again for what a sign-off binds: images, checkout, release, identities."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pytest_orr.clients.git_here import git_here
from pytest_orr.collect.images.published import OPERATIONS, digest_of
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.image_names import image_name

EVERYTHING = ("**",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDigest:
    """To what an image's name leads in its registry."""

    digest: str

    @property
    def seen(self) -> str:
        """The digest."""
        return self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDigests:
    """To which digest does the tag of each image lead?"""

    images: tuple[str, ...]
    name: str = "published_digests"
    source: str = "registries"
    operations: tuple[str, ...] = (*OPERATIONS, "sts:GetCallerIdentity")
    fact_type: Any = tuple[Part[PublishedDigest], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[PublishedDigest], ...]]:
        """Ask each registry; an image without a tag is asked for by its digest."""
        parts = (part_of(image, partial(_digest, desk, image)) for image in self.images)
        return Answer(value=tuple(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a checkout stands, seen from the release's commit."""

    commit: str
    head: str
    """Empty in a repository without commits."""
    changed: tuple[str, ...]
    """Paths in which the two differ, below other folders than the sign-off's own."""
    is_dirty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkouts:
    """Is the checkout still at the release's commit?"""

    envelope: Path
    """The sign-off's file: other files of its kind in its folder are no part of a release."""
    name: str = "checkouts"
    source: str = "git"
    operations: tuple[str, ...] = ("git:diff", "git:rev-parse")
    fact_type: Any = Standing

    def collect(self, desk: Desk) -> Answer[Standing]:
        """Ask git; a repository that nobody declares need not be the release's."""
        try:
            return Answer(value=_standing(desk, self.envelope.parent))
        except FactUnavailable as error:
            if desk.profile.repository is None:
                raise Undeclared("[repository]", "the service's repository") from error
            raise


def _standing(desk: Desk, folder: Path) -> Standing:
    git, commit = desk.git, desk.git.commit
    head = git_here(git.checkout).commit
    own, beside = git.within(desk.folder), git.within(folder)
    changed = git.changed_since(head, "the checkout", EVERYTHING).files if head else ()
    return Standing(
        commit=commit,
        head=head,
        changed=tuple(one for one in sorted(changed) if not _is_spared(one, own, beside)),
        is_dirty=git.is_dirty,
    )


def _digest(desk: Desk, image: str) -> PublishedDigest:
    name = image_name(image)
    asked = f"{name.place}:{name.tag}" if name.tag else str(name)
    return PublishedDigest(digest=digest_of(desk, asked))


def _is_spared(path: str, own: str, beside: str) -> bool:
    folder, _, name = path.rpartition("/")
    is_beside = bool(beside) and f"{folder}/" == beside and name.endswith(".json")
    return is_beside or bool(own and path.startswith(own))
