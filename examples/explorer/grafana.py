"""Grafana's APIs on loopback, the old one and the new, with the example's dashboards.

Whoever tests it plants faults while it runs: ``PUT /-/faults`` with a JSON list of their names.
Part of ``services.py``.
"""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from examples.explorer import grafana_shapes as shapes
from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


TOKEN = "grafana-of-nobody"  # noqa: S105 opens nothing but this example
DASHBOARDS, FOLDERS = "dashboard.grafana.app", "folder.grafana.app"
QUERIES = {"/api/ds/query", "/apis/query.grafana.app/v0alpha1/namespaces/default/query"}
LEFT = re.compile(r"\$\{?(?!__(rate_)?interval\b)\w+")
"""A variable that somebody should have filled in."""
FAULTS = frozenset(
    {
        "conversion-failed",
        "down",
        "new-api-only",
        "no-dashboard",
        "nonsense",
        "old-api-only",
        "queries-denied",
        "second-version",
        "source-gone",
        "source-sick",
        "stale-panels",
        "too-often",
        "viewer-denied",
    }
)
PLANTED: dict[str, tuple[str, ...]] = {"faulty": (), "repaired": ()}


def serve(state: str, _: Path) -> dict[str, str]:
    """Start it; return where it is and who may read it."""
    server = GrafanaServer(PLANTED[state])
    return {"EXPLORER_GRAFANA": server.url, "EXPLORER_GRAFANA_TOKEN": TOKEN}


