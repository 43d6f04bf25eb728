"""Reads a health answer for ``collect.endpoints``: the state of each dependency it reports."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

GOOD = frozenset({"ok", "up", "pass", "passing", "healthy", "true"})
PLACES = ("dependencies", "components", "checks", "entries", "results", "details")
"""Where the usual forms keep them: our own word, Spring, health+json, ASP.NET, Terminus."""
STATES = ("status", "state", "healthy", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """Something the service needs, as its own health endpoint reports it."""

    name: str
    state: str
    """The service's own word: ``up``, ``degraded``."""

    @property
    def healthy(self) -> bool:
        """Whether that word means that nothing is wrong; an unknown word does not."""
        return self.state.lower() in GOOD


def dependencies_in(text: str) -> tuple[Dependency, ...]:
    """Return every dependency of a JSON health answer, sorted by name; none for another answer.

    A dependency that reports several checks shows the first that is not good.
    """
    try:
        answer: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(answer, dict):
        return ()
    reported: Any = next((answer[place] for place in PLACES if answer.get(place)), {})
    found = (Dependency(name=name, state=_state(said)) for name, said in _pairs(reported))
    return tuple(sorted(found, key=lambda dependency: dependency.name))


def _pairs(reported: Any) -> Iterator[tuple[str, Any]]:
    match reported:
        case dict():
            yield from reported.items()
        case list():
            named = (entry for entry in reported if isinstance(entry, dict) and "name" in entry)
            yield from ((str(entry["name"]), entry) for entry in named)
        case _:
            return


def _state(said: Any) -> str:
    match said:
        case dict():
            return _state(next((said[key] for key in STATES if key in said), "not reported"))
        case list():
            states = [_state(check) for check in said]
            return next(
                (s for s in states if s.lower() not in GOOD), (states or ["not reported"])[0]
            )
        case None:
            return "not reported"
        case _:
            return str(said)
