"""The alert rules and routes of the example, as Prometheus and Alertmanager run them.

To add a rule, add a line to ``rules``; faults change what is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNBOOK = "https://wiki.example.org/explorer/runbook"
Faults = frozenset[str]
RULES = (
    ("ExplorerHostDown", 'up{job="node"} == 0', "5m", "page", "host-down"),
    ("ExplorerHostGone", 'absent(up{job="node"})', "5m", "page", "host-down"),
    (
        "ExplorerServiceProbeFails",
        'probe_success{job="blackbox",probe="service"} == 0',
        "3m",
        "page",
        "service-probe",
    ),
    (
        "ExplorerFrontendProbeFails",
        (
            'probe_success{job="blackbox",probe="frontend"} == 0'
            ' or probe_failed_due_to_regex{job="blackbox",probe="frontend"} == 1'
        ),
        "3m",
        "page",
        "frontend-probe",
    ),
    (
        "ExplorerHealthProbeFails",
        'probe_success{job="blackbox",probe="health"} == 0',
        "3m",
        "page",
        "backend-down",
    ),
    (
        "ExplorerBackendDown",
        'up{job="explorer"} == 0 or absent(up{job="explorer"})',
        "2m",
        "page",
        "backend-down",
    ),
    (
        "ExplorerErrors",
        (
            'sum(rate(explorer_request_errors_total{job="explorer"}[5m]))'
            ' / sum(rate(explorer_requests_total{job="explorer"}[5m])) > 0.01'
        ),
        "5m",
        "page",
        "errors",
    ),
    (
        "ExplorerSlow",
        (
            "histogram_quantile(0.95, sum by (le)"
            ' (rate(explorer_request_duration_seconds_bucket{job="explorer"}[5m]))) > 0.5'
        ),
        "10m",
        "warn",
        "slow",
    ),
    (
        "ExplorerDiskFull",
        (
            'node_filesystem_avail_bytes{job="node",mountpoint="/"}'
            ' / node_filesystem_size_bytes{job="node",mountpoint="/"} < 0.1'
        ),
        "15m",
        "page",
        "disk-full",
    ),
    (
        "ExplorerCpuBusy",
        '1 - avg by (instance) (rate(node_cpu_seconds_total{job="node",mode="idle"}[5m])) > 0.9',
        "15m",
        "warn",
        "cpu-busy",
    ),
    (
        "ExplorerQueueLong",
        'explorer_queue_length{queue="blocks"} > 80',
        "10m",
        "page",
        "queue-long",
    ),
    ("ExplorerIndexLags", "explorer_index_lag_blocks > 20", "5m", "page", "index-lags"),
    (
        "ExplorerBalanceLow",
        'explorer_account_balance{account="relayer"} < 6',
        "5m",
        "page",
        "balance-low",
    ),
    (
        "ExplorerNodeRefuses",
        "increase(explorer_node_refused_total[10m]) > 0",
        "0s",
        "page",
        "node-refuses",
    ),
)
"""Name, expression, how long it holds, severity, and its chapter of the runbook."""


def rules(faults: Faults) -> Mapping[str, Any]:
    """Return the file of rules of the service."""
    return {"groups": [{"name": "explorer", "rules": [_rule(one, faults) for one in RULES]}]}


def alertmanager(faults: Faults) -> Mapping[str, Any]:  # noqa: ARG001 every state has one
    """Return Alertmanager's configuration; its receivers lead nowhere from here."""
    nowhere = "http://127.0.0.1:9"
    return {
        "route": {
            "receiver": "chat",
            "group_by": ["alertname"],
            "routes": [
                {"matchers": ['severity="page"'], "receiver": "on-call"},
                {"matchers": ['severity=~"warn|info"'], "receiver": "chat"},
            ],
        },
        "receivers": [
            {
                "name": "on-call",
                "pagerduty_configs": [
                    {"routing_key": "key-of-nobody", "url": f"{nowhere}/v2/enqueue"}
                ],
            },
            {"name": "chat", "webhook_configs": [{"url": f"{nowhere}/chat"}]},
        ],
        "inhibit_rules": [
            {
                "source_matchers": ['alertname="ExplorerHostDown"'],
                "target_matchers": ['severity="warn"'],
                "equal": ["instance"],
            }
        ],
    }


def _rule(row: tuple[str, str, str, str, str], faults: Faults) -> Mapping[str, Any]:
    name, expression, lasts, severity, chapter = row
    if "route-to-nobody" in faults and name == "ExplorerBackendDown":
        severity = "critical"  # which no route knows, so that it ends in the chat
    annotations = {"summary": name, "runbook_url": f"{RUNBOOK}#{chapter}"}
    if "no-runbook" in faults and name == "ExplorerQueueLong":
        del annotations["runbook_url"]
    return {
        "alert": name,
        "expr": expression,
        "for": lasts,
        "labels": {"severity": severity, "service": "explorer"},
        "annotations": annotations,
    }
