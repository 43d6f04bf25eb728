"""One process of detect-secrets at work, asked by ``secret_scanner`` about one file at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

LONGEST_LOOK = 60
"""Seconds for one version of a file."""
SCANNING = Path(__file__).with_name("secret_scanning.py")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a version of a file told."""

    is_left_out: bool
    hits: tuple[tuple[str, str, int, bool], ...]
    """Kind, digest, line, whether a comment allows it."""


class SecretWorker:
    """Asks a process of its own, and a new one if that dies or takes too long; left by ``with``.

    The process writes files into ``folder``, which whoever made it removes: a process that is
    ended cannot.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def look(self, path: str, content: bytes, seconds: float) -> Look | None:
        """Return what stands in a file; none if the process did not get to an end with it."""
        impatience = threading.Timer(min(LONGEST_LOOK, seconds), self._process.kill)
        impatience.daemon = True
        impatience.start()
        try:
            answer = self._asked(path, content)
        finally:
            impatience.cancel()
        if not answer.endswith(b"\n"):
            self._end()
            self._process = self._started()
            return None
        said = json.loads(answer)
        hits = tuple((kind, digest, line, allowed) for kind, digest, line, allowed in said["hits"])
        return Look(bool(said["left_out"]), hits)

    def _started(self) -> subprocess.Popen[bytes]:
        own = tempfile.mkdtemp(dir=self._folder)
        return subprocess.Popen(  # noqa: S603 our own module, by its path
            [sys.executable, "-I", str(SCANNING), own],
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _asked(self, path: str, content: bytes) -> bytes:
        asked = json.dumps({"path": path, "size": len(content)}).encode()
        questions, answers = _pipes(self._process)
        try:
            questions.write(asked + b"\n" + content)
            questions.flush()
        except BrokenPipeError:
            return b""
        return answers.readline()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in _pipes(self._process):
            with suppress(BrokenPipeError):  # what a killed process did not take is for nobody
                pipe.close()


def _pipes(process: subprocess.Popen[Any]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout
