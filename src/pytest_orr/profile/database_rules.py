"""What the profile's databases must agree on, for ``rules``: each kind has keys of its own."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .mistakes import Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .toml_lines import KeyPath

NEEDS = MappingProxyType(
    {
        "rds": "identifier",
        "aurora": "identifier",
        "dynamodb": "identifier",
        "postgresql": "login",
        "firestore": "rules",
    }
)
"""The key without which nothing can be seen of a kind."""
SQL = ("rds", "aurora", "postgresql")
ONLY_FOR = MappingProxyType(
    {
        "identifier": ("rds", "aurora", "dynamodb"),
        "sources": ("rds", "aurora"),
        "login": SQL,
        "writers": (*SQL, "dynamodb"),
        "administrators": SQL,
        "app_role": SQL,
        "rules": ("firestore",),
        "rules_tests": ("firestore",),
    }
)
"""Kinds for which a key means something."""


def broken_database_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about databases that one key alone cannot show."""
    for path, database in readiness.tables("databases"):
        if database.get("kind") in NEEDS:
            yield from _keys_of_its_kind(readiness, path, database)
            yield from _no_way_in(readiness, path, database.get("login"))
            yield from _foreign_app_role(readiness, path, database)


def _keys_of_its_kind(
    readiness: Document, path: KeyPath, database: Mapping[str, object]
) -> Iterator[Mistake]:
    kind = str(database["kind"])
    if NEEDS[kind] not in database:
        where = (*path, NEEDS[kind])
        told = f"is required for the kind {show(kind)} and missing"
        yield readiness.mistake(path, f"{show_key(where)} {told}")
    for key in database:
        if kind not in ONLY_FOR.get(key, (kind,)):
            kinds = " and ".join(map(show, ONLY_FOR[key]))
            told = f"means nothing for the kind {show(kind)}, only for {kinds}: remove it"
            yield readiness.mistake((*path, key), f"{show_key((*path, key))} {told}")


def _no_way_in(readiness: Document, path: KeyPath, login: object) -> Iterator[Mistake]:
    if not isinstance(login, dict) or "url" in login:
        return
    for key in ("host", "user"):
        if key not in login:
            where = (*path, "login")
            told = f"needs `{key}`, or a `url` that says it"
            yield readiness.mistake(where, f"{show_key(where)} {told}")


def _foreign_app_role(
    readiness: Document, path: KeyPath, database: Mapping[str, object]
) -> Iterator[Mistake]:
    role, writers = database.get("app_role"), database.get("writers", [])
    if isinstance(role, str) and isinstance(writers, list) and role not in writers:
        where = (*path, "app_role")
        told = f"is {show(role)}, which `writers` does not name"
        yield readiness.mistake(where, f"{show_key(where)} {told}")
