"""Gives every host a control group of its own.

The systemd of each takes the group that it finds itself in for its own, and hosts that shared one
would stop each other's services.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

MOUNTED = Path("/sys/fs/cgroup")
LONGEST_END = 5
"""Seconds until the kernel has let go of the processes of a group."""


def joining(name: str) -> str:
    """Return a line of shell with which a process goes into the group ``name`` everywhere.

    Where a hierarchy does not let it, as one that shares processors out, it stays where it is.
    """
    return "".join(
        f"{{ mkdir {top}/{name} && echo 0 >{top}/{name}/cgroup.procs; }} 2>/dev/null || true\n"
        for top in _hierarchies()
    )


def remove(name: str) -> None:
    """Remove a group whose processes have ended, with the groups in it."""
    deadline = time.monotonic() + LONGEST_END
    while _left(name) and time.monotonic() < deadline:
        time.sleep(0.01)


def names(prefix: str) -> frozenset[str]:
    """Return the groups that there are."""
    return frozenset(path.name for top in _hierarchies() for path in top.glob(f"{prefix}-*"))


def _hierarchies() -> tuple[Path, ...]:
    if (MOUNTED / "cgroup.procs").exists():
        return (MOUNTED,)
    return tuple(path.parent for path in MOUNTED.glob("*/cgroup.procs"))


def _left(name: str) -> bool:
    """Remove what can be removed, and tell whether something is left."""
    trees = [top / name for top in _hierarchies()]
    for tree in trees:
        for folder, _, _ in os.walk(tree, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()
    return any(tree.exists() for tree in trees)
