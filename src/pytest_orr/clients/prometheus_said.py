"""What Prometheus' HTTP API says, read from its JSON for ``clients.prometheus``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

from .hostile_json import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .hostile_json import At

Health = Literal["up", "down", "unknown"]
SECONDS = MappingProxyType(
    {"y": 31536000.0, "w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
)
DURATION = re.compile(r"(\d{1,12})(ms|[ywdhms])")
QUERY = re.compile(r"(?<=[^\s\"])\?[^\s\"]+")
"""Of a URL inside an error's text; a secret may stand in it."""
LAST_INSTANT = 253402300799
"""9999-12-31T23:59:59Z, the last that a datetime holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The value of a series at an instant."""

    labels: Mapping[str, str]
    """With ``__name__`` where the expression keeps it."""
    at: datetime
    """Aware, UTC."""
    value: float
    """May be infinite, or no number at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing that is scraped."""

    job: str
    instance: str
    labels: Mapping[str, str]
    url: str
    """Where it is scraped, without user and query."""
    probed: str
    """What the exporter at the URL is asked to probe: parameter ``target``; else empty."""
    module: str
    """As what, such as ``http_2xx``: parameter ``module``."""
    health: Health
    last_scrape: datetime | None
    """Aware, UTC; none if it never was."""
    interval: float
    """Seconds from one scrape to the next; 0 where an old Prometheus does not tell."""
    error: str
    """Of the last scrape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One rule that fires alerts."""

    name: str
    group: str
    expression: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    health: str
    """``ok``, ``err`` or ``unknown``."""
    state: str
    """``inactive``, ``pending`` or ``firing``."""
    evaluated: datetime | None
    """Aware, UTC; none if it never was."""
    lasts: float
    """Seconds for which it must hold before it fires."""
    error: str
    """Of the last evaluation."""
    alerts: tuple[Mapping[str, str], ...] = ()
    """Labels of each alert that it fires or is about to."""


def samples_of(data: At) -> Iterator[Sample]:
    """Yield the samples of ``data`` of a query: of a vector or a scalar."""
    kind = data["resultType"].needed()
    if kind == "scalar":
        yield _sample({}, data["result"])
        return
    if kind != "vector":
        raise Unreadable(f"is a {kind[:40]}, and no samples")
    for series in data["result"].each():
        labels = texts_of(series["metric"])
        if series["histogram"]:
            raise Unreadable("holds native histograms, which are no single number")
        yield _sample(labels, series["value"])


def texts_of(object_: At) -> Mapping[str, str]:
    """Return an object of texts, such as labels."""
    return {key: value.text() for key, value in object_.items()}


def target_of(said: At) -> Target:
    """Return an entry of ``activeTargets`` of GET /api/v1/targets."""
    labels = texts_of(said["labels"])
    url = urlsplit(said["scrapeUrl"].text())
    asked = parse_qs(url.query)
    health = said["health"].text()
    return Target(
        job=labels.get("job", ""),
        instance=labels.get("instance", ""),
        labels=labels,
        url=url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl(),
        probed=_place(asked.get("target", [""])[0]),
        module=asked.get("module", [""])[0],
        health="up" if health == "up" else "down" if health == "down" else "unknown",
        last_scrape=instant_of(said["lastScrape"]),
        interval=seconds_in(said["scrapeInterval"].text()),
        error=QUERY.sub("", said["lastError"].text()),
    )


def rules_of(group: At) -> Iterator[AlertRule]:
    """Yield the alerting rules of a group of GET /api/v1/rules."""
    name = group["name"].text()
    for said in group["rules"].each():
        if said["type"].text() == "alerting":
            yield AlertRule(
                name=said["name"].needed(),
                group=name,
                expression=said["query"].text(),
                labels=texts_of(said["labels"]),
                annotations=texts_of(said["annotations"]),
                health=said["health"].text(),
                state=said["state"].text(),
                evaluated=instant_of(said["lastEvaluation"]),
                lasts=said["duration"].number() or 0.0,
                error=said["lastError"].text(),
                alerts=tuple(texts_of(one["labels"]) for one in said["alerts"].each()),
            )


def instant_of(said: At) -> datetime | None:
    """Return an instant in RFC 3339; none for that of the year 1, by which Go says never."""
    text = said.text()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise said.wrong("instant") from None
    if found.tzinfo is None:
        raise said.wrong("instant with an offset")
    return found.astimezone(UTC) if found.year > 1 else None


def seconds_in(duration: str) -> float:
    """Return the seconds of a duration such as ``1m30s``; 0 of none."""
    return sum(int(number) * SECONDS[unit] for number, unit in DURATION.findall(duration))


def _sample(labels: Mapping[str, str], pair: At) -> Sample:
    both = list(pair.each())
    if len(both) != 2:
        raise pair.wrong("instant with a value")
    return Sample(labels=labels, at=_instant(both[0]), value=_value(both[1]))


def _value(said: At) -> float:
    try:
        return float(said.needed())
    except ValueError:
        raise said.wrong("value") from None


def _instant(said: At) -> datetime:
    seconds = said.number()
    if seconds is None or not 0 <= seconds <= LAST_INSTANT:
        raise said.wrong("instant")
    return datetime.fromtimestamp(seconds, UTC)


def instant_in(value: float) -> datetime | None:
    """Return the instant that a value of ``timestamp()`` is; none if it is none."""
    if math.isfinite(value) and 0 <= value <= LAST_INSTANT:
        return datetime.fromtimestamp(value, UTC)
    return None


def _place(url: str) -> str:
    parts = urlsplit(url)
    if not parts.netloc:
        return url.partition("?")[0]
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
