"""Many reviews to one board: which service stands where, since when, and who acts next. Pure."""

from .compile import board_of
from .glance import glance_of
from .values import (
    Board,
    Cell,
    Glance,
    Mark,
    OpenItem,
    Point,
    Read,
    ServiceEnding,
    Standing,
    Unread,
)

__all__ = [
    "Board",
    "Cell",
    "Glance",
    "Mark",
    "OpenItem",
    "Point",
    "Read",
    "ServiceEnding",
    "Standing",
    "Unread",
    "board_of",
    "glance_of",
]
