"""Tags, and what their signatures are worth, for ``clients.git``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from .git_history import is_ancestor, line_of, refuse_shallow
from .git_said import Signature, TagRef
from .git_signatures import SSH, is_signed, verified
from .git_trees import contents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .git_borrowed import Borrowed

TAGS = "refs/tags/"
MOST_RELEASES = 200
"""Newest ones, by their versions, that are compared with each other."""
TAGGER = re.compile(r"^tagger .*<(?P<email>[^<>]*)> (?P<at>\d{1,12}) [+-]\d{4}$", re.MULTILINE)
CANDIDATE = re.compile(r"[-._]?(rc|alpha|beta|pre|dev)[-._]?\d*$", re.IGNORECASE)


def tags(borrowed: Borrowed) -> tuple[TagRef, ...]:
    """Return every tag that leads to a commit, by name."""
    named = {
        name.removeprefix(TAGS): identifier
        for name, identifier in borrowed.references
        if name.startswith(TAGS)
    }
    led = _followed(borrowed, named.values())
    texts = contents(borrowed, tuple(sorted({one for one in named.values() if led.get(one)})))
    return tuple(
        _tag(name, one, led[one] or one, texts.get(one))
        for name, one in sorted(named.items())
        if one in led
    )


def _followed(borrowed: Borrowed, ids: Iterable[str]) -> dict[str, str | None]:
    """Return by each id the commit that an annotated tag leads to, or none if it is a commit."""
    wanted = sorted(set(ids))
    given = "".join(f"{one}\n{one}^{{commit}}\n" for one in wanted).encode("ascii")
    said = borrowed.ask("cat-file", "--batch-check=%(objectname) %(objecttype)", given=given)
    lines = [line.split() for line in said.out.decode(errors="replace").splitlines()]
    led: dict[str, str | None] = {}
    for one, itself, target in zip(wanted, lines[::2], lines[1::2], strict=False):
        if target[1:] == ["commit"]:
            led[one] = target[0] if itself[1:] == ["tag"] else None
    return led


def _tag(name: str, identifier: str, commit: str, text: bytes | None) -> TagRef:
    if text is None:
        return TagRef(name=name, id=identifier, commit=commit, is_annotated=False)
    said = text.decode(errors="replace")
    head = said.partition("\n\n")[0]
    found = TAGGER.search(head)
    return TagRef(
        name=name,
        id=identifier,
        commit=commit,
        is_annotated=True,
        is_signed=is_signed(said),
        tagged=datetime.fromtimestamp(int(found["at"]), UTC) if found else None,
        tagger=found["email"] if found else "",
    )


def previous(
    borrowed: Borrowed, known: Iterable[TagRef], commit: str, pattern: str
) -> TagRef | None:
    """Return the newest tag of a release that a commit was built upon, the commit's own not."""
    fitting = [
        tag
        for tag in known
        if fnmatchcase(tag.name, pattern)
        and not CANDIDATE.search(tag.name)
        and tag.commit != commit
    ]
    line = line_of(borrowed, commit) if fitting else frozenset()
    if any(tag.commit not in line for tag in fitting):
        refuse_shallow(borrowed)
    earlier = sorted(
        (tag for tag in fitting if tag.commit in line), key=lambda tag: _version(tag.name)
    )
    newest: TagRef | None = None
    for tag in earlier[-MOST_RELEASES:]:
        if newest is None or is_ancestor(borrowed, newest.commit, tag.commit):
            newest = tag
    return newest


def between(
    borrowed: Borrowed, known: Iterable[TagRef], commits: tuple[str, str], pattern: str
) -> tuple[TagRef, ...]:
    """Return the tags of releases from one commit up to another, by name, both included."""
    refuse_shallow(borrowed)
    older, newer = commits
    since = line_of(borrowed, newer) - (line_of(borrowed, older) - {older})
    return tuple(
        tag
        for tag in known
        if tag.commit in since and fnmatchcase(tag.name, pattern) and not CANDIDATE.search(tag.name)
    )


def _version(name: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part or 0), text) for text, part in re.findall(r"(\D*)(\d{0,18})", name))


def signature(borrowed: Borrowed, tag: TagRef, signers: Path) -> Signature:
    """Return what a file of allowed signers makes of a tag's signature."""
    if not tag.is_signed:
        return Signature(is_good=False, why="nobody signed it")
    if SSH not in _text(borrowed, tag):
        return Signature(
            is_good=None,
            why=f"{tag.name} is signed with OpenPGP or X.509, which is not verified here",
            remedy="sign tags with an SSH key (git config gpg.format ssh)",
        )
    return verified(borrowed, "verify-tag", tag.id, signers)


def _text(borrowed: Borrowed, tag: TagRef) -> str:
    return contents(borrowed, (tag.id,))[tag.id].decode(errors="replace")
