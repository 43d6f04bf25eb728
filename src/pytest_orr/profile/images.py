"""The part of readiness.toml that is about registries: where the service's images come from."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, FromEnvironment, Setting, Text


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
    """Its name, such as explorer in docker.io/explorer/backend."""
    kind: Literal["docker-hub", "forge"] = "docker-hub"
    """Whose organisation it is: Docker Hub's, or the group of the forge that has the registry."""
    url: Setting | None = None
    """Address of Docker Hub's API, if it is not https://hub.docker.com."""
    token: FromEnvironment | None = None
    """The variable that holds an organisation's access token that may only read."""
    minimum_owners: Annotated[int, Strict(), Field(ge=1)] = 2
    """How many people must own it."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Images:
    """Where the service's images come from."""

    registries: tuple[Registry, ...] = ()
    """Registries that are asked; those of ECR are asked through AWS."""
    namespace: Namespace | None = None
    """The organisation under which the service's images are published."""
