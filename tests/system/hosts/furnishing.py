"""What a sound host of the explorer has, written before it boots, and done once it runs."""

from __future__ import annotations

import datetime as dt
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.collect.host_permissions import SUDO_COMMANDS

from .root_image import HOME_OF_THE_SERVICE, USERS

if TYPE_CHECKING:
    from pathlib import Path

    from .machines import Booted, Layer

COMMIT = "4ca7ac2c97b787aa52cd3c2cb244906a53464fce"
UNIT = """\
[Unit]
Description=The block explorer's API
After=network.target

[Service]
User=explorer
ExecStart=/usr/bin/python3 -m http.server 8080 --directory /srv/explorer/www
EnvironmentFile=/srv/explorer/config.env
Restart=on-failure
TimeoutStopSec=20

[Install]
WantedBy=multi-user.target
"""
CONFIG = """\
# what the API is started with
LISTEN=0.0.0.0:8080
DATABASE_USER=explorer
DATABASE_PASSWORD=ssm:/explorer/production/database-password
API_TOKEN=arn:aws:secretsmanager:eu-central-1:123456789012:secret:explorer/api-token
"""
SSHD = """\
PermitRootLogin no
PasswordAuthentication no
X11Forwarding no
"""
AWAY = "[Timer]\nOnCalendar=\nOnCalendar={hour:02}:30\nRandomizedDelaySec=0\n"
TIMERS = ("apt-daily", "apt-daily-upgrade", "dpkg-db-backup")
WANTS = "/etc/systemd/system/multi-user.target.wants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Who may log in: public keys as authorized_keys holds them."""

    auditor: str
    deploy: str


def furnish(layer: Layer, name: str, keys: Keys, *, backend: bool) -> None:
    """Write what a sound host has: its name, logins, SSH, and on a backend the service."""
    layer.write("/etc/hostname", f"{name}\n")
    layer.write("/etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {name}\n")
    host_keys = layer.folder / "upper/etc/ssh"
    layer.folders(host_keys)
    new_key(host_keys / "ssh_host_ed25519_key")
    layer.write("/etc/ssh/sshd_config.d/explorer.conf", SSHD)
    for user, key in (("auditor", keys.auditor), ("deploy", keys.deploy)):
        authorise(layer, user, key)
    layer.write("/etc/sudoers.d/auditor", _sudoers(), mode=0o440)
    hour = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=6)).hour
    for timer in TIMERS:
        # no timer may strike between two looks at the file system
        layer.write(f"/etc/systemd/system/{timer}.timer.d/away.conf", AWAY.format(hour=hour))
    if backend:
        _bring_service(layer)


def _sudoers() -> str:
    """Allow what the product's remedies ask an administrator to allow, and nothing else."""
    asked = {command for said in SUDO_COMMANDS.values() for command in said.split(", ")}
    paths = (f"/usr/{'sbin' if one.startswith('sshd') else 'bin'}/{one}" for one in asked)
    return f"auditor ALL=(root) NOPASSWD: {', '.join(sorted(paths))}\n"


def _bring_service(layer: Layer) -> None:
    layer.write("/etc/systemd/system/explorer.service", UNIT)
    layer.link(f"{WANTS}/explorer.service", "/etc/systemd/system/explorer.service")
    owner = USERS["explorer"]
    layer.write(f"{HOME_OF_THE_SERVICE}/www/index.html", "Latest blocks\n", owner=owner)
    layer.write(f"{HOME_OF_THE_SERVICE}/config.env", CONFIG, mode=0o600, owner=owner)
    layer.write(f"{HOME_OF_THE_SERVICE}/REVISION", f"{COMMIT}\n")


def authorise(layer: Layer, user: str, *keys: str) -> None:
    """Let somebody log in as a user with these keys."""
    owner = USERS.get(user, 0)
    home = f"/home/{user}" if owner else "/root"
    text = "".join(f"{key}\n" for key in keys)
    layer.write(f"{home}/.ssh/authorized_keys", text, mode=0o600, owner=owner)
    layer.own(f"{home}/.ssh", mode=0o700, owner=owner)


def new_key(path: Path) -> str:
    """Make a key pair and return its public half."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path)]
    subprocess.run(words, check=True, capture_output=True)
    return path.with_suffix(".pub").read_text(encoding="ascii").strip()


def update(host: Booted) -> None:
    """Let the host fetch its package index and install what is due, as its timers would."""
    host.run("find", "/srv/mirror", "-type", "f", "-exec", "touch", "{}", "+")
    for unit in ("apt-daily.service", "apt-daily-upgrade.service"):
        host.run("systemctl", "start", unit)
