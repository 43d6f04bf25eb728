"""Carries a plan out: writes, looks again at what is there, and writes until nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.publishing.interface import PublishingFailed, Vanished

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_orr.clients.publishing.interface import Write

MOST_ROUNDS = 5


def carry_out(
    plan: Callable[[], Sequence[Write]],
    write: Callable[[Write], None],
    tell: Callable[[Write], None],
) -> int:
    """Write what ``plan`` says, and plan anew, until it says nothing; return how much was written.

    Whoever publishes at the same time makes twins and takes things away; each new plan mends that.
    ``plan`` reads what is there whenever it is called. Raises ``PublishingFailed``, also if others
    change what is written for as long as this goes on.
    """
    written = 0
    gone: Vanished | None = None
    for _ in range(MOST_ROUNDS):
        left = plan()
        if not left:
            return written
        for one in left:
            try:
                write(one)
            except Vanished as error:
                gone = error
                break
            written += 1
            tell(one)
    if not plan():
        return written
    raise gone or PublishingFailed(
        "what was written is changed by somebody else at once, or is not shown",
        "publish again when nobody else does",
    )
