"""Progress while facts are gathered: one file, written by the gatherer, shown by the controller."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROGRESS = "progress.log"
GLANCE = 0.1
"""Seconds between two looks at the file."""
CALM = 1.0
"""Seconds between two lines on the terminal, so that a fast run stays short."""
WIDEST = 100
"""Characters of a line that is shown; the file keeps all of it."""


class ProgressTail:
    """Shows the newest line of the progress file from a thread, until the first item reports."""

    def __init__(self, folder: Path, show: Callable[[str], None]) -> None:
        self._path = folder / PROGRESS
        self._show = show
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="orr-progress", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch; safe to call again and again."""
        if not self._stopped.is_set():
            self._stopped.set()
            if self._thread.ident is not None:
                self._thread.join()

    def _watch(self) -> None:
        shown = 0
        since = 0.0
        while not self._stopped.wait(GLANCE):
            since += GLANCE
            lines = self._lines()
            if len(lines) > shown and since >= CALM:
                shown, since = len(lines), 0.0
                self._show(_cut(lines[-1]))

    def _lines(self) -> list[str]:
        if not self._path.exists():
            return []
        return self._path.read_text(encoding="utf-8", errors="replace").splitlines()


def _cut(line: str) -> str:
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
