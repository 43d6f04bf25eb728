"""What an update would do, known before anything is written: files, items, stamps, refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.scaffold import ISOLATION, schemas
from pytest_orr.scaffold.profile_text import laid_down

from .bases import Bases
from .contents import contents_of, is_services_own, present
from .files import INVALID, FileChange, module_changes, unmerged
from .inventory import changes, inventory
from .judged import judged
from .line_ends import plain, sha256
from .sides import read_both, refuse_irregular

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from .inventory import ItemChange
    from .judged import Judged, Request
    from .sides import Found

ISOLATIONS = frozenset({"ba5858b9bcb2a0249c84f52e7f88d96eac6547a7079382adebbc6a68dbdd28d1"})
"""SHA-256 of every pytest.toml that was ever laid down: a suite's own is none of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update would do."""

    folder: Path
    was: str
    """The version that the suite was laid down by."""
    becomes: str
    files: tuple[FileChange, ...]
    items: tuple[ItemChange, ...]
    before: Judged
    after: Judged
    contents: Mapping[str, bytes | None]
    """Every file that changes, by name, the lock last; nothing for one that is removed."""
    replaced: Mapping[str, bytes | None]
    """What each of them was when this was planned; nothing where there was none."""

    @property
    def lost(self) -> tuple[str, ...]:
        """Items that a run would miss afterwards, and does not now."""
        return tuple(sorted(self.after.lost - self.before.lost))

    @property
    def refused(self) -> tuple[str, ...]:
        """For what a run would be refused afterwards, and is not now."""
        known, above = set(self.before.mistakes), f"{self.folder.parent}/"
        new = (one for one in self.after.mistakes if one not in known)
        return tuple(one.removeprefix(above) for one in new)

    @property
    def awaits_a_person(self) -> bool:
        """Whether something is left to do by hand."""
        return bool(self.refused or self.lost) or any(one.awaits_a_person for one in self.files)


def plan_update(request: Request) -> Update:
    """Compare a suite with the baseline; nothing is changed.

    Raises ``CannotUpdate`` (exit code 4) when the suite is newer than the product, and
    ``InvalidInput`` (22) for links and for files in the way.
    """
    found = read_both(request.folder, request.source, fact_names=request.fact_names)
    with Bases(found.folder, found.sides.both_changed()) as bases:
        files = tuple(module_changes(found.sides, bases, restore=request.restore))
        told = _items(found, bases, request.fact_names)
    before = judged(request)
    files = (*_valid(files, request, found, before), *_beside(request))
    contents = contents_of(found, files)
    return Update(
        folder=found.folder,
        was=found.lock.version,
        becomes=found.published.version,
        files=files,
        items=told,
        before=before,
        after=judged(request, contents) if contents else before,
        contents=contents,
        replaced={name: present(found.folder / name) for name in contents},
    )


def _items(found: Found, bases: Bases, facts: Collection[str]) -> tuple[ItemChange, ...]:
    """Compare what was laid down with the new baseline; of lost texts, the local ones stand in."""
    sides, both = found.sides, found.sides.both_changed()
    old = {}
    for name, local in sides.local.items():
        new = sides.new.get(name)
        if new is not None and sides.locked.get(name) == sha256(new):
            old[name] = new
        else:
            base = bases.of(name, local) if name in both else None
            old[name] = local if base is None else base
    known = [item for item in found.lock.items if not is_services_own(item)]
    return changes(inventory(old, facts), inventory(sides.new, facts), known)


def _valid(
    files: tuple[FileChange, ...], request: Request, found: Found, before: Judged
) -> tuple[FileChange, ...]:
    """Keep the local text of each module that would be none after its merge."""
    merged = {one.name for one in files if one.kind == "merged"}
    if not merged:
        return files
    wrong = set(judged(request, contents_of(found, files)).mistakes) - set(before.mistakes)
    broken = {
        name
        for name in merged
        if any(one.startswith(f"{found.folder.name}/{name}:") for one in wrong)
    }
    return tuple(
        unmerged(one, found.sides.new[one.name], INVALID) if one.name in broken else one
        for one in files
    )


def _beside(request: Request) -> Iterator[FileChange]:
    """Yield what init lays down beside the modules and people do not write."""
    texts = {**schemas(), ISOLATION: laid_down(ISOLATION).encode()}
    refuse_irregular(request.folder, texts)
    for name, new in texts.items():
        before = present(request.folder / name)
        is_teams = name == ISOLATION and (before is None or sha256(plain(before)) not in ISOLATIONS)
        if plain(before or b"") != new and not is_teams:
            yield FileChange(name=name, kind="refreshed", before=before, after=new)
