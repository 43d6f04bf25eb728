"""Reads what ansible-lint found for the release's commit: the fact ``lint_results``."""

from dataclasses import dataclass
from typing import Any

from pytest_orr.clients.hostile_json import At, Unreadable
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.scans import sarif
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from .artifacts import json_left_by, unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """What the linter objects to."""

    rule: str
    where: str = ""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.rule} in {self.where}" if self.where else self.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class LintResult:
    """The linter's report."""

    job: str
    path: str
    findings: tuple[LintFinding, ...]

    @property
    def name(self) -> str:
        """What a finding names it by."""
        return f"{self.path} of job {self.job}"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{len(self.findings)} findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintResults:
    """What does the linter find in the playbooks of the release's commit?"""

    name: str = "lint_results"
    source: str = "forge"
    operations: tuple[str, ...] = ("forge:artifact",)
    fact_type: Any = tuple[LintResult, ...]

    def collect(self, desk: Desk) -> Answer[tuple[LintResult, ...]]:
        """Read the file that the lint job left behind: SARIF, or Code Climate's JSON."""
        delivery = desk.profile.delivery
        if not (delivery.lint_job and delivery.lint_report):
            raise Undeclared("lint_job and lint_report in [delivery]", "who lints the playbooks")
        job, path = delivery.lint_job, delivery.lint_report
        content = json_left_by(desk, job, path)
        try:
            found = _code_climate(content) if content.is_list() else _sarif(content)
        except Unreadable as error:
            raise unreadable(job, path, error) from error
        result = LintResult(job=job, path=path, findings=found)
        return Answer(value=(result,), where=(desk.forge.where,))


def _code_climate(content: At) -> tuple[LintFinding, ...]:
    """Read issues as ``ansible-lint -f codeclimate`` writes them."""
    return tuple(
        LintFinding(rule=one["check_name"].needed(), where=one.within("location", "path").text())
        for one in content.each()
    )


def _sarif(content: At) -> tuple[LintFinding, ...]:
    report = sarif.read(content, "code")
    return tuple(LintFinding(rule=one.rule, where=one.where) for one in report.findings)
