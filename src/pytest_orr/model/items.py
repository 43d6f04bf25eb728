"""One item: what it states, what was seen of it, what people said, and what became of it."""

from dataclasses import dataclass

from .words import Outcome


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
    is_doubt: bool = False
    """Whether it is unknown if a statement still holds, which is at worst unanswered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSeen:
    """A fact that an item was handed, by the digest under which ``facts.json`` keeps it."""

    name: str
    source: str
    digest: str
    observed: bool
    operations: tuple[str, ...] = ()
    """What whoever asked needs to be allowed: ``ec2:DescribeSecurityGroups``; each once, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a statement rests on. ``dated`` is the date of the fact, ISO 8601."""

    kind: str
    ref: str
    sha256: str = ""
    size: int | None = None
    """Bytes of a file; nothing of what is none."""
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
