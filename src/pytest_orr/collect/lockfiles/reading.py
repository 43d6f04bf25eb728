"""Reads one lockfile by its kind, with what lies beside it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable
from pytest_orr.errors import FactUnavailable

from .kinds import READERS, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .packages import Locked


def read_lockfile(path: str, raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:
    """Return the packages of a lockfile.

    ``beside`` returns a file by its path relative to the lockfile's folder, or none. Raises
    ``FactUnavailable`` for a kind that nobody here reads, and for a file that is not of its kind.
    """
    kind = kind_of(path)
    if kind not in READERS:
        raise FactUnavailable(
            f"{path} is a lockfile that cannot be read here",
            "declare a report of a scanner that reads it under [[scans]] in readiness.toml",
        )
    module, _, function = READERS[kind].partition(":")
    read = getattr(import_module(f"pytest_orr.collect.lockfiles.{module}"), function)
    try:
        found: Locked = read(raw, beside)
    except Unreadable as error:
        raise FactUnavailable(
            f"{path} {error}", "let the package manager write it anew, and commit it"
        ) from error
    return found
