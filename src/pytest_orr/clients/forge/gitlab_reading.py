"""Reads what GitLab's answers are made of: people, states, names in paths."""

from __future__ import annotations

import re
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_orr.errors import FactUnavailable

from .gitlab_refusals import AGAIN, Wanted, tame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .said import Access, Status

PATH = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*", re.ASCII)
PROJECT = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)+", re.ASCII)
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
ROBOT = re.compile(r"(project|group)_\d+_bot(_\w+)?|service_account_\w+|ghost", re.ASCII)
"""Usernames of access tokens of projects and groups, and of service accounts."""
STATUS: Mapping[str, Status] = MappingProxyType(
    {
        "success": "success",
        "failed": "failed",
        "running": "running",
        "canceling": "running",
        "skipped": "skipped",
        "canceled": "canceled",
        "manual": "manual",
        "blocked": "manual",
    }
)
"""What is not here waits, or has no outcome yet."""
ACCESS: tuple[tuple[int, Access], ...] = ((50, "owner"), (40, "maintainer"), (30, "writer"))
"""Levels of access from the highest on; everything below lets read."""


@contextmanager
def as_described(wanted: Wanted, where: str) -> Iterator[None]:
    """Turn an answer that lacks what GitLab's reference promises into ``FactUnavailable``."""
    try:
        yield
    except MALFORMED as error:
        raise FactUnavailable(
            f"GitLab's answer about {wanted.what} of {where} is not as its reference says "
            f"({type(error).__name__} {tame(str(error))})",
            AGAIN,
        ) from None


def project_path(project: str) -> str:
    """Return where a project's part of the API begins."""
    if not PROJECT.fullmatch(project):
        raise FactUnavailable(
            f'"{project}" is no project of GitLab',
            "write its path, such as group/project, in readiness.toml",
        )
    return f"/projects/{quote(project, safe='')}"


def group_path(group: str) -> str:
    """Return where a group's part of the API begins."""
    if not PATH.fullmatch(group):
        raise FactUnavailable(f'"{group}" is no group of GitLab', "correct it in readiness.toml")
    return f"/groups/{quote(group, safe='')}"


def segment(name: str) -> str:
    """Escape a name as one part of a path; one that would lead elsewhere is refused."""
    if name in {"", ".", ".."}:
        raise FactUnavailable(f'"{name}" is no name at GitLab', "correct it in readiness.toml")
    return quote(name, safe="")


def file_path(path: str) -> str:
    """Escape the path of a file, whose slashes stay."""
    return "/".join(segment(part) for part in path.split("/"))


def status_of(text: str) -> Status:
    """Return the status in the forges' common words."""
    return STATUS.get(text, "other")


def access_of(level: int) -> Access:
    """Return what a level of access lets do."""
    return next((access for least, access in ACCESS if level >= least), "reader")


def username_of(person: Mapping[str, Any] | None) -> str:
    """Return who somebody is; empty where GitLab does not tell."""
    return words(person["username"]) if person else ""


def is_robot(username: str) -> bool:
    """Tell whether a username is one that GitLab gives to tokens and services."""
    return ROBOT.fullmatch(username) is not None


def words(value: Any) -> str:
    """Return a text; anything else is not as described."""
    if isinstance(value, str):
        return value
    raise TypeError("no text")


def flag(value: Any) -> bool:
    """Return a yes or no; anything else is not as described."""
    if isinstance(value, bool):
        return value
    raise TypeError("neither true nor false")


def number(value: Any) -> int:
    """Return a whole number; anything else is not as described."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError("no number")


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name fits a pattern of GitLab's, in which ``*`` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None
