"""Puts a review into the file of a job's summary, which other steps may have written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.publishing.interface import PublishingFailed

from .blocks import note_mark, with_block

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALLEST = 4096
"""Bytes in which a verdict can be told."""
LARGEST = 1024 * 1024 - 1
"""Bytes; GitHub drops a summary of 1 MiB and more."""


def summarised(file: Path, scope: str, compose: Callable[[int], str]) -> str:
    """Return what the file is to hold: what others wrote, and this review once.

    ``compose`` makes the review's text in at most so many bytes. Raises ``PublishingFailed`` if
    others left no room.
    """
    there = file.read_text(encoding="utf-8") if file.exists() else ""
    mark = note_mark(scope)
    with_one_byte = f"{with_block(there, mark, 'x')}\n"
    room = LARGEST - len(with_one_byte.encode()) + 1
    if room < SMALLEST:
        raise PublishingFailed(
            f"{file} has no room left for the review: GitHub shows less than 1 MiB",
            "publish in a step of its own",
        )
    return f"{with_block(there, mark, compose(room))}\n"
