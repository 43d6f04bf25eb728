"""Where an item broke, in words that are the same in every process and under every option."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


def trace_of(error: pytest.ExceptionInfo[BaseException], folder: Path) -> str:
    """Return the suite's own lines on the way to an exception, then the exception.

    pytest's own text depends on ``--tb``, on the worker and on where the suite lies, and a
    document must not. ``folder`` is the suite's.
    """
    return "\n".join([*_steps(error, folder), error.exconly()])


def _steps(error: pytest.ExceptionInfo[BaseException], folder: Path) -> Iterator[str]:
    for entry in error.traceback:
        path = entry.frame.code.path
        if not isinstance(path, str) and path.resolve().is_relative_to(folder):
            name = path.resolve().relative_to(folder).as_posix()
            yield f"{name}:{entry.lineno + 1}: in {entry.name}"
            yield f"    {str(entry.statement).strip()}"
