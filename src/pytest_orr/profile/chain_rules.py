"""What the profile's parts about blockchains must agree on, for ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mistakes import ONE_OF_TWO, Mistake, did_you_mean, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document

NAMED_ONCE = ("chains", "contracts", "provider.projects")
PLACE = "{id}"


def broken_chain_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about chains, contracts and projects that one key alone cannot show."""
    yield from _unknown_chains(readiness)
    for table in NAMED_ONCE:
        yield from _named_twice(readiness, table)
    yield from _unprotected_projects(readiness)


def _unknown_chains(readiness: Document) -> Iterator[Mistake]:
    known = [name for _, name in readiness.occurrences("chains.name") if isinstance(name, str)]
    for path, name in readiness.occurrences("contracts.chain"):
        if isinstance(name, str) and name not in known:
            near = did_you_mean(name, known)
            told = f"{show_key(path)} is {show(name)}, which no `[[chains]]` is called{near}"
            yield readiness.mistake(path, told)


def _named_twice(readiness: Document, table: str) -> Iterator[Mistake]:
    seen: set[str] = set()
    for path, name in readiness.occurrences(f"{table}.name"):
        if isinstance(name, str) and name in seen:
            yield readiness.mistake(
                path, f"{show_key(path)} is {show(name)} a second time: {ONE_OF_TWO}"
            )
        seen.add(str(name))


def _unprotected_projects(readiness: Document) -> Iterator[Mistake]:
    for path, project in readiness.tables("provider.projects"):
        if not {"secret", "origin"} & {*project}:
            told = "needs `secret` or `origin`: who else is to be refused?"
            yield readiness.mistake(path, f"{show_key(path)} {told}")
        url = project.get("url")
        if isinstance(url, str) and PLACE not in url:
            where = (*path, "url")
            told = f"has no {PLACE} in place of the project's id: write it there"
            yield readiness.mistake(where, f"{show_key(where)} {told}")
