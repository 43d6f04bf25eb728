"""What a checkout has beside its commits, for ``clients.git``: rules of what it ignores, changes.

Both are asked with the borrowed objects, so that no filter of the repository runs.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .git_process import ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .git_borrowed import Borrowed

LOCAL = ("-c", "core.bare=false")
LARGEST_INDEX = 256 * 1024 * 1024


def is_dirty(borrowed: Borrowed) -> bool:
    """Tell whether tracked files differ from the index, or the index from where it stands.

    Submodules are left out, as git would start itself in them. What cannot be told is no change:
    facts are about the commit in any case.
    """
    index = borrowed.own / "index"
    if borrowed.is_bare or not index.is_file() or index.stat().st_size > LARGEST_INDEX:
        return False
    work_tree = ask(
        "-C", str(borrowed.checkout), "rev-parse", "--show-toplevel", "HEAD", home=borrowed.home
    )
    lines = work_tree.out.decode(errors="surrogateescape").splitlines()
    if work_tree.code or len(lines) != 2:
        return False
    top, head = lines
    shutil.copyfile(index, borrowed.home / "bare" / "index")
    look = ("diff", "--quiet", "--ignore-submodules=all", "--no-ext-diff", head, "--")
    said = borrowed.ask(*LOCAL, f"--work-tree={top}", "-C", top, *look)
    return said.code == 1


def within(borrowed: Borrowed, folder: Path) -> str:
    """Return a folder's path in the work tree, with / at its end; empty if it lies elsewhere."""
    said = borrowed.asked_inside("-C", str(borrowed.checkout), "rev-parse", "--show-toplevel")
    top = Path(said.out.decode(errors="surrogateescape").rstrip("\n")).resolve()
    if said.code or not folder.resolve().is_relative_to(top):
        return ""
    path = folder.resolve().relative_to(top).as_posix()
    return "" if path == "." else f"{path}/"


def ignores(borrowed: Borrowed, rules: Mapping[str, bytes], path: str) -> bool:
    """Tell whether rules, the texts of ``.gitignore`` files by path, leave a path out."""
    with tempfile.TemporaryDirectory(dir=borrowed.home) as folder:
        for name, text in rules.items():
            _write(Path(folder), name, text)
        words = ("check-ignore", "--quiet", "--no-index", "--stdin", "-z")
        said = borrowed.ask(
            *LOCAL, f"--work-tree={folder}", "-C", folder, *words, given=f"{path}\0".encode()
        )
    if said.code not in {0, 1}:
        raise FactUnavailable(
            f"git cannot tell whether {path} is ignored: {said.complaint[:200]}",
            "correct the .gitignore files at the release's commit",
        )
    return said.code == 0


def _write(folder: Path, name: str, text: bytes) -> None:
    """Write one file of a tree; git never has a path that leads out of it."""
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        raise FactUnavailable(f"{name} leads out of the repository", "remove it")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)
