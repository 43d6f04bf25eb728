"""What a login may not see on a host, in the words of a finding, and what allows it."""

from __future__ import annotations

from types import MappingProxyType

from pytest_orr.errors import FactUnavailable

SUDO_COMMANDS = MappingProxyType(
    {
        "accounts": "find",
        "deployment": "head, docker, podman",
        "leftovers": "find",
        "renewals": "find, grep",
        "schedule": "tail, grep",
        "secrets": "find, stat, head",
        "sshd": "sshd -T, grep",
    }
)
"""The commands that a section runs by sudo, where the profile allows it."""


def allowing(section: str) -> str:
    """Return what lets the script read a section in full."""
    commands = SUDO_COMMANDS.get(section)
    if commands is None:
        return "let the login read it"
    return (
        f"write sudo = true under [ssh] in readiness.toml, and let sudoers give the login "
        f"{commands} as root with NOPASSWD, each with its arguments: with any, it may do anything"
    )


def not_permitted(section: str, *things: str) -> FactUnavailable:
    """Return that something of a section could not be read by this login."""
    return FactUnavailable(f"not readable for this login: {', '.join(things)}", allowing(section))
