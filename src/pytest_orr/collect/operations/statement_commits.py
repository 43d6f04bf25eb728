"""Asks git about commits that statements name, and what changed since: ``statement_commits``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer
from pytest_orr.profile.places import FILE
from pytest_orr.profile.schema import Statement
from pytest_orr.profile.voiding import ANY, is_launched

EVERYTHING = ("**",)
MOST_NAMED = 5
"""Changed files that a message names."""
COMMIT = "commit"
"""Kind of evidence that names one."""
NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCommit:
    """A commit that a statement names, beside the one to be launched."""

    id: str
    """Whole."""
    launched: str
    """The commit to be launched, whole."""
    elsewhere: tuple[str, ...] = ()
    """Files that differ between the two, but for the suite's own folder; sorted."""
    files: tuple[str, ...] = ()
    """Those among them that the statement is about."""
    lines: int = 0
    """Added to these or removed from them; of a file that is no text none."""
    not_text: tuple[str, ...] = ()
    """Those of ``files`` that have no lines."""
    lines_then: int = 0
    """Of the files that the statement is about, at the commit."""
    release_lines: tuple[str, ...] = ()
    """Release lines, such as 1.4, whose tags lie between the two; sorted."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return self.changed_elsewhere or "nothing has changed since"

    @property
    def changed_elsewhere(self) -> str:
        """What changed since, in one line; empty if nothing did but in the suite's folder."""
        return _named(self.elsewhere)

    def changed_among(self, most: int) -> str:
        """What the statement is about and changed since, if more than so many lines did."""
        self._is_about_something()
        too_much = self.lines > most or self.not_text
        lines = "1 line" if self.lines == 1 else f"{self.lines} lines"
        return f"{lines} of {_named(self.files)}, where {most} may" if too_much else ""

    def changed_share(self, percent: int) -> str:
        """What the statement is about and changed since, if more than such a share did."""
        self._is_about_something()
        too_much = self.lines * 100 > percent * self.lines_then or self.not_text
        share = f"{self.lines} of {self.lines_then} lines, {percent} % may"
        return f"{share}: {_named(self.files)}" if too_much else ""

    @property
    def changed_line(self) -> str:
        """Between which release lines it lies; empty if the line is the same."""
        return " to ".join(self.release_lines) if len(self.release_lines) > 1 else ""

    def _is_about_something(self) -> None:
        if not self.lines_then:
            raise FactUnavailable(
                f"none of the files that the statement is about is in commit {self.id[:12]}",
                "correct [repository] audited, or stated for this item, in readiness.toml",
            )


def _named(files: tuple[str, ...]) -> str:
    more = f" and {len(files) - MOST_NAMED} more" if len(files) > MOST_NAMED else ""
    return f"{', '.join(files[:MOST_NAMED])}{more}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCommit:
    """A commit as the statement on an item names it."""

    item: str
    commit: str
    is_evidence: bool
    """Whether it is evidence; otherwise the statement is bound to it."""
    named: Part[NamedCommit]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCommitFacts:
    """Every commit that a statement names, but for the one to be launched."""

    all: tuple[StatementCommit, ...] = ()

    def of(self, item: str, commit: str, *, is_evidence: bool) -> NamedCommit:
        """Return what git knows of a commit; raises ``FactUnavailable`` if it is not there."""
        wanted = (item, commit, is_evidence)
        for one in self.all:
            if (one.item, one.commit, one.is_evidence) == wanted:
                return one.named.reading
        raise FactUnavailable(f"git was not asked about {commit}", "run again without --orr-facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCommits:
    """Are the commits there that statements name, and what has changed since?"""

    name: str = "statement_commits"
    source: str = "git"
    operations: tuple[str, ...] = ("git:cat-file", "git:diff", "git:log")
    fact_type: Any = StatementCommitFacts

    def collect(self, desk: Desk) -> Answer[StatementCommitFacts]:
        """Ask about each; git answers each question once a run."""
        return Answer(value=StatementCommitFacts(all=tuple(_all(desk))))


def _all(desk: Desk) -> Iterator[StatementCommit]:
    for place, statement in desk.stated.placed:
        bound = statement.release
        where = f"{FILE}:{place.line}"
        if bound != ANY and not is_launched(bound, desk.profile):
            read = partial(_bound, desk, statement, where)
            yield _commit(statement.item, bound, part_of(where, read), is_evidence=False)
        for ref in dict.fromkeys(one.ref for one in statement.evidence if one.kind == COMMIT):
            read = partial(_there, desk, ref, where)
            yield _commit(statement.item, ref, part_of(where, read), is_evidence=True)


def _commit(
    item: str, commit: str, named: Part[NamedCommit], *, is_evidence: bool
) -> StatementCommit:
    return StatementCommit(item=item, commit=commit, is_evidence=is_evidence, named=named)


def _there(desk: Desk, commit: str, where: str) -> NamedCommit:
    return NamedCommit(id=desk.git.whole(commit, where), launched=desk.git.commit)


def _bound(desk: Desk, statement: Statement, where: str) -> NamedCommit:
    git, commit = desk.git, statement.release
    patterns = desk.profile.code.files_of(statement.item)
    about = git.changed_since(commit, where, patterns)
    all_files = git.changed_since(commit, where, EVERYTHING).files
    own = git.within(desk.folder)
    return NamedCommit(
        id=git.whole(commit, where),
        launched=git.commit,
        elsewhere=tuple(sorted(one for one in all_files if not (own and one.startswith(own)))),
        files=tuple(sorted(about.files)),
        lines=about.lines,
        not_text=about.not_text,
        lines_then=git.lines_at(commit, where, patterns).lines,
        release_lines=tuple(_release_lines(desk, statement, where)),
    )


def _release_lines(desk: Desk, statement: Statement, where: str) -> list[str]:
    if not statement.machines:
        return []
    forge = desk.profile.forge
    pattern = forge.release_tags if forge else "v*"
    tags = desk.git.releases_since(statement.release, where, pattern)
    return sorted({".".join(NUMBERS.findall(tag.name)[:2]) for tag in tags})
