"""Writes the profile that declares the hosts of a world, as their team would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .furnishing import COMMIT

if TYPE_CHECKING:
    from pathlib import Path

    from .world import World

PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [
    {{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }},
    {{ email = "bo@example.org", name = "Bo", roles = ["security"] }},
    {{ email = "eve@example.org", name = "Eve", roles = ["approver"] }},
]

[release]
commit = "{commit}"

[ssh]
config = "{ssh_config}"
known_hosts = "{known_hosts}"
agent = false
sudo = {sudo}
command_seconds = {command_seconds}

[[hosts]]
names = ["explorer-jump"]
role = "jump"
ports = [22, 9100]

[[hosts]]
names = [{backends}]
ports = [22, 8080, 9100]
service_ports = [8080]
units = ["explorer.service"]
service_directories = ["/srv/explorer"]
config_files = ["/srv/explorer/config.env"]
revision_file = "/srv/explorer/REVISION"
"""


def declare(
    world: World,
    path: Path,
    *,
    sudo: bool = True,
    command_seconds: int = 60,
    ssh_config: Path | None = None,
) -> Path:
    """Write a profile and return its path."""
    backends = ", ".join(f'"{name}"' for name in world.networks.inside)
    text = PROFILE.format(
        commit=COMMIT,
        ssh_config=ssh_config or world.ssh_config,
        known_hosts=world.known_hosts,
        sudo=str(sudo).lower(),
        command_seconds=command_seconds,
        backends=backends,
    )
    path.write_text(text, encoding="utf-8")
    return path
