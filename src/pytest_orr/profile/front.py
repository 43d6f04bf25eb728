"""The part of readiness.toml that is about the service's public front: names, hosting, keys."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import (
    CONFIG,
    Alias,
    Days,
    FromEnvironment,
    HostName,
    HttpUrl,
    PrincipalName,
    Setting,
    Text,
)


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Endpoint:
    """A URL at which the service answers."""

    name: Text
    """How pages name it."""
    role: Literal["service", "frontend", "backend", "metrics"]
    """What it stands for: the user's journey, the pages, the health endpoint, the metrics."""
    url: HttpUrl
    """The URL that users or monitors use."""
    marker: str = ""
    """Text that the answer must contain; a blank page with status 200 has none."""
    metrics: tuple[Text, ...] = ()
    """Metric families that a metrics endpoint must export with samples."""
    connect: Setting | None = None
    """Address and port to connect to instead of what the name resolves to (a tunnel, say)."""
    ca: Setting | None = None
    """File with the certificates of the authority that issued this endpoint's certificate."""
    timeout: Annotated[int, Strict(), Field(ge=1, le=60)] = 10
    """Seconds until an answer must be complete."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Certificates:
    """What certificates must be like."""

    minimum_days_left: Days = 30
    """Days that a public certificate must still hold."""
    oldest_run_days: Days = 7
    """When a host's renewal timer must last have run."""
    renewal_jobs: dict[HostName, Text] = Field(default_factory=dict)
    """For imported certificates: the public name, and the host whose renewal timer serves it."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Hosting:
    """Where the frontend's static files are hosted."""

    provider: Literal["s3", "netlify", "ipfs"]
    """Whose hosting it is."""
    endpoint: Text
    """Name of the [[endpoints]] entry that it serves."""
    bucket: Text | None = None
    """s3: name of the bucket."""
    distribution: Text | None = None
    """s3: id of the CloudFront distribution that alone may read the bucket."""
    site: Text | None = None
    """netlify: id of the site."""
    token: FromEnvironment | None = None
    """netlify: the variable that holds an access token, as { env = "…" }; never the token."""
    api: Setting | None = None
    """netlify: address of the API, if it is not Netlify's own."""
    cid: Text | None = None
    """ipfs: content id of the build."""
    gateways: tuple[Setting, ...] = ()
    """ipfs: at least two independent gateways that must serve the build, as https:// URLs."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Key:
    """A KMS key of the service."""

    alias: Alias
    """Its alias, such as alias/explorer."""
    usage: Literal["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"] = (
        "ENCRYPT_DECRYPT"
    )
    """What it is for."""
    users: tuple[PrincipalName, ...] = ()
    """Who may encrypt, decrypt or sign with it: ARNs of roles, or services such as
    rds.amazonaws.com."""
    administrators: tuple[PrincipalName, ...] = ()
    """Who may change or delete it: ARNs of roles, or of the account's root."""
