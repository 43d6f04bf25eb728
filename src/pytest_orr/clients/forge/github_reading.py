"""Reads what GitHub's answers are made of: people, states, names in paths."""

from __future__ import annotations

import re
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_orr.errors import FactUnavailable

from .github_refusals import AGAIN, Wanted, tame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .said import Status

PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/(?!\.{1,2}$)[A-Za-z0-9_.-]+")
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
ROBOT = "[bot]"
GHOST = "ghost"
"""Whom GitHub shows in the place of people who are gone."""
ENDED: Mapping[str, Status] = MappingProxyType(
    {
        "success": "success",
        "failure": "failed",
        "timed_out": "failed",
        "startup_failure": "failed",
        "cancelled": "canceled",
        "skipped": "skipped",
        "action_required": "manual",
    }
)
"""Conclusions of runs and jobs; what is not here is neither a success nor a failure."""
GOING_ON: Mapping[str, Status] = MappingProxyType({"waiting": "manual"})


@contextmanager
def as_described(wanted: Wanted, where: str) -> Iterator[None]:
    """Turn an answer that lacks what GitHub's description promises into ``FactUnavailable``."""
    try:
        yield
    except MALFORMED as error:
        raise FactUnavailable(
            f"GitHub's answer about {wanted.what} of {where} is not as its description says "
            f"({type(error).__name__} {tame(str(error))})",
            AGAIN,
        ) from None


def segment(name: str) -> str:
    """Escape a name as one part of a path; one that would lead elsewhere is refused."""
    if name in {"", ".", ".."}:
        raise FactUnavailable(f'"{name}" is no name at GitHub', "correct it in readiness.toml")
    return quote(name, safe="")


def repository_path(project: str) -> str:
    """Return the path of a project's part of the API."""
    if not PROJECT.fullmatch(project):
        raise FactUnavailable(
            f'"{project}" is no project of GitHub',
            "write it as owner/name under [forge] in readiness.toml",
        )
    return f"/repos/{project}"


def login_of(person: Any) -> str:
    """Return a name as REST tells it; robots carry a mark that GraphQL leaves out."""
    if person is None:
        return GHOST
    name = words(person["login"])
    is_robot = person.get("__typename") == "Bot"
    return f"{name}{ROBOT}" if is_robot and not name.endswith(ROBOT) else name


def is_robot(person: Any) -> bool:
    """Tell whether somebody is an app."""
    return person is not None and (person["type"] == "Bot" or login_of(person).endswith(ROBOT))


def status_of(thing: Any) -> Status:
    """Return the neutral status of a run or a job."""
    if thing["status"] != "completed":
        return GOING_ON.get(thing["status"], "running")
    return ENDED.get(thing["conclusion"] or "", "other")


def words(text: str) -> str:
    """Return text of the world, checked to be text that can be written."""
    if not isinstance(text, str):
        raise TypeError("no text")
    text.encode()
    return text


def words_or_none(text: str | None) -> str | None:
    """Return text that may be missing."""
    return None if text is None else words(text)
