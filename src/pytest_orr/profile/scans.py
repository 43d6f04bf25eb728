"""The part of readiness.toml that is about scanners: what they reported, and who is asked."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import (
    CONFIG,
    Commit,
    Count,
    Date,
    Days,
    Email,
    Flag,
    FromEnvironment,
    Instant,
    RepositoryGlob,
    Setting,
    Sha256,
    Text,
)

ScanFormat = Literal[
    "sarif",
    "gitlab-secret-detection",
    "gitlab-dependency-scanning",
    "gitlab-sast",
    "cyclonedx",
    "pip-audit",
    "osv-scanner",
    "npm-audit",
    "detect-secrets",
    "gitleaks",
    "ggshield",
]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Artifact:
    """A file that a job of the release commit's pipeline left behind."""

    job: Text
    """Name of the job."""
    path: Text
    """Path of the file among its artifacts."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Scan:
    """A scanner's report: a file beside this one, or an artifact of the release's pipeline."""

    about: Literal["secrets", "dependencies", "code"]
    """What was looked for."""
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
    commit: Commit | None = None
    """What was scanned, where the format does not say so."""
    scanned: Instant | None = None
    """When, where the format does not say so."""
    whole_history: Flag | None = None
    """Whether all commits were scanned, where the format does not say so."""
    looked_at: Count | None = None
    """How many files, packages or commits were looked at, where the format does not say so."""
    covers: tuple[RepositoryGlob, ...] = ()
    """Lockfiles and manifests whose packages it looked at, where these cannot be read here, or
    nobody is asked who looks at all."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Accepted:
    """A finding of a scanner that stays for now, with a reason and an end."""

    about: Literal["secrets", "dependencies", "code"]
    """What it was found among."""
    id: Text
    """The advisory's id or an alias of it, or the finding's fingerprint."""
    reason: Text
    """Why it may stay."""
    by: Email
    """Who decided: one of the service's people, with the role security or approver."""
    until: Date
    """Until when."""
    rotated: Date | None = None
    """When the credential that was found was replaced."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class GitGuardian:
    """GitGuardian's watch over the repository."""

    url: Setting | None = None
    """Address of its API, if it is not https://api.gitguardian.com."""
    ca: Setting | None = None
    """File with the certificates of the authority that issued its certificate."""
    token: FromEnvironment
    """The variable that holds a token with the scopes incidents:read and sources:read."""
    source: Text
    """Full name of the watched repository, such as explorer/explorer."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Osv:
    """The database of advisories that packages are looked up in."""

    url: Setting | None = None
    """Address of its API, if it is not https://api.osv.dev."""
    ca: Setting | None = None
    """File with the certificates of the authority that issued its certificate."""
    asked: Flag = True
    """Whether packages of lockfiles and CycloneDX lists are looked up there."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ScanLimits:
    """What reports may look like."""

    oldest_days: Days = 30
    """How old a report may be."""
    oldest_watch_days: Annotated[int, Strict(), Field(ge=1)] = 7
    """How old the last scan of a watch may be."""
    forge_alerts: Flag = True
    """Whether the forge is asked for its own alerts; false where its edition has none."""
    run_scanners: Flag = True
    """Whether a scanner that is installed here is run where nobody else looked for secrets."""
    longest_scan_minutes: Annotated[int, Strict(), Field(ge=1)] = 30
    """How long it may take."""
