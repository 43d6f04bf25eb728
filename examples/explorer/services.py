"""Everything of the embedded world that is spoken to by HTTP and is neither AWS nor the service.

Run by ``world.py`` as ``python -m examples.explorer.services STATE FOLDER``. Each part is a module
beside this one with ``serve(state, folder)``, which starts its servers on threads and returns the
variables that lead there.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from examples.explorer.child import stay

PARTS: tuple[str, ...] = (
    "repository",
    "gitlab",
    "gitguardian",
    "osv",
    "registry",
    "testnet",
    "nodes",
    "discord",
    "telegram",
    "monitoring",
    "uptimerobot",
    "pagerduty",
    "grafana",
    "wiki",
)
"""Modules beside this one, in the order in which they start."""


def main() -> None:
    """Start every part, say where all of them are, and stay."""
    state, folder = sys.argv[1], Path(sys.argv[2])
    said: dict[str, str] = {}
    for part in PARTS:
        said |= import_module(f"examples.explorer.{part}").serve(state, folder)
    stay(folder, **said)


if __name__ == "__main__":
    main()
