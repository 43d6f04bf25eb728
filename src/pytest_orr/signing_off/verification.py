"""One file of a sign-off, held against the checkout and against what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import NeededFileMissing
from pytest_orr.record.journal import JOURNAL
from pytest_orr.render import statement
from pytest_orr.render.escape import visible
from pytest_orr.sign.envelope import read as read_envelope
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.verify import refuse_vetoed, verify, verify_results

from .adding import raw_if_there, raw_of
from .beside import read_beside
from .holding import beside_too
from .page import check_page
from .standing import standing
from .vetoes import earlier_veto, veto_in

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.sign.envelope import Envelope
    from pytest_orr.sign.expected import Expected
    from pytest_orr.sign.verify import Verified

    from .beside import Beside

RESULTS = "results.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A sign-off that holds."""

    verified: Verified
    payload: bytes
    runners: tuple[tuple[str, str], ...]
    """Name and fingerprint of each runner that signed the results."""
    beside: Beside
    notices: tuple[str, ...]
    """What a reader must know although it holds."""


def verification(path: Path, expected: Expected) -> Verification:
    """Verify the envelope at ``path``, what it binds of its folder, and that nobody vetoed it.

    Raises ``Refused`` with the first reason that is found, ``NeededFileMissing`` without the file.
    """
    if not path.is_file():
        raise NeededFileMissing(f"{path} is not there.", "Whoever approves signs by `orr sign`.")
    folder = path.parent
    beside = read_beside(folder)
    demanded = beside_too(expected, beside)
    raw = raw_of(path)
    verified = verify(raw, demanded)
    envelope = read_envelope(raw)
    _check_beside(beside, envelope, verified, demanded)
    if veto := veto_in(folder, demanded):
        refuse_vetoed(verified.statement, veto)
    earlier = earlier_veto(folder, demanded)
    return Verification(
        verified=verified,
        payload=envelope.payload,
        runners=_runners(folder / RESULTS, demanded, verified),
        beside=beside,
        notices=(*verified.notices, *_notices(beside), *((earlier,) if earlier else ())),
    )


def _check_beside(
    beside: Beside, envelope: Envelope, verified: Verified, expected: Expected
) -> None:
    """Refuse files that say otherwise than what was signed."""
    stated = verified.statement
    for found, what in (
        (beside.statement, statement.FILE_NAME),
        (beside.stated, "what the journal beside it amounts to"),
    ):
        if found is not None and found != envelope.payload:
            raise Refused("other-statement", f"{what} is not what was signed")
    if beside.other_tool not in {"", stated.tool}:
        told = f"{JOURNAL} names {visible(beside.other_tool)}, and {stated.tool} was signed"
        raise Refused("report-differs", told)
    if beside.signoff and beside.page is not None:
        so_far = standing(envelope, expected, {*stated.authors, *expected.authors})
        check_page(beside.page, beside.signoff, stated, so_far, expected.rules)


def _runners(path: Path, expected: Expected, verified: Verified) -> tuple[tuple[str, str], ...]:
    raw = raw_if_there(path)
    return () if raw is None else verify_results(raw, expected, verified.payload_sha256).runners


def _notices(beside: Beside) -> tuple[str, ...]:
    absent = f"not beside it, and not looked at: {', '.join(beside.absent)}"
    other = f"judged by {beside.other_tool}: its journal and review were not compared"
    return (*([absent] if beside.absent else ()), *([other] if beside.other_tool else ()))
