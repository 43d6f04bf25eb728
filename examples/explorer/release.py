"""The commit that the example is about, as its profile names it."""

from __future__ import annotations

import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def release_commit() -> str:
    """Return the release's commit: 40 of the characters 0-9 and a-f."""
    text = (HERE / "repaired" / "readiness.toml").read_text(encoding="utf-8")
    commit: str = tomllib.loads(text)["release"]["commit"]
    return commit
