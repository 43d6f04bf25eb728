"""Reads the end-of-test summary of k6: of --summary-export, of handleSummary, and the newer one.

k6 tells how many requests there were, how many failed (``passes`` of ``http_req_failed``, since
the metric asks whether a request failed), and the mean rate of the whole test.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .figures import LoadFigures, Unreadable, count, number
from .files import ResultFile, member, read_json
from .instants import instant_of

P95 = "p(95)"


def read(file: ResultFile) -> LoadFigures:
    """Return what k6 measured; ``Unreadable`` for a file that is none of its summaries."""
    whole = read_json(file)
    if isinstance(whole, dict) and "results" in whole:
        return _newer(whole)
    metrics = member(whole, "metrics")
    requests, failed = (_values(metrics, name) for name in ("http_reqs", "http_req_failed"))
    samples = count(member(requests, "count"), "count of http_reqs")
    errors, others = (count(member(failed, key), key) for key in ("passes", "fails"))
    _require(samples, errors, errors + others, failed.get("value", failed.get("rate")))
    return LoadFigures(
        samples=samples,
        errors=errors,
        p95_ms=_p95(_values(metrics, "http_req_duration")),
        rate=number(member(requests, "rate"), "rate of http_reqs"),
        is_mean=True,
    )


def _newer(whole: Mapping[str, Any]) -> LoadFigures:
    """Read the machine-readable summary, version 1 (k6 1.5 and later)."""
    listed = member(whole, "results", "metrics")
    if not isinstance(listed, list):
        raise Unreadable("has no list as results.metrics")
    metrics = {str(member(one, "name")): one for one in listed}
    requests, failed = (_values(metrics, name) for name in ("http_reqs", "http_req_failed"))
    samples = count(member(requests, "count"), "count of http_reqs")
    errors, total = (count(member(failed, key), key) for key in ("matches", "total"))
    _require(samples, errors, total, failed.get("rate"))
    seconds = number(member(whole, "config", "duration"), "config.duration")
    ended = instant_of(member(whole, "metadata", "generatedAt"), "metadata.generatedAt")
    return LoadFigures(
        samples=samples,
        errors=errors,
        p95_ms=_p95(_values(metrics, "http_req_duration")),
        rate=samples / seconds if seconds else 0.0,
        is_mean=True,
        began=ended - timedelta(seconds=min(seconds, 1e9)),
        ended=ended,
    )


def _values(metrics: Any, name: str) -> dict[str, Any]:
    metric = member(metrics, name)
    values = metric.get("values", metric) if isinstance(metric, dict) else None
    if not isinstance(values, dict):
        raise Unreadable(f"has no values of {name}")
    return values


def _p95(trend: Mapping[str, Any]) -> float:
    if P95 not in trend:
        raise Unreadable("has no p(95) of http_req_duration: name it in summaryTrendStats")
    return number(trend[P95], "p(95)")


def _require(samples: int, errors: int, total: int, share: Any) -> None:
    """Refuse a summary whose counts do not fit each other: one of them would be wrong."""
    told = number(share, "rate of http_req_failed")
    if total != samples or abs(told * total - errors) > 0.5:
        raise Unreadable("contradicts itself on how many requests failed")
