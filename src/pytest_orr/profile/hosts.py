"""The part of readiness.toml that is about hosts: how they are reached, and what is theirs.

Nothing of it is ever put into a command line: names and paths have the narrow forms of ``fields``,
and the script that hosts are asked with quotes them besides.
"""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import (
    CONFIG,
    Count,
    Days,
    Fingerprint,
    Flag,
    HostGlob,
    HostName,
    HostPath,
    InstanceId,
    Port,
    Setting,
    Text,
    Unit,
    User,
)

Percent = Annotated[int, Strict(), Field(ge=1, le=100)]
LEFTOVERS = (
    "~/.ansible/tmp/*",
    "~/.aws/credentials",
    "~/.config/gcloud/*credentials*",
    "~/.docker/config.json",
    "~/.env",
    "~/.git-credentials",
    "~/.netrc",
    "~/.ssh/id_*",
    "~/.vault_pass*",
    "~/*.pem",
    "/tmp/*.pem",
    "/tmp/*vault*pass*",
    "/tmp/.env",
    "/tmp/ansible*",
    "/var/tmp/*.pem",
    "/var/tmp/*vault*pass*",
)


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Ssh:
    """How hosts are reached. No other file, prompt or key of the person's own is used."""

    config: Setting | None = None
    """An ssh_config file, beside this file unless its path begins with /; where a host's address,
    port, user, keys and jump hosts stand. Without it a host's name is its address."""
    known_hosts: Setting | None = None
    """File with the host keys of every hop; never added to. Without it ssh_config's
    UserKnownHostsFile."""
    agent: Flag = True
    """Whether keys of the running ssh-agent may be used; it is never forwarded."""
    sudo: Flag = False
    """Whether the script may read what only root sees, by `sudo -n`, which never asks."""
    connect_seconds: Annotated[int, Strict(), Field(ge=1, le=60)] = 10
    """Until a connection and its login must stand, for every hop."""
    command_seconds: Annotated[int, Strict(), Field(ge=1, le=600)] = 60
    """Until the script must have ended."""
    host_seconds: Annotated[int, Strict(), Field(ge=1, le=900)] = 90
    """Until everything about one host must be had."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class MachineSpec:
    """The least a host must have, from the request projection."""

    cpus: Count = 1
    """Processors."""
    memory_mib: Count = 1
    """Memory in MiB."""
    disk_gib: Count = 1
    """Size of the root file system in GiB."""

    def shortfalls(self, *, cpus: int, memory_mib: int, disk_gib: int) -> tuple[str, ...]:
        """Return in words whatever a machine has less of."""
        pairs = (
            ("CPUs", cpus, self.cpus),
            ("MiB of memory", memory_mib, self.memory_mib),
            ("GiB of disk", disk_gib, self.disk_gib),
        )
        return tuple(f"{has} {what} of {least}" for what, has, least in pairs if has < least)


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class HostGroup:
    """Hosts that are alike."""

    names: Annotated[tuple[HostName, ...], Field(min_length=1)]
    """Their names, as ssh_config and monitoring know them."""
    role: Literal["backend", "jump"] = "backend"
    """What they are for: to serve, or to be the way in."""
    environment: Text | None = None
    """Another environment than the service's, such as testing: such hosts are compared with, and
    not judged."""
    jump: tuple[HostName, ...] = ()
    """Hosts with the role jump through which they are reached, in order. Without it ssh_config's
    ProxyJump."""
    outputs: dict[HostName, Text] = Field(default_factory=dict)
    """For hosts that are not reached from here: the file, beside this one, with what the script
    of `orr plan --script HOST` printed there."""
    instances: dict[HostName, InstanceId] = Field(default_factory=dict)
    """For hosts whose EC2 instance does not go by their name: the id of the instance. Without it a
    host is the instance whose id, tag Name, address or DNS name is the host's name."""
    ports: tuple[Port, ...] = ()
    """TCP ports that may listen on other addresses than loopback."""
    service_ports: tuple[Port, ...] = ()
    """Those of them that only the balancer and [network] trusted may reach."""
    units: tuple[Unit, ...] = ()
    """systemd units of the service."""
    service_directories: tuple[HostPath, ...] = ()
    """Directories of the service, in which no key file may lie."""
    config_files: tuple[HostPath, ...] = ()
    """Files of NAME=value lines; secret-like names must hold references, not values."""
    revision_file: HostPath | None = None
    """File that holds the commit that is deployed."""
    minimum: MachineSpec | None = None
    """The least each must have."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class HostLimits:
    """What hosts may look like."""

    minimum_support_days: Days = 180
    """How long the distribution's release must still be supported."""
    oldest_index_days: Days = 7
    """A package index that is older proves nothing about updates."""
    oldest_output_days: Days = 7
    """When the script must have been run of which a file in `outputs` holds what it printed."""
    oldest_update_run_days: Days = 7
    """When the scheduled security update must last have succeeded."""
    most_restarts: Count = 5
    """How often systemd may have restarted a unit of the service."""
    oldest_restart_days: Days = 90
    """When a unit of the service must last have been started."""
    fullest_disk: Percent = 70
    """Percent of the root file system that may be used."""
    least_memory_free: Percent = 25
    """Percent of the memory that must be available."""
    node_exporter_port: Port = 9100
    """Where node_exporter listens."""
    leftovers: tuple[HostGlob, ...] = LEFTOVERS
    """What a deployment must not leave behind; ~ stands for the home of every user."""
    shared_users: tuple[User, ...] = ("root",)
    """Login users that this and other environments may have in common."""
    shared_keys: tuple[Fingerprint, ...] = ()
    """Keys that may be authorised in both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One declared host."""

    name: str
    group: HostGroup
    environment: str
    """The service's own unless its group names another."""


def machines_of(groups: tuple[HostGroup, ...], environment: str) -> tuple[Machine, ...]:
    """Return every declared host, in the profile's order; ``environment`` is the service's."""
    return tuple(
        Machine(name=name, group=group, environment=group.environment or environment)
        for group in groups
        for name in group.names
    )
