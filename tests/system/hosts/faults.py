"""The faults that can be planted on a host, by name; those about files before it boots.

Every secret that is planted contains the word ``CANARY``: it must turn up nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .furnishing import CONFIG, UNIT, WANTS, authorise
from .root_image import HOME_OF_THE_SERVICE, USERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .machines import Booted, Layer

CANARY = "CANARY-5f1e9a07"
STRAY_UNIT = """\
[Unit]
Description=A database that nobody declared

[Service]
ExecStart=/usr/bin/python3 -m http.server 5432 --directory /srv/explorer/www

[Install]
WantedBy=multi-user.target
"""
OFF = 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "0";\n'
HELD = 'Unattended-Upgrade::Package-Blacklist { "explorer-tools"; };\n'
PEM = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"
AGE = (
    "find /var/lib/apt/lists /var/lib/apt/periodic /var/cache/apt /var/log/unattended-upgrades "
    "-exec touch --no-dereference --date='40 days ago' {} +"
)
STAMPS = (
    "find /var/lib/apt/periodic /var/log/unattended-upgrades -exec touch --date='40 days ago' {} +"
)


def _root_login(layer: Layer) -> None:
    loose = "PermitRootLogin yes\nPasswordAuthentication yes\nX11Forwarding yes\n"
    layer.write("/etc/ssh/sshd_config.d/explorer.conf", loose)


def _unit_disabled(layer: Layer) -> None:
    layer.unlink(f"{WANTS}/explorer.service")
    layer.link(f"{WANTS}/starter.service", "/etc/systemd/system/starter.service")
    start = "[Service]\nType=oneshot\nExecStart=/usr/bin/systemctl start --no-block explorer\n"
    layer.write("/etc/systemd/system/starter.service", start)


def _unit_careless(layer: Layer) -> None:
    careless = UNIT.replace("User=explorer\n", "").replace("on-failure", "no")
    layer.write("/etc/systemd/system/explorer.service", careless)


def _key_file(layer: Layer) -> None:
    layer.write(f"{HOME_OF_THE_SERVICE}/www/server.pem", PEM, mode=0o640)


def _plain_secret(layer: Layer) -> None:
    text = CONFIG.replace("ssm:/explorer/production/database-password", CANARY)
    layer.write(f"{HOME_OF_THE_SERVICE}/config.env", text, mode=0o600, owner=USERS["explorer"])


def _readable_config(layer: Layer) -> None:
    layer.own(f"{HOME_OF_THE_SERVICE}/config.env", mode=0o644, owner=USERS["explorer"])


def _leftovers(layer: Layer) -> None:
    owner = USERS["deploy"]
    url = f"https://deploy:{CANARY}@git.example.org\n"
    layer.write("/home/deploy/.git-credentials", url, mode=0o600, owner=owner)
    layer.write("/home/deploy/.env", f"TOKEN={CANARY}\n", mode=0o644, owner=owner)


def _leftover_in_tmp(host: Booted) -> None:
    host.run("sh", "-c", "umask 077; cat >/tmp/vault_pass.txt", given=f"{CANARY}\n")


def _stray_port(layer: Layer) -> None:
    layer.write("/etc/systemd/system/database.service", STRAY_UNIT)
    layer.link(f"{WANTS}/database.service", "/etc/systemd/system/database.service")


def _updates_off(layer: Layer) -> None:
    layer.write("/etc/apt/apt.conf.d/20auto-upgrades", OFF)


def _update_held(layer: Layer) -> None:
    layer.write("/etc/apt/apt.conf.d/60held", HELD)


def _old_revision(layer: Layer) -> None:
    layer.write(f"{HOME_OF_THE_SERVICE}/REVISION", "0" * 40 + "\n")


def _no_exporter(layer: Layer) -> None:
    layer.link("/etc/systemd/system/prometheus-node-exporter.service", "/dev/null")


def _root_key(layer: Layer) -> None:
    public = (layer.folder.parent / "auditor.pub").read_text(encoding="ascii").strip()
    authorise(layer, "root", public)


def _reboot_required(host: Booted) -> None:
    host.run("sh", "-c", "echo '*** System restart required ***' >/run/reboot-required")


def _index_stale(host: Booted) -> None:
    host.run("sh", "-c", AGE)


def _updates_stale(host: Booted) -> None:
    host.run("sh", "-c", STAMPS)


IN_FILES: dict[str, Callable[[Layer], None]] = {
    "key file": _key_file,
    "leftovers": _leftovers,
    "no exporter": _no_exporter,
    "old revision": _old_revision,
    "plain secret": _plain_secret,
    "readable config": _readable_config,
    "root key": _root_key,
    "root login": _root_login,
    "stray port": _stray_port,
    "unit careless": _unit_careless,
    "unit disabled": _unit_disabled,
    "update held": _update_held,
    "updates off": _updates_off,
}
ONCE_RUNNING: dict[str, Callable[[Booted], None]] = {
    "index stale": _index_stale,
    "leftover in tmp": _leftover_in_tmp,
    "reboot required": _reboot_required,
    "updates stale": _updates_stale,
}
