"""Names of container images, read as Docker reads them, for whoever compares or asks for images."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pytest_orr.errors import FactUnavailable

DOCKER_HUB = "docker.io"
OFFICIAL = "library"
LONGEST = 512
NAME = re.compile(
    r"(?:(?P<host>(?:\[[0-9a-f:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?)/)?"
    r"(?P<path>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageName:
    """An image's name, whole: what Docker leaves out is filled in."""

    host: str
    """``docker.io``, or the registry with its port."""
    repository: str
    """``library/debian``, ``explorer/backend``."""
    tag: str = ""
    """Empty if none is written: Docker then takes ``latest``, if there is no digest."""
    digest: str = ""

    @property
    def place(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.host}/{self.repository}"

    @property
    def namespace(self) -> str:
        """Registry and organisation: the repository without its last part."""
        return f"{self.host}/{self.repository.rpartition('/')[0]}".rstrip("/")

    @property
    def reference(self) -> str:
        """What a registry is asked for: the digest, or else the tag."""
        return self.digest or self.tag or "latest"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.place}{tag}{digest}"


def image_name(text: str) -> ImageName:
    """Take a name apart; raises ``FactUnavailable`` for what is none."""
    found = NAME.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise FactUnavailable(
            f"{text[:80]!r} is no name of an image",
            "write registry/repository:tag@sha256:… as the registry has it",
        )
    host, path = found["host"] or "", found["path"]
    if host and not _is_a_host(host):
        host, path = "", f"{host}/{path}"
    if host in {"", "index.docker.io", "registry-1.docker.io"}:
        host = DOCKER_HUB
    if host == DOCKER_HUB and "/" not in path:
        path = f"{OFFICIAL}/{path}"
    return ImageName(
        host=host, repository=path, tag=found["tag"] or "", digest=found["digest"] or ""
    )


def _is_a_host(first: str) -> bool:
    return "." in first or ":" in first or first == "localhost"
