"""What a commit's tree holds, for ``clients.git``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .git_said import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .git_borrowed import Borrowed

KINDS: Mapping[str, Kind] = {
    "100755": "program",
    "120000": "link",
    "160000": "submodule",
}
"""Every other mode is a file's."""
MOST_ENTRIES = 500_000
LARGEST = 1 << 20
"""Bytes of a file that is read whole, unless whoever asks says otherwise."""
TOGETHER = 32
"""Contents that are read in one question: even the largest make no answer that is too long."""
COMMIT = re.compile(r"[0-9a-f]{7,64}")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
WHOLE = "fetch it: git fetch --refetch, or clone without --filter"


def whole(borrowed: Borrowed, commit: str, place: str) -> str:
    """Return the whole id of a commit; ``place`` is where readiness.toml names it."""
    if not COMMIT.fullmatch(commit):
        raise FactUnavailable(f"{place} is no commit id", "write the commit's id")
    said = borrowed.ask("cat-file", "--batch-check", given=f"{commit}^{{commit}}\n".encode())
    words = said.out.decode(errors="replace").split()
    if words[1:2] == ["commit"]:
        return words[0]
    if words[1:2] == ["ambiguous"]:
        raise FactUnavailable(
            f"{commit}, named in {place}, is the beginning of several ids", "write more of it"
        )
    way = "git fetch --unshallow" if borrowed.is_shallow else "git fetch"
    raise FactUnavailable(
        f"commit {commit}, named in {place}, is not in the checkout",
        f"{way} it, check out the right repository, or correct {place}",
    )


def tree(borrowed: Borrowed, commit: str) -> tuple[Entry, ...]:
    """Return every path of a commit."""
    said = borrowed.ask("ls-tree", "-r", "-l", "-z", "--full-tree", commit)
    if said.code:
        raise FactUnavailable(f"the commit's tree is not here: {said.complaint[:200]}", WHOLE)
    records = said.out.split(b"\0")[:-1]
    if len(records) > MOST_ENTRIES:
        raise FactUnavailable(
            f"the commit has more than {MOST_ENTRIES:,} paths", "judge a smaller repository"
        )
    return tuple(map(_entry, records))


def _entry(record: bytes) -> Entry:
    about, _, path = record.partition(b"\t")
    mode, _, identifier, size = about.decode("ascii").split()
    return Entry(
        path=shown(path),
        kind=KINDS.get(mode, "file"),
        id=identifier,
        size=int(size) if size.isdigit() else None,
    )


def shown(path: bytes) -> str:
    """Return a path as text: what is no UTF-8, or cannot be seen, stands as an escape."""
    text = path.decode("utf-8", errors="backslashreplace")
    return UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def refuse_large(entry: Entry, largest: int) -> None:
    """Raise when a file is larger than that many bytes, or when its content is not here."""
    if entry.size is None:
        raise FactUnavailable(
            f"the content of {entry.path} is not in the checkout, a partial clone", WHOLE
        )
    if entry.size > largest:
        raise FactUnavailable(
            f"{entry.path} has {entry.size:,} bytes, more than the {largest:,} that are read",
            "keep files of this size elsewhere, or let the pattern leave it out",
        )


def contents(borrowed: Borrowed, ids: tuple[str, ...]) -> dict[str, bytes]:
    """Return contents by their ids; whoever asks knows that none is too large."""
    found: dict[str, bytes] = {}
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        given = "".join(f"{one}\n" for one in some).encode("ascii")
        said = borrowed.ask("cat-file", "--batch", given=given)
        found |= _taken_apart(said.out)
    if missing := [one for one in ids if one not in found]:
        raise FactUnavailable(f"git cannot read object {missing[0][:12]}", WHOLE)
    return found


def beginning(borrowed: Borrowed, identifier: str, length: int) -> bytes:
    """Return the first bytes of a content, however long it is."""
    return borrowed.ask("cat-file", "blob", identifier, most=length).out


def _taken_apart(answer: bytes) -> dict[str, bytes]:
    """Take the answer of ``cat-file --batch`` apart: a line about each, then its content."""
    found, at = {}, 0
    while (end := answer.find(b"\n", at)) >= 0:
        words = answer[at:end].decode("ascii", errors="replace").split()
        at = end + 1
        if len(words) == 3 and words[2].isdigit():
            size = int(words[2])
            found[words[0]] = answer[at : at + size]
            at += size + 1
    return found
