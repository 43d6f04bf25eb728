"""One file of a sign-off, held against the checkout and against what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import NeededFileMissing
from pytest_orr.render import statement
from pytest_orr.sign.envelope import read as read_envelope
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.verify import refuse_vetoed, verify, verify_results

from .adding import raw_of
from .beside import read_beside
from .holding import beside_too
from .vetoes import veto_in

if TYPE_CHECKING:
    from pathlib import Path

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
    payload = read_envelope(raw).payload
    for found, what in (
        (beside.statement, statement.FILE_NAME),
        (beside.stated, "what the journal beside it amounts to"),
    ):
        if found is not None and found != payload:
            raise Refused("other-statement", f"{what} is not what was signed")
    if veto := veto_in(folder, demanded):
        refuse_vetoed(verified.statement, veto)
    return Verification(
        verified=verified,
        payload=payload,
        runners=_runners(folder / RESULTS, demanded, verified),
        beside=beside,
        notices=(*verified.notices, *_notices(beside)),
    )


def _runners(path: Path, expected: Expected, verified: Verified) -> tuple[tuple[str, str], ...]:
    if not path.is_file():
        return ()
    return verify_results(raw_of(path), expected, verified.payload_sha256).runners


def _notices(beside: Beside) -> tuple[str, ...]:
    absent = f"not beside it, and not looked at: {', '.join(beside.absent)}"
    other = f"judged by {beside.other_tool}: its journal and review were not compared"
    return (*([absent] if beside.absent else ()), *([other] if beside.other_tool else ()))
