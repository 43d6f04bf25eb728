"""Runs gitleaks over a git history, where it is installed, and hands on its report.

It works on a bare repository that borrows the objects alone, with rules of its own and none of
the repository: neither its .gitleaks.toml and .gitleaksignore nor its comments make it look away.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .history import History

if TYPE_CHECKING:
    from collections.abc import Callable

TOOL = "gitleaks"
OWN_RULES = "[extend]\nuseDefault = true\n"
LEAKS = 10
"""How it ends when it found something."""
LARGEST_REPORT = 64 * 1024 * 1024
BETWEEN_WORDS = 1
"""Seconds between two lines of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What gitleaks wrote."""

    version: str
    raw: bytes
    commits: int
    """How many commits it was given to look at."""


def installed() -> bool:
    """Tell whether gitleaks is on the PATH."""
    return shutil.which(TOOL) is not None


def scan(folder: Path, commit: str, seconds: float, progress: Callable[[str], None]) -> Report:
    """Return what gitleaks reports of all commits up to one, secrets redacted by itself.

    Raises ``FactUnavailable`` for a shallow clone, for one without the commit, if it fails, and
    when the time is over.
    """
    with (
        History(folder, time.monotonic() + seconds) as opened,
        tempfile.TemporaryDirectory(prefix="orr-gitleaks-") as own,
    ):
        opened.needs(commit, whole=True)
        report = Path(own) / "report.json"
        (Path(own) / "rules.toml").write_text(OWN_RULES, encoding="ascii")
        _run(opened, Path(own), commit, progress)
        if not report.exists() or report.stat().st_size > LARGEST_REPORT:
            raise _failed("wrote no report that can be read")
        return Report(
            version=_version(opened, Path(own)),
            raw=report.read_bytes(),
            commits=len(opened.commits(commit).read_bytes().splitlines()),
        )


def _run(opened: History, own: Path, commit: str, progress: Callable[[str], None]) -> None:
    process = subprocess.Popen(  # noqa: S603 fixed words, and a commit that was checked
        [
            _found(),
            "git",
            *("--report-format", "json", "--report-path", str(own / "report.json")),
            *("--config", str(own / "rules.toml"), "--gitleaks-ignore-path", str(own / "none")),
            *("--redact=100", "--ignore-gitleaks-allow", f"--exit-code={LEAKS}", "--no-banner"),
            f"--log-opts=--full-history -m --no-textconv --no-ext-diff {commit}",
            str(opened.git.folder),
        ],
        cwd=own,
        env=opened.git.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    started = time.monotonic()
    try:
        while not _ended(process, min(BETWEEN_WORDS, opened.git.seconds_left)):
            progress(f"{TOOL}: {time.monotonic() - started:.0f} s")
            if opened.git.is_late:
                raise _failed("did not end in time")
    finally:
        process.kill()
        process.wait()
    if process.returncode not in {0, LEAKS}:
        raise _failed(f"ended with {process.returncode}")


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _version(opened: History, own: Path) -> str:
    try:
        said = subprocess.run(  # noqa: S603 fixed words
            [_found(), "version"],
            cwd=own,
            env=opened.git.environment,
            capture_output=True,
            timeout=opened.git.seconds_left,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed("does not tell its version") from None
    return said.stdout.decode(errors="replace").strip()[:40]


def _found() -> str:
    found = shutil.which(TOOL)
    if found is None:
        raise FactUnavailable(f"{TOOL} is not installed here", f"install {TOOL}")
    return found


def _failed(what: str) -> FactUnavailable:
    return FactUnavailable(
        f"{TOOL} {what}", "run it by hand and name its report under [[scans]] in readiness.toml"
    )
