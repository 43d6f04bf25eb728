"""Asks CloudTrail who used a key last, for ``key_uses``: few pages, newest events first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .principals import plain_principal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_orr.clients.aws import AwsAccess, Place

    from .key_declarations import Declared

OPERATIONS = ("cloudtrail:LookupEvents",)
"""What is asked: AWS allows two a second in an account and region."""

USES = frozenset(
    {
        "Decrypt",
        "DeriveSharedSecret",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "ReEncrypt",
        "Sign",
        "Verify",
        "VerifyMac",
    }
)
"""Events that use a key; all others look at it or change it."""
MOST_PAGES = 4
EVENTS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An operation that a key was used for, and that succeeded."""

    by: str
    """Whoever did it, in the words of ``principals``."""
    event: str
    """``Sign``, ``Decrypt``, …"""
    at: datetime
    """Aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyActivity:
    """What CloudTrail's newest events about a key tell."""

    alias: str
    last_use: Use | None
    """The newest use by one of its declared users; ``None`` if none was among the events."""
    others: tuple[str, ...]
    """Who else used it, sorted."""
    events: int
    """Events that were read."""
    oldest_at: datetime | None
    """When the oldest of them happened; aware, UTC."""
    is_whole: bool
    """Whether there were no more events: CloudTrail keeps those of 90 days."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.last_use is not None:
            use = self.last_use
            return f"{use.event} by {use.by} at {use.at:%Y-%m-%dT%H:%M:%SZ}"
        also = f", uses by {', '.join(self.others)}" if self.others else ""
        return f"{self.events} events, none a use by a declared user{also}"

    def was_used_within(self, days: int, as_of: datetime) -> bool:
        """Whether a declared user used it in the last days; whoever cannot tell raises."""
        since = as_of - timedelta(days=days)
        if self.last_use is not None:
            return self.last_use.at >= since
        if not self.is_whole and (self.oldest_at is None or self.oldest_at > since):
            raise FactUnavailable(
                f"the newest {self.events} events about {self.alias} are no use by a declared user,"
                " and CloudTrail has more",
                "look the key up in CloudTrail's event history, and answer by a statement",
            )
        return False


def read_activity(aws: AwsAccess, place: Place, key: str, declared: Declared) -> KeyActivity:
    """Read events about a key, page by page, until a declared user's use is among them.

    ``key`` is the ARN of the key. Nobody declared, nobody is asked: ``FactUnavailable``.
    """
    users = declared.everybody
    read: list[Mapping[str, Any]] = []
    uses: list[Use] = []
    is_whole = False
    for events, is_last in _pages(aws, place, key):
        read += events
        uses += [use for event in events if (use := _use(event, declared.alias)) is not None]
        is_whole = is_last
        if any(use.by in users for use in uses):
            break
    theirs = [use for use in uses if use.by in users]
    return KeyActivity(
        alias=declared.alias,
        last_use=max(theirs, key=lambda use: use.at, default=None),
        others=tuple(sorted({use.by for use in uses} - users)),
        events=len(read),
        oldest_at=min((_at(event) for event in read), default=None),
        is_whole=is_whole,
    )


def _pages(
    aws: AwsAccess, place: Place, key: str
) -> Iterator[tuple[Sequence[Mapping[str, Any]], bool]]:
    """Yield a few pages of events, and with each whether it is the last that there is."""
    about = [{"AttributeKey": "ResourceName", "AttributeValue": key}]
    asked: dict[str, Any] = {"LookupAttributes": about, "MaxResults": EVENTS_ON_A_PAGE}
    for _ in range(MOST_PAGES):
        page = aws.call(place, "cloudtrail:LookupEvents", absent=(), **asked)
        following = page.get("NextToken")
        yield page["Events"], not following
        if not following:
            return
        asked["NextToken"] = following


def _use(event: Mapping[str, Any], alias: str) -> Use | None:
    if event["EventName"] not in USES:
        return None
    try:
        told = json.loads(event["CloudTrailEvent"])
        if told.get("errorCode"):
            return None
        return Use(by=_who(told["userIdentity"]), event=event["EventName"], at=_at(event))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise FactUnavailable(
            f"an event of CloudTrail about {alias} cannot be read",
            "update pytest-orr, which does not know this kind of event",
        ) from error


def _who(identity: Mapping[str, Any]) -> str:
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {}).get("arn")
    return plain_principal(issuer or identity.get("arn") or identity["invokedBy"])


def _at(event: Mapping[str, Any]) -> datetime:
    at: datetime = event["EventTime"]
    return at.astimezone(UTC)
