"""Where readiness suites are: one look at the disk, since every pytest start asks."""

from __future__ import annotations

import os.path

from .errors import NeededFileMissing

LOCK = "suite.lock"
LAID_DOWN = os.path.join(".schemas", "readiness.schema.json")  # noqa: PTH118 the same
"""What `orr init` writes beside a suite, and nobody else."""
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


def lost_lock(path: str) -> str:
    """Return what to do where a suite was laid down and its lock is gone; or nothing."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)  # noqa: PTH112, PTH120 the same
    laid_down = os.path.exists(os.path.join(folder, LAID_DOWN))  # noqa: PTH110, PTH118 the same
    if holds_suite(folder) or not laid_down:
        return ""
    return (
        f"{os.path.join(folder, LOCK)} is not there, and without it nothing is judged. Restore it"  # noqa: PTH118 the same
        " from the repository's history, or write it by `orr init`."
    )


def no_suite(lock: str) -> NeededFileMissing:
    """Return the error for a lock that is not there, with the suite of the current folder."""
    here = os.getcwd()  # noqa: PTH109 the same
    told = f"{lock.removeprefix(here + os.sep)} is not there."
    around = _suite_around(here)
    if not around:
        return NeededFileMissing(told, "Lay a suite down with `orr init`, or name another folder.")
    above = os.path.dirname(around)  # noqa: PTH120 the same
    return NeededFileMissing(told, f"A suite is at {around}: name it, or call this in {above}.")


def _suite_around(folder: str) -> str:
    """Return the suite in which a folder lies, or that of a folder above; or nothing."""
    while True:
        for suite in (folder, os.path.join(folder, "readiness")):  # noqa: PTH118 the same
            if holds_suite(suite):
                return suite
        parent = os.path.dirname(folder)  # noqa: PTH120 the same
        if parent == folder:
            return ""
        folder = parent
