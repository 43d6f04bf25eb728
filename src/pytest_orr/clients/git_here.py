"""Asks git what somebody who begins need not type: the repository's folder, its commit, who asks.

What it says is proposed to a person, and never a fact: no git, no repository and no commit are
nothing to complain about here.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pytest_orr.errors import FactUnavailable

from .git_process import ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What git says about a folder; empty where it says nothing."""

    top: str = ""
    """The repository's folder."""
    commit: str = ""
    """Its HEAD, whole."""
    email: str = ""
    name: str = ""


def git_here(folder: Path) -> Here:
    """Ask about the repository that ``folder`` lies in, and whom commits there are by."""
    with tempfile.TemporaryDirectory(prefix="orr-git-") as home, suppress(FactUnavailable):
        inside = ("-C", str(folder))
        return Here(
            top=_said(Path(home), *inside, "rev-parse", "--show-toplevel"),
            commit=_said(Path(home), *inside, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"),
            email=_set(Path(home), inside, "user.email"),
            name=_set(Path(home), inside, "user.name"),
        )
    return Here()


def _set(home: Path, inside: tuple[str, ...], key: str) -> str:
    """Return a setting of the repository, or else of the person, whose files are named to git."""
    places = (
        (*inside, "config", "--local"),
        *(("config", "--includes", "--file", str(path)) for path in _own_files()),
    )
    answers = (_said(home, *words, "--get", key) for words in places)
    return next((answer for answer in answers if answer), "")


def _own_files() -> tuple[Path, ...]:
    own = os.environ.get("HOME", "")
    if not own:
        return ()
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or Path(own) / ".config")
    files = (Path(own) / ".gitconfig", settings / "git" / "config")
    return tuple(path for path in files if path.is_file())


def _said(home: Path, *words: str) -> str:
    said = ask(*words, home=home)
    return "" if said.code else said.out.decode(errors="replace").strip()
