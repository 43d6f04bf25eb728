"""Other sign-offs of a service that are known: one that is newer supersedes, a veto objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput, NeededFileMissing
from pytest_orr.render.escape import visible
from pytest_orr.sign.envelope import read as read_envelope
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.statement import NO_GO
from pytest_orr.sign.statement import read as read_statement
from pytest_orr.sign.verify import refuse_vetoed, verify_veto

from .adding import raw_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_orr.sign.expected import Expected
    from pytest_orr.sign.statement import Statement

    from .caller import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What other files say of a service."""

    last_seq: int = -1
    """The highest number of a sign-off; -1 without any."""
    vetoes: tuple[bytes, ...] = ()
    """Envelopes that say NO_GO, unverified, of a folder that was named."""

    def refuse_vetoed(self, stated: Statement, expected: Expected) -> None:
        """Refuse a sign-off against which one of the vetoes stands.

        One of another commit says nothing of this one, whoever signed it.
        """
        for raw in self.vetoes:
            about = read_statement(read_envelope(raw).payload)
            if about.commit == expected.commit and (veto := verify_veto(raw, expected)):
                refuse_vetoed(stated, veto)


def known_of(after: Path, path: Path, caller: Caller) -> Known:
    """Read ``after``: an earlier sign-off, or a folder with sign-offs and vetoes as ``*.json``.

    The one that is verified, at ``path``, is left out of a folder. Raises ``NeededFileMissing`` if
    there is nothing, and ``InvalidInput`` for a file that is none of the service.
    """
    if not after.exists():
        raise NeededFileMissing(f"{after} is not there.", "Name an earlier signoff.json.")
    if not after.is_dir():
        return Known(last_seq=_of_service(raw_of(after), after, caller).seq)
    own = path.resolve()
    others = {one: raw_of(one) for one in sorted(after.glob("*.json")) if one.resolve() != own}
    said = {one: _of_service(raw, one, caller) for one, raw in others.items()}
    return Known(
        last_seq=max(_numbers(said.values()), default=-1),
        vetoes=tuple(others[one] for one, stated in said.items() if stated.decision == NO_GO),
    )


def _numbers(said: Iterable[Statement]) -> Iterable[int]:
    return (one.seq for one in said if one.decision != NO_GO)


def _of_service(raw: bytes, path: Path, caller: Caller) -> Statement:
    try:
        earlier = read_statement(read_envelope(raw).payload)
    except Refused as refused:
        raise InvalidInput((f"{path}: is no sign-off: {refused}",)) from refused
    service = caller.written.profile.service
    if (earlier.service, earlier.environment) != (service.name, service.environment):
        of = visible(f"{earlier.service}, {earlier.environment}")
        told = f"is of {of}; name one of {service.name}"
        raise InvalidInput((f"{path}: {told}, {service.environment}",))
    return earlier
