"""When does a sign-off hold: after its run, for some days, and until a newer one was seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .refusal import Refused

if TYPE_CHECKING:
    from .expected import Expected
    from .statement import Statement


def check_window(statement: Statement, expected: Expected) -> None:
    """Refuse a statement that does not hold at ``expected.at``, or holds too long, or is old."""
    longest, at = timedelta(days=expected.rules.max_days), expected.at
    earliest = max(statement.finished, statement.as_of)
    in_order = earliest <= statement.not_before < statement.not_after
    if not in_order or statement.finished < statement.started:
        raise Refused("window-disordered", "it begins before its run ended, or ends before that")
    if statement.not_after - statement.finished > longest:
        raise Refused("window-too-long", f"it holds beyond {longest.days} days after its run")
    if at < statement.not_before:
        raise Refused("not-yet-valid", f"it holds from {statement.not_before:%FT%TZ} on")
    if at >= statement.not_after:
        raise Refused("expired", f"it held until {statement.not_after:%FT%TZ}")
    if at - statement.as_of > longest:
        told = f"it was judged as of {statement.as_of:%FT%TZ}, beyond {longest.days} days ago"
        raise Refused("judged-too-long-ago", told)
    if statement.seq != int(statement.finished.timestamp()):
        raise Refused("sequence-forged", f"{statement.seq} is not the instant its run finished")
    if statement.seq <= expected.last_seq:
        raise Refused("superseded", f"{statement.seq} is not newer than {expected.last_seq}")
