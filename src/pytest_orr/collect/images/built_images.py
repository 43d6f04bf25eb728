"""Reads what the release's pipeline built, and what tags lead to: the fact ``built_images``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.forge.said import Job, Pipeline
from pytest_orr.clients.registry_place import NotPublished
from pytest_orr.collect.images.digest_files import built_digest
from pytest_orr.collect.images.ecr import described, place_of
from pytest_orr.collect.images.published import OPERATIONS
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.image_names import ImageName, image_name
from pytest_orr.profile.images import BuiltImage as Declared

BUILT = "[[images.built]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImage:
    """An image of the release, as CI built it and as its registry has it."""

    tag: str
    released: str = ""
    """The digest by which the release names it; empty if it names none."""
    job: str
    """Name of the job that builds it."""
    status: str = ""
    """Of its last try for the release's commit; empty if there is no such job."""
    pipeline: str = ""
    built: str = ""
    """The digest that the job kept; empty without a job that succeeded."""
    published: str = ""
    """The digest that the tag leads to; empty if the registry has no such tag."""
    revision: str = ""
    """The commit that the published image's label names; empty if the registry shows none."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        job = f"job {self.job} {self.status or 'not there'}"
        where = f"{job} in pipeline {self.pipeline}" if self.pipeline else job
        return f"{where}, built {_short(self.built)}, tag leads to {_short(self.published)}"

    @property
    def was_built(self) -> bool:
        """Whether a job of the release's commit built and pushed it."""
        return self.status == "success"

    @property
    def is_the_same_everywhere(self) -> bool:
        """Whether job, tag and release name one digest."""
        return self.built == self.published == self.released != ""

    def is_of(self, commit: str) -> bool:
        """Tell whether its label, where the registry shows one, names no other commit."""
        label = self.revision.lower()
        return not label or label.startswith(commit) or commit.startswith(label)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImages:
    """What did the release's pipeline build of each image, and what does its tag lead to?"""

    name: str = "built_images"
    source: str = "forge and registries"
    operations: tuple[str, ...] = (
        *("forge:artifact", "forge:jobs", "forge:pipelines"),
        *OPERATIONS,
        "sts:GetCallerIdentity",
    )
    fact_type: Any = tuple[Part[BuiltImage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[BuiltImage], ...]]:
        """Ask forge and registry about every image that ``[release] images`` names."""
        named = desk.profile.release.images
        if not named:
            raise Undeclared("[release] images", "the release's container images, by digest,")
        commit = desk.profile.release.commit
        tried = tuple(
            (pipeline, job)
            for pipeline in desk.forge.pipelines(commit=commit)
            for job in desk.forge.jobs(pipeline)
        )
        parts = tuple(part_of(image, partial(_image, desk, image, tried)) for image in named)
        return Answer(value=parts, where=(desk.forge.where, *named))


def _image(desk: Desk, image: str, tried: tuple[tuple[Pipeline, Job], ...]) -> BuiltImage:
    name = image_name(image)
    if not name.tag:
        raise FactUnavailable(
            "the release names it without a tag, so what the tag leads to cannot be compared",
            "write it as name:tag@sha256:… under images in [release]",
        )
    declared = _declared(desk, name)
    job = declared.job or desk.profile.delivery.image_job
    if job is None:
        raise Undeclared("[delivery] image_job", "the job that builds the images,")
    found = _last(job, name.tag, tried)
    built = ""
    if found and found[1].status == "success":
        of_tag = found[0].ref if found[0].ref in _refs_of(name.tag) else ""
        commit = desk.profile.release.commit
        raw = desk.forge.artifact(commit, job, declared.digest_file, ref=of_tag)
        built = built_digest(raw, declared.digest_file)
    published, revision = _published(desk, name)
    return BuiltImage(
        tag=name.tag,
        released=name.digest,
        job=job,
        status=found[1].status if found else "",
        pipeline=found[0].id if found else "",
        built=built,
        published=published,
        revision=revision,
    )


def _declared(desk: Desk, name: ImageName) -> Declared:
    for one in desk.profile.images.built:
        if image_name(one.image).place == name.place:
            return one
    raise Undeclared(BUILT, f"which file of its job holds the digest of {name.place}")


def _last(
    job: str, tag: str, tried: tuple[tuple[Pipeline, Job], ...]
) -> tuple[Pipeline, Job] | None:
    """Return the last try of a job that succeeded, or else the last one of all.

    What the pipeline of the tag built counts: the same commit may be built again each night.
    """
    of_it = [one for one in tried if one[1].name == job]
    done = [one for one in of_it if one[1].status == "success"]
    tagged = [one for one in done if one[0].ref in _refs_of(tag)]
    return max(tagged or done or of_it, key=lambda one: one[0].started, default=None)


def _refs_of(tag: str) -> frozenset[str]:
    """Return the tags of git that an image's tag may be of: many leave the v out."""
    return frozenset({tag, f"v{tag}"})


def _published(desk: Desk, name: ImageName) -> tuple[str, str]:
    """Return the digest that the tag leads to, and the label that the registry shows."""
    tagged = f"{name.place}:{name.tag}"
    place = place_of(desk, name)
    if place is not None:
        found = described(desk.aws, place, image_name(tagged))
        return str(found["imageDigest"]) if found else "", ""
    try:
        image = desk.registry.image(tagged)
    except NotPublished:
        return "", ""
    labels = {one.revision for one in image.platforms}
    return image.digest, ", ".join(sorted(labels - {""}))


def _short(digest: str) -> str:
    return digest[:19] or "nothing"
