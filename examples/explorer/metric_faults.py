"""Changes what single questions to the example's recorded Prometheus are told.

Each fault names the questions that it is about, by what their expressions hold, and what their
samples are instead; they are planted by name, by ``PUT /-/faults``.
"""

from __future__ import annotations

from copy import deepcopy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Change = Callable[[float], float | None]

HOUR = 3600
QUEUE = "ExplorerQueueLong"
SAMPLES: Mapping[str, tuple[tuple[tuple[str, ...], Change], ...]] = MappingProxyType(
    {
        "canary-worse": (
            (
                ("sum(increase(explorer_request_errors_total{", 'track="canary"'),
                lambda value: value * 20,
            ),
        ),
        "canary-unused": ((("sum(increase(explorer_request", 'track="canary"'), lambda _: 0.0),),
        "canary-not-counted": (
            (("sum(increase(explorer_requests_total{", 'track="canary"'), lambda _: None),
        ),
        "history-too-short": ((("count_over_time((count(explorer_",), lambda value: value / 2),),
        "criterion-without-data": ((("explorer_request_errors_total or ",), lambda _: None),),
        "criterion-stale": (
            (("timestamp(explorer_request_errors_total)",), lambda value: value - HOUR),
        ),
        "family-stale": ((("max(timestamp(explorer_build_info",), lambda value: value - HOUR),),
        "queue-stale": ((("timestamp(explorer_queue_length",), lambda value: value - HOUR),),
        "calls-refused": ((("sum(increase(explorer_node_refused_total{",), lambda _: 3.0),),
        "day-above-projection": (
            (("sum(increase(explorer_requests_total{", "[86400s]"), lambda _: 9e6),
        ),
    }
)
"""By name: what an expression holds, and what becomes of a value; none takes the series away."""
RULES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "queue-rule-late": {"query": 'explorer_queue_length{queue="blocks"} > 95'},
        "queue-rule-unclear": {"query": 'explorer_queue_length{queue="blocks"} > on () limit'},
        "queue-rule-broken": {"health": "err", "lastError": "unknown function"},
        "queue-rule-quiet": {"labels": {"severity": "info", "service": "explorer"}},
    }
)
"""By name: what the rule on the queue says instead."""
METRIC_FAULTS = frozenset({*SAMPLES, *RULES})


def changed(fault: str, path: str, expression: str, body: Any) -> Any:
    """Return what a question is told while a fault is planted."""
    if fault in RULES:
        return _rules(RULES[fault], body) if path == "/api/v1/rules" else body
    for held, change in SAMPLES[fault]:
        if all(one in expression for one in held):
            body = _samples(change, body)
    return body


def _samples(change: Change, body: Any) -> Any:
    body = deepcopy(body)
    kept = []
    for one in body["data"]["result"]:
        value = change(float(one["value"][1]))
        if value is not None:
            one["value"][1] = f"{value}"
            kept.append(one)
    body["data"]["result"] = kept
    return body


def _rules(said: Mapping[str, Any], body: Any) -> Any:
    body = deepcopy(body)
    for group in body["data"]["groups"]:
        for rule in group["rules"]:
            if rule["name"] == QUEUE:
                rule.update(said)
    return body
