"""Line ends of modules: a checkout may have turned all of them, which is no change of a text."""

from __future__ import annotations

import hashlib

CR_LF, LF = b"\r\n", b"\n"


def is_cr_lf(content: bytes) -> bool:
    """Tell whether every line ends by CR LF, and there is one."""
    return CR_LF in content and content.count(CR_LF) == content.count(LF)


def plain(content: bytes) -> bytes:
    """Return a text with LF alone, if all of its lines end by CR LF; any other as it is."""
    return content.replace(CR_LF, LF) if is_cr_lf(content) else content


def as_in(other: bytes, content: bytes) -> bytes:
    """Return a text with the line ends that another one has."""
    return plain(content).replace(LF, CR_LF) if is_cr_lf(other) else content


def sha256(content: bytes) -> str:
    """Return the digest by which a lock names a file."""
    return hashlib.sha256(content).hexdigest()


def fits(content: bytes, digest: str) -> bool:
    """Tell whether a lock means this text, whatever its lines end by."""
    return digest in {sha256(content), sha256(plain(content))}
