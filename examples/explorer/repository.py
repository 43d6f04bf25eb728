"""The service's git repository in the example: made at each boot from the files beside this module.

``service/`` holds the files as the release has them, ``earlier/`` what some of them were before.
Authors, dates and messages are fixed, so that the release is the same commit at each boot; it is
written into profiles, evidence and hosts' answers, and ``python -m examples.explorer.bind`` writes
it there anew after a change in ``service/``. Part of ``services.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examples.explorer.history import (
    BRANCHES,
    EXECUTABLE,
    HISTORY,
    OLDER_IN,
    PEOPLE,
    TAGS,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from examples.explorer.history import Commit

HERE = Path(__file__).parent
FILES = HERE / "service"
EARLIER = HERE / "earlier"
SIGNED = HERE / "signed"
"""Signatures of the tags, and who may sign; the key was thrown away."""
FACTS = HERE / "repository.json"


def serve(state: str, folder: Path) -> dict[str, str]:
    """Build the repository and tell where it is, and who may sign its tags.

    In the faulty state nobody signed the release's tag; the commits are the same.
    """
    checkout = folder / "repository"
    build(checkout, unsigned=("v1.4.0",) if state == "faulty" else ())
    return {"EXPLORER_REPOSITORY": str(checkout), "EXPLORER_SIGNERS": str(SIGNED / "signers")}


def named(name: str) -> str:
    """Return the id of a commit of ``HISTORY``, as ``bind.py`` wrote it down."""
    commit: str = json.loads(FACTS.read_text(encoding="utf-8"))["named"][name]
    return commit


def build(checkout: Path, *, unsigned: Collection[str] = ()) -> None:
    """Make the repository with its work tree at ``main``; the tags named are left unsigned."""
    git(checkout.parent, "init", "--quiet", "--template=", "-b", "main", str(checkout))
    git(checkout, "fast-import", "--quiet", "--done", said=b"".join(stream(unsigned)))
    git(checkout, "reset", "--quiet", "--hard")


def git(where: Path, *arguments: str, said: bytes = b"") -> bytes:
    """Run git without anybody's settings and return what it prints."""
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": os.devnull}
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(  # noqa: S603 arguments of our own
        ["git", "-C", str(where), *arguments],  # noqa: S607 as a person would
        input=said,
        capture_output=True,
        check=True,
        env=own | alone,
    )
    return done.stdout


def stream(unsigned: Collection[str] = ()) -> Iterator[bytes]:
    """Tell the whole history in the language of ``git fast-import``."""
    marks = {commit.name: mark for mark, commit in enumerate(HISTORY, 1)}
    before = ""
    for commit in HISTORY:
        yield from _commit(commit, marks, commit.after or before)
        before = commit.name
    for branch, name in BRANCHES.items():
        yield f"reset refs/heads/{branch}\nfrom :{marks[name]}\n\n".encode()
    for tag in TAGS:
        signature = b"" if tag.name in unsigned else (SIGNED / f"{tag.name}.sig").read_bytes()
        yield f"tag {tag.name}\nfrom :{marks[tag.of]}\ntagger {_who(tag.by, tag.on)}\n".encode()
        yield _data(tag.message.encode() + signature)
    yield b"done\n"


def _commit(commit: Commit, marks: Mapping[str, int], parent: str) -> Iterator[bytes]:
    who = _who(commit.by, commit.on)
    message = f"{commit.message}\n\nReviewed-by: {PEOPLE[commit.reviewed]}\n"
    yield f"commit refs/heads/{_branch(commit)}\nmark :{marks[commit.name]}\n".encode()
    yield f"author {who}\ncommitter {who}\n".encode() + _data(message.encode())
    if parent:
        yield f"from :{marks[parent]}\n".encode()
    for path, text in _files(commit):
        mode = "100755" if path in EXECUTABLE else "100644"
        yield f"M {mode} inline {path}\n".encode() + _data(text)
    yield b"\n"


def _branch(commit: Commit) -> str:
    return "draft/deeper-traces" if commit.after else "main"


def _files(commit: Commit) -> Iterator[tuple[str, bytes]]:
    for path in _below(FILES):
        if any(fnmatch(path, pattern) for pattern in commit.files):
            older = [EARLIER / name / path for name in OLDER_IN.get(commit.name, ())]
            found = next((file for file in older if file.exists()), FILES / path)
            yield path, found.read_bytes()


def _below(folder: Path) -> Iterable[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def _who(person: str, on: str) -> str:
    return f"{PEOPLE[person]} {int(datetime.fromisoformat(on).timestamp())} +0000"


def _data(text: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(text), text)


def described(checkout: Path) -> dict[str, Any]:
    """Read back what was built: ids by name, commits in their order, tags."""
    form = "%H%x00%an%x00%ae%x00%cI%x00%s"
    lines = git(checkout, "log", "--reverse", f"--format={form}", "main").decode().splitlines()
    keys = ("id", "author", "email", "on", "subject")
    commits = [dict(zip(keys, line.split("\0"), strict=True)) for line in lines]
    ids = {commit["subject"]: commit["id"] for commit in commits}
    stray = git(checkout, "rev-parse", "draft/deeper-traces").decode().strip()
    names = {commit.name: ids.get(commit.message, stray) for commit in HISTORY}
    return {
        "named": names,
        "tags": {tag.name: names[tag.of] for tag in TAGS},
        "commits": commits,
    }
