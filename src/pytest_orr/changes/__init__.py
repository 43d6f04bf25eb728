"""Two reviews to what changed between them: pure, for people, for gates, and for other pages."""

from .compare import changes_between
from .findings import movement
from .ratchet import RATCHETS, incomparable, tripped
from .values import (
    Changes,
    Difference,
    Entry,
    FindingChange,
    ItemChange,
    Movement,
    Side,
)

__all__ = [
    "RATCHETS",
    "Changes",
    "Difference",
    "Entry",
    "FindingChange",
    "ItemChange",
    "Movement",
    "Side",
    "changes_between",
    "incomparable",
    "movement",
    "tripped",
]
