"""Is a statement about what the verifier is about: release, rules, items, files?"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from .people import folded
from .refusal import Refused
from .strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .bound import Result
    from .expected import Expected
    from .statement import Statement

Bound = str | list[str]
WHOLE_COMMIT = frozenset({40, 64})
"""Hexadecimal digits of a git object's whole id."""

OPTIONAL = (
    "files",
    "facts_sha256",
    "results_sha256",
    "report_sha256",
    "journal_sha256",
    "evidence",
)
"""What the caller may have nothing of to compare with."""


def check_release(statement: Statement, expected: Expected) -> None:
    """Refuse a statement about another service, place, release, phase, or by other rules."""
    for what, said, wanted in _bound(statement, expected):
        if said != wanted:
            told = f"it is bound to {_shown(said)}, and not to {_shown(wanted)}"
            raise Refused(f"other-{what}", told)
    if len(statement.commit) not in WHOLE_COMMIT:
        raise Refused("short-commit", f"{statement.commit} is no whole commit id")
    if missing := folded(expected.authors) - folded(statement.authors):
        raise Refused("other-authors", f"it leaves out {min(missing)!a}")


def check_kept(statement: Statement, expected: Expected) -> None:
    """Refuse a statement that binds other files than those that the caller has."""
    said = dict(statement.digests)
    for name, digest in (expected.files or {}).items():
        if said.get(name) != digest:
            raise Refused("other-files", f"{name.removesuffix('_sha256')} is not what was judged")
    for name, given in _given(expected):
        if given is not None and said[name] != given:
            what = name.removesuffix("_sha256")
            raise Refused(f"other-{what}", f"it binds {said[name]} as {what}; here is {given}")
    if expected.evidence is not None:
        for one in statement.evidence:
            if expected.evidence.get(one.sha256) != one.size:
                raise Refused("other-evidence", f"{one.name!a} is not the file that was stated")


def check_cover(statement: Statement, expected: Expected) -> None:
    """Refuse results that are not those of exactly the expected items, each once, in order."""
    ids = [result.id for result in statement.results]
    if ids != sorted(set(ids)):
        raise Refused("results-disordered", "its results are not sorted by id, each once")
    if others := set(ids) ^ expected.items.keys():
        first, where = min(others), "results" if min(others) in ids else "checklist"
        raise Refused("results-incomplete", f"{first} stands in the {where} alone")
    if _digest_of_results(statement.results) != dict(statement.digests)["results"]:
        raise Refused("results-digest", "its subject binds another list of results")


def not_compared(expected: Expected) -> tuple[str, ...]:
    """Return what the caller had nothing of to compare with."""
    lacking = [name.removesuffix("_sha256") for name in OPTIONAL if getattr(expected, name) is None]
    return tuple(lacking)


def _bound(statement: Statement, expected: Expected) -> Iterator[tuple[str, Bound, Bound]]:
    digests = dict(statement.digests)
    checklist = _checklist(statement.checklist_version, statement.checklist_sha256)
    yield "service", statement.service, expected.service
    yield "environment", statement.environment, expected.environment
    yield "accounts", sorted(statement.accounts), sorted(expected.accounts)
    yield "regions", sorted(statement.regions), sorted(expected.regions)
    yield "commit", statement.commit, expected.commit
    yield "images", sorted(statement.images), sorted(expected.images)
    yield "phase", statement.phase, expected.phase
    wanted = _checklist(expected.checklist_version, expected.checklist_sha256)
    yield "checklist", checklist, wanted
    yield "policy", digests["policy_sha256"], expected.policy_sha256


def _checklist(version: str, sha256: str) -> str:
    return f"{version}, modules {sha256}"


def _shown(value: Bound) -> str:
    """Return one value or several as text in ASCII: what looks alike is told apart."""
    several = value if isinstance(value, list) else [value]
    return ", ".join(ascii(one) for one in several) or "none"


def _given(expected: Expected) -> Iterator[tuple[str, str | None]]:
    """Yield what the caller may have, by the name under which a statement binds it."""
    yield "facts_sha256", expected.facts_sha256
    yield "results", expected.results_sha256
    yield "report", expected.report_sha256
    yield "journal", expected.journal_sha256
    yield "tool", expected.tool_sha256


@lru_cache(maxsize=4)
def _digest_of_results(results: tuple[Result, ...]) -> str:
    plain = [
        {
            "id": one.id,
            "status": one.status.value,
            "sha256": one.sha256,
            **({"waived": {"true_status": one.true_status.value}} if one.true_status else {}),
        }
        for one in results
    ]
    return hashlib.sha256(canonical(plain)).hexdigest()
