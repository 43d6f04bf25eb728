"""A report about to be signed: whole, what its journal says, and what the checkout demands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_orr.errors import NeededFileMissing
from pytest_orr.render import statement
from pytest_orr.render.escape import visible
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.statement import read as read_statement

from .beside import AGAIN, read_beside
from .lacking import lacking

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pytest_orr.model import SignOff
    from pytest_orr.sign.expected import Expected

    from .beside import Beside
    from .caller import Caller

CLOCK = "clock"
"""Kind of the notice that clocks differ by more than two minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A report that may be signed, and what every signature is held against."""

    folder: Path
    signoff: SignOff
    payload: bytes
    """Bytes of ``statement.json``."""
    beside: Beside
    expected: Expected
    lacking: str
    """Which items of the published checklist the suite leaves out; empty if none."""


def held(folder: Path, caller: Caller, *, at: datetime) -> Held:
    """Read a report in whose files nothing was changed since its run.

    Raises ``NeededFileMissing`` for a file that is not there, and ``Refused`` for files that are
    not what the journal says, or if clocks differ too much.
    """
    beside = read_beside(folder)
    if beside.absent:
        absent = folder / beside.absent[0]
        raise NeededFileMissing(f"{absent} is not there.", "Run `pytest readiness/` first.")
    if beside.other_tool:
        told = f"it was judged by {beside.other_tool}"
        raise Refused("other-tool", told, f"Sign with that version, or {AGAIN}")
    signoff, payload = beside.signoff, beside.statement
    assert signoff is not None
    assert payload is not None
    if payload != beside.stated:
        raise Refused("report-differs", f"{statement.FILE_NAME} is not what the journal says")
    for notice in signoff.review.notices:
        if notice.kind == CLOCK:
            raise Refused("clocks-apart", visible(notice.text), f"Mend that, and {AGAIN}")
    expected = caller.expected(at=at, phase=signoff.review.phase)
    return Held(
        folder=folder,
        signoff=signoff,
        payload=payload,
        beside=beside,
        expected=beside_too(expected, beside),
        lacking=lacking(caller.suite),
    )


def beside_too(expected: Expected, beside: Beside) -> Expected:
    """Return what is expected, and what lies beside the envelope besides."""
    said = dict(read_statement(beside.stated).digests) if beside.stated else {}
    return replace(
        expected,
        results_sha256=said.get("results"),
        facts_sha256=beside.facts_sha256,
        report_sha256=beside.report_sha256,
        journal_sha256=beside.journal_sha256,
        evidence=beside.evidence,
    )
