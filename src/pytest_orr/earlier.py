"""The run with which a new one is compared: the last that was signed, else the last of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import OrrError
from .publish.files import ACCEPTED, PREVIOUS, SIGNOFF
from .record.journal import JOURNAL, read_journal
from .record.review import review_of
from .render.changes_html import ChangesPage
from .render.public import masked

if TYPE_CHECKING:
    from pathlib import Path


def page_of_changes(report: Path, *, public: bool = False) -> ChangesPage:
    """Return the page that compares a run with one that was put aside in a report's folder.

    The earlier run is read from its journal, as a verdict is; one that was cut short lies
    elsewhere. ``public`` masks accounts and addresses in it.
    """
    folder = _folder(report / PREVIOUS)
    path, signed = folder / JOURNAL, (folder / SIGNOFF).is_file()
    if not path.is_file():
        return ChangesPage(earlier=None, signed=signed)
    try:
        review = review_of(read_journal(path))
    except (OrrError, OSError) as error:
        return ChangesPage(earlier=None, signed=signed, trouble=str(error))
    return ChangesPage(earlier=masked(review) if public else review, signed=signed)


def _folder(previous: Path) -> Path:
    accepted = previous / ACCEPTED
    is_signed, was_signed = ((one / SIGNOFF).is_file() for one in (previous, accepted))
    return accepted if was_signed and not is_signed else previous
