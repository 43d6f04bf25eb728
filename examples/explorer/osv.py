"""A database of advisories on loopback that speaks OSV's API, version 1.

It knows a harmless advisory of one of the example's packages; a grave one of another is a fault
that whoever tests it plants while it runs: ``PUT /-/faults`` with a JSON list of names. Part of
``services.py``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


FAULTS = frozenset(
    {"advisory-high", "advisory-ungraded", "advisory-withdrawn", "out-of-order", "record-missing"}
)
MILD = {
    "id": "PYSEC-2026-9001",
    "schema_version": "1.6.0",
    "modified": "2026-10-30T09:00:00Z",
    "published": "2026-10-28T12:00:00Z",
    "aliases": ["CVE-2026-99001"],
    "summary": "A made-up advisory: a long alias takes a long time to read",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "pyyaml"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "6.0.5"}]}],
            "versions": ["6.0.4"],
        }
    ],
}
GRAVE = {
    "id": "GHSA-9f2p-made-up01",
    "schema_version": "1.6.0",
    "modified": "2026-11-12T09:00:00Z",
    "published": "2026-11-11T12:00:00Z",
    "aliases": ["CVE-2026-99002"],
    "summary": "A made-up advisory: a label of a series is taken for markup",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:N"}],
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "uplot"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.6.33"}]}],
            "versions": ["1.6.31", "1.6.32"],
        }
    ],
    "database_specific": {"severity": "HIGH"},
}

GRADES = ("severity", "database_specific")
"""Where a record says how grave it is."""


def serve(_state: str, _folder: Path) -> dict[str, str]:
    """Start it, the same in both states; return where it is."""
    return {"EXPLORER_OSV": OsvServer().url}


class OsvServer(FaultServer):
    """Answers on a port of its own until ``close``; ``most`` advisories fit on a page."""

    known = FAULTS

    def __init__(self, faults: Iterable[str] = (), *, most: int = 1000) -> None:
        self._most = most
        super().__init__(faults)

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        match (request.method, *request.parts):
            case ("POST", "v1", "querybatch"):
                queries = json.loads(request.body)["queries"]
                if "out-of-order" in self.faults:
                    return json_answer({"code": 14, "message": "upstream is not there"}, 503)
                return json_answer({"results": [self._result(query) for query in queries]})
            case ("GET", "v1", "vulns", name):
                known = {record["id"]: record for record in records(self.faults)}
                if name in known and "record-missing" not in self.faults:
                    return json_answer(known[name])
                return json_answer({"code": 5, "message": "Bug not found."}, 404)
        return json_answer({"code": 5, "message": "Not Found"}, 404)

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        """Return a page of what is known of one package."""
        found = [
            {"id": record["id"], "modified": record["modified"]}
            for record in records(self.faults)
            for affected in record["affected"]
            if affected["package"] == query["package"] and query["version"] in affected["versions"]
        ]
        start = int(query.get("page_token") or 0)
        page: dict[str, Any] = {"vulns": found[start : start + self._most]} if found else {}
        further = {"next_page_token": str(start + self._most)}
        return page | further if start + self._most < len(found) else page


def records(faults: frozenset[str]) -> list[dict[str, Any]]:
    """Return every record that the database has, in OSV's schema."""
    found: list[dict[str, Any]] = [MILD]
    if {"advisory-high", "advisory-ungraded", "advisory-withdrawn"} & faults:
        grave = dict(GRAVE)
        if "advisory-ungraded" in faults:
            grave = {key: grave[key] for key in grave if key not in GRADES}
        if "advisory-withdrawn" in faults:
            grave["withdrawn"] = "2026-11-13T08:00:00Z"
        found.append(grave)
    return found
