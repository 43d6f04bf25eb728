"""Sign-off to the files of a report: rendered first, then written whole, the verdict last."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .errors import InvalidInput
from .publish.evidence import keep_evidence
from .publish.files import OTHERS, write_whole
from .record.review import records_digest
from .render import changes_html, engine, html, markdown, review_json, statement
from .render.public import masked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from .model import SignOff
    from .record.journal import Journal
    from .render.interface import Renderer

SELECTION = "selection.json"


def check_names(others: Collection[Renderer]) -> None:
    """Refuse a further renderer whose document could take the place of another file."""
    wrong = tuple(
        f"{other.FILE_NAME!r} is no name for a renderer's document; begin it with {OTHERS!r} and"
        " leave out slashes"
        for other in others
        if not other.FILE_NAME.startswith(OTHERS) or "/" in other.FILE_NAME
    )
    names = [other.FILE_NAME for other in others]
    twice = tuple(
        f"{name!r} is the name of two renderers' documents; give each one of its own"
        for name in sorted({name for name in names if names.count(name) > 1})
    )
    if wrong or twice:
        raise InvalidInput((*wrong, *twice))


def prepare_documents() -> None:
    """Do beforehand what every document needs and no review: the pages' templates are compiled."""
    html.prepare()
    engine.prepare(changes_html.TEMPLATE)


def write_documents(
    folder: Path,
    signoff: SignOff,
    journal: Journal,
    *,
    others: Iterable[Renderer] = (),
    public: bool = False,
    beside: Path | None = None,
) -> Path:
    """Write a run's documents and return the one a person opens.

    ``review.json`` comes last, so that it never stands beside documents that could not be
    written. A selection of items writes ``selection.json`` alone. ``public`` masks accounts and
    addresses in the pages; what machines verify stays as it is. ``beside`` is the folder in which
    statements name their evidence; without it none is kept.
    """
    if signoff.review.selection:
        path = folder / SELECTION
        write_whole(path, review_json.render(signoff).encode())
        return path
    if beside is not None:
        keep_evidence(folder, beside, signoff.review.items)
    _write_all(folder, _texts(signoff, journal, others, masked(signoff) if public else signoff))
    return folder / html.FILE_NAME


def _texts(
    signoff: SignOff, journal: Journal, others: Iterable[Renderer], shown: SignOff
) -> dict[str, bytes]:
    """Return each document by its file's name; people are ``shown`` what may be masked."""
    page = html.render(shown).encode()
    return {
        html.FILE_NAME: page,
        markdown.FILE_NAME: markdown.render(shown).encode(),
        statement.FILE_NAME: statement.render(
            signoff,
            report_sha256=hashlib.sha256(page).hexdigest(),
            journal_sha256=records_digest(journal.records),
        ).encode(),
        **{other.FILE_NAME: other.render(shown).encode() for other in others},
        review_json.FILE_NAME: review_json.render(signoff).encode(),
    }


def _write_all(folder: Path, texts: dict[str, bytes]) -> None:
    """Write all files, in order, or none."""
    try:
        for name, content in texts.items():
            write_whole(folder / name, content)
    except OSError:
        for name in texts:
            (folder / name).unlink(missing_ok=True)
        raise
