"""One more signature in the file of a sign-off: read, signed, joined, written whole, verified."""

from __future__ import annotations

from contextlib import contextmanager
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
OTHER = "{name} holds signatures over something else; move it away if it is void"


def raw_of(path: Path) -> bytes:
    """Return the bytes of an envelope's file; of one that is too large, enough to refuse it."""
    with path.open("rb") as opened:
        return opened.read(LARGEST + 1)


def read_envelope(path: Path, payload: bytes, payload_type: str) -> Envelope:
    """Return the envelope of a file; one without signatures if there is no file yet.

    Raises ``Refused`` if it is malformed, or holds another payload.
    """
    if not path.is_file():
        return Envelope(payload=payload, payload_type=payload_type, signatures=())
    found = envelope.read(raw_of(path), payload_type)
    if found.payload != payload:
        raise Refused("other-statement", OTHER.format(name=path.name))
    return found


def add_signature(
    path: Path, signature: Signature, before: Envelope, *, check: Callable[[bytes], None]
) -> None:
    """Add a signature to the file at ``path``, whole or not at all.

    ``before`` is what the signer was shown; what others added since is kept. ``check`` raises if
    the new file would not verify, and is asked before it is written and again of what was
    written. Raises ``RunFolderBusy`` when somebody else writes there at this moment.
    """
    with _alone(path.parent):
        now = read_envelope(path, before.payload, before.payload_type)
        others = tuple(one for one in now.signatures if one != signature)
        joined = envelope.write(
            Envelope(
                payload=now.payload,
                payload_type=now.payload_type,
                signatures=(*others, signature),
            )
        )
        check(joined)
        write_whole(path, joined)
        check(raw_of(path))


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
