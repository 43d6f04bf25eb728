"""Reads Firestore's security rules beside the profile, and how their tests went."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.junit import JunitResult, junit_result_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.beside import FileRefused, opened_beside

from . import firestore_conditions
from .firestore_conditions import answer_to_nobody
from .firestore_syntax import allowances_of
from .parts import Part, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_orr.profile.schema import Database

    from .firestore_syntax import Allowance
    from .interface import Desk

LARGEST = 5 * 1024 * 1024
TEST_AGAIN = "let the emulator's tests write it anew, as JUnit XML"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRule:
    """An ``allow`` of Firestore's rules that is about writing."""

    methods: tuple[str, ...]
    admits_nobody: bool
    """Whether it denies whoever is not logged in."""
    is_conditional: bool
    """Whether there is a condition at all that says something else than ``true``."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        how = "on a condition" if self.is_conditional else "on no condition"
        return f"allows {', '.join(self.methods)} {how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirestoreRules:
    """The rules of one Firestore database."""

    name: str
    """As ``[[databases]]`` names it."""
    rules: tuple[Part[WriteRule], ...]
    """By line, named ``firestore.rules:12 /databases/{db}/…``; none if nobody may write."""
    tests: Part[JunitResult]
    """What the emulator's tests of the rules wrote."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        return f"{len(self.rules)} rules let somebody write"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRules:
    """Whom do the rules of the service's Firestore databases let write?"""

    name: str = "database_rules"
    source: str = "files beside readiness.toml"
    operations: tuple[str, ...] = ("file:read",)
    fact_type: Any = tuple[Part[FirestoreRules], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[FirestoreRules], ...]]:
        """Read the rules of each declared Firestore, each by itself."""
        if not desk.profile.databases:
            raise Undeclared("[[databases]]", "the service's databases, and who may write to them")
        wanted = [one for one in desk.profile.databases if one.kind == "firestore"]
        parts = tuple(part_of(one.name, partial(_rules, desk.folder, one)) for one in wanted)
        return Answer(value=parts, where=tuple(one.rules or one.name for one in wanted))


def _rules(folder: Path, database: Database) -> FirestoreRules:
    name = database.rules or ""
    text = _text(folder, name)
    return FirestoreRules(
        name=database.name,
        rules=tuple(_judged(name, text)),
        tests=part_of(
            database.rules_tests or f"tests of {name}", partial(_tests, folder, database)
        ),
    )


def _judged(name: str, text: str) -> Iterator[Part[WriteRule]]:
    for allowance in sorted(allowances_of(text, name), key=lambda one: one.line):
        where = f"{name}:{allowance.line} {allowance.path}"
        yield part_of(where, partial(_rule, where, allowance))


def _rule(where: str, allowance: Allowance) -> WriteRule:
    answer = answer_to_nobody(allowance)
    if answer is firestore_conditions.Answer.UNSURE:
        raise FactUnavailable(
            f"what the rule at {where} says to somebody who is not logged in cannot be worked out",
            "begin the condition with `request.auth != null &&`, or answer for it",
        )
    return WriteRule(
        methods=allowance.methods,
        admits_nobody=answer.denies,
        is_conditional=[one.text for one in allowance.condition] not in ([], ["true"]),
    )


def _tests(folder: Path, database: Database) -> JunitResult:
    if database.rules_tests is None:
        raise FactUnavailable(
            f"[[databases]] names no rules_tests for {database.name}",
            "test the rules in the emulator, and name the JUnit file under [[databases]]"
            " rules_tests",
        )
    text = _text(folder, database.rules_tests)
    return junit_result_of(text, database.rules_tests, TEST_AGAIN)


def _text(folder: Path, name: str) -> str:
    try:
        with opened_beside(folder, name) as opened:
            content = opened.read(LARGEST + 1)
    except FileRefused as refused:
        raise FactUnavailable(
            f"{name} {refused}", "lay it beside readiness.toml, and name it under [[databases]]"
        ) from refused
    if len(content) > LARGEST:
        raise FactUnavailable(f"{name} is larger than 5 MiB", "name the file itself")
    return content.decode("utf-8", errors="replace")
