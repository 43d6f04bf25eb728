"""What lies beside an envelope: read, compared with itself, and told by digest."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from pytest_orr.collect.snapshot import FACTS, facts_sha256, read_snapshot
from pytest_orr.controller import signoff_of
from pytest_orr.errors import InvalidInput
from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.evidence_files import LARGEST_MIB, MIB
from pytest_orr.publish.files import EVIDENCE
from pytest_orr.record.journal import JOURNAL
from pytest_orr.record.review import records_digest
from pytest_orr.render import html, markdown, review_json, statement
from pytest_orr.render.escape import visible
from pytest_orr.render.public import masked
from pytest_orr.sign.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_orr.model import SignOff
    from pytest_orr.record.journal import Journal

TOOL = f"pytest-orr {version('pytest-orr')}"
DIGEST = re.compile(r"[0-9a-f]{64}")
AGAIN = "run `pytest readiness/` again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A report's files, by what a statement binds of them; ``None`` for what is not there."""

    signoff: SignOff | None = None
    """What its journal says."""
    is_public: bool = False
    """Whether accounts and addresses are masked on its page."""
    journal_sha256: str | None = None
    report_sha256: str | None = None
    facts_sha256: str | None = None
    evidence: Mapping[str, int] | None = None
    """Bytes of each file by its SHA-256."""
    page: bytes | None = None
    """``signoff.md``, which people read and nothing binds."""
    statement: bytes | None = None
    stated: bytes | None = None
    """The statement that journal and page amount to, if both are there."""
    absent: tuple[str, ...] = ()
    """Names of files that are not there."""
    other_tool: str = ""
    """Which version of this product wrote the journal, if that is not this one: what it says is
    written in another way then, and only its page, facts and evidence can be compared."""


def read_beside(folder: Path) -> Beside:
    """Read what lies in a report's folder.

    Raises ``Refused`` for files that contradict each other: a review or page that is not what the
    journal says, a fact or evidence that does not fit its digest, a journal without its end.
    """
    signoff, journal = _journal(folder)
    other_tool = signoff.review.run.tool if signoff and signoff.review.run.tool != TOOL else ""
    if other_tool:
        signoff = journal = None
    page = _content(folder / html.FILE_NAME)
    review = _content(folder / review_json.FILE_NAME)
    if signoff and review is not None and review != review_json.render(signoff).encode():
        raise Refused("report-differs", f"{review_json.FILE_NAME} is not what {JOURNAL} says")
    is_public = signoff is not None and page is not None and _is_masked(signoff, page)
    report_sha256 = hashlib.sha256(page).hexdigest() if page is not None else None
    journal_sha256 = records_digest(journal.records) if journal else None
    names = (JOURNAL, review_json.FILE_NAME, html.FILE_NAME, statement.FILE_NAME, FACTS)
    return Beside(
        signoff=signoff,
        is_public=is_public,
        journal_sha256=journal_sha256,
        report_sha256=report_sha256,
        facts_sha256=_facts(folder / FACTS),
        evidence=_evidence(folder / EVIDENCE),
        page=_content(folder / markdown.FILE_NAME),
        statement=_content(folder / statement.FILE_NAME),
        stated=_stated(signoff, report_sha256, journal_sha256),
        absent=tuple(name for name in names if not (folder / name).is_file()),
        other_tool=other_tool,
    )


def _journal(folder: Path) -> tuple[SignOff, Journal] | tuple[None, None]:
    if not (folder / JOURNAL).is_file():
        return None, None
    try:
        signoff, journal = signoff_of(folder / JOURNAL)
    except InvalidInput as error:
        raise Refused("report-differs", f"{JOURNAL} is no journal of a run") from error
    if journal.closing is None or journal.closing.records != len(journal.records):
        raise Refused("report-cut", f"{JOURNAL} has no end: the run was cut short")
    return signoff, journal


def _is_masked(signoff: SignOff, page: bytes) -> bool:
    """Tell for whom a page was written; one that the journal does not amount to is refused."""
    if page == html.render(signoff).encode():
        return False
    if page == html.render(masked(signoff)).encode():
        return True
    raise Refused("report-differs", f"{html.FILE_NAME} is not what {JOURNAL} says")


def _stated(
    signoff: SignOff | None, report_sha256: str | None, journal_sha256: str | None
) -> bytes | None:
    if signoff is None or report_sha256 is None or journal_sha256 is None:
        return None
    text = statement.render(signoff, report_sha256=report_sha256, journal_sha256=journal_sha256)
    return text.encode()


def _facts(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        read_snapshot(path, {})
    except InvalidInput as error:
        raise Refused("facts-changed", visible("; ".join(error.mistakes))) from error
    return facts_sha256(path)


def _evidence(folder: Path) -> Mapping[str, int] | None:
    """Return digest and size of each file that is named by a digest, if the folder is ours."""
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else ["none"]
    ours = [name for name in names if DIGEST.fullmatch(name)]
    return {name: _size(folder, name) for name in ours} if ours or not names else None


def _size(folder: Path, name: str) -> int:
    try:
        with opened_beside(folder, name) as opened:
            content = opened.read(LARGEST_MIB * MIB + 1)
    except FileRefused as refused:
        raise Refused("evidence-changed", f"{EVIDENCE}/{name} {refused}") from refused
    if hashlib.sha256(content).hexdigest() != name:
        told = f"{EVIDENCE}/{name} does not fit its digest; it was changed afterwards"
        raise Refused("evidence-changed", told)
    return len(content)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
