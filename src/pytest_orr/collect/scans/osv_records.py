"""Reads records of OSV's schema (ossf.github.io/osv-schema 1.6), for reports and for its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .severity import Severity, by_text, by_word, gravest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.hostile_json import At


def aliases_of(record: At) -> tuple[str, ...]:
    """Return the other ids of the same advisory."""
    return tuple(one.needed() for one in record["aliases"].each())


def severity_of(record: At) -> Severity:
    """Return the gravest of all that a record says: scores, vectors and its database's words.

    A record of malicious code is critical, as its whole package is.
    """
    if record["id"].text().startswith("MAL-"):
        return "critical"
    return gravest(_said(record))


def _said(record: At) -> Iterator[Severity]:
    yield from _of(record)
    for affected in record["affected"].each():
        yield from _of(affected)
        yield _word(affected["ecosystem_specific"])


def _of(said: At) -> Iterator[Severity]:
    for one in said["severity"].each():
        yield by_text(one["score"].text())
        yield by_word(one["score"].text())  # as Ubuntu writes its own
    yield _word(said["database_specific"])


def _word(said: At) -> Severity:
    """Return what a database's own field says; it may hold anything, so only a text counts."""
    if not said.is_object():
        return "unknown"
    word = said["severity"]
    return by_word(word.text()) if isinstance(word.value, str) else "unknown"
