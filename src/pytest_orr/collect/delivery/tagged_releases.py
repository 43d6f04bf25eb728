"""Reads how the release is tagged, protected and published: the fact ``tagged_releases``."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .releases_before import forge_of, own_tags


@dataclass(frozen=True, slots=True, kw_only=True)
class TagProtection:
    """Which rule of the forge covers the release's tags."""

    patterns: tuple[str, ...]
    """Of all rules."""
    covering: tuple[str, ...] = ()
    """Of those that cover every tag of the release, and the declared pattern."""
    may_create: tuple[str, ...] = ()
    """Who may make such a tag, as the forge names them."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        rules = f"protected are {', '.join(self.patterns)}" if self.patterns else "no protected tag"
        who = f", made by {', '.join(self.may_create)}" if self.may_create else ""
        return f"{rules}{who}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The release that the forge has of a tag."""

    is_published: bool
    is_candidate: bool = False

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.is_published:
            return "no release of it"
        return "published as a candidate" if self.is_candidate else "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSignature:
    """A tag as the checkout has it, and what the declared signers make of its signature."""

    commit: str
    is_of_release: bool
    is_signed: bool
    is_good: bool | None = None
    """None if it cannot be told; ``why`` says the reason."""
    signer: str = ""
    tagger: str = ""
    """E-mail of who made the tag, as it says."""
    why: str = ""
    remedy: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether one of the declared signers signed it; raises if that cannot be told."""
        if self.is_signed and self.is_good is None:
            raise FactUnavailable(self.why, self.remedy)
        return self.is_signed and bool(self.is_good)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        why = f": {self.why}" if self.why else ""
        state = f"signed by {self.signer or 'nobody known'}" if self.is_signed else "not signed"
        return f"{self.commit[:12]}, {state}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTag:
    """A tag of releases that names the release's commit."""

    name: str
    signature: Part[TagSignature]
    publication: Part[Publication]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedReleaseFacts:
    """The tags that name the release's commit."""

    pattern: str
    """Of the tags of releases, as it is declared."""
    tags: tuple[ReleaseTag, ...]
    protection: Part[TagProtection]

    @property
    def names(self) -> str:
        """The tags, for a finding."""
        return ", ".join(tag.name for tag in self.tags) or "no tag of the release's commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedReleases:
    """Is the release tagged, is its tag protected, and is it published?"""

    name: str = "tagged_releases"
    source: str = "forge and git"
    operations: tuple[str, ...] = (
        "forge:releases",
        "forge:tag_rules",
        "forge:tags",
        "git:tags",
        "git:verify",
    )
    fact_type: Any = tuple[TaggedReleaseFacts, ...]

    def collect(self, desk: Desk) -> Answer[tuple[TaggedReleaseFacts, ...]]:
        """Ask the forge for its tags, the rules about them, and its releases."""
        pattern, own = forge_of(desk).release_tags, desk.profile.release.commit
        names = sorted(tag.name for tag in own_tags(desk.forge.tags(), pattern, own))
        facts = TaggedReleaseFacts(
            pattern=pattern,
            tags=tuple(_tag(desk, name) for name in names),
            protection=part_of(f"tags {pattern}", partial(_protection, desk, (*names, pattern))),
        )
        return Answer(value=(facts,), where=(desk.forge.where,))


def _tag(desk: Desk, name: str) -> ReleaseTag:
    return ReleaseTag(
        name=name,
        signature=part_of(f"signature of {name}", partial(_signature, desk, name)),
        publication=part_of(f"release {name}", partial(_publication, desk, name)),
    )


def _signature(desk: Desk, name: str) -> TagSignature:
    tag = next((one for one in desk.git.tags if one.name == name), None)
    if tag is None:
        raise FactUnavailable(f"the checkout has no tag {name}", "fetch it: git fetch --tags")
    told = desk.git.signature_of(tag)
    return TagSignature(
        commit=tag.commit,
        is_of_release=tag.commit == desk.git.commit,
        is_signed=tag.is_signed,
        is_good=told.is_good,
        signer=told.signer,
        tagger=tag.tagger,
        why=told.why,
        remedy=told.remedy,
    )


def _publication(desk: Desk, tag: str) -> Publication:
    found = [one for one in desk.forge.releases() if one.tag == tag and not one.is_draft]
    is_candidate = bool(found) and all(one.is_candidate for one in found)
    return Publication(is_published=bool(found), is_candidate=is_candidate)


def _protection(desk: Desk, names: tuple[str, ...]) -> TagProtection:
    rules = desk.forge.tag_rules()
    covering = [rule for rule in rules if all(fnmatchcase(name, rule.pattern) for name in names)]
    return TagProtection(
        patterns=tuple(sorted(rule.pattern for rule in rules)),
        covering=tuple(sorted(rule.pattern for rule in covering)),
        may_create=tuple(sorted({who for rule in covering for who in rule.may_create})),
    )
