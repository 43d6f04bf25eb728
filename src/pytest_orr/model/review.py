"""A review: every expected item with whose it is, by which rules and from which files."""

from dataclasses import dataclass

from .items import ItemResult


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
    """``statement``, ``drill``, ``document``, ``waiver``, ``action``, ``not_applicable`` or
    ``weakening``."""
    item: str
    """Id; empty for a weakening, on which any item may rest."""
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
class Need:
    """How many people must sign in a role."""

    role: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who must sign before a launch, as the policy says it."""

    need: tuple[Need, ...]
    """By role, in the order of the policy."""
    max_days: int
    """Days after the run for which a sign-off holds."""
    solo: bool
    """Whether one person alone may launch."""


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
    checklist_version: str = ""
    """Of the suite's lock."""
    tool_sha256: str = ""
    """Over the product's installed files."""
    finished: str = ""
    """Instant at which the last fact was seen, ``YYYY-MM-DDTHH:MM:SSZ``."""
    authors: tuple[str, ...] = ()
    """E-mails of who made the release or asked for it, sorted."""
    supersedes: str = ""
    """SHA-256 of what was signed for the release before; empty if none was verified."""
    signing: Signing | None = None
    """Nothing if the policy says nothing about signatures."""


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

    @property
    def difference(self) -> str:
        """Both values, in one line."""
        return (
            f"{self.key} is {self.value}, weaker than {self.organisation_value}"
            f" of {self.organisation}"
        )


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
