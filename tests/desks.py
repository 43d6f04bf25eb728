"""A desk for collectors with the clients that a test gives, and nobody else to ask."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from pytest_orr.collect.interface import Desk


def desk_of(**given: Any) -> Desk:
    """Return a desk of a profile: ``desk_of(profile=…, as_of=…, http=…)``.

    Whoever asks a client that was not given fails; there is no folder and no progress unless given.
    """
    needed = [one.name for one in fields(Desk) if one.default is one.default_factory is MISSING]
    nobody: dict[str, Any] = dict.fromkeys(needed)
    return Desk(**(nobody | {"folder": Path(), "progress": lambda _: None} | given))
