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
THRESHOLDS = frozenset({"longest_ttl", "minimum", "capacity"})
"""Keys that say what facts are compared with, not what they are about."""


def scope_of(profile: Profile) -> str:
    """Return the SHA-256 over whatever facts are about, each as the profile declares it.

    That is service, environment, accounts, resources, endpoints, hosting, keys, databases,
    images, stress tests, saturation signals, peers, and hosts with all that they are asked about.
    """
    said: dict[str, Any] = to_jsonable_python(asdict(profile))
    limits = said["host_limits"]
    scope = {
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
        "images": said["release"]["images"],
        "stress_tests": said["stress_tests"],
        "saturation": _named(said["scaling"]["saturation"]),
        "peers": said["peers"],
        "agent_namespace": said["compute"]["agent_namespace"],
        "on_hosts": {key: limits[key] for key in ("leftovers", "node_exporter_port")},
    }
    return hashlib.sha256(json.dumps(scope, sort_keys=True).encode()).hexdigest()


def _named(things: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    left_out = HOW_TO_REACH | THRESHOLDS
    return [{key: said for key, said in one.items() if key not in left_out} for one in things]
