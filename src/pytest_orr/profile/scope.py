"""What a profile asks the world about: facts recorded for another scope say nothing about it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic_core import to_jsonable_python

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .schema import Profile

HOW_TO_REACH = frozenset(
    {"connect", "ca", "timeout", "jump", "outputs", "token", "api", "gateways", "login"}
)
"""Keys that say how something is reached from one machine, not which one it is."""
ADDRESS = ("url", "user", "password")
"""Keys of what stands behind a proxy that say how it is reached."""
THRESHOLDS = frozenset({"longest_ttl", "dependents", "minimum", "capacity"})
"""Keys that say what facts are compared with, not what they are about."""

HERE = frozenset({"path", "signers"})
"""Keys of [repository] that say where it lies on one machine."""
OF_ITEMS = frozenset({"audited_lines", "newest_update_days"})
"""Keys of [repository] that facts are compared with."""
AT_PROVIDERS = frozenset({"fingerprint_key", "most_of_the_plan"})
"""Keys of [provider] that say how, and how much of what facts tell is enough."""
OF_DELIVERY = (
    *("canary", "earlier_images", "earlier_review", "lint_job", "lint_report", "plans"),
    "required_checks",
)
"""Keys of [delivery] that facts are about."""
OF_BUILDS = frozenset({"url", "token", "oldest_build_days"})
"""Keys of [delivery.travis] that say how it is reached, or what facts are compared with."""
OF_TESTNET = frozenset({"rpc", "oldest_success_hours"})
"""The same of [delivery.testnet]."""


def scope_of(profile: Profile) -> str:
    """Return the SHA-256 over whatever facts are about, each as the profile declares it.

    That is service, environment, commit, accounts, resources, endpoints, hosting, keys, databases,
    images, repository, forge and delivery, balances, stress tests, saturation signals, peers, and
    hosts with all that they are asked about.
    """
    said: dict[str, Any] = to_jsonable_python(asdict(profile))
    scope = _of_what_runs(said) | _of_the_release(said)
    return hashlib.sha256(json.dumps(scope, sort_keys=True).encode()).hexdigest()


def _of_what_runs(said: dict[str, Any]) -> dict[str, Any]:
    limits = said["host_limits"]
    return {
        "service": said["service"]["name"],
        "environment": said["service"]["environment"],
        "aws": said["aws"],
        "endpoints": _named(said["endpoints"]),
        "hosting": _named(said["hosting"]),
        "keys": said["keys"],
        "credentials": said["credentials"],
        "emergency": _named([said["emergency"]]),
        "databases": _named(said["databases"]),
        "hosts": _named(said["hosts"]),
        "stress_tests": said["stress_tests"],
        "saturation": _named(said["scaling"]["saturation"]),
        "requests": said["scaling"]["requests"],
        "prometheus": _named([said["prometheus"] or {}], besides=ADDRESS),
        "alertmanager": _named([said["alertmanager"] or {}], besides=(*ADDRESS, "known_as")),
        "peers": said["peers"],
        "support": _named([said["support"]], besides=("channels",)),
        "channels": _named(said["support"]["channels"], besides=("url", "moderators")),
        "documents": said["documents"],
        "evidence_hosts": said["evidence"]["hosts"],
        "pagerduty": _named([said["pagerduty"] or {}], besides=("url",)),
        "grafana": _named([said["grafana"] or {}]),
        "on_call_days": said["monitoring"]["on_call_days"],
        "newest_page_days": said["monitoring"]["newest_page_days"],
        "agent_namespace": said["compute"]["agent_namespace"],
        "outside_monitors": (said["uptimerobot"] or {}).get("tags"),
        "probed_days": said["monitoring"]["availability_days"],
        "on_hosts": {key: limits[key] for key in ("leftovers", "node_exporter_port")},
    }


def _of_the_release(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "images": said["release"]["images"],
        "image_sources": {
            "namespace": _named([said["images"]["namespace"] or {}], besides=("url", "user")),
            "built": said["images"]["built"],
            "scans": said["images"]["scans"],
        },
        "commit": said["release"]["commit"],
        "first": said["release"]["first"],
        "forge": _named([said["forge"]] if said["forge"] else ()),
        "vault_repository": said["vault_repository"],
        "gitguardian": _named([said["gitguardian"]] if said["gitguardian"] else ()),
        "scans": said["scans"],
        "osv": said["osv"]["asked"],
        "forge_alerts": said["scan_limits"]["forge_alerts"],
        "repository": _apart(said["repository"] or {}, HERE | OF_ITEMS),
        "chains": [one["id"] for one in said["chains"]],
        "contracts": said["contracts"],
        "balances": [_balance(one) for one in said["balances"]],
        "provider": _apart(said["provider"] or {}, AT_PROVIDERS),
        "delivery": {key: said["delivery"][key] for key in OF_DELIVERY},
        "travis": _apart(said["delivery"]["travis"], OF_BUILDS),
        "drills": {key: said["drills"][key] for key in ("folder", "voided_by")},
        "testnet": _apart(said["delivery"]["testnet"], OF_TESTNET),
    }


def _balance(said: dict[str, Any]) -> dict[str, Any]:
    readers = [_apart(one, frozenset({"url", "token"})) for one in said["readers"]]
    return {**said, "readers": readers}


def _apart(said: dict[str, Any], left_out: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in left_out}


def _named(things: Iterable[dict[str, Any]], besides: Iterable[str] = ()) -> list[dict[str, Any]]:
    left_out = HOW_TO_REACH | THRESHOLDS | {*besides}
    return [{key: said for key, said in one.items() if key not in left_out} for one in things]
