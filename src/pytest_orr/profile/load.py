"""What the team wrote, read from its files and checked whole before anything is gathered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pytest_orr.errors import InvalidInput, NeededFileMissing

from .applicability import Declared, declared_in
from .documents import document_of, read_document
from .drafts import Drafts, ids_and_aliases
from .drill_form import DrillRecord
from .drill_records import Drill, read_drills
from .drills import FOLDER
from .evidence_files import EvidenceFile, read_evidence
from .layers import Layers
from .notes import Note, ReviewNotes
from .overlay import lay_under
from .overlay_rules import broken_overlay_rules
from .overlay_values import weakenings_of
from .places import FILE, WAIVERS, Places, Stated, all_places, line_of
from .rules import broken_rules
from .schema import (
    Attestations,
    NotApplicable,
    Policy,
    Profile,
    Statement,
    Waiver,
    Waivers,
)
from .structure import validate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from pytest_orr.model import ItemSpec, Weakening

    from .documents import Document
    from .drill_records import DrillFile
    from .mistakes import Mistake
    from .overlay import Overlay, Pinned

T = TypeVar("T")
BESIDE = ("attestations", "waivers", "policy", "review-notes")
"""Files that are looked up beside the profile; absent ones are empty."""
NOTHING_INSTEAD: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Everything the team wrote, read and checked; items are named by their ids, not aliases."""

    profile: Profile
    statements: tuple[Statement, ...]
    waivers: tuple[Waiver, ...]
    policy: Policy
    folder: Path
    """Of the profile; evidence paths are relative to it."""
    digests: tuple[tuple[str, str], ...]
    """SHA-256 of each file by its usual name (``readiness.toml`` …); empty when it is absent. What
    is extended is ``organisation.toml``."""
    evidence_files: tuple[EvidenceFile, ...] = ()
    """What became of each file that a statement names."""
    drills: tuple[Drill, ...] = ()
    """Every record of a drill, by name."""
    notes: tuple[Note, ...] = ()
    """What reviewers ask, and ask for."""
    declared: tuple[Declared, ...] = ()
    """What the profile declares of the things on whose absence a not-applicable may rest."""
    weakenings: tuple[Weakening, ...] = ()
    """Values that are weaker than the organisation's, by permission."""
    layers: Layers = field(default_factory=Layers)
    """Where effective values of profile and policy were written."""

    places: Places = field(default_factory=Places)
    """Where each statement, waiver and not-applicable stands."""

    @property
    def stated(self) -> Stated:
        """All statements, for who asks git about them."""
        digest, places = dict(self.digests).get(FILE, ""), self.places.statements
        return Stated(sha256=digest, statements=self.statements, places=places)

    def where(self, item: str) -> str:
        """Return ``attestations.toml:7: `` for the statement on an item; empty if unknown."""
        return line_of(self.places.statements, item, FILE)

    def where_waived(self, waiver: Waiver) -> str:
        """Return ``waivers.toml:7: `` for a waiver; empty if unknown."""
        at = self.waivers.index(waiver) if waiver in self.waivers else 0
        return line_of(self.places.waivers[at:], waiver.item, WAIVERS)

    def where_not_applicable(self, item: str) -> str:
        """Return ``readiness.toml:7: `` for what declares that an item does not apply."""
        return line_of(self.places.not_applicables, item, self.places.profile)

    def statement_on(self, item: str) -> Statement | None:
        """Return the statement on an item, in force or not."""
        return next((one for one in self.statements if one.item == item), None)

    def waivers_of(self, item: str) -> tuple[Waiver, ...]:
        """Return the waivers of an item, live or not."""
        return tuple(waiver for waiver in self.waivers if waiver.item == item)

    def not_applicable(self, item: str) -> NotApplicable | None:
        """Return the declaration that an item does not apply, in force or not."""
        return next((one for one in self.profile.not_applicable if one.item == item), None)


