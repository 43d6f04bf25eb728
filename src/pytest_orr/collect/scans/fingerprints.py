"""Names findings that have no id of their own, for the readers beside this module."""

from __future__ import annotations

import hashlib

LENGTH = 32


def fingerprint(*parts: str) -> str:
    """Return what names a finding from scan to scan, and tells nothing of a secret.

    Scanners write digests of secrets into their reports, and a digest of a short secret can be
    guessed; one over kind and place as well is of use for nothing but comparing.
    """
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:LENGTH]


def place(file: str, line: int | None, commit: str = "") -> str:
    """Return file and line as one text, with the commit if it is told."""
    at = f"{file}:{line}" if file and line else file
    return f"{at} in {commit[:12]}".strip() if commit.strip("0") else at