class GrafanaServer(FaultServer):
    """Answers on a port of its own until ``close``."""

    known = FAULTS

    def __init__(self, faults: Iterable[str] = (), *, most: int = 5000) -> None:
        self.most = most
        """Items on a page of /apis."""
        super().__init__(faults)

    @property
    def version(self) -> str:
        """Of dashboards under /apis, as this Grafana prefers it."""
        return "v2" if "second-version" in self.faults else "v1"

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        for fault, told in REFUSALS.items():
            if fault in self.faults:
                return told
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_answer({"message": "Invalid API key"}, 401)
        gone = {"api": "new-api-only", "apis": "old-api-only"}
        if gone.get(request.parts[0]) in self.faults:
            return NOT_FOUND
        if request.path in QUERIES and request.method == "POST":
            return self._queried(json.loads(request.body))
        if request.method != "GET":
            return json_answer({"message": "Permission denied"}, 403)
        return self._old(request) or self._new(request) or self._health(request) or NOT_FOUND

    def _old(self, request: Request) -> Answer | None:
        match request.parts:
            case ("api", "search"):
                size, page = int(request.query["limit"]), int(request.query["page"])
                rows = shapes.hits(self.faults)[size * (page - 1) : size * page]
                return json_answer(rows)
            case ("api", "dashboards", "uid", uid) if uid in shapes.titles():
                if self.version == "v2":
                    path = f"/apis/{DASHBOARDS}/v2/namespaces/default/dashboards/{uid}"
                    told = f"dashboard api version not supported, use {path} instead"
                    return json_answer({"message": told}, 406)
                return json_answer(shapes.whole(uid))
        return None

    def _new(self, request: Request) -> Answer | None:
        match request.parts:
            case ("apis", ("dashboard.grafana.app" | "folder.grafana.app") as group):
                return json_answer(self._group(group))
            case ("apis", "folder.grafana.app", "v1", "namespaces", "default", "folders"):
                one = shapes.resource(
                    f"{FOLDERS}/v1", "Folder", shapes.FOLDER[0], {"title": shapes.FOLDER[1]}
                )
                return self._listed("FolderList", f"{FOLDERS}/v1", [one], request)
            case ("apis", "dashboard.grafana.app", version, "namespaces", "default", "dashboards"):
                rows = [self._resource(one["uid"], version) for one in shapes.hits(self.faults)]
                return self._listed("DashboardList", f"{DASHBOARDS}/{version}", rows, request)
            case ("apis", "dashboard.grafana.app", version, _, "default", "dashboards", uid):
                return json_answer(self._resource(uid, version))
        return None

    def _group(self, group: str) -> dict[str, Any]:
        names = ("v2", "v1") if group == DASHBOARDS else ("v1",)
        preferred = self.version if group == DASHBOARDS else "v1"
        versions = [{"groupVersion": f"{group}/{one}", "version": one} for one in names]
        return {
            "kind": "APIGroup",
            "apiVersion": "v1",
            "name": group,
            "versions": versions,
            "preferredVersion": {"groupVersion": f"{group}/{preferred}", "version": preferred},
        }

    def _resource(self, uid: str, version: str) -> dict[str, Any]:
        spec = shapes.elements(uid) if version == "v2" else shapes.classic(uid)
        failed = "conversion-failed" in self.faults and version == "v1"
        if failed:
            spec = {"title": spec["title"], "tags": spec["tags"], "panels": []}
        told = shapes.resource(f"{DASHBOARDS}/{version}", "Dashboard", uid, spec)
        conversion = {"failed": True, "storedVersion": "v2", "error": "no layout fits"}
        return told | ({"status": {"conversion": conversion}} if failed else {})

    def _listed(
        self, kind: str, version: str, rows: list[dict[str, Any]], request: Request
    ) -> Answer:
        size = min(int(request.query["limit"]), self.most)
        start = int(request.query.get("continue", 0))
        metadata = {"resourceVersion": "1761704224207189"}
        if start + size < len(rows):
            metadata["continue"] = str(start + size)
        told = {"kind": kind, "apiVersion": version, "metadata": metadata}
        return json_answer({**told, "items": rows[start : start + size]})

    def _health(self, request: Request) -> Answer | None:
        new = ("apis", "prometheus.datasource.grafana.app", "v0alpha1", "namespaces", "default")
        old = ("api", "datasources", "uid", shapes.SOURCE, "health")
        if request.parts not in {old, (*new, "datasources", shapes.SOURCE, "health")}:
            return None
        if "queries-denied" in self.faults:
            return DENIED
        well = "source-sick" not in self.faults
        message = "Successfully queried the Prometheus API." if well else "connection refused"
        told: dict[str, Any] = {"status": "OK" if well else "ERROR", "message": message}
        if request.parts[0] == "apis":
            group = f"{new[1]}/{new[2]}"
            told |= {"kind": "HealthCheckResult", "apiVersion": group, "code": 1 if well else 2}
        return json_answer(told, 200 if well else 400)

    def _queried(self, asked: dict[str, Any]) -> Answer:
        if "queries-denied" in self.faults:
            return DENIED
        uids = {one["datasource"]["uid"] for one in asked["queries"]}
        if "source-gone" in self.faults or uids != {shapes.SOURCE}:
            return json_answer({"message": "Data source not found"}, 404)
        results = {one["refId"]: self._result(one, int(asked["to"])) for one in asked["queries"]}
        bad = any("error" in one for one in results.values())
        return json_answer({"results": results}, 400 if bad else 200)

    def _result(self, query: dict[str, Any], until: int) -> dict[str, Any]:
        if "source-sick" in self.faults:
            return {"status": 502, "error": "bad gateway: connection refused"}
        if left := LEFT.search(query["expr"]):
            return {"status": 400, "error": f"parse error: unexpected character: {left[0]!r}"}
        return {"status": 200, "frames": shapes.frames(query["expr"], until, self.faults)}


NOT_FOUND = json_answer({"message": "Not found"}, 404)
DENIED = json_answer({"message": "You'll need additional permissions"}, 403)
REFUSALS = MappingProxyType(
    {
        "down": json_answer({"message": "database is locked"}, 500),
        "nonsense": Answer(body=b"<html>Log in</html>"),
        "too-often": json_answer({"message": "Too many requests"}, 429, Retry_After="50"),
        "viewer-denied": DENIED,
    }
)
"""What everybody is told while one of these faults is planted."""
