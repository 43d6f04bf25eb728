"""How the limit reads a listing."""

from __future__ import annotations

from typing import Any


def pages(client: Any, operation: str, key: str, **parameters: Any) -> list[Any]:
    """Return a whole listing."""
    found = client.get_paginator(operation).paginate(**parameters)
    return [one for page in found for one in page[key]]
