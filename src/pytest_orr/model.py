"""The values that stages exchange: frozen, plain, and without any opinion of their own."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSpec:
    """One line of the checklist as its test states it; read by ``ast``, never by importing."""

    id: str
    position: int
    """Place in the suite, from 1: the process document's order, a service's own items last."""
    part: str
    section: str
    """The area: the first word of the id."""
    section_title: str
    title: str
    """First line of the docstring: the sentence a reviewer reads."""
    stated: str
    """The process document's own words."""
    severity: str
    phase: str
    owner: str
    why: str
    fix: str
    question: str
    evidence_kind: str
    valid_for: int
    """Days that a statement may be valid at most."""
    void: str = ""
    """What voids a statement before, of ``VOIDED_BY``; empty if nothing does."""
    aliases: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Names of the facts the item asks for, sorted."""
    manual: bool = False
    class_as_built: str
    """``automatic``, ``partly`` or ``person``."""
    stamp: str
    """``baseline``, ``modified`` or ``local``."""
    file: str
    """Path of the module inside the suite's folder, with forward slashes."""
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was seen of one subject: a balancer, a host, a statement."""

    subject: str
    outcome: Outcome
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSeen:
    """A fact that an item was handed, by the digest under which ``facts.json`` keeps it."""

    name: str
    source: str
    digest: str
    observed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a statement rests on. ``dated`` is the date of the fact, ISO 8601."""

    kind: str
    ref: str
    sha256: str = ""
    dated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementUsed:
    """A person's statement as an item read it. Dates are ISO 8601."""

    statement: str
    by: str
    confirmed: str
    on: str
    until: str
    release: str
    covers: str
    evidence: tuple[Evidence, ...]
    authorship: str = "claimed"
    """Of ``AUTHORSHIP``."""
    brought: str = ""
    """In one line, who brought its lines into the repository, and who the confirmation."""
    corroborated: tuple[str, ...] = ()
    """What a machine saw of the same item, and was good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Work on which an approval depends: what, by whom, and the last day for it, ISO 8601."""

    what: str
    owner: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverUsed:
    """A waiver that covered findings of an item, with the result it covered."""

    reason: str
    requester: str
    approver: str
    granted: str
    expires: str
    resource: str
    action: str
    """What will be done, by whom and when, in one line; empty without an action."""
    true_outcome: Outcome
    """What the item would have been without the waiver."""
    true_reason: str
    conditions: tuple[Condition, ...] = ()
    """The work that ``action`` tells in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """Why an item does not concern the service, and who agreed."""

    reason: str
    text: str
    approver: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """One item with its outcome: everything a page says about it."""

    spec: ItemSpec
    outcome: Outcome
    gated: bool
    """Whether it counts in the chosen phase; the others are shown as a preview."""
    reason: str
    """One line: why this outcome."""
    remedy: str
    """One line: what to do now; empty when nothing is to be done."""
    findings: tuple[Finding, ...] = ()
    facts: tuple[FactSeen, ...] = ()
    attestation: StatementUsed | None = None
    waiver: WaiverUsed | None = None
    not_applicable: NotApplicable | None = None
    traceback: str = ""
    """Of a broken item only: where its code failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody the profile names."""

    email: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is to be launched."""

    commit: str
    images: tuple[str, ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBlock:
    """Which run this is; it stands at the head of ``facts.json`` and survives a replay."""

    id: str
    started: str
    """Instant, ``YYYY-MM-DDTHH:MM:SSZ``."""
    as_of: str
    """Instant by which expiries are judged, ``YYYY-MM-DDTHH:MM:SSZ``."""
    tool: str
    """Name and version of this product."""
    suite: str
    """SHA-256 over the suite's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewNote:
    """What a reviewer asked or asked for, and what became of it. Dates are ISO 8601."""

    item: str
    """Id; empty for a note about the whole review."""
    kind: str
    """``question``, which is shown; or ``condition``, without which the service is not ready."""
    text: str
    by: str
    on: str
    answer: str = ""
    answered_by: str = ""
    answered_on: str = ""
    accepted_by: str = ""
    """Who accepted the answer to a condition."""
    settled: bool
    waits_for: str
    """Role that must act, or ``reviewer``; empty when it is settled."""
    reason: str
    """Why it is not settled, in one line; empty when it is."""

    @property
    def blocks(self) -> bool:
        """Whether the service may not launch because of it."""
        return self.kind != "question" and not self.settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last day of something on which an item rests: the next, somebody must look again."""

    kind: str
    """``statement``, ``drill``, ``document``, ``waiver``, ``action`` or ``not_applicable``."""
    item: str
    what: str
    """Which one, in one line."""
    until: str
    """Last day of UTC on which it holds, or by which it is due; ISO 8601."""
    days_left: int
    """From the day of the review to that day; negative once it has passed."""
    owner: str
    """Who must act: a role, or the e-mail of whoever promised to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a reader must know that is no item's outcome: a waiver that matches nothing, say."""

    kind: str
    item: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCaller:
    """Whose credentials asked an AWS account, and how much they may do."""

    account: str
    arn: str  # empty when the account did not tell
    width: str
    """``narrow``: they can look alone; ``wide``: they can do more than is needed; ``unknown``."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """By which rules and from which files a review was made: SHA-256 digests, empty when absent."""

    profile_sha256: str
    attestations_sha256: str
    waivers_sha256: str
    policy_sha256: str
    facts_sha256: str
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    callers: tuple[AwsCaller, ...] = ()
    notes_sha256: str = ""
    organisation_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakening:
    """A value of the service that is weaker than the organisation's, and who let it be so.

    Values are texts as the files write them, places are ``file:line``, dates ISO 8601.
    """

    key: str
    organisation: str
    """What the organisation calls itself."""
    organisation_value: str
    beneath: str
    """Where the organisation wrote its value."""
    value: str
    where: str
    """Where the service wrote its own."""
    reason: str
    approver: str
    on: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Every expected item exactly once, sorted by id."""

    service: str
    environment: str
    release: Release
    phase: str
    run: RunBlock
    provenance: Provenance
    people: tuple[Person, ...]
    items: tuple[ItemResult, ...]
    notices: tuple[Notice, ...] = ()
    notes: tuple[ReviewNote, ...] = ()
    endings: tuple[Ending, ...] = ()
    """What must be looked at again, soonest first."""
    weakenings: tuple[Weakening, ...] = ()
    """Values that are weaker than the organisation's, by key."""
    selection: str = ""
    """How the run was narrowed by whoever started it; empty for a whole run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Two integers: how many of how many."""

    met: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do next, for all the items that wait for it."""

    what: str
    owner: str
    """Role that must act."""
    people: tuple[str, ...]
    """Who has that role, by e-mail; empty when the profile names nobody."""
    severity: str
    outcome: Outcome
    items: tuple[str, ...]
    note: str = ""
    """The kind of the reviewer's note that waits; empty where items do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of a review."""

    word: VerdictWord
    reason: str
    exit_code: int
    raw: Score
    adjusted: Score
    counts: tuple[tuple[Outcome, int], ...]
    """Of gated items, every outcome in the order of ``Outcome``."""
    actions: tuple[Action, ...]
    """What to do next, most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """What the documents are rendered from: a review and its verdict."""

    review: Review
    verdict: Verdict
