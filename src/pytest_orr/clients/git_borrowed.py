"""Finds a checkout and borrows its objects: a bare repository of our own, and nothing else of it.

The only questions asked inside the checkout's own repository are where it keeps things and what
its references are; neither runs anything that it configures.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from pytest_orr.errors import FactUnavailable

from .git_process import How, Said, ask

if TYPE_CHECKING:
    from collections.abc import Callable

WHERE = (
    *("--path-format=absolute", "--git-common-dir", "--absolute-git-dir"),
    *("--is-shallow-repository", "--is-bare-repository", "--show-object-format"),
)
REFERENCES = ("refs/heads", "refs/remotes", "refs/tags")
BORROWED = "[core]\nrepositoryformatversion = {version}\nbare = true\n{extension}"
SHALLOW = 1 << 20
"""Bytes of the list of commits at which a shallow clone ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """A checkout's objects and references, apart from its configuration."""

    home: Path
    """Folder of our own, which is removed by ``close``."""
    own: Path
    """Of git: where it keeps index and references."""
    checkout: Path
    """The folder that was named."""
    references: tuple[tuple[str, str], ...]
    """Every branch and tag, as ``(refs/…, id)``."""
    is_shallow: bool
    is_bare: bool

    def ask(self, *words: str, **how: Unpack[How]) -> Said:
        """Ask about the borrowed objects."""
        return ask(f"--git-dir={self.home / 'bare'}", *words, home=self.home, **how)

    def asked_inside(self, *words: str) -> Said:
        """Ask the checkout's own repository where something is: nothing else is asked there."""
        return ask(*words, home=self.home)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.home, ignore_errors=True)


def borrow(folder: Path) -> Borrowed:
    """Borrow from the repository that ``folder`` lies in; ``FactUnavailable`` if in none."""
    with ExitStack() as undo:
        home = Path(tempfile.mkdtemp(prefix="orr-git-"))
        undo.callback(shutil.rmtree, home, ignore_errors=True)
        lent = _borrowed(folder, home)
        undo.pop_all()
    return lent


def _borrowed(folder: Path, home: Path) -> Borrowed:
    if not folder.is_dir():
        raise _no_checkout(folder, "there is no such folder")

    def inside(*words: str) -> Said:
        return ask("-C", str(folder), *words, home=home)

    said = inside("rev-parse", *WHERE)
    lines = said.out.decode(errors="surrogateescape").splitlines()
    if said.code or len(lines) != 5:
        raise _no_checkout(folder, said.complaint.splitlines()[0] if said.complaint else "")
    common, own, shallow, bare, form = lines
    _make_bare(home / "bare", Path(common), form)
    return Borrowed(
        home=home,
        own=Path(own),
        checkout=folder,
        references=_references(inside),
        is_shallow=shallow == "true",
        is_bare=bare == "true",
    )


def _references(inside: Callable[..., Said]) -> tuple[tuple[str, str], ...]:
    said = inside("for-each-ref", "--format=%(objectname) %(refname)", *REFERENCES)
    if said.code:
        raise FactUnavailable(
            f"git cannot list branches and tags: {said.complaint[:200]}", "repair the checkout"
        )
    lines = said.out.decode(errors="replace").splitlines()
    return tuple((name, commit) for commit, _, name in (line.partition(" ") for line in lines))


def _make_bare(bare: Path, common: Path, form: str) -> None:
    for name in ("objects/info", "refs"):
        (bare / name).mkdir(parents=True)
    extension = "" if form == "sha1" else f"[extensions]\nobjectformat = {form}\n"
    config = BORROWED.format(version=1 if extension else 0, extension=extension)
    (bare / "config").write_text(config, encoding="ascii")
    (bare / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
    lent = str(common / "objects").replace("\\", "\\\\").replace('"', '\\"')
    alternates = bare / "objects" / "info" / "alternates"
    alternates.write_text(f'"{lent}"\n', encoding="utf-8", errors="surrogateescape")
    _keep_ends(bare, common)


def _keep_ends(bare: Path, common: Path) -> None:
    """Take over where a shallow clone ends, without which git misses the commits before."""
    ends = common / "shallow"
    if ends.is_file() and ends.stat().st_size <= SHALLOW:
        shutil.copyfile(ends, bare / "shallow")


def _no_checkout(folder: Path, why: str) -> FactUnavailable:
    told = f": {why}" if why else ""
    return FactUnavailable(
        f"{folder} lies in no git repository{told}",
        "name a checkout that holds the release's commit as path under [repository]",
    )
