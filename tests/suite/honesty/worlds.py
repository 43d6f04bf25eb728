"""The example's account, asked once for every fact, and judged again and again from memory."""

from __future__ import annotations

import importlib.util
import inspect
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.guard import SERVICES
from pytest_orr.collect.desk import opened_desk
from pytest_orr.collect.gather import gather
from pytest_orr.consent import standing_of
from pytest_orr.errors import FactUnavailable, OrrError
from pytest_orr.record.body import record_item
from pytest_orr.record.findings import Subjects
from pytest_orr.record.handing import unwrap
from tests.suite.honesty.wire import Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pytest_orr.collect.interface import Collector, Desk
    from pytest_orr.model import ItemSpec
    from pytest_orr.observation import Observation
    from pytest_orr.profile.load import Written
    from pytest_orr.record.body import Standing
    from pytest_orr.record.values import ItemRecord
    from tests.suite.honesty.wire import Fault, Wire

AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
"""The day on which the example is judged."""
ASKED_ANEW = frozenset({"aws", "progress"})
"""What of a desk every gathering has for itself."""


class Remembered:
    """A client that asks its counterpart each question once; the answer, or its failure, stays."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._answers: dict[tuple[str, str], Any] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._asking(name, found) if callable(found) else found

    def _asking(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*arguments: Any, **named: Any) -> Any:
            key = (name, repr((arguments, named)))
            if key not in self._answers:
                self._answers[key] = _answer_or_failure(method, arguments, named)
            answer = self._answers[key]
            if isinstance(answer, FactUnavailable):
                raise answer
            return answer

        return ask


def _answer_or_failure(method: Callable[..., Any], arguments: Any, named: Any) -> Any:
    try:
        return method(*arguments, **named)
    except FactUnavailable as error:
        return error


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """The suite's items with their bodies, and the collectors of their facts."""

    items: tuple[ItemSpec, ...]
    bodies: Mapping[str, Callable[..., None]]
    collectors: Mapping[str, Collector[Any]]

    @cached_property
    def asks(self) -> Mapping[str, tuple[str, ...]]:
        """What each item's body asks for by name, by the item's id."""
        return {one: tuple(inspect.signature(body).parameters) for one, body in self.bodies.items()}

    def declared(self, item: ItemSpec) -> frozenset[str]:
        """Every AWS operation that the collectors of an item's facts declare."""
        return frozenset(
            operation
            for fact in item.facts
            for operation in self.collectors[fact].operations
            if operation.partition(":")[0] in SERVICES
        )


def bodies_of(folder: Path, items: Iterable[ItemSpec]) -> dict[str, Callable[..., None]]:
    """Import the suite's modules and return each item's function by id."""
    modules: dict[str, Any] = {}
    for file in sorted({item.file for item in items}):
        spec = importlib.util.spec_from_file_location(f"honesty_{file[:-3]}", folder / file)
        assert spec is not None
        assert spec.loader is not None
        modules[file] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(modules[file])
    return {item.id: getattr(modules[item.file], item.function) for item in items}


