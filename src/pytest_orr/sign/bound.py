"""The parts of a statement by which a verdict is recomputed: results, and what people said."""

from dataclasses import dataclass
from datetime import date

from pytest_orr.model import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one item."""

    id: str
    status: Outcome
    sha256: str
    """Of the item's record, canonical."""
    true_status: Outcome | None
    """What a waived item would be without its waiver; nothing for every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundWaiver:
    """A waiver, or several that cover one item: all who agreed, until the first ends."""

    item: str
    result_sha256: str
    true_status: Outcome
    requesters: tuple[str, ...]
    approvers: tuple[str, ...]
    granted: date
    expires: date
    """Last day of UTC on which it holds."""
    due: tuple[date, ...]
    """Last days for the work on which it depends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """A person's statement on one item."""

    item: str
    by: str
    until: date
    """Last day of UTC on which it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempted:
    """An item that does not concern the service, and who agreed."""

    item: str
    approver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCondition:
    """What a reviewer made the launch depend on."""

    text: str
    is_settled: bool
    answered_by: str
    accepted_by: str
    """Empty if nobody has accepted the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundFile:
    """A file on which people's statements rest."""

    name: str
    sha256: str
    size: int
    """In bytes."""
