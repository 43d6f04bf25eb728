"""Decides to which receivers Alertmanager hands an alert, from the configuration that it runs.

The walk is Alertmanager's own: depth first, the first child that matches ends it unless it says
``continue``, and a node none of whose children matches is it itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .alertmanager_hours import Hours, hours_of
from .alertmanager_matchers import Matcher, matchers_of
from .anchored_patterns import Undecidable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_ROUTES = 5000
DEEPEST = 40
CONFIGS = "_configs"
"""What the keys of a receiver end with: ``pagerduty_configs``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A node of the tree with whatever it has from the nodes above it."""

    receiver: str
    matchers: tuple[Matcher, ...]
    goes_on: bool
    """``continue``: its siblings are asked, too."""
    children: tuple[Route, ...]
    muted: tuple[str, ...]
    """Intervals in which it says nothing."""
    active: tuple[str, ...]
    """Intervals outside which it says nothing; always active if there are none."""

    def reached(self, labels: Mapping[str, str]) -> tuple[Route, ...]:
        """Return the nodes that an alert with these labels ends at; none if this does not match."""
        if not all(matcher.matches(labels) for matcher in self.matchers):
            return ()
        found: list[Route] = []
        for child in self.children:
            below = child.reached(labels)
            found += below
            if below and not child.goes_on:
                break
        return tuple(found) or (self,)

    def names(self) -> frozenset[str]:
        """Return the names of the labels that decide anything in the tree."""
        below = (child.names() for child in self.children)
        return frozenset(one.name for one in self.matchers).union(*below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """What a configuration says of routes and receivers."""

    root: Route
    kinds: Mapping[str, tuple[str, ...]]
    """Of each receiver, how it tells people: ``pagerduty``, ``email`` …"""
    hours: Mapping[str, Hours]
    """Intervals of time by name."""


def routing_in(configuration: Any) -> Routing:
    """Return the routing of a configuration that was read from YAML; ``Undecidable`` if none."""
    said = _table(configuration, "the configuration")
    root = _table(said.get("route"), "its route")
    receivers = [_table(one, "a receiver") for one in _list(said, "receivers")]
    kinds = {str(one.get("name")): _kinds(one) for one in receivers}
    routing = Routing(root=_Tree().route(root, "", 0), kinds=kinds, hours=hours_of(said))
    unknown = {one.receiver for one in _all(routing.root)} - kinds.keys()
    if unknown:
        raise Undecidable(f"a route names the receiver {min(unknown)[:80]!r}, which there is not")
    return routing


class _Tree:
    """Reads a tree of routes and counts its nodes."""

    def __init__(self) -> None:
        self._count = 0

    def route(self, said: Mapping[str, Any], above: str, depth: int) -> Route:
        self._count += 1
        if self._count > MOST_ROUTES or depth > DEEPEST:
            raise Undecidable(f"there are more than {MOST_ROUTES} routes or {DEEPEST} levels")
        receiver = str(said.get("receiver") or above)
        below = (_table(one, "a route") for one in _list(said, "routes"))
        return Route(
            receiver=receiver,
            matchers=matchers_of(said),
            goes_on=str(said.get("continue", "")).lower() in {"true", "yes", "on", "y"},
            children=tuple(self.route(one, receiver, depth + 1) for one in below),
            muted=_names(said, "mute_time_intervals"),
            active=_names(said, "active_time_intervals"),
        )


def _all(route: Route) -> Iterator[Route]:
    yield route
    for child in route.children:
        yield from _all(child)


def _kinds(receiver: Mapping[str, Any]) -> tuple[str, ...]:
    said = (key for key, value in receiver.items() if key.endswith(CONFIGS) and value)
    return tuple(sorted(key.removesuffix(CONFIGS) for key in said))


def _names(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(one) for one in _list(said, key))


def _table(value: Any, what: str) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise Undecidable(f"{what} is no table")


def _list(said: Mapping[str, Any], key: str) -> list[Any]:
    value = said.get(key) or []
    if isinstance(value, list):
        return value
    raise Undecidable(f"{key} is no list")