@dataclass(kw_only=True)
class World:
    """One state of the account with everything that was seen of it."""

    name: str
    written: Written
    checklist: Checklist
    wire: Wire
    seen: dict[str, Observation[Any]] = field(default_factory=dict)
    """Every fact by name, as nothing disturbs it."""
    asked: dict[str, Mapping[str, set[str]]] = field(default_factory=dict)
    """Requests that were sent for a fact, by AWS operation."""
    tape: Tape = field(default_factory=Tape)
    clients: dict[str, Any]
    """What is not AWS, by its name at a desk; its answers stay what they were at first."""
    _asked_for: dict[str, frozenset[str]] = field(default_factory=dict)

    def record(self) -> None:
        """Ask for every fact, one after the other, so that each is known with its operations."""
        collectors = self.checklist.collectors
        with self._desk() as desk:
            for name in type(desk).__dataclass_fields__.keys() - ASKED_ANEW:
                self.clients.setdefault(name, _remembering(getattr(desk, name)))
            for name in collectors:
                with self.wire.recording(self.tape) as asked:
                    self.seen |= self._gathered([name])
                self.asked[name] = asked

    def met(self, operation: str, fault: Fault) -> dict[str, Observation[Any]]:
        """Return all facts as they are when a fault meets an operation."""
        affected = [name for name, asked in self.asked.items() if operation in asked]
        with self.wire.playing(self.tape, operation, fault):
            return self.seen | self._gathered(affected)

    def _gathered(self, names: Iterable[str]) -> dict[str, Observation[Any]]:
        """Ask AWS for some facts, and whatever else is asked as it answered at first."""
        wanted = [self.checklist.collectors[name] for name in names]
        with self._desk() as desk:
            return gather(wanted, replace(desk, **self.clients), clock=lambda: AS_OF)

    def _desk(self) -> AbstractContextManager[Desk]:
        """Open a desk as a run of the whole suite does."""
        return opened_desk(self.written, self.checklist.collectors.values(), _quiet, as_of=AS_OF)

    def judged(self, item: ItemSpec, seen: Mapping[str, Observation[Any]]) -> ItemRecord:
        """Run an item's body as the executor does, and return its record."""
        standing = standing_of(item, self.written, AS_OF)
        return record_item(self._function(item, seen, standing), item, standing, {})

    def end_of(self, item: ItemSpec, seen: Mapping[str, Observation[Any]]) -> OrrError | None:
        """Run an item's body, and return what ended it before its end, if anything did."""
        standing = standing_of(item, self.written, AS_OF)
        handed, _, _ = unwrap(self._function(item, seen, standing), {})
        try:
            self.checklist.bodies[item.id](**handed)
        except OrrError as error:
            return error
        return None

    def _function(
        self, item: ItemSpec, seen: Mapping[str, Observation[Any]], standing: Standing
    ) -> Any:
        """Return what pytest would have made of an item, as far as it is looked at."""
        body = self.checklist.bodies[item.id]
        given = {
            **seen,
            "subject": Subjects(),
            "attestation": standing.attestation,
            "profile": self.written.profile,
            "as_of": AS_OF,
        }
        asked = {name: given[name] for name in self.checklist.asks[item.id]}
        return SimpleNamespace(obj=body, funcargs=asked, nodeid=item.id)

    def judged_all(
        self, seen: Mapping[str, Observation[Any]], *, asking: Collection[str] | None = None
    ) -> dict[str, ItemRecord]:
        """Judge items by id: all whose facts asked AWS, or sent it one of some requests."""
        return {
            item.id: self.judged(item, seen)
            for item in self.checklist.items
            if (asked := self.asked_for(item)) and (asking is None or not asked.isdisjoint(asking))
        }

    def asked_for(self, item: ItemSpec) -> frozenset[str]:
        """Every request that was sent to AWS for an item's facts."""
        if item.id not in self._asked_for:
            several = (sent for fact in item.facts for sent in self.asked[fact].values())
            self._asked_for[item.id] = frozenset(one for sent in several for one in sent)
        return self._asked_for[item.id]

    def all_requests(self) -> dict[str, list[str]]:
        """Every request that was sent for the fact of an item, by operation, both sorted."""
        wanted = {fact for item in self.checklist.items for fact in item.facts}
        found: dict[str, set[str]] = {}
        for fact in wanted:
            for operation, sent in self.asked[fact].items():
                found.setdefault(operation, set()).update(sent)
        return {operation: sorted(sent) for operation, sent in sorted(found.items())}


def _remembering(client: Any) -> Any:
    """Remember what a client answers; hosts remember their one reading themselves."""
    own = type(client).__module__.startswith("pytest_orr.clients.")
    return Remembered(client) if own else client


def _quiet(_: str) -> None:
    return
