"""The run with which a new one is compared: the last that was signed, else the last of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import NeededFileMissing, OrrError
from .publish.files import ACCEPTED, PREVIOUS, SIGNOFF
from .record.journal import JOURNAL, read_journal
from .record.review import review_of
from .render.changes_html import ChangesPage
from .render.public import masked
from .render.review_file import review_at

if TYPE_CHECKING:
    from pathlib import Path

    from .model import Review


def page_of_changes(report: Path, *, public: bool = False) -> ChangesPage:
    """Return the page that compares a run with one that was put aside in a report's folder.

    ``public`` masks accounts and addresses in the earlier run.
    """
    folder = _folder(report / PREVIOUS)
    signed = (folder / SIGNOFF).is_file()
    try:
        review = _review(folder)
    except NeededFileMissing:
        return ChangesPage(earlier=None, signed=signed)
    except (OrrError, OSError) as error:
        return ChangesPage(earlier=None, signed=signed, trouble=str(error))
    return ChangesPage(earlier=masked(review) if public else review, signed=signed)


def _folder(previous: Path) -> Path:
    accepted = previous / ACCEPTED
    is_signed, was_signed = ((one / SIGNOFF).is_file() for one in (previous, accepted))
    return accepted if was_signed and not is_signed else previous


def _review(folder: Path) -> Review:
    """Read what was judged from the journal, which is quick, or else as pipelines keep it."""
    journal = folder / JOURNAL
    return review_of(read_journal(journal)) if journal.is_file() else review_at(folder)