def load(
    profile_path: Path,
    *,
    items: Collection[ItemSpec],
    as_of: date,
    instead: Mapping[str, bytes] = NOTHING_INSTEAD,
    pinned: Pinned | None = None,
) -> Written:
    """Read the profile and the files beside it.

    ``items`` are the suite's, against which ids are checked; ``as_of`` is the day by which a date
    is in the future; ``instead`` holds what a file, by its usual name, would be changed to, so that
    a change is judged before it is made; ``pinned`` reads the organisation's file from a commit.
    Raises ``NeededFileMissing`` without a profile or the file that it extends, and ``InvalidInput``
    with every mistake of all files, records of drills too, sorted by file and line.
    """
    _require(profile_path)
    documents = _read_all(profile_path, instead)
    overlay = lay_under(documents, profile_path.parent, pinned)
    documents = overlay.effective(documents)
    records = read_drills(profile_path.parent, _drills_folder(documents["readiness"]))
    of_drills, ids = tuple(one.document for one in records), ids_and_aliases(items)
    drafts = Drafts(documents=documents, items=ids, as_of=as_of, drills=of_drills)
    drills, mistakes = _drills(records)
    mistakes = (*mistakes, *broken_overlay_rules(overlay, drafts))
    profile, attestations, waivers, policy, notes = _checked(drafts, mistakes)
    written = Written(
        profile=profile,
        statements=attestations.attestation,
        waivers=waivers.waiver,
        policy=policy,
        folder=profile_path.parent,
        digests=_digests(documents, overlay),
        evidence_files=_evidence(profile_path.parent, attestations, drills),
        drills=drills,
        places=all_places(documents, drafts.items),
        notes=notes.note,
        declared=declared_in(documents["readiness"]),
        weakenings=weakenings_of(overlay, drafts.items),
        layers=overlay.layers,
    )
    return _resolved(drafts.items, written)


def _evidence(
    folder: Path, attestations: Attestations, drills: Iterable[Drill]
) -> tuple[EvidenceFile, ...]:
    known = {one.ref: EvidenceFile(ref=one.ref, sha256=one.sha256, size=one.size) for one in drills}
    return read_evidence(folder, attestations.attestation, known=known)


def _require(profile_path: Path) -> None:
    if not profile_path.exists() and not profile_path.is_symlink():
        raise NeededFileMissing(
            f"{profile_path} is not there.",
            "Create it with `orr init`, or name a profile with --orr-profile.",
        )


def _digests(documents: Mapping[str, Document], overlay: Overlay) -> tuple[tuple[str, str], ...]:
    beneath = {"organisation": overlay.base} if overlay.base else {}
    return tuple((f"{name}.toml", one.sha256) for name, one in {**documents, **beneath}.items())


def _read_all(profile_path: Path, instead: Mapping[str, bytes]) -> dict[str, Document]:
    paths = {name: profile_path.with_name(f"{name}.toml") for name in BESIDE}
    return {
        name: document_of(str(path), instead[f"{name}.toml"])
        if f"{name}.toml" in instead
        else read_document(path)
        for name, path in {"readiness": profile_path, **paths}.items()
    }


def _drills_folder(profile: Document) -> str:
    """Return where drills lie; what is no text is told as a mistake of the profile."""
    found = [value for _, value in profile.occurrences("drills.folder") if isinstance(value, str)]
    return next((value.strip() for value in found if value.strip()), FOLDER)


def _drills(records: Iterable[DrillFile]) -> tuple[tuple[Drill, ...], tuple[Mistake, ...]]:
    checked = [(one, *validate(one.document, DrillRecord)) for one in records]
    good = (
        Drill(ref=one.ref, sha256=one.document.sha256, size=one.document.size, record=record)
        for one, record, _ in checked
        if record
    )
    return tuple(good), tuple(mistake for _, _, found in checked for mistake in found)


def _checked(
    drafts: Drafts, of_drills: Iterable[Mistake]
) -> tuple[Profile, Attestations, Waivers, Policy, ReviewNotes]:
    mistakes = list(of_drills)

    def check(name: str, kind: type[T]) -> T | None:
        value, found = validate(drafts.documents[name], kind)
        mistakes.extend(found)
        return value

    profile = check("readiness", Profile)
    attestations = check("attestations", Attestations)
    waivers = check("waivers", Waivers)
    policy = check("policy", Policy)
    notes = check("review-notes", ReviewNotes)
    mistakes.extend(broken_rules(drafts))
    if mistakes or not (profile and attestations and waivers and policy and notes):
        raise InvalidInput(tuple(str(mistake) for mistake in sorted({*mistakes})))
    return profile, attestations, waivers, policy, notes


def _resolved(ids: Mapping[str, str], written: Written) -> Written:
    """Replace aliases by the ids they stand for."""
    profile, policy = written.profile, written.policy
    declared = tuple(replace(one, item=ids[one.item]) for one in profile.not_applicable)
    repository = profile.repository and profile.repository.resolved(ids)
    return replace(
        written,
        profile=replace(profile, not_applicable=declared, repository=repository),
        statements=tuple(replace(one, item=ids[one.item]) for one in written.statements),
        waivers=tuple(replace(one, item=ids[one.item]) for one in written.waivers),
        policy=replace(policy, gate=policy.gate.resolved(ids)),
        drills=tuple(one.resolved(ids) for one in written.drills),
        notes=tuple(replace(one, item=one.item and ids[one.item]) for one in written.notes),
    )
