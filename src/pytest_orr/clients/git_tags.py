"""Tags, and what their signatures are worth, for ``clients.git``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .git_history import is_ancestor, line_of, refuse_shallow
from .git_process import program
from .git_said import Signature, TagRef
from .git_trees import contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .git_borrowed import Borrowed

TAGS = "refs/tags/"
MOST_RELEASES = 200
"""Newest ones, by their versions, that are compared with each other."""
TAGGER = re.compile(r"^tagger .*<(?P<email>[^<>]*)> (?P<at>\d{1,12}) [+-]\d{4}$", re.MULTILINE)
SSH, OTHER = "-----BEGIN SSH SIGNATURE-----", ("-----BEGIN PGP ", "-----BEGIN SIGNED MESSAGE")
CANDIDATE = re.compile(r"[-._]?(rc|alpha|beta|pre|dev)[-._]?\d*$", re.IGNORECASE)
GOOD = re.compile(r'^Good "git" signature for (?P<signer>\S+) with \S+ key (?P<key>SHA256:\S+)$')
UNLISTED = re.compile(r'^Good "git" signature with \S+ key (?P<key>SHA256:\S+)$')


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
        is_signed=any(mark in said for mark in (SSH, *OTHER)),
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


def _version(name: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part or 0), text) for text, part in re.findall(r"(\D*)(\d{0,18})", name))


def signature(borrowed: Borrowed, tag: TagRef, signers: Path) -> Signature:
    """Return what a file of allowed signers makes of a tag's signature.

    Only ``ssh-keygen`` as it is on the PATH is asked, whatever the repository names.
    """
    if not tag.is_signed:
        return Signature(is_good=False, why="nobody signed it")
    if SSH not in _text(borrowed, tag):
        return Signature(
            is_good=None,
            why=f"{tag.name} is signed with OpenPGP or X.509, which is not verified here",
            remedy="sign tags with an SSH key (git config gpg.format ssh)",
        )
    keygen = program("ssh-keygen")
    if keygen is None:
        raise FactUnavailable("no ssh-keygen is on the PATH", "install OpenSSH's client")
    if not signers.is_file():
        raise FactUnavailable(
            f"the file of signers, {signers.name}, is not there",
            "correct [repository] signers in readiness.toml",
        )
    forced = (f"gpg.ssh.program={keygen}", f"gpg.ssh.allowedSignersFile={signers.resolve()}")
    said = borrowed.ask("verify-tag", "--raw", tag.id, also=("gpg.format=ssh", *forced))
    return _verified(said.code, tuple(_lines(said.complaint)))


def _verified(code: int, lines: tuple[str, ...]) -> Signature:
    for line in lines:
        if code == 0 and (good := GOOD.fullmatch(line)):
            return Signature(is_good=True, signer=good["signer"], key=good["key"])
        if unlisted := UNLISTED.fullmatch(line):
            return Signature(is_good=False, key=unlisted["key"], why="its key is not listed")
    return Signature(is_good=False, why=lines[0] if lines else "the signature is not valid")


def _lines(text: str) -> Iterator[str]:
    yield from (line.strip() for line in text.splitlines() if line.strip())


def _text(borrowed: Borrowed, tag: TagRef) -> str:
    return contents(borrowed, (tag.id,))[tag.id].decode(errors="replace")
