"""The same judgement once more: recorded facts, by the suite and files here, in a new process."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.judging import judge_again
from pytest_orr.collect.snapshot import FACTS
from pytest_orr.errors import NeededFileMissing
from pytest_orr.render import review_json, statement
from pytest_orr.render.escape import visible
from pytest_orr.sign.refusal import Refused

if TYPE_CHECKING:
    from pytest_orr.sign.statement import Statement

    from .beside import Beside
    from .caller import Caller

LONGEST = 1800.0
"""Seconds."""
MOST_NAMED = 5
Plain = dict[str, Any]


def replay(folder: Path, payload: bytes, stated: Statement, beside: Beside, caller: Caller) -> None:
    """Judge the facts in ``folder`` again and compare review and statement byte by byte.

    Nothing is asked of any network. Raises ``Refused`` with what differs first, and
    ``NeededFileMissing`` without facts, or without the review that they gave.
    """
    for name in (FACTS, review_json.FILE_NAME):
        if not (folder / name).is_file():
            raise NeededFileMissing(f"{folder / name} is not there.", "--replay needs it.")
    with tempfile.TemporaryDirectory(prefix="orr-replay-") as made:
        again = Path(made, "report")
        ran = judge_again(
            caller.suite.folder.parent,
            _arguments(folder, again, stated, caller, is_public=beside.is_public),
            seconds=LONGEST,
        )
        if not (again / review_json.FILE_NAME).is_file():
            said = visible(" ".join(ran.said.split()))
            raise Refused("replay-failed", f"the replay ended with {ran.status}: {said}")
        _compare(folder, payload, again)


def _arguments(
    folder: Path, again: Path, stated: Statement, caller: Caller, *, is_public: bool
) -> tuple[str, ...]:
    suite = caller.suite.folder
    profile = caller.profile.resolve()
    if profile.is_relative_to(suite.parent):  # documents name it as somebody there would
        profile = profile.relative_to(suite.parent)
    options = {
        "--orr-profile": profile,
        "--orr-facts": (folder / FACTS).resolve(),
        "--orr-report": again,
        "--orr-phase": stated.phase,
        "--orr-as-of": stated.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "--orr-gate": "enforce",
    }
    told = (word for name, value in options.items() for word in (name, str(value)))
    public = ("--orr-public",) if is_public else ()
    return (f"{suite.name}/", *told, *public, "-q", "-p", "no:cacheprovider")


def _compare(folder: Path, payload: bytes, again: Path) -> None:
    pairs = (
        (review_json.FILE_NAME, (folder / review_json.FILE_NAME).read_bytes()),
        (statement.FILE_NAME, payload),
    )
    for name, bound in pairs:
        judged = (again / name).read_bytes()
        if judged != bound:
            told = visible("; ".join(differences(json.loads(bound), json.loads(judged))))
            raise Refused("replay-differs", f"{name} differs when judged again: {told}")


def differences(bound: Plain, again: Plain) -> tuple[str, ...]:
    """Name the items of two documents that differ, and else their members, the first of many."""
    before, after = _items(bound), _items(again)
    found = [
        f"{one}: {_outcome(before.get(one))} became {_outcome(after.get(one))}"
        for one in sorted({*before, *after})
        if before.get(one) != after.get(one)
    ] or list(_members(bound, again, ""))
    more = len(found) - MOST_NAMED
    return (*found[:MOST_NAMED], *([f"and {more} more"] if more > 0 else []))


def _items(document: Plain) -> Plain:
    listed = document.get("items") or document.get("predicate", {}).get("results", ())
    return {one["id"]: one for one in listed}


def _outcome(item: Plain | None) -> str:
    return str(item.get("outcome") or item.get("status")) if item else "nothing"


def _members(before: Any, after: Any, name: str) -> tuple[str, ...]:
    """Name the innermost members that differ."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return (name,) if before != after else ()
    return tuple(
        told
        for key in sorted({*before, *after})
        for told in _members(before.get(key), after.get(key), f"{name}.{key}".lstrip("."))
    )
