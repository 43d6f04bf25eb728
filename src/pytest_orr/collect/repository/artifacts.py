"""Reads files that the release's own jobs left behind, bound to its commit by the forge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable, read_json
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from pytest_orr.clients.hostile_json import At
    from pytest_orr.collect.interface import Desk


def json_left_by(desk: Desk, job: str, path: str) -> At:
    """Return the JSON that a job of the release's commit left; ``FactUnavailable`` if none."""
    raw = desk.forge.artifact(desk.profile.release.commit, job, path)
    try:
        return read_json(raw)
    except Unreadable as error:
        raise unreadable(job, path, error) from error


def unreadable(job: str, path: str, error: Unreadable) -> FactUnavailable:
    """Return the error for a file that is not what it should be."""
    return FactUnavailable(f"{path} of job {job} {error}", f"let {job} write it anew")
