"""Where readiness suites are: one look at the disk, since every pytest start asks."""

from __future__ import annotations

import os.path

LOCK = "suite.lock"
UPDATING = ".orr-update"
"""Folder in a suite that an update began to change and has not finished."""


def holds_suite(folder: str) -> bool:
    """Tell whether a folder is a readiness suite: it has a lock."""
    return os.path.exists(os.path.join(folder, LOCK))  # noqa: PTH110, PTH118 faster than Path


def suite_of(path: str) -> str:
    """Return the readiness suite in which a path lies, or nothing."""
    folder = os.path.abspath(path)  # noqa: PTH100 the same
    while True:
        if holds_suite(folder):
            return os.path.realpath(folder)
        parent = os.path.dirname(folder)  # noqa: PTH120 the same
        if parent == folder:
            return ""
        folder = parent
