"""What the profile's parts about monitoring must agree on, for ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mistakes import Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document

BEHIND_A_PROXY = ("prometheus", "alertmanager")


def broken_monitoring_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about monitoring that one key alone cannot show."""
    for section in BEHIND_A_PROXY:
        yield from _logins(readiness, section)
    yield from _jobs_of_two_kinds(readiness)


def _logins(readiness: Document, section: str) -> Iterator[Mistake]:
    for path, said in readiness.tables(section):
        for key, other in (("user", "password"), ("password", "user")):
            if key in said and other not in said:
                where = (*path, key)
                yield readiness.mistake(where, f"{show_key(where)} needs `{other}` beside it")
        if "token" in said and {"user", "password"} & said.keys():
            where = (*path, "token")
            yield readiness.mistake(where, f"{show_key(where)} and a user: name one of them")


def _jobs_of_two_kinds(readiness: Document) -> Iterator[Mistake]:
    nodes = [job for _, job in readiness.occurrences("prometheus.node_jobs")]
    for path, job in readiness.occurrences("prometheus.probe_jobs"):
        if job in nodes:
            told = f"has {show(job)}, which is in `node_jobs`, too: remove it from one"
            yield readiness.mistake(path, f"{show_key(path)} {told}")
