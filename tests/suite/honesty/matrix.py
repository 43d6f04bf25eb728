"""Every item, operation and refusal, tried; and what became of each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from tests.suite.honesty.faults import DEAD_END, SAID, Alone, Circle, Refused, SecondPage
from tests.suite.honesty.refusals import DENIED, EXPIRED, THROTTLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.record.values import ItemRecord
    from tests.suite.honesty.pages import Pagings
    from tests.suite.honesty.wire import Fault
    from tests.suite.honesty.worlds import World

PAGE = "second page"
ALWAYS = frozenset({DENIED, f"{PAGE} {DENIED}"})
ENOUGH = {
    "cloudtrail:LookupEvents": "a use of a key, newest first: older ones are no matter",
    "route53:ListResourceRecordSets": "records of one name, from that name on",
}
"""Listings that are read no further than what is looked for, and what that is."""
NOT_NEEDED = {
    ("compute.vps.account-separation", operation)
    for operation in (
        "iam:ListAccessKeys",
        "iam:ListRoles",
        "secretsmanager:ListSecrets",
        "sts:GetAccessKeyInfo",
    )
}
"""What an item's fact asks for another item that shares it: nothing that it judges comes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One item while a fault meets one operation, and as nothing meets any."""

    item: str
    operation: str
    fault: str
    world: str
    said: tuple[str, ...]
    """What a finding must tell: one of these."""
    before: ItemRecord
    after: ItemRecord

    def __str__(self) -> str:
        return f"{self.item} in the {self.world} account, {self.operation} {self.fault}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What meets an operation, and what a finding must tell of it."""

    name: str
    fault: Fault
    said: tuple[str, ...]
    is_page: bool = False


def cases_of(world: World, faults: Iterable[Met]) -> Iterator[Case]:
    """Let each fault meet each operation that the world's facts asked."""
    undisturbed = world.judged_all(world.seen)
    several = tuple(faults)
    for operation in world.all_requests():
        for met in several:
            if _is_tried(f"{world.name} {operation} {met.name}", met):
                yield from _cases(world, operation, met, undisturbed)


def _is_tried(name: str, met: Met) -> bool:
    """Tell whether a fault is tried beside every test: all denials are, and a third of the rest.

    With ``ORR_TRIALS=full`` all are.
    """
    is_full = os.environ.get("ORR_TRIALS") == "full"
    return is_full or met.name in ALWAYS or crc32(name.encode()) % 3 == 0


def cases_alone(world: World) -> Iterator[Case]:
    """Deny each request that was sent for the world's facts, and answer all others."""
    undisturbed = world.judged_all(world.seen)
    for operation, requests in world.all_requests().items():
        for request in requests:
            fault = Alone(said=request, fault=Refused(kind=DENIED))
            met = Met(name="denied alone", fault=fault, said=SAID[DENIED])
            yield from _cases(world, operation, met, undisturbed)


def _cases(
    world: World, operation: str, met: Met, undisturbed: Mapping[str, ItemRecord]
) -> Iterator[Case]:
    seen = world.met(operation, met.fault)
    hits, went_on = world.wire.hits, world.wire.went_on
    hits = hits & went_on if met.is_page and operation in ENOUGH else hits
    said = (*met.said, *DEAD_END) if met.is_page else met.said
    for item, after in world.judged_all(seen, asking=hits).items():
        if (item, operation) not in NOT_NEEDED:
            yield Case(
                item=item,
                operation=operation,
                fault=met.name,
                world=world.name,
                said=tuple(one.format(operation=operation) for one in said),
                before=undisturbed[item],
                after=after,
            )


def all_faults(pagings: Pagings) -> Iterator[Met]:
    """Yield everything that may meet an operation."""
    for kind, said in SAID.items():
        yield Met(name=kind, fault=Refused(kind=kind), said=said)
    for kind in (DENIED, THROTTLED, EXPIRED):
        page = SecondPage(kind=kind, pagings=pagings)
        yield Met(name=f"{PAGE} {kind}", fault=page, said=SAID[kind], is_page=True)
    circle = Circle(pagings=pagings)
    yield Met(name="pages in a circle", fault=circle, said=DEAD_END, is_page=True)
