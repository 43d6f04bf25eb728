"""What a registry says of an image, for collectors: digests, platforms, dates and public labels."""

from dataclasses import dataclass
from datetime import datetime

REVISION = "org.opencontainers.image.revision"
BASE_NAME = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformImage:
    """The image for one platform."""

    platform: str
    """``linux/amd64``, ``linux/arm64/v8``."""
    digest: str
    """Of its manifest."""
    created: datetime | None = None
    """When it was built; none if the build left it out, or set it to 1970 to be repeatable."""
    user: str = ""
    """Whom its process runs as; empty is root."""
    revision: str = ""
    """The commit that its label names."""
    base_name: str = ""
    base_digest: str = ""
    """What it was built from, as its label or annotation says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedImage:
    """An image as a registry has it."""

    digest: str
    """Of what the name leads to: a manifest, or the index of several platforms."""
    platforms: tuple[PlatformImage, ...]
    """At least one."""

    @property
    def digests(self) -> frozenset[str]:
        """Every digest under which a host may know it: the index's and its platforms'."""
        return frozenset({self.digest, *(one.digest for one in self.platforms)})
