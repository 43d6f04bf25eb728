"""Patterns as OpenSSH's files have them, for ``ssh_config`` and ``ssh_known_hosts``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def fits(patterns: Iterable[str], text: str) -> bool:
    """Tell whether one of the patterns fits and none that is negated by ``!`` does."""
    fitting = [pattern for pattern in patterns if _is_like(pattern.removeprefix("!"), text)]
    return bool(fitting) and not any(pattern.startswith("!") for pattern in fitting)


def _is_like(pattern: str, text: str) -> bool:
    """Match the whole text: only ``*`` and ``?`` mean something, unlike in a shell."""
    parts = re.split(r"([*?])", pattern)
    written = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(written, text, re.DOTALL) is not None
