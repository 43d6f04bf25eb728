"""Reads from git who brought each statement's lines: the fact ``statement_authors``."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pytest_orr.clients.git_lines import GitLines
from pytest_orr.clients.git_said import Bringer
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.documents import Document, document_of
from pytest_orr.profile.places import FILE, Place, Stated, places_of
from pytest_orr.profile.schema import Attestations, Statement
from pytest_orr.profile.service import same_person
from pytest_orr.profile.structure import validate

CLAIMED, COMMITTED, PROVEN = "claimed", "committed", "proven"
CONFIRMED = "confirmed"
MOST_NAMED = 3
"""People that a line about a statement names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAuthor:
    """One statement, and the commits that brought its lines."""

    item: str
    is_committed: bool
    """Whether it stands as it was read in the commit at which the work tree is."""
    brought: tuple[Bringer, ...] = ()
    """What brought its lines, but for the confirmation."""
    confirmation: tuple[Bringer, ...] = ()
    """What brought the line that names the second person."""
    is_later: bool = True
    """Whether all other lines stood there when that line came."""

    def worth(self, by: str, confirmed: str) -> tuple[str, str]:
        """Return how much is known of who made it, and that in one line."""
        if not self.is_committed:
            return CLAIMED, "only claimed: it is not committed as it stands here"
        levels = [_worth(self.brought, by, "")]
        if confirmed:
            levels.append(_worth(self.confirmation, confirmed, "the confirmation "))
        if confirmed and not self.is_later:
            levels.append((CLAIMED, "it was changed after it was confirmed"))
        lowest = min((one for one, _ in levels), key=(CLAIMED, COMMITTED, PROVEN).index)
        told = "; ".join(text for one, text in levels if lowest != CLAIMED or one == CLAIMED)
        return lowest, f"only claimed: {told}" if lowest == CLAIMED else told


def _worth(brought: tuple[Bringer, ...], person: str, what: str) -> tuple[str, str]:
    unlike = [one for one in brought if not same_person(one.author, person)]
    if not brought or unlike:
        return CLAIMED, f"{what}{_others(unlike, person)}"
    others = [one for one in brought if one.signer and not same_person(one.signer, person)]
    if others:
        return CLAIMED, f"{what}signed by {others[0].signer}, not by {person}"
    if spoilt := [one for one in brought if one.spoilt]:
        return CLAIMED, f"{what}committed with a signature that does not hold: {spoilt[0].why}"
    if all(one.signer for one in brought):
        return PROVEN, f"{what}signed by {person}"
    unsure = next((f" ({one.why})" for one in brought if one.why), "")
    return COMMITTED, f"{what}committed by {person}{unsure}"


def _others(unlike: Iterable[Bringer], person: str) -> str:
    told = list(dict.fromkeys(one.author or one.why or "somebody unnamed" for one in unlike))
    more = f" and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    return f"brought by {', '.join(told[:MOST_NAMED]) or 'nobody'}{more}, not by {person}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAuthorFacts:
    """Who brought each statement of one attestations.toml."""

    sha256: str = ""
    """Of the file whose statements they are; empty if there is none."""
    all: tuple[StatementAuthor, ...] = ()

    def of(self, item: str, sha256: str) -> StatementAuthor | None:
        """Return what is known of the statement on an item, if it is of this file."""
        found = (one for one in self.all if one.item == item and self.sha256 == sha256)
        return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAuthors:
    """Did the people who are named make the statements themselves?"""

    name: str = "statement_authors"
    source: str = "git, in the repository that holds attestations.toml"
    operations: tuple[str, ...] = ("git:blame", "git:verify-commit")
    fact_type: Any = StatementAuthorFacts

    def collect(self, desk: Desk) -> Answer[StatementAuthorFacts]:
        """Ask for all statements at once; without any nobody is asked."""
        stated = desk.stated
        if not stated.statements:
            return Answer(value=StatementAuthorFacts())
        lines = GitLines(desk.folder.absolute(), FILE)
        try:
            found = tuple(_authors(lines, stated, partial(_signers, desk)))
        finally:
            lines.close()
        return Answer(value=StatementAuthorFacts(sha256=stated.sha256, all=found), where=(FILE,))


def _signers(desk: Desk) -> Path | None:
    try:
        return desk.git.signers
    except Undeclared:
        return None


def _authors(
    git: GitLines, stated: Stated, signers: Callable[[], Path | None]
) -> Iterator[StatementAuthor]:
    content = git.committed()
    committed = document_of(FILE, content or b"")
    known, _ = validate(committed, Attestations)
    places = places_of(committed, {}) if known else ()
    brought = git.brought(signers) if places else {}
    texts = (content or b"").decode(errors="replace").split("\n")
    for place, statement in stated.placed:
        at = _found(place, statement, places, known)
        if at is None:
            yield StatementAuthor(item=place.item, is_committed=False)
        else:
            lines = _Lines(committed, texts, places, at)
            own = _once(brought[line] for line in lines.own if line in brought)
            second = _once(brought[line] for line in lines.confirmation if line in brought)
            yield StatementAuthor(
                item=place.item,
                is_committed=True,
                brought=own,
                confirmation=second,
                is_later=all(git.is_before(a.commit, b.commit) for a in own for b in second),
            )


def _found(
    mine: Place, statement: Statement, places: tuple[Place, ...], known: Attestations | None
) -> int | None:
    """Return which of the committed statements says the same of the same item."""
    said_there = known.attestation if known else ()
    for at, (place, said) in enumerate(zip(places, said_there, strict=True)):
        if place.named == mine.named and replace(said, item=statement.item) == statement:
            return at
    return None


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where a committed statement stands."""

    document: Document
    texts: list[str]
    places: tuple[Place, ...]
    at: int

    @property
    def confirmation(self) -> range:
        """The line that names the second person; none without one."""
        key = ("attestation", self.at, CONFIRMED)
        line = self.document.lines.lines.get(key)
        return range(line, line + 1) if line else range(0)

    @property
    def own(self) -> Iterator[int]:
        """Every other line that says something; its heading, blanks and brackets say nothing."""
        first = self.places[self.at].line
        ends = [one.line for one in self.places if one.line > first]
        last = min(ends, default=len(self.texts) + 1)
        said = [line for line in range(first, max(last, first + 1)) if self._says(line)]
        while said and self.texts[said[-1] - 1].lstrip().startswith("#"):
            said.pop()  # what is remarked below a statement belongs to the next
        return (line for line in said if line not in self.confirmation)

    def _says(self, line: int) -> bool:
        text = self.texts[line - 1].strip()
        is_heading = text.startswith("[[attestation") and text.endswith("]]")
        return not is_heading and any(one.isalnum() for one in text)


def _once(brought: Iterable[Bringer]) -> tuple[Bringer, ...]:
    return tuple(dict.fromkeys(brought))
