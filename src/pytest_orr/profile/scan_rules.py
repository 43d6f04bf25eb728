"""What the profile's parts about scanners must agree on, for ``rules``."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .mistakes import ONE_OF_TWO, Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document
    from .toml_lines import KeyPath

FORMATS = MappingProxyType(
    {
        **dict.fromkeys(
            ("gitlab-secret-detection", "detect-secrets", "gitleaks", "ggshield"), "secrets"
        ),
        **dict.fromkeys(
            (
                *("gitlab-dependency-scanning", "cyclonedx", "pip-audit", "osv-scanner"),
                "npm-audit",
            ),
            "dependencies",
        ),
        "gitlab-sast": "code",
    }
)
"""What a format is about; SARIF may be about anything."""
MAY_ACCEPT = frozenset({"security", "approver"})


def broken_scan_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about reports and accepted findings that one key alone cannot show."""
    yield from _nowhere_or_twice(readiness)
    yield from _artifacts_without_forge(readiness)
    yield from _formats_of_others(readiness)
    yield from _keys_of_others(readiness)
    yield from _accepted_without_the_role(readiness)
    yield from _accepted_twice(readiness)


def _nowhere_or_twice(readiness: Document) -> Iterator[Mistake]:
    for path, scan in readiness.tables("scans"):
        places = {"file", "artifact"} & {*scan}
        if not places:
            yield readiness.mistake(path, f"{show_key(path)} needs `file` or `artifact`")
        elif len(places) == 2:
            where = (*path, "artifact")
            told = f"{show_key(where)} stands beside `file`: a report is one of them"
            yield readiness.mistake(where, told)


def _artifacts_without_forge(readiness: Document) -> Iterator[Mistake]:
    if any(True for _ in readiness.occurrences("forge")):
        return
    for path, _ in readiness.occurrences("scans.artifact"):
        told = "is of a pipeline, and there is no `[forge]` to have one: declare it"
        yield readiness.mistake(path, f"{show_key(path)} {told}")


def _formats_of_others(readiness: Document) -> Iterator[Mistake]:
    for path, scan in readiness.tables("scans"):
        form, about = scan.get("format"), scan.get("about")
        fitting = FORMATS.get(form) if isinstance(form, str) else None
        if fitting and isinstance(about, str) and about != fitting:
            where = (*path, "format")
            told = f"which is about {fitting}, but `about` is {show(about)}: correct one"
            yield readiness.mistake(where, f"{show_key(where)} is {show(form)}, {told}")


def _keys_of_others(readiness: Document) -> Iterator[Mistake]:
    """Tell of keys that mean something of another kind of scan or finding alone."""
    for table, key, about in (
        ("scans", "covers", "dependencies"),
        ("scans", "whole_history", "secrets"),
        ("accepted", "rotated", "secrets"),
    ):
        for path, entry in readiness.tables(table):
            if key in entry and entry.get("about") != about:
                where = (*path, key)
                told = f"is for {about} alone, and `about` is {show(entry.get('about'))}"
                yield readiness.mistake(where, f"{show_key(where)} {told}")


def _accepted_without_the_role(readiness: Document) -> Iterator[Mistake]:
    roles = {
        str(person.get("email", "")).casefold(): person.get("roles")
        for _, person in readiness.tables("service.people")
    }
    for path, by in readiness.occurrences("accepted.by"):
        held = roles.get(by.strip().casefold()) if isinstance(by, str) else None
        if isinstance(held, list) and not MAY_ACCEPT & {
            one for one in held if isinstance(one, str)
        }:
            told = "who has neither the role security nor approver: let one decide who has"
            yield readiness.mistake(path, f"{show_key(path)} is {show(by)}, {told}")


def _accepted_twice(readiness: Document) -> Iterator[Mistake]:
    seen: dict[tuple[object, str], KeyPath] = {}
    for path, entry in readiness.tables("accepted"):
        name = entry.get("id")
        if not isinstance(name, str):
            continue
        where = (*path, "id")
        first = seen.setdefault((str(entry.get("about")), name.strip().casefold()), where)
        if first != where:
            told = f"again, as in line {readiness.lines.line_of(first)}: {ONE_OF_TWO}"
            yield readiness.mistake(where, f"{show_key(where)} is {show(name)} {told}")
