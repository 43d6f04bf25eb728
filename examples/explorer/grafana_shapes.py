"""What the example's Grafana tells: dashboards in both models, and the samples of their panels."""

from __future__ import annotations

from typing import Any

SOURCE = "prometheus-main"
FOLDER = ("explorer-folder", "Explorer")
OVERVIEW = "explorer-overview"
SERIES = ("explorer_requests_total", "explorer_request_seconds_bucket", "explorer_block_height")
"""Series that the data source knows."""
RATE = 'sum(rate({series}{{job="$job"}}[$__rate_interval]))'
PANELS = (
    ("Requests", "timeseries", RATE.format(series=SERIES[0])),
    ("Errors", "timeseries", 'sum(rate(explorer_requests_total{code=~"$codes"}[5m]))'),
    (
        "Latency, 95 %",
        "timeseries",
        f"histogram_quantile(0.95, sum by (le) (rate({SERIES[1]}[5m])))",
    ),
    ("Block height", "stat", 'max(explorer_block_height{job="${job}"})'),
    ("Requests before the rename", "timeseries", "sum(rate(explorer_http_requests_total[5m]))"),
)
"""Title, kind and query of each panel that asks Prometheus."""
STALE = 40 * 60 * 1000
"""Milliseconds by which samples are late where they are stale."""


def classic(uid: str) -> dict[str, Any]:
    """Return a dashboard in the classic model."""
    panels = [
        {
            "id": number,
            "title": title,
            "type": kind,
            "datasource": {"type": "prometheus", "uid": "${source}"},
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8 * number},
            "targets": [
                {
                    "refId": "A",
                    "datasource": {"type": "prometheus", "uid": "${source}"},
                    "expr": expression,
                    "range": True,
                }
            ],
        }
        for number, (title, kind, expression) in enumerate(PANELS, 1)
    ]
    logs = {
        "id": 20,
        "title": "Log of the backend",
        "type": "logs",
        "datasource": {"type": "loki", "uid": "loki-main"},
        "targets": [{"refId": "A", "expr": '{unit="explorer.service"}'}],
    }
    row = {"id": 30, "title": "More", "type": "row", "collapsed": True, "panels": [logs]}
    text = {"id": 31, "title": "", "type": "text", "options": {"content": "Runbook: …"}}
    return {
        "uid": uid,
        "title": titles()[uid],
        "tags": tags()[uid],
        "schemaVersion": 41,
        "version": 7,
        "time": {"from": "now-6h", "to": "now"},
        "panels": [*panels, row, text],
        "templating": {
            "list": [
                {
                    "name": "source",
                    "type": "datasource",
                    "query": "prometheus",
                    "current": {"text": "Prometheus", "value": SOURCE},
                    "options": [],
                },
                {
                    "name": "job",
                    "type": "query",
                    "query": {"query": "label_values(up, job)", "refId": "A"},
                    "current": {"text": "explorer", "value": "explorer"},
                    "options": [],
                },
                {
                    "name": "codes",
                    "type": "custom",
                    "query": "500,502,503",
                    "multi": True,
                    "includeAll": True,
                    "current": {"text": ["All"], "value": ["$__all"]},
                    "options": [
                        {"text": "All", "value": "$__all", "selected": True},
                        {"text": "500", "value": "500", "selected": False},
                        {"text": "503", "value": "503", "selected": False},
                    ],
                },
            ]
        },
    }


def elements(uid: str) -> dict[str, Any]:
    """Return the same dashboard in the second model."""
    told = classic(uid)
    asked = [one for one in told["panels"] if "targets" in one] + told["panels"][-2]["panels"]
    return {
        "title": told["title"],
        "tags": told["tags"],
        "cursorSync": "Off",
        "elements": {f"panel-{one['id']}": _element(one) for one in asked},
        "layout": {"kind": "GridLayout", "spec": {"items": []}},
        "variables": [_variable(one) for one in told["templating"]["list"]],
        "annotations": [],
        "links": [],
        "preload": False,
        "timeSettings": {"from": "now-6h", "to": "now", "autoRefresh": ""},
    }


