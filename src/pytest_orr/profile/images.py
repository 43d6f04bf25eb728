"""The part of readiness.toml that is about registries: where the service's images come from."""

from typing import Annotated

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Count, FromEnvironment, Instant, Setting, Sha256, Text
from .scans import Artifact, Scan, ScanFormat


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Registry:
    """A registry of container images that speaks the Docker/OCI protocol, version 2."""

    host: Text
    """As images name it, such as docker.io or registry.example.org:5000."""
    url: Setting | None = None
    """Address to ask instead, such as http://127.0.0.1:5000."""
    ca: Setting | None = None
    """File with the certificates of the authority that issued its certificate."""
    user: FromEnvironment | None = None
    """The variable that holds a user's name."""
    token: FromEnvironment | None = None
    """The variable that holds a password or token that may only read."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Namespace:
    """The organisation under which the service's images are published."""

    name: Text
    """Registry and organisation as images name them, such as docker.io/explorer."""
    group: Text | None = None
    """Path of the group or organisation on the forge that has this registry, if it is not Docker
    Hub's."""
    url: Setting | None = None
    """Address of Docker Hub's API, if it is not https://hub.docker.com."""
    ca: Setting | None = None
    """File with the certificates of the authority that issued its certificate."""
    user: FromEnvironment | None = None
    """The variable that holds the name of whose token it is, if it is not the organisation's."""
    token: FromEnvironment | None = None
    """The variable that holds an access token of Docker Hub that may only read."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class BuiltImage:
    """What tells which digest a job built: one image of the release."""

    image: Text
    """Registry and repository as images name them, such as docker.io/explorer/backend."""
    digest_file: Text
    """Path of the artifact of the job that holds the digest: the metadata file of docker buildx, or
    the digest alone."""
    job: Text | None = None
    """Name of the job, if it is not image_job of [delivery]."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ImageScan:
    """A scanner's report about an image that is not in ECR."""

    image: Text
    """The scanned image with its digest: registry/repository@sha256:…"""
    format: ScanFormat
    """Which format the report has."""
    file: Setting | None = None
    """The file, beside this one unless its path begins with /."""
    artifact: Artifact | None = None
    """The artifact, if it is no file."""
    sha256: Sha256 | None = None
    """Its digest, as sha256sum prints it."""
    tool: Text | None = None
    """Which tool wrote it, where the format does not say so."""
    version: Text | None = None
    """Which version of the tool, where the format does not say so."""
    scanned: Instant | None = None
    """When, where the format does not say so."""
    looked_at: Count | None = None
    """How many packages were looked at, where the format does not say so."""

    @property
    def report(self) -> Scan:
        """The report as one of packages."""
        return Scan(
            about="dependencies",
            format=self.format,
            file=self.file,
            artifact=self.artifact,
            sha256=self.sha256,
            tool=self.tool,
            version=self.version,
            scanned=self.scanned,
            looked_at=self.looked_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Images:
    """Where the service's images come from."""

    registries: tuple[Registry, ...] = ()
    """Registries that are asked; those of ECR are asked through AWS."""
    namespace: Namespace | None = None
    """The organisation under which the service's images are published."""
    minimum_owners: Annotated[int, Strict(), Field(ge=1)] = 2
    """How many people must own the organisation."""
    built: tuple[BuiltImage, ...] = ()
    """Which job built each image of the release, and where it kept the digest."""
    scans: tuple[ImageScan, ...] = ()
    """Reports of scans of images that are not in ECR."""
