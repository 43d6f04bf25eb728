"""Says what this machine lacks for real hosts, so that tests are skipped with a reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

COMMANDS = {
    "chroot": "coreutils",
    "dpkg-deb": "dpkg",
    "ip": "iproute2",
    "journalctl": "systemd",
    "mmdebstrap": "mmdebstrap",
    "nft": "nftables",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}
"""What the hosts are made with, and the Debian package that brings it."""
TRIAL = (
    "mkdir {0}/up {0}/work {0}/root && chown 2003:2003 {0}/up"
    " && mount -t overlay overlay -o {1} {0}/root"
)
NAMESPACE = "orrt-{0}-trial"
LAYERS = "lowerdir=/etc,upperdir={0}/up,workdir={0}/work"


def what_is_lacking(folder: str, more: tuple[str, ...] = ()) -> str:
    """Say why no host can be booted here, in one line; nothing if one can.

    ``folder`` is an empty folder to try on; ``more`` are commands a test needs besides.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return "hosts need Linux, and root for network namespaces and systemd-nspawn"
    missing = [name for name in (*COMMANDS, *more) if shutil.which(name) is None]
    if missing:
        packages = sorted({COMMANDS.get(name, name) for name in missing})
        return f"{', '.join(missing)} not found: apt-get install {' '.join(packages)}"
    return _refused(folder)


def _refused(folder: str) -> str:
    """Try what containers often withhold from their root."""
    layers, namespace = LAYERS.format(folder), NAMESPACE.format(os.getpid())
    for command in (
        ["unshare", "--mount", "--pid", "--fork", "sh", "-c", TRIAL.format(folder, layers)],
        ["ip", "netns", "add", namespace],
        ["ip", "netns", "del", namespace],
    ):
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            said = tried.stderr.strip().replace("\n", " ")
            return f"this root may not make hosts: {said}"
    return ""
