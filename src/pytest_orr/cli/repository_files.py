"""Which texts of a review are paths of files in the repository where a command is called."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def known_files(repository: Path) -> Callable[[str], bool]:
    """Return what tells whether a text is the path of a file of a repository, and inside it."""
    root = repository.resolve()

    def is_file(text: str) -> bool:
        path = PurePosixPath(text)
        if not text or path.is_absolute() or ".." in path.parts:
            return False
        try:
            found = (root / path).resolve()
            return found.is_file() and found.is_relative_to(root)
        except (OSError, ValueError):  # too long, or no name that a disk can have
            return False

    return is_file
