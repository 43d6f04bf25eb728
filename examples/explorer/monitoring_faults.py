"""Changes what the example's recorded monitoring says: each fault breaks one criterion.

Each takes a path and the body that was recorded, and returns what is told instead; they are planted
by name, by ``PUT /-/faults``.
"""

from __future__ import annotations

from copy import deepcopy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Fault = Callable[[str, Any], Any]

YESTERDAY = "2026-11-19T00:00:00Z"
BACKEND = "explorer-backend-2"


def target_down(path: str, body: Any) -> Any:
    """One node target does not answer."""
    for target in _targets(path, body := deepcopy(body), "node"):
        target.update(health="down", lastError="connect: connection refused")
    return body


def target_stale(path: str, body: Any) -> Any:
    """One node target was last scraped a day ago."""
    for target in _targets(path, body := deepcopy(body), "node"):
        target["lastScrape"] = YESTERDAY
    return body


def target_missing(path: str, body: Any) -> Any:
    """One host is not scraped."""
    gone = _targets(path, body := deepcopy(body), "node")
    for target in [*gone]:
        body["data"]["activeTargets"].remove(target)
    return body


def target_of_nobody(path: str, body: Any) -> Any:
    """One node target is of no declared host."""
    for target in _targets(path, body := deepcopy(body), "node"):
        other = deepcopy(target)
        other["labels"]["instance"] = "explorer-backend-9:9100"
        other["scrapeUrl"] = "http://explorer-backend-9:9100/metrics"
        body["data"]["activeTargets"].append(other)
        break
    return body


def service_down(path: str, body: Any) -> Any:
    """One backend's own target does not answer."""
    for target in _targets(path, body := deepcopy(body), "explorer"):
        target.update(health="down", lastError="connect: connection refused")
    return body


def service_stale(path: str, body: Any) -> Any:
    """One backend's own target was last scraped a day ago."""
    for target in _targets(path, body := deepcopy(body), "explorer"):
        target["lastScrape"] = YESTERDAY
    return body


def nothing_scraped(path: str, body: Any) -> Any:
    """Prometheus scrapes nothing at all."""
    if path == "/api/v1/targets":
        return {"status": "success", "data": {"activeTargets": [], "droppedTargets": []}}
    return body


def rules_missing(path: str, body: Any) -> Any:
    """Prometheus has no alert rule."""
    if path == "/api/v1/rules":
        return {"status": "success", "data": {"groups": []}}
    return body


def in_part(path: str, body: Any) -> Any:
    """Prometheus warns that its answers are not whole."""
    if path.startswith("/api/v1/"):
        return {**body, "warnings": ["remote store: connection refused"]}
    return body


def _targets(path: str, body: Any, job: str) -> list[Any]:
    """Return the targets of a job on one host; none unless targets were asked for."""
    if path != "/api/v1/targets":
        return []
    return [
        one
        for one in body["data"]["activeTargets"]
        if one["labels"]["job"] == job and one["labels"]["instance"].startswith(BACKEND)
    ]


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "in-part": in_part,
        "nothing-scraped": nothing_scraped,
        "rules-missing": rules_missing,
        "service-down": service_down,
        "service-stale": service_stale,
        "target-down": target_down,
        "target-missing": target_missing,
        "target-of-nobody": target_of_nobody,
        "target-stale": target_stale,
    }
)
"""By name, each breaks one criterion."""
