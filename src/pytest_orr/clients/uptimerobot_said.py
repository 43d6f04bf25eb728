"""What UptimeRobot's API says, read from its JSON for ``clients.uptimerobot``; never a secret.

Addresses, keys and web hooks of contacts are not kept, nor the token that a heartbeat monitor has
in the place of a URL, nor what a URL may carry in its user, query or fragment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from .hostile_json import Unreadable

if TYPE_CHECKING:
    from .hostile_json import At

BY_URL = frozenset({"HTTP", "KEYWORD", "API"})
"""Types of monitor that ask a URL by HTTP."""
LATEST = 4_102_444_800
"""The year 2100 in seconds: whatever is more was said in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A monitor of ``GET /v3/monitors``; what was not said of it is ``None`` or empty."""

    id: str
    name: str
    kind: str
    """``HTTP``, ``KEYWORD``, ``API``, ``PING``, ``PORT``, ``DNS``, ``HEARTBEAT`` …"""
    status: str
    """``UP``, ``LOOKS_DOWN``, ``DOWN``, ``PAUSED``, or ``STARTED`` until its first look."""
    url: str
    """Without user, query and fragment; of some kinds a host alone."""
    interval: int | None
    """Seconds from look to look."""
    contacts: tuple[str, ...]
    """Ids of those whom it tells."""
    tags: tuple[str, ...]
    keyword: str
    keyword_rule: str
    """``ALERT_NOT_EXISTS``, or ``ALERT_EXISTS`` where the keyword means trouble."""
    is_case_ignored: bool
    checks_certificate: bool | None
    """Whether a certificate that does not verify counts as down."""
    newest: datetime | None
    """To when its history goes; ``None`` where none is told."""

    @property
    def host(self) -> str:
        """The host that it looks at, in lower case; empty where it looks at none."""
        try:
            parts = urlsplit(self.url if "//" in self.url else f"//{self.url}")
            return (parts.hostname or "").rstrip(".")
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom a monitor can tell: a person's contact, or an integration such as PagerDuty's."""

    id: str
    kind: str
    """``Email``, ``ProSms``, ``Voice``, ``Pagerduty``, ``Slack`` …"""
    is_active: bool
    """Whether it is neither paused nor still to be confirmed."""
    hears_of_down: bool
    """Whether it is told when something goes down."""


def monitor_of(said: At) -> Monitor:
    """Return a monitor of a page of ``GET /v3/monitors``; ``Unreadable`` if it is none."""
    kind = said["type"].needed()
    return Monitor(
        id=_id(said["id"]),
        name=said["friendlyName"].text(),
        kind=kind,
        status=said["status"].needed(),
        url="" if kind == "HEARTBEAT" else _public(said["url"].text()),
        interval=said["interval"].count(),
        contacts=tuple(_id(one["alertContactId"]) for one in said["assignedAlertContacts"].each()),
        tags=tuple(one["name"].needed() for one in said["tags"].each()),
        keyword=said["keywordValue"].text(),
        keyword_rule=said["keywordType"].text(),
        is_case_ignored=said["keywordCaseType"].count() == 1,
        checks_certificate=said["checkSSLErrors"].flag(),
        newest=_newest(said["lastDayUptimes"]),
    )


def contact_of(said: At) -> Contact:
    """Return a contact of ``GET /v3/integrations``; ``Unreadable`` if it is none."""
    return Contact(
        id=_id(said["id"]),
        kind=said["type"].needed(),
        is_active=said["status"].needed() == "Active",
        hears_of_down=said["enableNotificationsFor"].text() in {"UpAndDown", "Down"},
    )


def cursor_of(said: At) -> str:
    """Return where the next page begins; empty after the last one."""
    if not (link := said["nextLink"].text()):
        return ""
    found = parse_qs(urlsplit(link).query).get("cursor", [""])
    if not found[0].isdigit():
        raise Unreadable("names a next page without its cursor")
    return found[0]


def _id(said: At) -> str:
    """Return an id, which is a number here and a text there."""
    known = said.text() if isinstance(said.value, str) else str(said.count() or "")
    if not known.isdigit():
        raise said.wrong("id")
    return known


def _public(url: str) -> str:
    try:
        parts = urlsplit(url)
        return parts._replace(
            netloc=parts.netloc.rpartition("@")[2], query="", fragment=""
        ).geturl()
    except ValueError:
        return ""


def _newest(said: At) -> datetime | None:
    if not said:
        return None
    width = timedelta(seconds=said["bucketSize"].count() or 0)
    starts = [one["timestamp"].count() for one in said["histogram"].each()]
    known = [start for start in starts if start]
    if not known:
        return None
    newest = max(known)
    return datetime.fromtimestamp(newest if newest < LATEST else newest / 1000, UTC) + width
