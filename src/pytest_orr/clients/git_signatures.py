"""What a file of allowed signers makes of a signed tag or commit, for ``clients.git``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .git_process import program
from .git_said import Signature

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .git_borrowed import Borrowed

SSH, OTHER = "-----BEGIN SSH SIGNATURE-----", ("-----BEGIN PGP ", "-----BEGIN SIGNED MESSAGE")
GOOD = re.compile(r'^Good "git" signature for (?P<signer>\S+) with \S+ key (?P<key>SHA256:\S+)$')
UNLISTED = re.compile(r'^Good "git" signature with \S+ key (?P<key>SHA256:\S+)$')


def is_signed(text: str) -> bool:
    """Tell whether a tag's or a commit's text carries a signature of any kind."""
    return any(mark in text for mark in (SSH, *OTHER))


def verified(borrowed: Borrowed, command: str, identifier: str, signers: Path) -> Signature:
    """Return what ``verify-tag`` or ``verify-commit`` says of an SSH signature.

    Only ``ssh-keygen`` as it is on the PATH is asked, whatever the repository names.
    """
    keygen = program("ssh-keygen")
    if keygen is None:
        raise FactUnavailable("no ssh-keygen is on the PATH", "install OpenSSH's client")
    if not signers.is_file():
        raise FactUnavailable(
            f"the file of signers, {signers.name}, is not there",
            "correct [repository] signers in readiness.toml",
        )
    forced = (f"gpg.ssh.program={keygen}", f"gpg.ssh.allowedSignersFile={signers.resolve()}")
    said = borrowed.ask(command, "--raw", identifier, also=("gpg.format=ssh", *forced))
    return _signature(said.code, tuple(_lines(said.complaint)))


def _signature(code: int, lines: tuple[str, ...]) -> Signature:
    for line in lines:
        if code == 0 and (good := GOOD.fullmatch(line)):
            return Signature(is_good=True, signer=good["signer"], key=good["key"])
        if unlisted := UNLISTED.fullmatch(line):
            return Signature(is_good=False, key=unlisted["key"], why="its key is not listed")
    return Signature(is_good=False, why=lines[0] if lines else "the signature is not valid")


def _lines(text: str) -> Iterator[str]:
    yield from (line.strip() for line in text.splitlines() if line.strip())
