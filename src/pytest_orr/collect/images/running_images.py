"""Reads which of the release's images run on the service's hosts: the fact ``running_images``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.host_deployments import Deployment, HostDeployments, RunningImage
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, unread
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.image_names import ImageName, image_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningContainer:
    """A container that runs an image of the release's repositories."""

    image: str
    """As the release names it."""
    reference: str
    """As the container was started."""
    expected: str = ""
    """The digest by which the release names it; empty if it names none."""
    digests: tuple[str, ...] = ()
    """Digests that the engine knows the image by in this repository; none if it was built there."""
    revision: str = ""
    """The commit that the image's label names; empty if it has none."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        digests = ", ".join(digest[:19] for digest in self.digests) or "no digest of a registry"
        return f"{self.reference}, {digests}, of {self.revision[:12] or 'no known commit'}"

    @property
    def is_released(self) -> bool:
        """Whether it is the very image that the release names."""
        return bool(self.expected) and self.expected in self.digests

    def is_of(self, commit: str) -> bool:
        """Tell whether its label names a commit; either may be shortened."""
        if not self.revision:
            raise FactUnavailable(
                "the image has no label org.opencontainers.image.revision",
                "let the build label the image with the commit",
            )
        label = self.revision.lower()
        return len(label) >= 7 and (label.startswith(commit) or commit.startswith(label))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningImages:
    """Where do the release's images run, by which digest, and built from which commit?"""

    name: str = "running_images"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:deployment",)
    fact_type: Any = tuple[Part[RunningContainer], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[RunningContainer], ...]]:
        """Ask every host; one that cannot be read, and an image that runs nowhere, is unknown."""
        named = desk.profile.release.images
        if not named:
            raise Undeclared("[release] images", "the release's container images, by digest,")
        told = HostDeployments().collect(desk)
        hosts = [host for host in told.value if host.is_own and host.role == "backend"]
        images = {image_name(image).place: image for image in named}
        parts = tuple(part for host in hosts for part in _parts(host, images))
        seen = {part.observed.image for part in parts if part.observed}
        nowhere = (_nowhere(image) for image in named if image not in seen)
        return Answer(value=(*parts, *nowhere), where=told.where)


def _parts(host: HostFact[Deployment], images: dict[str, str]) -> Iterator[Part[RunningContainer]]:
    try:
        running = host.reading.running_images
    except FactUnavailable as error:
        yield unread(host.name, error)
        return
    for one in running:
        for place in sorted(_places(one) & images.keys()):
            found = _container(one, image_name(images[place]), images[place])
            yield Part(name=f"{host.name}: {one.reference}", observed=found)


def _places(one: RunningImage) -> set[str]:
    """Return every repository that an image may be of, as its names tell."""
    names = (_name(text) for text in (one.reference, *one.digests))
    return {name.place for name in names if name is not None}


def _container(one: RunningImage, name: ImageName, image: str) -> RunningContainer:
    known = (_name(text) for text in one.digests)
    digests = {found.digest for found in known if found and found.place == name.place}
    return RunningContainer(
        image=image,
        reference=one.reference,
        expected=name.digest,
        digests=tuple(sorted(digests)),
        revision=one.revision,
    )


def _name(text: str) -> ImageName | None:
    """Return a name that a host told; an id, or what is no name, stands for no repository."""
    try:
        return image_name(text)
    except FactUnavailable:
        return None


def _nowhere(image: str) -> Part[RunningContainer]:
    return unread(
        image,
        FactUnavailable(
            "it runs on no host that could be read",
            "declare the hosts that run it under [[hosts]], let the login ask docker or podman "
            "there, or take an image that is not run out of images in [release]",
        ),
    )
