"""Reads when a release is taken back: the fact ``rollback_criteria``."""

import re
from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from .tables_in import rows_in

NUMBER = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackCriterion:
    """A point at which a release is taken back."""

    number: int
    metric: str = ""
    threshold: str = ""
    window: str = ""
    decider: str = ""

    @property
    def name(self) -> str:
        """What a finding names it by."""
        return f"criterion {self.number}: {self.metric or 'without a metric'}"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.threshold or '?'} for {self.window or '?'}, {self.decider or '?'} decides"

    @property
    def is_measurable(self) -> bool:
        """Whether its threshold holds a number."""
        return NUMBER.search(self.threshold) is not None

    @property
    def has_window(self) -> bool:
        """Whether it says for how long, in numbers."""
        return NUMBER.search(self.window) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackCriteria:
    """At which measurable points is a release taken back, and who decides?"""

    name: str = "rollback_criteria"
    source: str = "git"
    operations: tuple[str, ...] = ("git:cat-file", "git:ls-tree")
    fact_type: Any = tuple[RollbackCriterion, ...]

    def collect(self, desk: Desk) -> Answer[tuple[RollbackCriterion, ...]]:
        """Read the file that ``rollback_criteria`` of ``[repository]`` names."""
        declared = desk.profile.repository
        if declared is None or declared.rollback_criteria is None:
            raise Undeclared("[repository] rollback_criteria", "the file with the criteria")
        path = declared.rollback_criteria
        rows = rows_in(desk.git.read(path), path, "criteria")
        found = tuple(_criterion(number, row) for number, row in enumerate(rows, 1))
        return Answer(value=found, where=(*desk.git.where, path))


def _criterion(number: int, row: dict[str, str]) -> RollbackCriterion:
    said = {key: row.get(key, "")[:200] for key in ("metric", "threshold", "window", "decider")}
    return RollbackCriterion(number=number, **said)
