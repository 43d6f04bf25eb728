"""Reads each version of each file in a git history, for whoever looks through them."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

from pytest_orr.errors import FactUnavailable

from .bare_git import CHUNK, BareGit, late

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

MOST_VERSIONS = 2_000_000
"""Versions of files that are gone through at most."""
FILES = frozenset({b"100644", b"100755"})
"""Modes of what has a text: no symbolic links, no submodules."""
IN_RAW = ("-r", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A file as a commit left it."""

    path: str
    """From the repository's top on; bytes that are no UTF-8 are surrogates."""
    blob: str
    commit: str
    """The first that has it."""


class History:
    """The history of the repository that ``folder`` lies in; left by ``with``.

    Everything raises ``FactUnavailable``, also once ``deadline`` (of the monotonic clock) is over.
    """

    def __init__(self, folder: Path, deadline: float) -> None:
        self._named = folder
        self.git = BareGit(folder, deadline)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.git.close()

    def needs(self, commit: str, *, whole: bool) -> None:
        """Refuse a repository without the commit, or without what came before it."""
        asked = self.git.own / "asked"
        asked.write_text(f"{commit}^{{commit}}\n", encoding="ascii")
        with self.git.output("cat-file", "--batch-check", given=asked) as answers:
            found = answers.read(CHUNK).split()[1:2] == [b"commit"]
        if not found:
            raise FactUnavailable(
                f"{self._named} does not have commit {commit[:12]}",
                "fetch the release's commit, or correct path under [repository]",
            )
        if whole and self.git.is_shallow:
            raise FactUnavailable(
                f"{self._named} is a shallow clone, so older commits cannot be looked at",
                "fetch the whole history: git fetch --unshallow",
            )

    def commits(self, commit: str) -> Path:
        """Return a file with every commit up to one, oldest first, one a line."""
        listed = self.git.own / "commits"
        words = ("rev-list", "--reverse", "--topo-order", commit, "--")
        with listed.open("wb") as into, self.git.process(*words, stdout=into):
            pass
        return listed

    def versions(self, commit: str) -> tuple[Version, ...]:
        """Return every version of every file up to a commit, oldest commit first."""
        first: dict[tuple[bytes, bytes], bytes] = {}
        current = b""
        words = ("diff-tree", "--stdin", "--root", "-m", *IN_RAW)
        with self.git.fields(*words, given=self.commits(commit)) as fields:
            for field in fields:
                if not field.startswith(b":"):
                    current = field
                    continue
                _, mode, _, blob, _ = field.split(b" ", 4)
                path = next(fields, b"")
                if mode in FILES:
                    first.setdefault((path, blob), current)
                _bear(len(first))
        return tuple(_version(path, blob, since) for (path, blob), since in first.items())

    def tree(self, commit: str) -> tuple[Version, ...]:
        """Return every file of a commit."""
        found = []
        with self.git.fields("ls-tree", "-r", "-z", "--full-tree", commit) as fields:
            for field in fields:
                about, _, path = field.partition(b"\t")
                mode, _, blob = about.split(b" ", 2)
                if mode in FILES:
                    found.append(_version(path, blob, commit.encode()))
                _bear(len(found))
        return tuple(found)

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """Return the size of each blob in bytes; one that is not there is left out."""
        listed = self.git.own / "blobs"
        listed.write_text("".join(f"{blob}\n" for blob in blobs), encoding="ascii")
        sizes = {}
        with self.git.output("cat-file", "--batch-check", given=listed) as answers:
            for line in answers:
                blob, kind, *size = line.split()
                if kind == b"blob":
                    sizes[blob.decode()] = int(size[0])
        return sizes

    @contextmanager
    def blobs(self) -> Iterator[Blobs]:
        """Yield what reads one blob after the other."""
        with self.git.process("cat-file", "--batch", stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Blobs(process.stdin, process.stdout)


class Blobs:
    """Reads one blob after the other from a ``git cat-file --batch``."""

    def __init__(self, asked: IO[bytes], answers: IO[bytes]) -> None:
        self._asked, self._answers = asked, answers

    def read(self, blob: str) -> bytes:
        """Return a blob's bytes; raises ``FactUnavailable`` if git has gone or lacks it."""
        try:
            self._asked.write(f"{blob}\n".encode("ascii"))
            self._asked.flush()
        except OSError:
            raise late() from None
        said = self._answers.readline().split()
        content = self._answers.read(int(said[2]) + 1) if said[1:2] == [b"blob"] else b""
        if not content.endswith(b"\n") or len(content) != int(said[2]) + 1:
            raise late()
        return content[:-1]


def _bear(versions: int) -> None:
    if versions > MOST_VERSIONS:
        raise FactUnavailable(
            f"the history has more than {MOST_VERSIONS:,} versions of files",
            "scan it with a tool of your own, and name its report under [[scans]]",
        )


def _version(path: bytes, blob: bytes, commit: bytes) -> Version:
    return Version(
        path=path.decode(errors="surrogateescape"), blob=blob.decode(), commit=commit.decode()
    )
