"""What a profile asks the world about: facts recorded for another scope say nothing about it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from .schema import Profile

if TYPE_CHECKING:
    from typing import Any

HOW_TO_REACH = frozenset({"connect", "ca", "timeout"})
"""Keys of an endpoint that say how it is reached from one machine, not which one it is."""


def scope_of(profile: Profile) -> str:
    """Return the SHA-256 over service, environment, accounts, resources and endpoints."""
    said: dict[str, Any] = TypeAdapter(Profile).dump_python(profile, mode="json")
    endpoints = [
        {key: value for key, value in endpoint.items() if key not in HOW_TO_REACH}
        for endpoint in said["endpoints"]
    ]
    scope = {
        "service": said["service"]["name"],
        "environment": said["service"]["environment"],
        "aws": said["aws"],
        "endpoints": endpoints,
    }
    return hashlib.sha256(json.dumps(scope, sort_keys=True).encode()).hexdigest()
