"""Every item, operation and refusal, tried; and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.suite.honesty.faults import DEAD_END, SAID, Circle, Refused, SecondPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.record.values import ItemRecord
    from tests.suite.honesty.pages import Pagings
    from tests.suite.honesty.wire import Fault
    from tests.suite.honesty.worlds import World

PAGE = "second page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One item while a fault meets one operation, and as nothing meets any."""

    item: str
    operation: str
    fault: str
    world: str
    said: str
    """What a finding must tell."""
    before: ItemRecord
    after: ItemRecord

    def __str__(self) -> str:
        return f"{self.item} in the {self.world} account, {self.operation} {self.fault}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What meets an operation, and what a finding must tell of it."""

    name: str
    fault: Fault
    said: str
    is_page: bool = False


def cases_of(world: World, faults: Iterable[Met]) -> Iterator[Case]:
    """Let each fault meet each operation that the world's facts asked."""
    undisturbed = world.judged_all(world.seen)
    several = tuple(faults)
    for operation in world.all_requests():
        for met in several:
            seen = world.met(operation, met.fault)
            judged = world.judged_all(seen, asking=operation) if world.wire.hits else {}
            said = DEAD_END if met.is_page and not world.wire.leads_on else met.said
            for item, after in judged.items():
                yield Case(
                    item=item,
                    operation=operation,
                    fault=met.name,
                    world=world.name,
                    said=said.format(operation=operation),
                    before=undisturbed[item],
                    after=after,
                )


def all_faults(pagings: Pagings) -> Iterator[Met]:
    """Yield everything that may meet an operation."""
    for kind, said in SAID.items():
        yield Met(name=kind, fault=Refused(kind=kind), said=said)
    for kind, said in SAID.items():
        page = SecondPage(kind=kind, pagings=pagings)
        yield Met(name=f"{PAGE} {kind}", fault=page, said=said, is_page=True)
    circle = Circle(pagings=pagings)
    yield Met(name="pages in a circle", fault=circle, said=DEAD_END)
