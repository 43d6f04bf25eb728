"""Answers the product's host script with what a real host printed, for the sections asked for."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CLOCK = ("clock", "epoch")
ASKED = re.compile(rb"^\s*read_section (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one host printed: JSON lines, of which the last one counts the sections."""

    lines: tuple[dict[str, Any], ...]

    def answer(self, script: bytes) -> bytes:
        """Return what a script would print here; a script that names no section gets them all.

        A section that was never recorded is missing. The host's clock goes on, or the product would
        find it wrong; everything else is as it was recorded.
        """
        *lines, end = self.lines
        names = {name.decode() for name in ASKED.findall(script)}
        kept = [_of_now(line) for line in lines if not names or line["section"] in names]
        whole = [line for line in kept if "done" in line]
        return _printed([*kept, {**end, "sections": len(whole)}])


def read_record(path: Path) -> Record:
    """Read a file of ``hosts/``."""
    lines = path.read_text(encoding="ascii").splitlines()
    return Record(lines=tuple(json.loads(line) for line in lines))


def _of_now(line: dict[str, Any]) -> dict[str, Any]:
    is_clock = (line["section"], line.get("key")) == CLOCK
    return {**line, "value": str(int(time.time()))} if is_clock else line


def _printed(lines: Iterable[dict[str, Any]]) -> bytes:
    printed = (json.dumps(line, separators=(",", ":")) for line in lines)
    return "".join(f"{line}\n" for line in printed).encode("ascii")
