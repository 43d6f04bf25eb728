"""The closed sets of words: outcomes, verdicts, severities, phases, roles, kinds of evidence."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an item, or of one finding of it: a closed set."""

    PASS = "pass"  # noqa: S105 an outcome
    ATTESTED = "attested"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    PENDING = "pending"
    UNKNOWN = "unknown"
    FAIL = "fail"
    MISSING = "missing"


class VerdictWord(StrEnum):
    """May the service launch? Worst first."""

    NOT_READY = "not_ready"
    PARTIAL = "partial"
    UNVERIFIED = "unverified"
    READY_WITH_WAIVERS = "ready_with_waivers"
    READY = "ready"


SEVERITIES = ("blocker", "major", "minor")
PHASES = ("plan", "build", "launch", "operate")
OWNERS = ("service", "security", "platform", "product", "support")
REVIEWING = ("approver", "principal-engineer")
"""Roles of those who review: they ask, set conditions, and accept what was done about them."""
REVIEWER = "reviewer"
"""Stands for the reviewing roles where something waits for one of them."""
AREAS = (
    "code",
    "network",
    "compute",
    "scalability",
    "deployment",
    "cicd",
    "monitoring",
    "operations",
)
"""The eight reserved areas, in the process document's order."""
LAUNCH_CHECKLIST_AREAS = AREAS[:4]
PARTS = ("launch-checklist", "orr", "service")
"""The process document's two parts, and what a service adds by itself."""
EVIDENCE_KINDS = {
    "commit": "a commit id, with review notes or merge requests",
    "report": "a report or a results file, with its digest",
    "log": "what a tool or a job printed",
    "drill": "the record of a drill: who, when, how long, what happened",
    "decision": "a decision record: what was decided, by whom, when",
    "roster": "a list of people with their roles or access",
    "table": "a list or table of things: keys, rules, addresses, images",
    "capture": "an export or picture of settings, a graph or a screen",
    "link": "a page, document or dashboard",
    "ticket": "a ticket that tells what was done",
}
VOIDED_BY = {
    "commit": "a new commit",
    "paths": "a change of the files that it is about",
    "share": "a change of more of the files that it is about than is agreed",
    "bytecode": "a change of the contracts' bytecode or implementation",
    "machines": "a change of the instance type or of the release line",
}
"""What may void a statement before its last day; each is bound to a commit."""
AUTHORSHIP = ("claimed", "committed", "proven")
"""How much is known of who made a statement, least first."""


EVERYTHING_COUNTS = frozenset({"launch", "operate"})
"""Phases in which nothing is a preview any more."""


def counts_in(phase: str, due: str) -> bool:
    """Tell whether an item that comes due in one phase counts in another."""
    return phase in EVERYTHING_COUNTS or PHASES.index(due) <= PHASES.index(phase)
