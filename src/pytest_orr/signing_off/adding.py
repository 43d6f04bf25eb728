"""One more signature in the file of a sign-off: read, signed, joined, written whole, verified."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.errors import RunFolderBusy
from pytest_orr.publish.files import FolderLock, write_whole
from pytest_orr.sign import envelope
from pytest_orr.sign.envelope import Envelope, Signature
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.strict_json import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BUSY = (
    "Somebody else is writing to {folder} at this moment: another signature, or a run. Run the"
    " command again; your signature was not added."
)


def raw_of(path: Path) -> bytes:
    """Return the bytes of an envelope's file; of one that is too large, enough to refuse it."""
    with path.open("rb") as opened:
        return opened.read(LARGEST + 1)


def raw_if_there(path: Path) -> bytes | None:
    """Return what ``raw_of`` does, or nothing if nothing lies there.

    Raises ``Refused`` for what is no file, lest it passes for one that is not there.
    """
    if path.is_file():
        return raw_of(path)
    if os.path.lexists(path):
        raise Refused("report-differs", f"{path.name} is there, and is no file")
    return None


def read_envelope(path: Path, payload: bytes, payload_type: str) -> Envelope:
    """Return the envelope of a file; one without signatures if there is no file yet.

    Raises ``Refused`` if it is malformed, or holds another payload.
    """
    raw = raw_if_there(path)
    if raw is None:
        return Envelope(payload=payload, payload_type=payload_type, signatures=())
    found = envelope.read(raw, payload_type)
    if found.payload != payload:
        told = f"{path.name} holds signatures over something else"
        raise Refused("other-statement", told, "Move it away if it is void.")
    return found


def add_signature(
    path: Path,
    signature: Signature,
    before: Envelope,
    *,
    check: Callable[[bytes], None],
    then: Callable[[Envelope], None] | None = None,
) -> None:
    """Add a signature to the file at ``path``, whole or not at all.

    ``before`` is what the signer was shown; what others added since is kept. ``check`` raises if
    the new file would not verify, and is asked before it is written, and again if other bytes
    are there then; ``then`` gets the new envelope before anybody else may write. Raises
    ``RunFolderBusy`` when somebody else writes there at this moment.
    """
    with _alone(path.parent):
        now = read_envelope(path, before.payload, before.payload_type)
        others = tuple(one for one in now.signatures if one != signature)
        joined = replace(now, signatures=(*others, signature))
        raw = envelope.write(joined)
        check(raw)
        write_whole(path, raw)
        if (written := raw_of(path)) != raw:
            check(written)
        if then:
            then(joined)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        lock = FolderLock(folder)
    except RunFolderBusy:
        raise RunFolderBusy(BUSY.format(folder=folder)) from None
    try:
        yield
    finally:
        lock.release()
