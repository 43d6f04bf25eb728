"""Asks what a statement rests on: a link, a file with its digest, a commit, a ticket or a drill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.model import EVIDENCE_KINDS
from pytest_orr.profile.days import day_of
from pytest_orr.profile.drill_records import plain
from pytest_orr.profile.evidence_files import evidence_file
from pytest_orr.profile.evidence_rules import FILE, FORMS_OF, IN_WORDS, form_of
from pytest_orr.profile.mistakes import escape, show

from .asking import NotThat, Question, WrongUse, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.drill_records import Drill

    from .asking import Asking
    from .case import Case

FLAG = "--evidence"
FORM = re.compile(r"(?P<kind>[a-z]+)=(?P<ref>.+?)(@(?P<dated>\d{4}-\d{2}-\d{2}|today))?")
DRILL = "drill"
Piece = dict[str, "str | date"]
Named = tuple[Piece, str]
"""A piece without its date, and the date as it was said; empty if it was not."""


def asked_evidence(spec: ItemSpec, case: Case, asking: Asking, given: Sequence[str]) -> list[Piece]:
    """Return every piece of evidence as the file has it: one of the item's kind at least."""
    if given:
        return [_piece(asking.ask(_by_flag(one, case)), case, asking) for one in given]
    pieces = [_first(spec, case, asking)]
    while another := asking.ask(_more(case)):
        pieces.append(_piece(another, case, asking))
    return pieces


def _first(spec: ItemSpec, case: Case, asking: Asking) -> Piece:
    kind = spec.evidence_kind
    drills = tuple(one for one in case.written.drills if spec.id in one.record.items)
    if kind == DRILL:
        _offer(spec, case, drills)
    say(f"Evidence of the kind {kind} is {_may_be(kind)}.")

    def read(text: str) -> Piece:
        number = int(text) if text.isdecimal() else 0
        ref = drills[number - 1].ref if 0 < number <= len(drills) else text
        return _found(kind, ref, case)

    found = asking.ask(Question(label=f"Evidence, {kind}", flag=FLAG, read=read))
    return _dated(found, "", case, asking)


def _offer(spec: ItemSpec, case: Case, drills: Sequence[Drill]) -> None:
    if not drills:
        folder = case.written.profile.drills.folder
        say(
            f"No record in {folder}/ names this item: write down what was done first"
            f" (`orr explain {spec.id}` prints the form)."
        )
    for number, drill in enumerate(drills, 1):
        record = drill.record
        went = record.went or "went well"
        day = day_of(record.started)
        say(f"{number}  {drill.ref}: {day}, by {record.by}, {went}", indent="  ")


def _by_flag(text: str, case: Case) -> Question[Named]:
    return Question(label="Evidence", flag=FLAG, read=lambda text: _named(text, case), given=text)


def _more(case: Case) -> Question[Named | None]:
    return Question(
        label="More evidence (KIND=…, or Enter for none)",
        flag=FLAG,
        read=lambda text: _named(text, case) if text else None,
        enter="",
    )


def _piece(named: Named, case: Case, asking: Asking) -> Piece:
    """Ask for the date of the fact if it was not said."""
    found, dated = named
    if not (dated or "dated" in found or asking.is_terminal):
        told = f"{FLAG}: {found['ref']} has no date of the fact; write KIND=REF@DATE."
        raise WrongUse(f"{told} Nothing was written.")
    return _dated(found, dated, case, asking)


def _named(text: str, case: Case) -> Named:
    """Read ``KIND=REF@DATE``; the date may be missing."""
    formed = FORM.fullmatch(text)
    if formed is None:
        raise NotThat(f"{show(text)} is not KIND=REF@DATE, such as link=https://…@2026-01-31.")
    kind = formed["kind"]
    if kind not in EVIDENCE_KINDS:
        raise NotThat(f"{show(kind)} is no kind: the kinds are {', '.join(EVIDENCE_KINDS)}.")
    return _found(kind, formed["ref"].strip(), case), formed["dated"] or ""


def _found(kind: str, ref: str, case: Case) -> Piece:
    """Return a piece without its date, but for a drill, whose record says it."""
    drill = next((one for one in case.written.drills if one.ref == plain(ref)), None)
    if kind == DRILL and drill is not None:
        day = day_of(drill.record.started)
        return {"kind": kind, "ref": drill.ref, "sha256": drill.sha256, "dated": day}
    if not form_of(kind, ref):
        raise NotThat(f"{show(ref)} is not {_may_be(kind)}.")
    if form_of(kind, ref) != FILE:
        return {"kind": kind, "ref": ref}
    folder = case.place.profile.parent
    file = evidence_file(folder, ref)
    if file.problem and (beside := _from_here(folder, ref)):
        file = evidence_file(folder, beside)
    if file.problem:
        told = f"{escape(ref)} {file.problem}: it is looked for beside {case.file}."
        raise NotThat(f"{told} A link begins with https://.")
    return {"kind": kind, "ref": file.ref, "sha256": file.sha256}


def _may_be(kind: str) -> str:
    return ", or ".join(IN_WORDS[form] for form in FORMS_OF[kind])


def _from_here(folder: Path, ref: str) -> str:
    """Return the path beside the profile of a file that somebody names from where they are."""
    here, inside = Path.cwd() / ref, folder.absolute()
    return str(here.relative_to(inside)) if here.is_relative_to(inside) else ""


def _dated(piece: Piece, dated: str, case: Case, asking: Asking) -> Piece:
    if "dated" in piece:
        return piece
    label = "Date of that fact (YYYY-MM-DD, or today)"
    day = asking.ask(Question(label=label, flag=f"{FLAG} …@DATE", read=case.day, given=dated))
    return {**piece, "dated": day}
