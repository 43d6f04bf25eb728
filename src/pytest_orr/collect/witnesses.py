"""Facts that show what a not-applicable denies: what was seen outweighs what somebody signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Observed

from .encryption_keys import EncryptionKeyFacts
from .watched_instances import WatchedInstanceFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.observation import Observation

SHOWN = 3
"""Things that a message names; of further ones it says how many there are."""


def contradictions(
    absent: Iterable[str], observations: Mapping[str, Observation[Any]]
) -> Iterator[str]:
    """Yield in one line what facts show of each thing that the service is said not to have.

    Facts that were gathered for other items are looked at, and none is asked for: what could not
    be had contradicts nothing.
    """
    facts = [one for one in observations.values() if isinstance(one, Observed)]
    for basis in absent:
        for fact in facts:
            if names := tuple(_shown_of(basis, fact.value)):
                yield f"{fact.source} shows {_told(names)}"
                break


def _shown_of(basis: str, value: object) -> Iterator[str]:
    match basis, value:
        case "databases", EncryptionKeyFacts():
            yield from (
                f"the database {part.name}"
                for part in value.stores
                if part.observed and part.observed.kind == "database"
            )
        case "hosts", WatchedInstanceFacts():
            yield from (f"the instance {one.name}" for one in value.running)
        case _:
            return


def _told(names: tuple[str, ...]) -> str:
    more = len(names) - SHOWN
    told = ", ".join(names[:SHOWN])
    return f"{told} and {more} more" if more > 0 else told
