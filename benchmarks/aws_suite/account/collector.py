"""What the collectors of this package have in common: a question that is put in every place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pytest_orr.observation import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.collect.interface import Desk

T = TypeVar("T")


class InPlaces(ABC, Generic[T]):
    """Asks AWS in every region of every account, or once in each account."""

    name: str
    source: str
    operations: tuple[str, ...]
    fact_type: Any
    once_an_account = False

    @abstractmethod
    def read(self, aws: AwsAccess, place: Place) -> Iterable[T]:
        """Return what there is in a place."""

    def collect(self, desk: Desk) -> Answer[tuple[T, ...]]:
        """Ask everywhere at once."""
        aws = desk.aws
        places = aws.homes if self.once_an_account else aws.places
        found = aws.everywhere(lambda place: tuple(self.read(aws, place)), places)
        return Answer(value=tuple(chain.from_iterable(found)), where=tuple(map(str, places)))


def opens_to_world(rule: Mapping[str, Any]) -> bool:
    """Say whether an ingress rule names the whole internet as a source."""
    sources = [*rule.get("IpRanges", ()), *rule.get("Ipv6Ranges", ())]
    return any("0.0.0.0/0" in one.values() or "::/0" in one.values() for one in sources)
