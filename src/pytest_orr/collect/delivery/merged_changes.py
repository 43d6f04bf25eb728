"""Reads what came to the branch since the last release, and who read it: ``merged_changes``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_orr.clients.forge.said import Change
from pytest_orr.clients.git_said import Commit
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .people import people_among
from .releases_before import branch_of, forge_of

EARLIER = timedelta(days=1)
"""A change is merged about when its commit is made, on clocks that may differ."""
MOST_ASKED = 200
"""Commits of which the forge is asked, one by one, which change brought them."""
STATE_IT = 'say in a statement with covers = "unknown"'
TOO_MANY = "merge changes with a merge commit or squashed, so that each shows as one commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedChange:
    """A change that was merged into the branch."""

    id: str
    title: str
    author: str
    merged: datetime
    readers: tuple[str, ...] = ()
    """People other than the author who approved it."""

    @property
    def name(self) -> str:
        """The change, as a finding names it."""
        return f"change {self.id}"

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        read = ", ".join(self.readers) or "nobody else"
        return f"{self.title}, by {self.author}, read by {read}, merged on {self.merged:%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayCommit:
    """A commit of the branch that is no change's own; a change may have brought it all the same."""

    id: str
    subject: str
    brought_by: tuple[str, ...] = ()
    """Ids of the merged changes that brought it."""
    is_judged: bool = False
    """Whether one of these was merged into the branch itself, so that its readers are known."""
    begins_history: bool = False
    """Whether it is the first of all, which no change can bring."""
    unread_files: int = 0
    """Audited files that it began with and that no later commit changed."""

    @property
    def name(self) -> str:
        """The commit, as a finding names it."""
        return f"commit {self.id[:12]}"

    @property
    def is_accounted_for(self) -> bool:
        """Whether a merged change brought it, or none could.

        Who read what the history begins with, or came by another branch, is not known.
        """
        if self.begins_history and self.unread_files:
            cause = f"the history begins with {self.unread_files} audited files, unchanged since"
            raise FactUnavailable(cause, f"{STATE_IT} who read them")
        if self.brought_by and not self.is_judged:
            cause = f"{', '.join(self.brought_by)} brought it, which went into another branch"
            raise FactUnavailable(cause, f"{STATE_IT} who read it")
        return self.is_judged or self.begins_history

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.subject}, brought by {', '.join(self.brought_by) or 'no merged change'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchCommits:
    """The commits of the branch since the last release, as git has them."""

    count: int
    strays: tuple[StrayCommit, ...] = ()
    """Those that are no change's own."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return f"{self.count} commits, {len(self.strays)} of them no change's own"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedChangeFacts:
    """All that came to the branch since the last release, until the release's commit."""

    branch: str
    since: str
    """The tag of the release before; empty for the whole history."""
    changes: tuple[MergedChange, ...]
    """Oldest first."""
    commits: Part[BranchCommits]

    @property
    def name(self) -> str:
        """What was looked at, as a finding names it."""
        return f"{self.branch} since {self.since or 'its beginning'}"

    @property
    def has_news(self) -> bool:
        """Whether anything came to it; raises ``FactUnavailable`` if nothing did."""
        if not self.commits.reading.count:
            raise FactUnavailable(
                f"no commit came to {self.name}, so that there was nothing to read",
                "correct [release] commit, or [forge] branch and release_tags in readiness.toml",
            )
        return True

    @property
    def strays(self) -> tuple[StrayCommit, ...]:
        """Commits that are no change's own, as far as commits could be read."""
        return self.commits.observed.strays if self.commits.observed else ()

    @property
    def unread(self) -> tuple[MergedChange, ...]:
        """Changes that nobody but their author approved."""
        return tuple(one for one in self.changes if not one.readers)

    @property
    def seen(self) -> str:
        """One line about all of it, for a finding."""
        commits = f"; {self.commits.seen}" if self.commits.seen else ""
        return f"{len(self.changes)} merged changes, {len(self.unread)} unread{commits}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedChanges:
    """Who read what came to the branch since the last release?"""

    name: str = "merged_changes"
    source: str = "forge"
    operations: tuple[str, ...] = (
        "forge:changes_since",
        "forge:changes_with",
        "git:log",
        "git:tags",
    )
    fact_type: Any = tuple[MergedChangeFacts, ...]

    def collect(self, desk: Desk) -> Answer[tuple[MergedChangeFacts, ...]]:
        """Ask git for the commits since, and the forge for the changes that were merged.

        A first launch goes back to the beginning.
        """
        branch = branch_of(desk)
        before = desk.git.previous_release(forge_of(desk).release_tags)
        line = _first_parents(desk, before.commit if before else None)
        since = min((one.committed for one in line), default=desk.as_of) - EARLIER
        told = desk.forge.changes_since(since if before else None, branch)
        commits = part_of(f"commits of {branch}", lambda: _commits(desk, line, told))
        strays = commits.observed.strays if commits.observed else ()
        brought = {name for stray in strays for name in stray.brought_by}
        held = {one.id for one in line}
        changes = (one for one in told if one.commit in held or one.id in brought)
        facts = MergedChangeFacts(
            branch=branch,
            since=before.name if before else "",
            changes=tuple(map(_change, changes)),
            commits=commits,
        )
        return Answer(value=(facts,), where=(desk.forge.where, *desk.git.where))


def _change(one: Change) -> MergedChange:
    readers = people_among(name for name in one.approved_by if name != one.author)
    return MergedChange(
        id=one.id, title=one.title, author=one.author, merged=one.merged, readers=readers
    )


def _first_parents(desk: Desk, since: str | None) -> tuple[Commit, ...]:
    """Return what the branch was, from the release back; what was merged into it is left out."""
    known = {one.id: one for one in desk.git.commits_since(since)}
    line, at = list[Commit](), desk.git.commit
    while at in known:
        line.append(known[at])
        at = known[at].parents[0] if known[at].parents else ""
    return tuple(line)


def _commits(desk: Desk, line: tuple[Commit, ...], told: tuple[Change, ...]) -> BranchCommits:
    own, known = {one.commit for one in told}, frozenset(one.id for one in told)
    others = [one for one in line if one.id not in own]
    if len(others) > MOST_ASKED:
        cause = f"{len(others)} commits of the branch are no change's own, too many to ask about"
        raise FactUnavailable(cause, TOO_MANY)
    return BranchCommits(count=len(line), strays=tuple(_stray(desk, one, known) for one in others))


def _stray(desk: Desk, one: Commit, known: frozenset[str]) -> StrayCommit:
    brought = () if not one.parents else desk.forge.changes_with(one.id)
    return StrayCommit(
        id=one.id,
        subject=one.subject,
        brought_by=tuple(brought),
        is_judged=not known.isdisjoint(brought),
        begins_history=not one.parents,
        unread_files=0 if one.parents else _unchanged_since(desk, one.id),
    )


def _unchanged_since(desk: Desk, beginning: str) -> int:
    audited = desk.profile.repository.audited if desk.profile.repository else ()
    changed = desk.git.changed_since(beginning, "the beginning of the history", audited)
    return sum(entry.path not in changed.files for entry in desk.git.entries(audited))
