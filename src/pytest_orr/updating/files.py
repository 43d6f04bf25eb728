"""What becomes of each file of a suite: replaced where untouched, merged or kept where changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .bases import NOT_KEPT
from .inventory import is_sound
from .line_ends import fits, plain, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .bases import Bases

BESIDE = ".new"
"""What the name of a module's new text ends with where it lies beside the local one."""
BOTH = "both sides changed the same lines"
MIXED = "merged by lines, items would be mixed up"
INVALID = "merged, the two would be no valid module"
AWAITING = frozenset({"kept", "left"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of a suite before and after an update; no content where there is no file."""

    name: str
    kind: str
    """added, replaced, merged, kept, removed, left, deleted, restored or refreshed."""
    before: bytes | None
    after: bytes | None
    new: bytes | None = None
    """The new text where the local one is kept: it lies beside, to be merged by hand."""
    why: str = ""
    """Why it is kept."""

    @property
    def awaits_a_person(self) -> bool:
        """Whether a person has to merge or to move something afterwards."""
        return self.kind in AWAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The modules of a suite on the disk and of the baseline, by name."""

    locked: Mapping[str, str]
    """Digest of the text that each module was laid down or last merged with."""
    local: Mapping[str, bytes]
    new: Mapping[str, bytes]

    def both_changed(self) -> dict[str, str]:
        """Return the modules of which both texts differ from the locked one, with its digest."""
        return {
            name: digest
            for name, digest in self.locked.items()
            if name in self.local
            and name in self.new
            and plain(self.local[name]) != plain(self.new[name])
            and digest not in {sha256(self.local[name]), sha256(self.new[name])}
        }


def module_changes(sides: Sides, bases: Bases, *, restore: bool) -> Iterator[FileChange]:
    """Yield what becomes of every module that either baseline has, if anything does."""
    both = sides.both_changed()
    for name in sorted(sides.locked.keys() | sides.new.keys()):
        local, new = sides.local.get(name), sides.new.get(name)
        if local is not None and new is not None:
            if name in both:
                yield _merged(name, (local, new), bases)
            elif local != new and sides.locked.get(name) == sha256(local):
                yield FileChange(name=name, kind="replaced", before=local, after=new)
        elif local is not None:
            untouched = fits(local, sides.locked[name])
            kind, after = ("removed", None) if untouched else ("left", local)
            yield FileChange(name=name, kind=kind, before=local, after=after)
        elif new is not None:
            kind = "added" if name not in sides.locked else "restored" if restore else "deleted"
            after = None if kind == "deleted" else new
            yield FileChange(name=name, kind=kind, before=None, after=after)


def unmerged(change: FileChange, new: bytes, why: str) -> FileChange:
    """Return the change by which a module keeps its local text and the new one lies beside."""
    local = change.before
    return FileChange(name=change.name, kind="kept", before=local, after=local, new=new, why=why)


def _merged(name: str, sides: tuple[bytes, bytes], bases: Bases) -> FileChange:
    local, new = sides
    base = bases.of(name, local)
    merged = None if base is None else bases.merged(local, base, new)
    change = FileChange(name=name, kind="merged", before=local, after=merged)
    if base is None:
        return unmerged(change, new, bases.why or NOT_KEPT)
    if merged is None:
        return unmerged(change, new, BOTH)
    return change if is_sound(base, sides, merged) else unmerged(change, new, MIXED)
