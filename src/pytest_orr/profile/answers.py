"""attestations.toml, waivers.toml and policy.toml as frozen values: what people state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from .fields import CONFIG, BoundTo, Date, Days, Email, EvidenceKind, Sha256, Text
from .signoff import SignoffRules


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class EvidenceRef:
    """What a statement rests on."""

    kind: EvidenceKind
    """What sort of evidence it is."""
    ref: Text
    """A link, a path beside this file, a commit or a ticket."""
    sha256: Sha256 | None = None
    """Digest of a file; required when ref is a path."""
    dated: Date
    """Date of the fact, not of the statement."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Statement:
    """One person's statement about one item."""

    item: Text
    """Id of the item."""
    statement: Text
    """The answer to the item's question."""
    by: Email
    """Who says so: one of the profile's people."""
    confirmed: Email | None = None
    """A second person; blockers need one."""
    on: Date
    """When it was said."""
    until: Date
    """Until when it holds, at most as many days as the item allows."""
    release: BoundTo = "any"
    """The commit it is bound to, or "any"."""
    machines: tuple[Text, ...] = ()
    """Instance types that were loaded, such as m6i.large: other ones void a stress test."""
    covers: Literal["question", "unknown"] = "question"
    """"unknown" lets it stand for a fact that could not be had, too."""
    evidence: Annotated[tuple[EvidenceRef, ...], Field(min_length=1)]
    """What it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Attestations:
    """attestations.toml: what people say, with evidence."""

    attestation: tuple[Statement, ...] = ()
    """The statements."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class PlannedAction:
    """What will be done about a waived finding."""

    what: Text
    """The work."""
    owner: Email
    """Who does it."""
    due: Date
    """By when."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Waiver:
    """Permission to launch in spite of a finding, for a time."""

    item: Text
    """Id of the item."""
    resource: Text | None = None
    """Only this finding; without it every finding of the item."""
    reason: Text
    """Why."""
    requester: Email
    """Who asked."""
    approver: Email
    """Another person, with the role approver or principal-engineer."""
    granted: Date
    """When."""
    expires: Date
    """Last day on which it holds."""
    action: PlannedAction | None = None
    """What will be done about it."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Waivers:
    """waivers.toml: what may be launched in spite of a finding, for a time."""

    waiver: tuple[Waiver, ...] = ()
    """The waivers."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class LongestWaiver:
    """Days that a waiver may last, by the item's severity."""

    blocker: Days = 14
    """For blockers."""
    major: Days = 60
    """For majors."""
    minor: Days = 180
    """For minors."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Gate:
    """What the platform allows."""

    unwaivable: tuple[Text, ...] = ()
    """Ids of items that no waiver may cover."""
    longest_waiver: LongestWaiver = Field(default_factory=LongestWaiver)
    """Days that a waiver may last."""
    blockers: tuple[Text, ...] = ()
    """Ids of items that are blockers here, whatever their own severity."""
    majors: tuple[Text, ...] = ()
    """Ids of items that are majors here, unless they are blockers."""
    valid_for: dict[Text, Days] = Field(default_factory=dict)
    """For an item, by its id, the days that an answer holds at most, if these are fewer than its
    own."""
    credentials: Literal["any", "narrow"] = "any"
    """"narrow" refuses to ask AWS with credentials that are not known to be able to look alone."""
    authorship: Literal["claimed", "committed", "proven"] = "claimed"
    """How much must be known of who made a statement: "committed" asks that its author and whoever
    confirmed it have committed their lines themselves, "proven" that they have signed them."""

    def resolved(self, ids: Mapping[str, str]) -> "Gate":
        """Return it with aliases replaced by the ids that they stand for."""
        return replace(
            self,
            unwaivable=tuple(ids[item] for item in self.unwaivable),
            blockers=tuple(ids[item] for item in self.blockers),
            majors=tuple(ids[item] for item in self.majors),
        )


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Policy:
    """policy.toml: the platform's rules."""

    gate: Gate = Field(default_factory=Gate)
    """What may be waived and for how long."""
    signoff: SignoffRules | None = None
    """Who must sign before a launch."""
