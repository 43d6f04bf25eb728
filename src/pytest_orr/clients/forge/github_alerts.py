"""Alerts of GitHub's scanners for secrets, dependencies and code; never a secret itself."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast, get_args

from .github_reading import as_described, repository_path, words
from .github_refusals import Wanted
from .instants import instant, instant_or_none
from .said import Alert, AlertKind, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .github_api import Api

SECRETS = Wanted(what="the secret scanning alerts", permission="secret scanning alerts")
DEPENDENCIES = Wanted(what="the Dependabot alerts", permission="Dependabot alerts")
CODE = Wanted(what="the code scanning alerts", permission="code scanning alerts")
OF_RULES: Mapping[str, Severity] = MappingProxyType(
    {"error": "high", "warning": "medium", "note": "low"}
)
"""What rules that are not about security say of themselves."""
KNOWN = frozenset(get_args(Severity))


def read_alerts(api: Api, project: str, kind: AlertKind) -> tuple[Alert, ...]:
    """Return the alerts of one kind, open and closed; a scanner that is off is a refusal."""
    path, wanted, read, parameters = KINDS[kind]
    told = api.listing(f"{repository_path(project)}{path}", wanted, project, **parameters)
    with as_described(wanted, project):
        return tuple(read(one) for one in told)


def _secret(told: Any) -> Alert:
    first = told.get("first_location_detected") or {}
    return Alert(
        kind="secret",
        id=str(told["number"]),
        severity="unknown",
        title=words(told.get("secret_type_display_name") or told["secret_type"]),
        detector=words(told["secret_type"]),
        where=words(first.get("path") or ""),
        created=instant(told["created_at"]),
        resolved=instant_or_none(told.get("resolved_at")),
        resolution=_resolution(told, told.get("resolution")),
    )


def _dependency(told: Any) -> Alert:
    advisory, dependency = told["security_advisory"], told["dependency"]
    closed = (told["fixed_at"], told["dismissed_at"], told.get("auto_dismissed_at"))
    return Alert(
        kind="dependency",
        id=str(told["number"]),
        severity=_severity(told["security_vulnerability"]["severity"]),
        title=f"{words(advisory['summary'])} ({words(dependency['package']['name'])})",
        aliases=tuple(words(one["value"]) for one in advisory["identifiers"]),
        where=words(dependency.get("manifest_path") or ""),
        created=instant(told["created_at"]),
        resolved=instant_or_none(next(filter(None, closed), None)),
        resolution=_resolution(told, told["dismissed_reason"]),
    )


def _code(told: Any) -> Alert:
    rule = told["rule"]
    place = (told["most_recent_instance"] or {}).get("location") or {}
    severity = rule.get("security_severity_level") or OF_RULES.get(rule.get("severity") or "")
    return Alert(
        kind="code",
        id=str(told["number"]),
        severity=_severity(severity),
        title=words(rule.get("description") or rule["name"]),
        detector=words(told["tool"]["name"]),
        where=words(place.get("path") or ""),
        created=instant(told["created_at"]),
        resolved=instant_or_none(told.get("fixed_at") or told["dismissed_at"]),
        resolution=_resolution(told, told["dismissed_reason"]),
    )


def _resolution(told: Any, reason: str | None) -> str | None:
    """Return how an alert was closed, if it was: GitHub's reason, or the state itself."""
    return None if told["state"] == "open" else words(reason or told["state"])


def _severity(said: str | None) -> Severity:
    return cast("Severity", said) if said in KNOWN else "unknown"


KINDS: Mapping[AlertKind, tuple[str, Wanted, Callable[[Any], Alert], Mapping[str, str]]] = (
    MappingProxyType(
        {
            "secret": ("/secret-scanning/alerts", SECRETS, _secret, {"hide_secret": "true"}),
            "dependency": ("/dependabot/alerts", DEPENDENCIES, _dependency, {}),
            "code": ("/code-scanning/alerts", CODE, _code, {}),
        }
    )
)
