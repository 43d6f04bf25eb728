"""Texts that files of a folder had in the history of its repository, and git's three-way merge.

For ``orr update``: the text with which a module was laid down is found again by its digest. Whoever
asks compares digests, so that no branch or commit needs to be believed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from . import git_trees
from .git_borrowed import borrow
from .git_history import PLAIN
from .git_process import ask

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .git_borrowed import Borrowed

CHANGE = re.compile(rb":\d{6} 100\d{3} [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*\0([^\0]+)\0")
"""One file of a commit as ``log --raw -z`` prints it: the content it has from then on."""
LOOK = ("--format=", "--raw", "--no-abbrev", "-z", "-m", "--root", "--full-history")
MOST_CONFLICTS = 127
"""Exit statuses of ``merge-file`` up to this one count conflicts; those above are failures."""


class EarlierTexts:
    """What git knows of the files in a folder; ``FactUnavailable`` when it knows no commit."""

    def __init__(self, folder: Path) -> None:
        self._lent = borrow(folder)
        try:
            self._prefix, self._head = _stands(self._lent)
        except FactUnavailable:
            self.close()
            raise

    def close(self) -> None:
        """Remove what was made to ask."""
        self._lent.close()

    def of(self, names: Iterable[str]) -> dict[str, tuple[bytes, ...]]:
        """Return every text that each file had in the history of any branch or tag, or of HEAD.

        Raises ``FactUnavailable`` when history or contents cannot be read.
        """
        paths = {f"{self._prefix}{name}": name for name in names}
        literal = tuple(f":(top,literal){path}" for path in sorted(paths))
        tips = {self._head, *(one for _, one in self._lent.references)}
        given = "".join(f"{tip}\n" for tip in sorted(tips)).encode("ascii")
        said = self._lent.ask("log", *LOOK, *PLAIN, "--stdin", "--", *literal, given=given)
        if said.code:
            raise FactUnavailable(
                f"git cannot go through the history: {said.complaint[:200]}", git_trees.WHOLE
            )
        found = [(name.decode(errors="replace"), one) for one, name in CHANGE.findall(said.out)]
        ids = tuple(sorted({one.decode("ascii") for _, one in found}))
        texts = git_trees.contents(self._lent, ids)
        return {
            name: tuple(texts[one.decode("ascii")] for where, one in found if where == path)
            for path, name in paths.items()
        }

    def merged(self, ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
        """Merge what two texts made of a third; nothing where both changed the same lines."""
        folder = self._lent.home / "merge"
        folder.mkdir(exist_ok=True)
        files = [folder / name for name in ("ours", "base", "theirs")]
        for file, content in zip(files, (ours, base, theirs), strict=True):
            file.write_bytes(content)
        said = self._lent.ask("merge-file", "-p", "--quiet", *map(str, files))
        if said.code > MOST_CONFLICTS:
            raise FactUnavailable(
                f"git cannot merge: {said.complaint[:200]}", "merge the two texts by hand"
            )
        return None if said.code else said.out


def _stands(lent: Borrowed) -> tuple[str, str]:
    """Return where the folder lies below the repository's top, and the commit it stands at."""
    inside = ("-C", str(lent.checkout))
    said = ask(*inside, "rev-parse", "--show-prefix", "HEAD^{commit}", home=lent.home)
    lines = said.out.decode(errors="surrogateescape").splitlines()
    if said.code or len(lines) != 2:
        raise FactUnavailable(
            f"the repository of {lent.checkout} has no commit", "commit the suite before it changes"
        )
    return lines[0], lines[1]
