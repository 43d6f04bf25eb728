"""What ``make packages`` fetched of npm: one JSON file out of an archive, reduced and kept."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FETCHED = Path(__file__).parents[3] / ".venv" / "npm"


def reduced(package: str, member: str, key: str, reduce: Callable[[Any], Any]) -> Any:
    """Return a package's JSON file as it was reduced before, or reduce it and keep it beside it.

    ``key`` tells one reduction from another. The test is skipped where npm fetched nothing.
    """
    archives = sorted(FETCHED.glob(f"{package}-[0-9]*.tgz"))
    if not archives:
        pytest.skip(f"{package} is not in .venv/npm: make packages fetches it, where npm is")
    kept, of = FETCHED / f"{package}.json", f"{archives[-1].name} {key}"
    if kept.exists():
        held = json.loads(kept.read_text(encoding="utf-8"))
        if held["of"] == of:
            return held["is"]
    made = reduce(_member(archives[-1], member))
    kept.write_text(json.dumps({"of": of, "is": made}), encoding="utf-8")
    return made


def _member(archive: Path, member: str) -> Any:
    with tarfile.open(archive) as opened:
        for one in opened:
            if one.name.endswith(f"/{member}"):
                source = opened.extractfile(one)
                assert source is not None
                return json.load(source)
    raise FileNotFoundError(member)
