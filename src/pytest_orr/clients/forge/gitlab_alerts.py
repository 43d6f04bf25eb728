"""What GitLab's own scanners found, open and closed, and whether pushes of secrets are refused."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .gitlab_reading import as_described, flag, project_path, words
from .gitlab_refusals import Wanted
from .instants import instant, instant_or_none
from .said import Alert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .gitlab_api import Api
    from .said import AlertKind, Severity

FOUND = Wanted(what="the vulnerabilities", role="Developer", tier="Ultimate")
PUSHES = Wanted(what="the security settings", role="Developer", tier="Ultimate")
TYPES: Mapping[AlertKind, str] = MappingProxyType(
    {"secret": "SECRET_DETECTION", "dependency": "DEPENDENCY_SCANNING", "code": "SAST"}
)
TEMPLATES: Mapping[AlertKind, str] = MappingProxyType(
    {"secret": "Secret-Detection", "dependency": "Dependency-Scanning", "code": "SAST"}
)
SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {"CRITICAL": "critical", "HIGH": "high", "MEDIUM": "medium", "LOW": "low", "INFO": "low"}
)
CLOSED: Mapping[str, str] = MappingProxyType({"DISMISSED": "dismissed", "RESOLVED": "resolved"})
ADVISORIES = frozenset({"cve", "ghsa", "osv"})
PROTECTS = ("secret_push_protection_enabled", "pre_receive_secret_detection_enabled")
"""By its name of today, and by the one before GitLab 17.11."""
ALERTS = """
query Alerts($path: ID!, $types: [VulnerabilityReportType!], $after: String) {
  project(fullPath: $path) {
    securityScanners { enabled pipelineRun }
    vulnerabilities(
      reportType: $types, state: [CONFIRMED, DETECTED, DISMISSED, RESOLVED]
      first: 100, after: $after
    ) {
      nodes {
        id title severity state detectedAt dismissedAt resolvedAt resolvedOnDefaultBranch
        identifiers { externalType externalId name }
        location {
          __typename
          ... on VulnerabilityLocationSecretDetection { file }
          ... on VulnerabilityLocationDependencyScanning { file }
          ... on VulnerabilityLocationSast { file }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


def read_alerts(api: Api, project: str, kind: AlertKind) -> tuple[Alert, ...]:
    """Return the alerts of one kind; where no scanner looks for it, none is no answer."""
    types = [TYPES[kind]]
    told, nodes = api.connection(
        ALERTS, "vulnerabilities", FOUND, project, path=project, types=types
    )
    with as_described(FOUND, project):
        scanners = told["securityScanners"] or {}
        looking = {*(scanners.get("enabled") or ()), *(scanners.get("pipelineRun") or ())}
        if TYPES[kind] not in looking:
            raise FactUnavailable(
                f"no scanner of GitLab looks through {project} for alerts of kind {kind}",
                f"add GitLab's template {TEMPLATES[kind]} to the pipeline of the default branch, "
                "or name the report of another scanner under [scans] in readiness.toml",
            )
        return tuple(_alert(kind, one) for one in nodes)


def read_push_protection(api: Api, project: str) -> bool:
    """Tell whether a push that holds a known secret is refused."""
    told = api.get(f"{project_path(project)}/security_settings", PUSHES, project)
    with as_described(PUSHES, project):
        return flag(told[PROTECTS[0]] if PROTECTS[0] in told else told[PROTECTS[1]])


def _alert(kind: AlertKind, one: Any) -> Alert:
    names = one["identifiers"]
    return Alert(
        kind=kind,
        id=words(one["id"]).rpartition("/")[2],
        severity=SEVERITIES.get(one["severity"], "unknown"),
        title=words(one["title"]),
        aliases=tuple(words(n["name"]) for n in names if n["externalType"] in ADVISORIES),
        detector=words(names[0]["externalId"]) if kind == "secret" and names else "",
        where=words((one.get("location") or {}).get("file") or ""),
        created=instant(one["detectedAt"]),
        resolved=instant_or_none(one["dismissedAt"] or one["resolvedAt"]),
        resolution=_resolution(kind, one),
    )


def _resolution(kind: AlertKind, one: Any) -> str | None:
    """Return how an alert was closed: a secret that is only out of sight is still one."""
    if closed := CLOSED.get(one["state"]):
        return closed
    is_gone = flag(one["resolvedOnDefaultBranch"]) and kind != "secret"
    return "no longer detected" if is_gone else None
