"""What happened before a commit, for ``clients.git``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .git_globs import matches
from .git_said import Commit, LinesChanged
from .git_trees import WHOLE, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .git_borrowed import Borrowed
    from .git_process import Said

PLAIN = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--ignore-submodules=all")
SUBMODULES = ("--ignore-submodules=none",)
"""They are compared by their commits in the two trees: nothing is looked up in one itself."""
IN_LOG = ("%H", "%P", "%ae", "%ct", "%s")
EMPTY_TREE = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""The tree without files, which git knows in every repository, by the length of its ids."""
DEEPER = "git fetch --unshallow, or let the CI clone with depth 0"


def refuse_shallow(borrowed: Borrowed) -> None:
    """Raise when history was left out, so that nothing can be said about all of it."""
    if borrowed.is_shallow:
        raise FactUnavailable("the checkout is a shallow clone: its history is not whole", DEEPER)


def is_ancestor(borrowed: Borrowed, older: str, newer: str) -> bool:
    """Tell whether a commit was built upon another one, or is it."""
    said = borrowed.ask("merge-base", "--is-ancestor", older, newer)
    if said.code == 1:
        refuse_shallow(borrowed)
    if said.code not in {0, 1}:
        raise _broken(said)
    return said.code == 0


def line_of(borrowed: Borrowed, commit: str) -> frozenset[str]:
    """Return every commit that one was built upon, and itself, in one question."""
    said = borrowed.ask("log", "--format=%H", "--no-show-signature", commit, "--")
    if said.code:
        raise _broken(said)
    return frozenset(said.out.decode("ascii", errors="replace").split())


def changed(
    borrowed: Borrowed, between: tuple[str, str], patterns: tuple[str, ...]
) -> LinesChanged:
    """Return what differs between two commits in paths that fit; of a submodule its commit."""
    said = borrowed.ask("diff-tree", "-r", "-z", "--numstat", *PLAIN, *SUBMODULES, *between)
    if said.code:
        raise _broken(said)
    found = [row for row in _rows(said.out) if matches(row[2], patterns)]
    return LinesChanged(
        files=tuple(path for _, _, path in found),
        lines=sum(int(count) for row in found for count in row[:2] if count.isdigit()),
        not_text=tuple(path for added, _, path in found if added == "-"),
    )


def contained(borrowed: Borrowed, commit: str, patterns: tuple[str, ...]) -> LinesChanged:
    """Return a commit's files that fit, as if all of their lines had been added by it."""
    nothing = EMPTY_TREE[len(commit)]
    return changed(borrowed, (nothing, commit), patterns)


def _rows(out: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield lines added and removed, and the path, of each file."""
    for record in out.split(b"\0")[:-1]:
        added, removed, path = record.split(b"\t", 2)
        yield added.decode(), removed.decode(), shown(path)


def ever(borrowed: Borrowed, commit: str, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths that fit and that any history up to a branch, a tag or a commit had."""
    refuse_shallow(borrowed)
    tips = {commit, *(one for _, one in borrowed.references)}
    look = (*("--format=", "--name-only", "-z", "-m", "--root", "--full-history"), *PLAIN)
    fitting = tuple(f":(top,glob){pattern}" for pattern in patterns)
    given = "".join(f"{tip}\n" for tip in sorted(tips)).encode("ascii")
    said = borrowed.ask("log", *look, "--stdin", "--", *fitting, given=given)
    if said.code:
        raise _broken(said)
    paths = {shown(path) for path in said.out.split(b"\0") if path}
    return tuple(sorted(path for path in paths if matches(path, patterns)))


def commits(borrowed: Borrowed, commit: str, since: str | None) -> tuple[Commit, ...]:
    """Return the commits up to one that ``since`` lacks, newest first."""
    refuse_shallow(borrowed)
    form = f"--format={'%x00'.join(IN_LOG)}%x00"
    without = (f"^{since}",) if since else ()
    said = borrowed.ask("log", "-z", form, "--no-show-signature", commit, *without, "--")
    if said.code:
        raise _broken(said)
    fields = said.out.decode(errors="replace").split("\0")
    width = len(IN_LOG) + 1
    return tuple(
        _commit(fields[start : start + len(IN_LOG)])
        for start in range(0, len(fields) - width + 1, width)
    )


def newest(borrowed: Borrowed, commit: str, paths: tuple[str, ...]) -> Commit | None:
    """Return the newest commit up to one that changed one of the paths; none if none did."""
    refuse_shallow(borrowed)
    form = f"--format={'%x00'.join(IN_LOG)}%x00"
    literal = tuple(f":(top,literal){path}" for path in paths)
    said = borrowed.ask("log", "-1", "-z", form, "--no-show-signature", commit, "--", *literal)
    if said.code:
        raise _broken(said)
    fields = said.out.decode(errors="replace").split("\0")
    return _commit(fields[: len(IN_LOG)]) if len(fields) > len(IN_LOG) else None


def _commit(fields: list[str]) -> Commit:
    identifier, parents, author, committed, subject = fields
    return Commit(
        id=identifier,
        parents=tuple(parents.split()),
        author=author,
        committed=datetime.fromtimestamp(int(committed), UTC),
        subject=subject,
    )


def _broken(said: Said) -> FactUnavailable:
    return FactUnavailable(f"git cannot go through the history: {said.complaint[:200]}", WHOLE)
