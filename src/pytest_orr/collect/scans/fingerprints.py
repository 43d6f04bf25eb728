"""Names findings that have no id of their own, for the readers beside this module."""

from __future__ import annotations

import hashlib

LENGTH = 32
OF_SECRET = 4
"""Characters that depend on the secret itself: they tell those of one kind in one file apart."""


def fingerprint(*parts: str) -> str:
    """Return what names a finding from scan to scan."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:LENGTH]


def fingerprint_of_secret(kind: str, file: str, digest: str) -> str:
    """Return what names a secret in a file from scan to scan, and tells nothing of it.

    Scanners write digests of secrets into their reports, and a digest of a short secret can be
    guessed. Of this one so little is left that for each guess that fits thousands of others do.
    """
    place, one = fingerprint(kind, file), fingerprint(kind, file, digest)
    return f"{place[: LENGTH - OF_SECRET - 1]}-{one[:OF_SECRET]}"


def place(file: str, line: int | None, commit: str = "") -> str:
    """Return file and line as one text, with the commit if it is told."""
    at = f"{file}:{line}" if file and line else file
    return f"{at} in {commit[:12]}".strip() if commit.strip("0") else at
