"""What moto holds, kept and brought back: an account is built once, and copied for each test."""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = (type(threading.Lock()), type(threading.RLock()), ModuleType)
"""Kinds of values that belong to the process, and stay as they are."""
DISPATCH: dict[type, Any] = vars(copy)["_deepcopy_dispatch"]
IN_USE: list[Any] = vars(BackendDict)["_instances"]
"""The services of which moto holds anything."""

Held = list[tuple[Any, dict[str, tuple[Any, dict[str, Any]]]]]
"""Each service's backends: by account the dictionary that stands there, and what is in it."""


class Built:
    """What builders made of an account, to be copied when the same is asked for again."""

    def __init__(self) -> None:
        self._made: dict[object, tuple[State, dict[str, Any]]] = {}

    def ids(self, asked: object, build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return the ids of what was asked for, which moto holds from then on.

        It is built into an account that is empty, or has what was asked for before.
        """
        key = (asked, _services_now())
        if key not in self._made:
            ids = build()
            self._made[key] = (held_now(), copy.deepcopy(ids))
            return ids
        state, ids = self._made[key]
        state.restore()
        return copy.deepcopy(ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that moto held at one time."""

    held: Held

    def restore(self) -> None:
        """Put a copy of it in place of what moto holds now."""
        IN_USE.clear()
        for service, accounts in _copied(self.held):
            dict.clear(service)
            for account, (regions, backends) in accounts.items():
                dict.clear(regions)
                dict.update(regions, backends)
                dict.__setitem__(service, account, regions)
            IN_USE.append(service)


def held_now() -> State:
    """Return a copy of what moto holds now."""
    held = [
        (service, {a: (regions, dict(regions.items())) for a, regions in dict.items(service)})
        for service in IN_USE
    ]
    return State(held=_copied(held))


def _services_now() -> frozenset[str]:
    """Return the services of which moto holds anything."""
    return frozenset(service.service_name for service in IN_USE)


def _copied(held: Held) -> Held:
    """Copy all backends at once, so that what they know of each other is copied with them."""
    for kind in SHARED:
        DISPATCH.setdefault(kind, lambda value, _: value)
    for kind in _kinds_below(dict):
        if kind.__module__.startswith("moto."):
            DISPATCH.setdefault(kind, _copied_mapping)
    memo: dict[int, Any] = {}
    for service, accounts in held:
        memo[id(service)] = service
        memo.update((id(regions), regions) for regions, _ in accounts.values())
    return copy.deepcopy(held, memo)


def _copied_mapping(value: Any, memo: dict[int, Any]) -> Any:
    """Copy a dictionary whose class cannot be called without knowing it."""
    kind: Any = type(value)
    made = kind.__new__(kind)
    memo[id(value)] = made
    vars(made).update(copy.deepcopy(vars(value), memo))
    for key, inner in dict.items(value):
        dict.__setitem__(made, copy.deepcopy(key, memo), copy.deepcopy(inner, memo))
    return made


def _kinds_below(kind: type) -> Iterator[type]:
    one: type
    for one in kind.__subclasses__():
        yield one
        yield from _kinds_below(one)
