"""What a reader must know of a sign-off although it holds: on whose word it rests."""

from __future__ import annotations

from importlib.metadata import distribution, version
from typing import TYPE_CHECKING

from pytest_orr.provenance import DISTRIBUTION, tool_sha256

from .lacking import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .caller import Caller
    from .verification import Verification

NO_AUTHORS = (
    "nobody is known to have tagged the release or asked for it, so that nobody was kept from"
    " approving their own"
)
NO_RUNNER = (
    "no runner has signed these results: that facts and times are what was seen rests on whoever"
    " ran the suite"
)


def caveats(found: Verification, caller: Caller) -> Iterator[str]:
    """Yield what no guard refuses, and nobody who launches should learn only later."""
    stated = found.verified.statement
    if dict(stated.digests)["tool"] != tool_sha256(distribution(DISTRIBUTION)):
        here = f"{DISTRIBUTION} {version(DISTRIBUTION)}"
        yield f"it was judged by {stated.tool}, and verified by another build, {here}"
    if told := lacking(caller.suite):
        yield told
    if not {*stated.authors, *caller.written.profile.release.asked_by}:
        yield NO_AUTHORS
    if not found.runners:
        yield NO_RUNNER
