"""Findings to one outcome: worst first, waivers over fails, statements over blind spots."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_orr.model import Finding, Outcome, StatementUsed, WaiverUsed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

WORST_FIRST = (
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.MISSING,
    Outcome.PENDING,
    Outcome.WAIVED,
    Outcome.NOT_APPLICABLE,
    Outcome.ATTESTED,
    Outcome.PASS,
)
SAW_NOTHING = "the item saw nothing, so it proves nothing"
NOTHING = Finding(subject="the item", outcome=Outcome.UNKNOWN, detail=SAW_NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A waiver in force, as folding needs it: what it covers, and how it is shown."""

    resource: str | None
    """Only the finding of this subject; nothing for every finding of the item."""
    shown: WaiverUsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """One outcome, and the findings that lead to it."""

    outcome: Outcome
    reason: str
    remedy: str
    findings: tuple[Finding, ...]
    waiver: WaiverUsed | None = None


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst of one or more outcomes."""
    return min(outcomes, key=WORST_FIRST.index)


def fold(
    findings: Sequence[Finding],
    *,
    fix: str,
    statement: StatementUsed | None = None,
    permissions: Sequence[Permission] = (),
    sealed: Collection[Finding] = (),
) -> Folded:
    """Fold the findings of an item into its outcome.

    ``statement`` is one in force; it stands for unknown findings only if it says so, and never for
    the ``sealed`` ones, which are no fact that somebody could know instead. A permission
    covers fails, pendings and doubts about a statement, never what is unknown of the world; a
    covered fail beside that stays unknown.
    """
    seen = tuple(findings) or (NOTHING,)
    if findings and statement is not None and statement.covers == "unknown":
        seen = tuple(f if f in sealed else _attested(f, statement) for f in seen)
    covered = tuple(_waived(finding, permissions) for finding in seen)
    outcome = worst(finding.outcome for finding in covered)
    return Folded(
        outcome=outcome,
        reason=reason_of(covered, outcome),
        remedy=_remedy(covered, outcome, fix),
        findings=covered,
        waiver=_waiver(seen, permissions),
    )


def _attested(finding: Finding, statement: StatementUsed) -> Finding:
    if finding.outcome is not Outcome.UNKNOWN:
        return finding
    detail = f"{finding.detail}; {statement.by} states it instead"
    return replace(finding, outcome=Outcome.ATTESTED, detail=detail, remedy="")


def _matches(permission: Permission, finding: Finding) -> bool:
    doubt = finding.is_doubt and finding.outcome is Outcome.UNKNOWN
    may_be_covered = doubt or finding.outcome in {Outcome.FAIL, Outcome.PENDING}
    return may_be_covered and permission.resource in {None, finding.subject}


def _waiver(findings: Sequence[Finding], permissions: Sequence[Permission]) -> WaiverUsed | None:
    """Return the waivers that cover a finding as one: all who agreed, until the first ends."""
    used = [p.shown for p in permissions if any(_matches(p, finding) for finding in findings)]
    if not used:
        return None
    true = worst(finding.outcome for finding in findings)
    return WaiverUsed(
        reason=_joined(one.reason for one in used),
        requester=_joined(one.requester for one in used),
        approver=_joined(one.approver for one in used),
        granted=min(one.granted for one in used),
        expires=min(one.expires for one in used),
        resource=_joined(one.resource for one in used),
        action=_joined(one.action for one in used),
        conditions=tuple(dict.fromkeys(it for one in used for it in one.conditions)),
        true_outcome=true,
        true_reason=reason_of(findings, true),
    )


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))


def _waived(finding: Finding, permissions: Sequence[Permission]) -> Finding:
    if any(_matches(permission, finding) for permission in permissions):
        return replace(finding, outcome=Outcome.WAIVED, remedy="")
    return finding


def reason_of(findings: Sequence[Finding], outcome: Outcome) -> str:
    """Say in one line why the findings amount to ``outcome``."""
    decisive = [finding for finding in findings if finding.outcome is outcome]
    first = decisive[0]
    said = f"{first.subject}: {first.detail}" if first.detail else first.subject
    if outcome in {Outcome.PASS, Outcome.ATTESTED} and len(decisive) > 1:
        return f"{len(decisive)} findings, all good"
    others = len(decisive) - 1
    return said if not others else f"{said} (and {others} more)"


def _remedy(findings: Sequence[Finding], outcome: Outcome, fix: str) -> str:
    if outcome in {Outcome.PASS, Outcome.ATTESTED, Outcome.WAIVED}:
        return ""
    remedies = (finding.remedy for finding in findings if finding.outcome is outcome)
    return next((remedy for remedy in remedies if remedy), fix)
