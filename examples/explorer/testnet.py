"""A node of the testnet in the example, on loopback: it tells one block more each time it is asked.

Part of ``services.py``.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

from examples.explorer.registry import Told, start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FIRST = 6_214_309


def serve(_: str, __: Path) -> dict[str, str]:
    """Start the node; return where it is."""
    return {"EXPLORER_TESTNET": start(node())}


def node(step: int = 1) -> Callable[[str, Mapping[str, str], bytes], Told]:
    """Return what answers ``eth_blockNumber``; a step of 0 is a chain that stands still."""
    heights = count(FIRST, step)

    def tell(_: str, __: Mapping[str, str], body: bytes) -> Told:
        asked = json.loads(body)
        told = {"jsonrpc": "2.0", "id": asked["id"]}
        if asked["method"] != "eth_blockNumber":
            unknown = {"code": -32601, "message": "the method does not exist"}
            return 200, {}, json.dumps({**told, "error": unknown}).encode()
        return 200, {}, json.dumps({**told, "result": hex(next(heights))}).encode()

    return tell
