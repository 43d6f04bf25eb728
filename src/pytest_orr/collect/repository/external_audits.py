"""Reads what an outside audit was about and what it left open: the fact ``external_audits``."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.repository import Audit

from .tables_in import rows_in

LARGEST_REPORT = 256 * 1024 * 1024
LARGEST_FINDINGS = 256 * 1024
GRAVE = frozenset({"critical", "high", "severe"})
OTHER = frozenset({"medium", "moderate", "low", "informational", "info", "note", "none", "gas"})
CLOSED = ("fixed", "resolved", "closed", "remediated", "mitigated", "invalid", "false positive")
"""How the state of a finding begins that is no longer open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One finding of the auditor."""

    id: str
    grade: str
    state: str

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.grade or 'no grade'}, {self.state or 'no state'}"

    @property
    def is_open(self) -> bool:
        """Whether nothing says that it was closed."""
        return not self.state.lower().startswith(CLOSED)

    @property
    def is_grave(self) -> bool:
        """Whether it is high or worse; ``FactUnavailable`` for a grade that nobody knows."""
        grade = self.grade.lower()
        if grade not in GRAVE | OTHER:
            raise FactUnavailable(
                f"how grave {self.id} is cannot be told from {self.grade!r}",
                "grade findings critical, high, medium, low or informational",
            )
        return grade in GRAVE


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The auditor's report as it lies beside the profile."""

    declared_sha256: str
    sha256: str

    @property
    def is_the_declared_file(self) -> bool:
        """Whether the file is the one whose digest was declared."""
        return self.sha256 == self.declared_sha256

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"SHA-256 {self.sha256[:16]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedCode:
    """The audited commit beside the release's."""

    commit: str
    is_ancestor: bool
    """Whether the release was built upon it."""
    changed_lines: int
    """In audited paths since then."""
    changed_files: tuple[str, ...] = ()
    audited_files: int = 0
    """Files of the release that fit the audited patterns."""

    def has_files(self) -> bool:
        """Return true; raise ``FactUnavailable`` if the audited patterns fit no file."""
        if not self.audited_files:
            raise FactUnavailable(
                "no file of the release fits the audited patterns",
                "correct audited under [repository] in readiness.toml",
            )
        return True

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return (
            f"{self.commit[:12]}: {self.changed_lines} lines in {len(self.changed_files)} of "
            f"{self.audited_files} audited files changed since"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFindings:
    """The list of what the auditor found."""

    findings: tuple[AuditFinding, ...]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{len(self.findings)} findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAudit:
    """An audit of the service's code by an outside firm."""

    name: str
    report: Part[AuditReport]
    code: Part[AuditedCode]
    findings: Part[AuditFindings]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAudits:
    """What did outside firms audit, and what did they leave open?"""

    name: str = "external_audits"
    source: str = "git and files beside readiness.toml"
    operations: tuple[str, ...] = ("file:read", "git:diff", "git:merge-base")
    fact_type: Any = tuple[ExternalAudit, ...]

    def collect(self, desk: Desk) -> Answer[tuple[ExternalAudit, ...]]:
        """Read each declared audit's report, list of findings, and commit."""
        declared = desk.profile.repository
        if declared is None or not declared.audits:
            raise Undeclared("[[repository.audits]]", "the outside audit with its report")
        found = tuple(
            ExternalAudit(
                name=one.report,
                report=part_of(one.report, partial(_report, desk, one)),
                code=part_of(f"{one.report}: commit", partial(_code, desk, one)),
                findings=part_of(one.findings, partial(_findings, desk, one)),
            )
            for one in declared.audits
        )
        return Answer(value=found, where=desk.git.where)


def _report(desk: Desk, declared: Audit) -> AuditReport:
    content = _beside(desk, declared.report, LARGEST_REPORT)
    digest = hashlib.sha256(content).hexdigest()
    return AuditReport(declared_sha256=declared.sha256, sha256=digest)


def _code(desk: Desk, declared: Audit) -> AuditedCode:
    assert desk.profile.repository is not None
    patterns, place = desk.profile.repository.audited, "[[repository.audits]] commit"
    changed = desk.git.changed_since(declared.commit, place, patterns)
    return AuditedCode(
        commit=desk.git.whole(declared.commit, place),
        is_ancestor=desk.git.is_ancestor(declared.commit, place),
        changed_lines=changed.lines + len(changed.not_text),
        changed_files=changed.files,
        audited_files=len(desk.git.entries(patterns)),
    )


def _findings(desk: Desk, declared: Audit) -> AuditFindings:
    rows = rows_in(
        _beside(desk, declared.findings, LARGEST_FINDINGS), declared.findings, "findings"
    )
    return AuditFindings(
        findings=tuple(_finding(number, row) for number, row in enumerate(rows, 1))
    )


def _finding(number: int, row: dict[str, str]) -> AuditFinding:
    grade = row.get("severity") or row.get("grade") or ""
    name = row.get("id") or row.get("finding") or f"finding {number}"
    return AuditFinding(id=name[:200], grade=grade[:50], state=row.get("state", "")[:200])


def _beside(desk: Desk, path: str, largest: int) -> bytes:
    try:
        with opened_beside(desk.folder, path) as opened:
            content = opened.read(largest + 1)
    except FileRefused as error:
        raise FactUnavailable(f"{path} {error}", "put it there, or correct its path") from error
    if len(content) > largest:
        raise FactUnavailable(f"{path} is larger than {largest:,} bytes", "keep it smaller")
    return content
