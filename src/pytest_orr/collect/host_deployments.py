"""Which release each host runs: the fact ``host_deployments``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_lines import SectionRead
from pytest_orr.collect.host_permissions import not_permitted
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

REVISION = re.compile(r"[0-9A-Za-z._-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningImage:
    """The image of a running container."""

    reference: str
    """As the container was started: ``registry/name:tag``."""
    image_id: str
    """``sha256:…`` of its configuration."""
    digests: tuple[str, ...] = ()
    """``name@sha256:…`` of every registry that it was pulled from or pushed to."""
    revision: str = ""
    """The commit that its label names; empty if it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What is deployed on a host."""

    revision_file: str = ""
    """Where the profile says that the revision stands; nothing if it declares none."""
    revision_found: str = ""
    has_docker: bool = False
    images: tuple[RunningImage, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be read, in the host's words."""

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        images = ", ".join(image.reference for image in self.images)
        return f"revision {self.revision_found or 'unknown'}, images {images or 'none'}"

    @property
    def revision(self) -> str:
        """The commit that is deployed, as the revision file says."""
        if not self.revision_file:
            raise FactUnavailable(
                "no revision_file is declared for it",
                "let the deployment write the commit to a file, and name it in readiness.toml",
            )
        if not self.revision_found:
            raise FactUnavailable(
                f"{self.revision_file} holds no revision: {self._why('revision')}",
                "let the deployment write the commit there, as the only word",
            )
        return self.revision_found

    def is_of(self, commit: str) -> bool:
        """Tell whether the revision and a commit are the same; either may be shortened."""
        revision = self.revision.lower()
        return len(revision) >= 7 and (revision.startswith(commit) or commit.startswith(revision))

    @property
    def running_images(self) -> tuple[RunningImage, ...]:
        """Images of running containers; a host without docker and podman has none."""
        if why := self._why("docker", "podman", "container", "image"):
            raise not_permitted("deployment", why)
        return self.images

    def _why(self, *keys: str) -> str:
        return "; ".join(line for line in self.unread if line.partition(":")[0] in keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDeployments:
    """Which release and which images does each host run?"""

    name: str = "host_deployments"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:deployment",)
    fact_type: Any = tuple[HostFact[Deployment], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[Deployment], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("deployment",), _deployment)


def _deployment(host: HostView) -> Deployment:
    read = host.section("deployment")
    revision = read.one("revision")
    return Deployment(
        revision_file=host.machine.group.revision_file or "",
        revision_found=revision if REVISION.fullmatch(revision) else "",
        has_docker=read.one("docker") != "absent",
        images=_images(read),
        unread=read.all("unread"),
    )


def _images(read: SectionRead) -> tuple[RunningImage, ...]:
    digests = {_id(words[0]): tuple(words[1:]) for words in map(str.split, read.all("image"))}
    running = {tuple(line.split(maxsplit=2)) for line in read.all("container")}
    return tuple(_running(words, digests) for words in sorted(running))


def _running(words: tuple[str, ...], digests: Mapping[str, tuple[str, ...]]) -> RunningImage:
    image, reference, *label = words
    revision = label[0] if label else ""
    return RunningImage(
        reference=reference,
        image_id=_id(image),
        digests=digests.get(_id(image), ()),
        revision=revision if REVISION.fullmatch(revision) else "",
    )


def _id(word: str) -> str:
    """Return an image's id as docker writes it; podman leaves out which digest it is."""
    return f"sha256:{word.removeprefix('sha256:')}"