def _element(panel: dict[str, Any]) -> dict[str, Any]:
    source = panel["datasource"]
    return {
        "kind": "Panel",
        "spec": {
            "id": panel["id"],
            "title": panel["title"],
            "links": [],
            "data": {
                "kind": "QueryGroup",
                "spec": {
                    "queries": [
                        {
                            "kind": "PanelQuery",
                            "spec": {
                                "refId": one["refId"],
                                "hidden": False,
                                "query": {
                                    "kind": "DataQuery",
                                    "group": source["type"],
                                    "version": "v0",
                                    "datasource": {"name": source["uid"]},
                                    "spec": {"expr": one["expr"]},
                                },
                            },
                        }
                        for one in panel["targets"]
                    ],
                    "transformations": [],
                    "queryOptions": {},
                },
            },
            "vizConfig": {"kind": "VizConfig", "group": panel["type"], "version": "", "spec": {}},
        },
    }


def _variable(said: dict[str, Any]) -> dict[str, Any]:
    kinds = {
        "datasource": "DatasourceVariable",
        "query": "QueryVariable",
        "custom": "CustomVariable",
    }
    spec = {key: said[key] for key in ("name", "current", "options")}
    spec |= {"multi": said.get("multi", False), "includeAll": said.get("includeAll", False)}
    if said["type"] == "datasource":
        spec["pluginId"] = said["query"]
    return {"kind": f"{kinds[said['type']]}Variable", "spec": spec}


def titles() -> dict[str, str]:
    """Return each dashboard's title by its uid."""
    return {OVERVIEW: "Explorer: overview", "faucet-overview": "Faucet: overview"}


def tags() -> dict[str, list[str]]:
    """Return each dashboard's tags by its uid."""
    return {OVERVIEW: ["explorer", "first"], "faucet-overview": ["faucet"]}


def hits(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return the dashboards as ``GET /api/search`` lists them."""
    return [
        {
            "id": number,
            "uid": uid,
            "orgId": 1,
            "title": title,
            "uri": f"db/{uid}",
            "url": f"/d/{uid}/{uid}",
            "slug": "",
            "type": "dash-db",
            "tags": tags()[uid],
            "isStarred": False,
            "folderUid": FOLDER[0],
            "folderTitle": FOLDER[1],
            "folderUrl": f"/dashboards/f/{FOLDER[0]}/explorer",
            "sortMeta": 0,
        }
        for number, (uid, title) in enumerate(titles().items(), 1)
        if not (uid == OVERVIEW and "no-dashboard" in faults)
    ]


def whole(uid: str) -> dict[str, Any]:
    """Return a dashboard as ``GET /api/dashboards/uid/{uid}`` tells it."""
    meta = {
        "type": "db",
        "slug": uid,
        "url": f"/d/{uid}/{uid}",
        "folderUid": FOLDER[0],
        "folderTitle": FOLDER[1],
        "version": 7,
    }
    return {"meta": meta, "dashboard": classic(uid)}


def resource(group: str, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return a thing as /apis tells it; ``group`` comes with its version."""
    return {
        "kind": kind,
        "apiVersion": group,
        "metadata": {
            "name": name,
            "namespace": "default",
            "uid": f"uid-of-{name}",
            "resourceVersion": "1761704224207189",
            "generation": 7,
            "creationTimestamp": "2025-02-03T10:14:02Z",
            "annotations": {"grafana.app/folder": FOLDER[0]} if kind == "Dashboard" else {},
        },
        "spec": spec,
    }


def frames(expression: str, until: int, faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return what a query shows: two points, the last 20 seconds before the end, or nothing."""
    last = until - 20_000 - (STALE if "stale-panels" in faults else 0)
    known = any(series in expression for series in SERIES)
    shown = [[last - 15_000, last], [41.5, 42.0]] if known else [[], []]
    fields = [
        {"name": "Time", "type": "time", "typeInfo": {"frame": "time.Time"}},
        {"name": "Value", "type": "number", "typeInfo": {"frame": "float64"}, "labels": {}},
    ]
    return [{"schema": {"refId": "A", "fields": fields}, "data": {"values": shown}}]
