"""Host keys that people vouched for: files as OpenSSH writes them, read and never added to.

A key that is not known, one that changed and one of another kind are three different failures, as
people do three different things about them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import stat
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.mistakes import escape

from .ssh_patterns import fits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .ssh_route import Hop

LARGEST = 16 * 1024 * 1024
MARKED = re.compile(r"(?:(@\S+)\s+)?(\S+)\s+(\S+)\s+(\S+)")
HASHED = re.compile(r"\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)")
SIGNED_WITH = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}
"""Names of signature algorithms, for the one kind of key that has others than its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKey:
    """A public key."""

    kind: str
    """``ssh-ed25519``."""
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` prints it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"

    def __str__(self) -> str:
        return f"{escape(self.kind)} {self.fingerprint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: for whom it is meant, and the key."""

    marker: str
    """``@revoked``, ``@cert-authority`` or nothing."""
    names: tuple[str, ...]
    key: HostKey

    def concerns(self, name: str) -> bool:
        """Tell whether the line is about a server of that name."""
        hashed = HASHED.fullmatch(self.names[0]) if len(self.names) == 1 else None
        return _is_hash_of(name, hashed) if hashed else fits(self.names, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the files say about one hop."""

    hop: Hop
    keys: tuple[HostKey, ...]
    revoked: tuple[HostKey, ...]
    has_authority: bool

    def first_of(self, algorithms: tuple[str, ...]) -> tuple[str, ...]:
        """Return algorithms with those of known keys first, so that such a key is shown."""
        wanted = [name for key in self.keys for name in SIGNED_WITH.get(key.kind, (key.kind,))]
        return tuple(dict.fromkeys([name for name in wanted if name in algorithms] + [*algorithms]))

    def verify(self, shown: HostKey) -> None:
        """Accept a key that is known; else raise what exactly is wrong with it."""
        if shown in self.revoked:
            raise self._failure(f"is revoked: {shown}", "replace the host's key")
        if shown not in self.keys:
            raise self._stranger(shown)

    def _stranger(self, shown: HostKey) -> FactUnavailable:
        hop = self.hop
        same = [key for key in self.keys if key.kind == shown.kind]
        if same:
            return self._failure(
                f"has changed: it shows {shown} and {self._files} has {same[0].fingerprint}",
                f"find out why; if its key was meant to change, take out the old one by"
                f" `ssh-keygen -R '{hop.key_name}' -f {hop.known_hosts[0]}`, and {self._adding}",
            )
        if self.keys:
            kinds = ", ".join(sorted({escape(key.kind) for key in self.keys}))
            return self._failure(
                f"is of another kind: it shows {shown} and {self._files} has only {kinds}",
                self._adding,
            )
        known = "only a certificate authority, which is not supported" * self.has_authority
        return self._failure(
            f"is not known: it shows {shown} and {self._files} has {known or 'none'}"
            f" for {hop.key_name}",
            self._adding,
        )

    @property
    def _files(self) -> str:
        return " and ".join(str(file) for file in self.hop.known_hosts)

    @property
    def _adding(self) -> str:
        hop = self.hop
        return (
            "compare the fingerprint with what `ssh-keygen -lf` prints on the host for its"
            f" /etc/ssh/ssh_host_*_key.pub; if they agree, add the line for {hop.key_name} by hand"
            f" to {hop.known_hosts[0]}; `ssh-keyscan -p {hop.port} {hop.address}`, run where it is"
            " reached from, prints it"
        )

    def _failure(self, what: str, remedy: str) -> FactUnavailable:
        return FactUnavailable(f"the host key of {self.hop} {what}", remedy)


class KnownHosts:
    """The files of known host keys, each read once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: dict[Path, tuple[Line, ...]] = {}

    def of(self, hop: Hop) -> Known:
        """Return what the hop's files say about it."""
        lines = [
            line
            for file in hop.known_hosts
            for line in self._lines_of(file)
            if line.concerns(hop.key_name)
        ]
        return Known(
            hop=hop,
            keys=tuple(line.key for line in lines if not line.marker),
            revoked=tuple(line.key for line in lines if line.marker == "@revoked"),
            has_authority=any(line.marker == "@cert-authority" for line in lines),
        )

    def _lines_of(self, file: Path) -> tuple[Line, ...]:
        with self._lock:
            if file not in self._lines:
                self._lines[file] = tuple(_lines(_text_of(file)))
            return self._lines[file]


def _text_of(file: Path) -> str:
    try:
        return "" if str(file) == os.devnull else _content_of(file)
    except OSError as error:
        raise FactUnavailable(
            f"the known host keys in {file} cannot be read: {error.strerror}",
            "correct known_hosts of [ssh] in readiness.toml, or UserKnownHostsFile in ssh_config",
        ) from None


def _content_of(file: Path) -> str:
    # Looked at before it is opened: a named pipe must be refused, not waited for.
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(0, "it is not a regular file")
    with file.open("rb") as opened:
        return opened.read(LARGEST).decode("utf-8", "replace")


def _lines(text: str) -> Iterator[Line]:
    """Yield what can be read; like OpenSSH, pass over what cannot, as it lets nobody in."""
    for written in text.splitlines():
        found = MARKED.match(written.strip())
        if not found or written.lstrip().startswith("#"):
            continue
        marker, names, kind, encoded = found.groups()
        blob = _decoded(encoded)
        if blob and _kind_in(blob) == kind:
            yield Line(
                marker=marker or "",
                names=tuple(names.lower().split(",")) if names[0] != "|" else (names,),
                key=HostKey(kind=kind, blob=blob),
            )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def _kind_in(blob: bytes) -> str:
    size = int.from_bytes(blob[:4], "big")
    return blob[4 : 4 + size].decode("ascii", "replace")


def _is_hash_of(name: str, hashed: re.Match[str]) -> bool:
    salt, digest = _decoded(hashed[1]), _decoded(hashed[2])
    return hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)
