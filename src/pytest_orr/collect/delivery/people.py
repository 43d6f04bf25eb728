"""Tells people from robots among the names that a forge gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROBOT = re.compile(
    r".*\[bot\]|(project|group)_[0-9]+_bot(_[0-9a-f]+)?|service_account_.*|web-flow|ghost"
    r"|dependabot.*|renovate.*|(alert|automation|migration|security|support)-bot"
)
"""Apps of GitHub; owners of GitLab's project, group and service tokens; people who left."""


def is_person(name: str) -> bool:
    """Tell whether a name can be a person's."""
    return bool(name) and ROBOT.fullmatch(name.lower()) is None


def people_among(names: Iterable[str]) -> tuple[str, ...]:
    """Return the people among some names, each once, sorted."""
    return tuple(sorted({name for name in names if is_person(name)}))
