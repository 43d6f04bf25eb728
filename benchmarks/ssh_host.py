"""What a host of the topology is: one sshd over this machine's files, with some of its own on top.

All hosts share this machine's processors, which real hosts do not; so what would take a real host's
own processor most of its time is waited for instead (``STUBS``), for whoever asks.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNIT = "app.service"
CONFIG_FILE = "/srv/app/app.env"
CONTAINER, IMAGE = "c0" * 32, "1a" * 32
FILES = {
    "ssh/sshd_config": """\
HostKey /etc/ssh/host_key
PidFile none
PasswordAuthentication no
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
PrintMotd no
SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
""",
    "passwd": """\
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sshd:x:105:65534::/run/sshd:/usr/sbin/nologin
_apt:x:100:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
deploy:x:1000:1000:Deployment:/home/deploy:/bin/bash
""",
    "group": """\
root:x:0:
daemon:x:1:
sudo:x:27:deploy
deploy:x:1000:
nogroup:x:65534:
""",
    "root/.netrc": "machine example.org login deploy\n",
    "home/deploy/.profile": "",
    "srv/app/app.env": "LISTEN=127.0.0.1:8080\nDATABASE_PASSWORD=arn:aws:secretsmanager:app\n",
    "srv/app/signing.pem": "a key file by its name\n",
    "cron/app": "17 3 * * * root certbot renew --quiet\n",
    "lists/deb.debian.org_debian-security_dists_bookworm-security_InRelease": "Suite: oldstable\n",
    "periodic/upgrade-stamp": "",
}
"""Its own files, by their paths in the image."""
MOUNTS = {
    "sbin": "/usr/local/sbin",
    "root": "/root",
    "home": "/home",
    "srv": "/srv",
    "ssh": "/etc/ssh",
    "log": "/var/log",
    "cron": "/etc/cron.d",
    "lists": "/var/lib/apt/lists",
    "periodic": "/var/lib/apt/periodic",
    "passwd": "/etc/passwd",
    "group": "/etc/group",
}
"""Where the image's folders and files are put, over what every Debian machine has there."""
STUBS = {
    "apt-get": """\
echo 'Inst openssl [3.0.16-1] (3.0.17-1 Debian-Security:12/oldstable-security [amd64])'
echo 'Inst libssl3 [3.0.16-1] (3.0.17-1 Debian-Security:12/oldstable-security [amd64])'
echo 'Inst tzdata [2025a] (2025b Debian:12.11/oldstable [all])'
exec sleep 0.3
""",
    "apt-cache": """\
for package in openssl libssl3; do
    echo "$package:"
    echo '  Installed: 3.0.16-1'
    echo '  Candidate: 3.0.17-1'
    echo '  Version table:'
    echo '     3.0.17-1 500'
    echo '        500 http://deb.debian.org/debian-security bookworm-security/main amd64 Packages'
    echo ' *** 3.0.16-1 100'
    echo '        100 /var/lib/dpkg/status'
done
echo 'tzdata:'
echo '     2025b 500'
echo '        500 http://deb.debian.org/debian bookworm/main amd64 Packages'
echo ' *** 2025a 100'
exec sleep 0.1
""",
    "apt-config": """\
echo 'APT::Periodic::Update-Package-Lists "1";'
echo 'APT::Periodic::Unattended-Upgrade "1";'
""",
    "unattended-upgrade": "",
    "docker": f"""\
case $* in
    ps*) echo {CONTAINER} ;;
    *Config.Image*) echo 'sha256:{IMAGE} registry.example.org/app:1.4.2' ;;
    image*) echo 'sha256:{IMAGE} registry.example.org/app@sha256:{CONTAINER}' ;;
    *) echo 'sha256:{IMAGE}' ;;
esac
exec sleep 0.05
""",
    "systemctl": """\
while [ "$1" != -- ]; do shift; done
shift
for unit; do
    echo "Id=$unit"
    case $unit in
        app.service) echo 'LoadState=loaded' ;;
        *) echo 'LoadState=not-found'; echo 'ActiveState=inactive'; echo; continue ;;
    esac
    echo 'Names=app.service'
    echo 'ActiveState=active'
    echo 'SubState=running'
    echo 'UnitFileState=enabled'
    echo 'Type=simple'
    echo 'Restart=always'
    echo 'NRestarts=0'
    echo 'User=deploy'
    echo 'DynamicUser=no'
    echo 'TimeoutStopUSec=1min 30s'
    echo 'ExecMainStartTimestamp=Fri 2026-11-20 10:00:00 UTC'
    echo 'Result=success'
    echo 'ExecMainStatus=0'
    echo
done
exec sleep 0.02
""",
}
"""Programs that stand before those of the same name; apt's take a third of a second and more."""
BOOT = "\n".join(
    (
        "set -e",
        'cd "$1"',
        *(f"mount --bind {name} {place}" for name, place in MOUNTS.items()),
        "mount -t tmpfs none /run",
        "mkdir -p /run/sshd /run/systemd/system",
        "mount -t tmpfs none /tmp",
        'hostname "$2"',
        'exec /usr/sbin/sshd -D -E "/var/log/$2.log"',
    )
)
"""What a host's first process does; it is given the image's folder and the host's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The files that all hosts have over this machine's own."""

    folder: Path

    @property
    def host_key(self) -> Path:
        """Private key of every host."""
        return self.folder / "ssh" / "host_key"

    def log(self, name: str) -> Path:
        """Return the log of a host's sshd."""
        return self.folder / "log" / f"{name}.log"

    def make(self) -> None:
        """Write everything but the keys."""
        stubs = {f"sbin/{name}": f"#!/bin/sh\n{text}" for name, text in STUBS.items()}
        (self.folder / "log").mkdir(parents=True)
        for name, text in {**FILES, **stubs}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii")
            path.chmod(0o755 if name in stubs else 0o644)

    def let_in(self, public_key: str) -> None:
        """Let the key in as root."""
        folder = self.folder / "root" / ".ssh"
        folder.mkdir(mode=0o700)
        (folder / "authorized_keys").write_text(public_key, encoding="ascii")

    def boot(self, name: str) -> None:
        """Start a host in the network namespace of its name, with everything else its own."""
        network = ("ip", "netns", "exec", name)
        others = ("unshare", "--uts", "--pid", "--fork", "--mount-proc")
        with (self.folder / "log" / f"{name}.boot").open("wb") as said:
            subprocess.Popen(
                [*network, *others, "sh", "-c", BOOT, "sh", str(self.folder), name],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )


def image(folder: Path) -> Image:
    """Return the image that lies, or is to lie, in ``folder``."""
    return Image(folder=folder / "host")
