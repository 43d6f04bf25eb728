"""Takes the fingerprint of everything on a host's file systems, to compare before and after.

A file of the shared root cannot be written through an overlay without appearing in the host's own
layer, so contents are hashed of what lies there and on the host's other file systems; names, kinds,
modes, owners, sizes, times of change and link targets are taken of everything.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .machines import Booted

KERNELS_OWN = ("/dev/pts", "/proc", "/sys")
"""Not files, but what the kernel says at the moment."""


def fingerprints(host: Booted) -> dict[str, str]:
    """Return a digest for every path of a host, by path."""
    root = str(host.root)
    own = str(host.folder / "upper")
    device = os.lstat(f"{root}/").st_dev
    return {
        path: _fingerprint(root + path, own + path, device) for path in ("/", *_paths(root, ""))
    }


def changed(before: dict[str, str], after: dict[str, str]) -> frozenset[str]:
    """Return the paths that came, went or are not as they were."""
    return frozenset(path for path, _ in before.items() ^ after.items())


def _paths(root: str, folder: str) -> Iterator[str]:
    for entry in os.scandir(f"{root}{folder}/"):
        path = f"{folder}/{entry.name}"
        if path in KERNELS_OWN:
            continue
        yield path
        if entry.is_dir(follow_symlinks=False):
            yield from _paths(root, path)


def _fingerprint(path: str, own: str, device: int) -> str:
    status = os.lstat(path)
    about = (status.st_mode, status.st_uid, status.st_gid, status.st_ctime_ns, status.st_mtime_ns)
    digest = hashlib.sha256(repr(about).encode())
    if stat.S_ISLNK(status.st_mode):
        digest.update(bytes(Path(path).readlink()))
    elif stat.S_ISREG(status.st_mode):
        digest.update(str(status.st_size).encode())
        if status.st_dev != device or os.path.lexists(own):
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()
