"""Looks for secrets in every version of every file of a git history, by detect-secrets.

It runs in as many processes as there are processors, on one version after the other. Nothing of
the repository is executed, no settings of it are in force, and no secret is asked about anywhere.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from importlib import metadata, util
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .history import History, Version
from .secret_worker import Look, SecretWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

TOOL = "detect-secrets"
LARGEST_FILE = 4 * 1024 * 1024
BETWEEN_WORDS = 1
"""Seconds between two lines of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A secret, by kind and digest, where it first stood."""

    path: str
    kind: str
    """As detect-secrets calls it."""
    digest: str
    """Of the secret, as detect-secrets makes it; never to be shown."""
    line: int
    commit: str
    is_allowed: bool
    """Whether a comment there lets detect-secrets look away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What was found up to a commit, and what was looked at."""

    version: str
    """Of the scanner."""
    looked_at: int
    """Versions of files."""
    left_out: int
    """Binary ones, and those that the scanner passes over by their names."""
    skipped: tuple[str, ...]
    """Paths of what could not be looked at, with the reason."""
    hits: tuple[Hit, ...]


@dataclass(slots=True)
class _Work:
    """What is to be looked at, and how far the workers are; they count under the lock."""

    opened: History
    total: int
    done: int = 0
    waiting: deque[Version] = field(default_factory=deque)
    looks: dict[tuple[str, str], Look] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def skip(self, version: Version, why: str) -> None:
        """Count a version that cannot be looked at."""
        self.skipped.append(f"{version.path} ({why})")
        self.done += 1


class SecretScanner:
    """Scans the history, or the files, of a commit; what was looked at once is remembered."""

    def __init__(self, progress: Callable[[str], None], *, workers: int = 0) -> None:
        self._progress = progress
        self._workers = workers or os.cpu_count() or 1
        self._turn = threading.Lock()
        self._known: dict[tuple[str, str], Look] = {}

    @property
    def version(self) -> str:
        """Version of detect-secrets; empty if it is not installed."""
        if util.find_spec("detect_secrets") is None:
            return ""
        return metadata.version("detect-secrets")

    def scan(self, folder: Path, commit: str, *, history: bool, seconds: float) -> Scanned:
        """Return what stands in a commit's files, or in all their versions up to it.

        ``folder`` is a checkout. Raises ``FactUnavailable`` for a shallow one, for one without the
        commit, and if there is not enough time, with the count that was reached.
        """
        if not self.version:
            raise FactUnavailable(
                f"{TOOL} is not installed here", "pip install 'pytest-orr[secrets]'"
            )
        with self._turn, History(folder, time.monotonic() + seconds) as opened:
            opened.needs(commit, whole=history)
            return self._scanned(
                opened, opened.versions(commit) if history else opened.tree(commit)
            )

    def _scanned(self, opened: History, versions: Sequence[Version]) -> Scanned:
        new = [one for one in versions if (one.path, one.blob) not in self._known]
        work = _Work(opened, total=len(versions), done=len(versions) - len(new))
        work.waiting.extend(_readable(new, work))
        self._crew(work)
        self._known |= work.looks
        looks = [(one, self._known.get((one.path, one.blob))) for one in versions]
        return Scanned(
            version=self.version,
            looked_at=len(versions) - len(work.skipped),
            left_out=sum(look is not None and look.is_left_out for _, look in looks),
            skipped=tuple(sorted(work.skipped)),
            hits=_first_hits(looks),
        )

    def _crew(self, work: _Work) -> None:
        workers = min(self._workers, len(work.waiting))
        with ThreadPoolExecutor(workers or 1) as crew:
            tasks = [crew.submit(_look_through, work) for _ in range(workers)]
            while wait(tasks, BETWEEN_WORDS).not_done:
                self._tell(work)
        self._tell(work)
        _refuse_a_part(work, tasks)

    def _tell(self, work: _Work) -> None:
        self._progress(f"{TOOL}: {work.done} of {work.total} versions of files")


def _readable(versions: Sequence[Version], work: _Work) -> Iterator[Version]:
    sizes = work.opened.sizes(sorted({one.blob for one in versions}))
    for one in versions:
        size = sizes.get(one.blob)
        if size is None:
            work.skip(one, "not in this checkout")
        elif size > LARGEST_FILE:
            work.skip(one, f"larger than {LARGEST_FILE // 1024**2} MiB")
        else:
            yield one


def _look_through(work: _Work) -> None:
    """Take one version after the other until none waits or the time is over."""
    git = work.opened.git
    with work.opened.blobs() as blobs, SecretWorker(git.own) as worker:
        while not git.is_late:
            try:
                version = work.waiting.popleft()
            except IndexError:
                return
            look = worker.look(version.path, blobs.read(version.blob), git.seconds_left)
            if look is None and git.is_late:
                return
            with work.lock:
                if look is None:
                    work.skip(version, "the scanner came to no end with it")
                else:
                    work.looks[version.path, version.blob] = look
                    work.done += 1


def _refuse_a_part(work: _Work, tasks: Sequence[Future[None]]) -> None:
    if work.done < work.total and work.opened.git.is_late:
        raise FactUnavailable(
            f"{TOOL} had looked at {work.done} of {work.total} versions of files"
            " when its time was over",
            "raise longest_scan_minutes under [scan_limits], or name a report under [[scans]]",
        )
    for task in tasks:
        task.result()


def _first_hits(looks: Sequence[tuple[Version, Look | None]]) -> tuple[Hit, ...]:
    first: dict[tuple[str, str, str], Hit] = {}
    for one, look in looks:
        for kind, digest, line, allowed in look.hits if look else ():
            hit = Hit(
                path=one.path,
                kind=kind,
                digest=digest,
                line=line,
                commit=one.commit,
                is_allowed=allowed,
            )
            first.setdefault((one.path, kind, digest), hit)
    return tuple(first.values())
