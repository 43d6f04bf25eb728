"""Reads whether changes of the database's schema can be taken back: the fact ``schema_changes``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .releases_before import forge_of

FILES = frozenset({"file", "program"})
STEP_BACK = re.compile(
    rb"^\s*--\s*\+(?:goose|migrate)\s+Down\b|^\s*--\s*migrate:down\b|^\s*def downgrade\("
    rb"|^\s*exports\.down\s*=|^\s*(?:(?:export|public|async|function)\s+)*down\s*\(|^\s*--\s*rollback\b"
    rb"|^\s*--\s*//@UNDO",
    re.MULTILINE | re.IGNORECASE,
)
"""How goose, sql-migrate, dbmate, Alembic, knex and its like, Liquibase and MyBatis write one."""
PAIRS = ((".up.", ".down."), ("/V", "/U"))
"""Files of golang-migrate and Flyway: what is done, and what takes it back."""
COMMENT = re.compile(rb"^\s*(?:--|#|//|/?\*+)\s*(.+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """A file that changes the schema, new or changed since the release before."""

    path: str
    way_back: str = ""
    """How it is taken back, or why it need not be; empty if it does not say."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return self.way_back or "neither a step back nor a mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChanges:
    """Can the changes of the schema since the release before be taken back?"""

    name: str = "schema_changes"
    source: str = "git"
    operations: tuple[str, ...] = ("git:diff", "git:show", "git:tags")
    fact_type: Any = tuple[SchemaChange, ...]

    def collect(self, desk: Desk) -> Answer[tuple[SchemaChange, ...]]:
        """Read the files below ``migrations`` that changed; at a first launch all of them."""
        repository = desk.profile.repository
        if repository is None:
            raise Undeclared("[repository]", "the service's git repository")
        before = desk.git.previous_release(forge_of(desk).release_tags)
        below = desk.git.entries(repository.migrations)
        entries = tuple(one for one in below if one.kind in FILES)
        if before:
            place = f"the tag {before.name}"
            changed = desk.git.changed_since(before.commit, place, repository.migrations).files
            entries = tuple(one for one in entries if one.path in changed)
        contents = desk.git.contents_of(entries)
        if away := [one.path for one in entries if one.id not in contents and one.size is None]:
            raise FactUnavailable(f"the content of {away[0]} is not here", "fetch it: git fetch")
        every = {one.path for one in desk.git.tree}
        found = tuple(
            SchemaChange(
                path=one.path,
                way_back=_way_back(one.path, contents[one.id], every, repository.safe_marks),
            )
            for one in entries
            if one.id in contents and not _is_step_back(one.path, every)
        )
        return Answer(value=found, where=desk.git.where)


def _way_back(path: str, content: bytes, every: set[str], marks: Iterable[str]) -> str:
    for twin in _twins(path):
        if twin in every:
            return f"taken back by {twin}"
    if step := STEP_BACK.search(content):
        return f"step back: {step[0].strip().decode(errors='replace')}"
    comments = [one.decode(errors="replace").lower() for one in COMMENT.findall(content)]
    said = (mark for mark in marks for one in comments if one.startswith(mark.lower()))
    return next((f"marked: {mark}" for mark in said), "")


def _twins(path: str) -> list[str]:
    return [path.replace(*pair) for pair in PAIRS if pair[0] in path]


def _is_step_back(path: str, every: set[str]) -> bool:
    return any(back in path and path.replace(back, forth) in every for forth, back in PAIRS)
