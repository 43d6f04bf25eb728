"""Asks who brought the lines of a file into the repository that its folder lies in.

The answer is about the commit at which the work tree stands. No mailmap is in force: whose commit
it is, is read from the commit itself.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .git_borrowed import borrow
from .git_history import DEEPER, line_of
from .git_said import Bringer, Signature
from .git_signatures import SSH, is_signed, verified
from .git_trees import LARGEST, WHOLE, contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

LINE = re.compile(rb"([0-9a-f]{40,64}) [0-9]+ ([0-9]+)(?: [0-9]+)?")
"""How ``blame --porcelain`` tells of a line: commit, its number there, its number here."""
AUTHOR = re.compile(r"^author .*<(?P<email>[^<>\n]*)> [0-9]+ [+-][0-9]{4}$", re.MULTILINE)
PLAIN_FILES = ("100644", "100755")


class GitLines:
    """One file of a checkout as it was committed, and who brought its lines.

    Everything raises ``FactUnavailable``: no git, no repository, contents that are not here.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._lent = borrow(folder)
        self._folder = folder
        with ExitStack() as undo:
            undo.callback(self._lent.close)
            self._head, self._path = self._place(name)
            undo.pop_all()
        shallow = self._lent.home / "bare" / "shallow"
        self._lines_to: dict[str, frozenset[str]] = {}
        self._ends = frozenset(shallow.read_text("ascii").split() if shallow.exists() else ())

    def close(self) -> None:
        """Remove what was made to ask."""
        self._lent.close()

    def committed(self) -> bytes | None:
        """Return the file's bytes as committed; none if it is not, or is no plain file there."""
        if not self._head:
            return None
        said = self._lent.ask("ls-tree", "-z", "-l", "--full-tree", self._head, "--", self._path)
        about = said.out.partition(b"\t")[0].decode("ascii", errors="replace").split()
        if said.code:
            raise FactUnavailable(f"the commit's tree is not here: {said.complaint[:200]}", WHOLE)
        if len(about) != 4 or about[0] not in PLAIN_FILES:
            return None
        if about[3].isdigit() and int(about[3]) > LARGEST:
            return None
        return contents(self._lent, (about[2],))[about[2]]

    def brought(self, signers: Callable[[], Path | None]) -> dict[int, Bringer]:
        """Return who brought each line, counted from 1.

        ``signers`` is asked for the file of whoever may sign if a commit is signed.
        """
        said = self._lent.ask("blame", "--porcelain", "--root", self._head, "--", self._path)
        if said.code:
            raise FactUnavailable(f"git cannot tell who wrote: {said.complaint[:200]}", DEEPER)
        found = (LINE.fullmatch(line) for line in said.out.split(b"\n"))
        lines = {int(one[2]): one[1].decode("ascii") for one in found if one}
        bringers = self._bringers(set(lines.values()), signers)
        return {line: bringers[commit] for line, commit in lines.items()}

    def is_before(self, older: str, newer: str) -> bool:
        """Tell whether a commit was built upon another one, or is it, as far as history is here."""
        if older == newer:
            return True
        if newer not in self._lines_to:
            self._lines_to[newer] = line_of(self._lent, newer)
        return older in self._lines_to[newer]

    def _place(self, name: str) -> tuple[str, str]:
        """Return the commit at which the work tree stands, and the file's path in it."""
        inside = ("-C", str(self._folder), "rev-parse", "--show-prefix")
        prefix = self._lent.asked_inside(*inside)
        head = self._lent.asked_inside("-C", str(self._folder), "rev-parse", "--verify", "HEAD")
        lines = prefix.out.decode(errors="surrogateescape").split("\n")
        if prefix.code or len(lines) != 2:
            raise FactUnavailable(
                f"git cannot tell where {self._folder} lies in its repository",
                "give the folder a name without a line's end",
            )
        return head.out.decode("ascii", errors="replace").strip(), f"{lines[0]}{name}"

    def _bringers(
        self, commits: Iterable[str], signers: Callable[[], Path | None]
    ) -> dict[str, Bringer]:
        texts = contents(self._lent, tuple(sorted(commits)))
        return {one: self._bringer(one, text, signers) for one, text in texts.items()}

    def _bringer(self, commit: str, text: bytes, signers: Callable[[], Path | None]) -> Bringer:
        head = text.decode(errors="replace").partition("\n\n")[0]
        author = AUTHOR.search(head)
        if commit in self._ends:
            return Bringer(commit=commit, author="", why="history ends there, in a shallow clone")
        signature = self._signature(commit, head, signers)
        return Bringer(
            commit=commit,
            author=author["email"] if author else "",
            signed=signature is not None,
            signer=signature.signer if signature else "",
            spoilt=signature is not None and signature.is_good is False and not signature.key,
            why=signature.why if signature else "",
        )

    def _signature(
        self, commit: str, head: str, signers: Callable[[], Path | None]
    ) -> Signature | None:
        if not is_signed(head):
            return None
        if SSH not in head:
            return Signature(is_good=None, why="signed with OpenPGP or X.509, not verified here")
        listed = signers()
        if listed is None:
            return Signature(is_good=None, why="[repository] signers names nobody")
        return verified(self._lent, "verify-commit", commit, listed)
