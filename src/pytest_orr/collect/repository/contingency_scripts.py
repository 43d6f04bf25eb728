"""Reads the scripts that change a limit in an emergency: the fact ``contingency_scripts``."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from pytest_orr.collect.delivery.people import people_among
from pytest_orr.collect.delivery.releases_before import branch_of
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.repository import ContingencyScript as Declared

NUMBER = re.compile(r"[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
DAY = timedelta(days=1)
"""A change may be merged by a clock that differs from the author's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptText:
    """A script as the release's commit has it."""

    is_executable: bool
    has_interpreter: bool
    """Whether its first line names what runs it."""
    lacks: tuple[str, ...] = ()
    """Declared bounds that its text does not name."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        mode = "executable" if self.is_executable else "not executable"
        return f"{mode}, {'no bound is missing' if not self.lacks else 'lacks bounds'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptReview:
    """Who read the last change of a script."""

    commit: str
    changes: tuple[str, ...] = ()
    """Ids of the merged changes that brought it."""
    readers: tuple[str, ...] = ()
    """People other than the author who approved it."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"last changed by {self.commit[:12]}, read by {', '.join(self.readers) or 'nobody'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContingencyScript:
    """A script that changes a limit in an emergency."""

    path: str
    text: Part[ScriptText]
    review: Part[ScriptReview]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContingencyScripts:
    """Are the scripts for an emergency there, bounded, and read by somebody?"""

    name: str = "contingency_scripts"
    source: str = "git and forge"
    operations: tuple[str, ...] = (
        "forge:changes_since",
        "forge:changes_with",
        "git:cat-file",
        "git:log",
        "git:ls-tree",
    )
    fact_type: Any = tuple[ContingencyScript, ...]

    def collect(self, desk: Desk) -> Answer[tuple[ContingencyScript, ...]]:
        """Read each declared script, and ask the forge who approved its last change."""
        declared = desk.profile.repository
        if declared is None or not declared.contingency_scripts:
            raise Undeclared("[[repository.contingency_scripts]]", "the scripts with their bounds")
        found = tuple(
            ContingencyScript(
                path=one.path,
                text=part_of(one.path, partial(_text, desk, one)),
                review=part_of(f"{one.path}: review", partial(_review, desk, one.path)),
            )
            for one in declared.contingency_scripts
        )
        return Answer(value=found, where=desk.git.where)


def _text(desk: Desk, declared: Declared) -> ScriptText:
    content = desk.git.read(declared.path).decode("utf-8", errors="replace")
    numbers = {float(one.replace("_", "")) for one in NUMBER.findall(content)}
    bounds = (declared.lowest, declared.highest)
    [entry] = desk.git.entries((declared.path,))
    return ScriptText(
        is_executable=entry.kind == "program",
        has_interpreter=content.startswith("#!"),
        lacks=tuple(f"{one:.15g}" for one in bounds if abs(one) not in numbers),
    )


def _review(desk: Desk, path: str) -> ScriptReview:
    last = desk.git.newest_change([path])
    if last is None:
        raise FactUnavailable(f"{path} is not in the history", "correct its path")
    brought = desk.forge.changes_with(last.id)
    merged = desk.forge.changes_since(last.committed - DAY, branch_of(desk))
    readers = [
        reader
        for change in merged
        if change.id in brought
        for reader in change.approved_by
        if reader != change.author
    ]
    return ScriptReview(commit=last.id, changes=tuple(brought), readers=people_among(readers))
