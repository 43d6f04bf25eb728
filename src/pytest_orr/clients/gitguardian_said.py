"""What GitGuardian's API says, read from its JSON for ``clients.gitguardian``; never a secret."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from .api_wire import Told

WHERE = "[gitguardian]"
OPEN = frozenset({"TRIGGERED", "ASSIGNED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A repository that GitGuardian knows."""

    id: str
    full_name: str
    kind: str
    """Where it lies: ``github``, ``gitlab`` …"""
    is_monitored: bool | None
    last_scan: datetime | None
    scan_status: str
    """``finished``, or what became of the last scan; empty if there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A secret that GitGuardian saw, whose value is never kept."""

    id: str
    detector: str
    """As GitGuardian names it: ``postgresql_credentials``."""
    category: str
    """Of the detector: ``data_storage``, ``cloud_provider`` …"""
    status: str
    """``TRIGGERED``, ``ASSIGNED``, ``RESOLVED`` or ``IGNORED``."""
    seen: datetime
    closed: datetime | None
    is_revoked: bool
    """Whether whoever resolved it said that the secret is revoked."""
    reason: str
    """Why it is ignored."""

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed it."""
        return self.status in OPEN


def listed(told: Told) -> list[dict[str, Any]]:
    """Return a page of a listing."""
    said = _json(told)
    if isinstance(said, list) and all(isinstance(one, dict) for one in said):
        return said
    raise strange("answered with no list")


def object_of(told: Told) -> dict[str, Any]:
    """Return an answer that is one thing; nothing of any other."""
    said = _json(told)
    return said if isinstance(said, dict) else {}


def _json(told: Told) -> Any:
    try:
        return json.loads(told.body)
    except (ValueError, RecursionError):
        raise strange("answered with no JSON") from None


def source_of(said: dict[str, Any]) -> Source:
    """Return a repository of ``GET /v1/sources``."""
    scan = said.get("last_scan") or {}
    monitored = said.get("monitored")
    return Source(
        id=_number(said.get("id")),
        full_name=_text(said.get("full_name")),
        kind=str(said.get("type") or ""),
        is_monitored=monitored if isinstance(monitored, bool) else None,
        last_scan=_instant(scan.get("date")) if scan.get("date") else None,
        scan_status=str(scan.get("status") or ""),
    )


def incident_of(said: dict[str, Any]) -> Incident:
    """Return an incident of ``GET /v1/incidents/secrets``."""
    detector = said.get("detector") or {}
    closed = said.get("resolved_at") or said.get("ignored_at")
    return Incident(
        id=_number(said.get("id")),
        detector=_text(detector.get("name")),
        category=str(detector.get("category") or ""),
        status=_text(said.get("status")),
        seen=_instant(said.get("date")),
        closed=_instant(closed) if closed else None,
        is_revoked=said.get("secret_revoked") is True,
        reason=str(said.get("ignore_reason") or ""),
    )


def _number(said: object) -> str:
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    raise strange("named something by no number")


def _text(said: object) -> str:
    if isinstance(said, str) and said:
        return said
    raise strange("left a name out")


def _instant(said: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(said))
    except ValueError:
        raise strange("wrote an instant that is none") from None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def strange(what: str) -> FactUnavailable:
    """Return the failure of an answer that GitGuardian does not give."""
    return FactUnavailable(
        f"GitGuardian {what}", f"correct url under {WHERE} in readiness.toml, or update pytest-orr"
    )
