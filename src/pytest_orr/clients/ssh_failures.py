"""Names what went wrong with an SSH connection: cause and remedy, for ``ssh_line``."""

from __future__ import annotations

import socket
import struct
from errno import EHOSTUNREACH, ENETUNREACH
from typing import TYPE_CHECKING

from paramiko.common import (
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_FAILED_RESOURCE_SHORTAGE,
)
from paramiko.ssh_exception import (
    BadAuthenticationType,
    ChannelException,
    IncompatiblePeer,
    PartialAuthentication,
    SSHException,
)

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.mistakes import escape

if TYPE_CHECKING:
    from .ssh_route import Hop

WIRE_ERRORS = (
    SSHException,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    struct.error,
)
"""What paramiko raises, or hands on from its thread, when the other side sends nonsense."""

LONGEST_QUOTE = 200
OUTDATED = frozenset({"ssh-rsa", "ssh-dss"})
NO_GREETING = ("SSH protocol banner", "SSH banner", "protocol version")
CHECK_PLACE = "correct HostName and Port of it in ssh_config, or start sshd there"
CHECK_LOG = "look into the log of sshd there, and run again"


def short(text: str, longest: int = LONGEST_QUOTE) -> str:
    """Return the end of a foreign text on one line, with every hidden character visible."""
    shown = escape(text)
    return shown if len(shown) <= longest else f"…{shown[-longest:]}"


def not_reached(hop: Hop, error: OSError) -> FactUnavailable:
    """Return why a connection from this machine did not come about."""
    if isinstance(error, socket.gaierror):
        return FactUnavailable(
            f"{hop.address}, the address of {hop.name}, does not resolve",
            "correct its HostName in ssh_config, or its DNS record",
        )
    if isinstance(error, ConnectionRefusedError):
        return FactUnavailable(f"{hop} refused the connection", CHECK_PLACE)
    if error.errno in {EHOSTUNREACH, ENETUNREACH}:
        return FactUnavailable(
            f"{hop} cannot be reached from here: {error.strerror}",
            "check the network, routes and firewall of the machine that runs the review",
        )
    return FactUnavailable(
        f"{hop} cannot be connected to: {error.strerror or type(error).__name__}", CHECK_PLACE
    )


def not_forwarded(jump: Hop, place: str, refusal: ChannelException) -> FactUnavailable:
    """Return why a jump host did not connect to a place behind it."""
    said = f": {short(refusal.text)}" if refusal.text else ""
    if refusal.code == OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED:
        return FactUnavailable(
            f"{jump} does not forward to {place}: administratively prohibited",
            f"allow it there for {jump.user} by AllowTcpForwarding, and PermitOpen if it is set,"
            " in sshd_config",
        )
    if refusal.code == OPEN_FAILED_RESOURCE_SHORTAGE:
        return FactUnavailable(
            f"{jump} has no resources to forward to {place}, asked twice{said}",
            "find out what it lacks, or run again",
        )
    if refusal.code == OPEN_FAILED_CONNECT_FAILED:
        return FactUnavailable(
            f"{jump} could not connect to {place}{said}",
            f"check that it listens there, its HostName and Port in ssh_config, and that firewalls"
            f" let {jump.name} through",
        )
    return FactUnavailable(
        f"{jump} refused to forward to {place} with code {refusal.code}{said}", CHECK_LOG
    )


def flooded(hop: Hop, what: str) -> FactUnavailable:
    """Return that a server sent too much to be an SSH server."""
    return FactUnavailable(f"{hop} sent {what}", CHECK_PLACE)


def hung_up(hop: Hop) -> FactUnavailable:
    """Return that a server went away before keys were agreed on."""
    return FactUnavailable(
        f"{hop} closed the connection during the SSH handshake",
        f"{CHECK_LOG}; MaxStartups turns away who comes when too many log in at once",
    )


def no_handshake(hop: Hop, error: Exception | None, shown: tuple[str, ...]) -> FactUnavailable:
    """Return why keys were not agreed on; ``shown`` are the host key algorithms of the server."""
    told = str(error)
    if isinstance(error, IncompatiblePeer):
        return _incompatible(hop, short(told), shown)
    if any(words in told for words in NO_GREETING):
        return FactUnavailable(f"{hop} did not greet as an SSH server does", CHECK_PLACE)
    return FactUnavailable(
        f"{hop} does not complete the SSH handshake: {type(error).__name__}: {short(told)}",
        CHECK_PLACE,
    )


def _incompatible(hop: Hop, told: str, shown: tuple[str, ...]) -> FactUnavailable:
    if shown and OUTDATED.issuperset(shown):
        return FactUnavailable(
            f"{hop} has only host keys of outdated kinds, signed with SHA-1: {', '.join(shown)}",
            "update its OpenSSH, or give it an Ed25519 host key",
        )
    return FactUnavailable(
        f"{hop} shares no algorithm with this client: {told}",
        "update its OpenSSH, or correct the algorithms in its sshd_config",
    )


def no_login(hop: Hop, error: Exception | None, offered: str) -> FactUnavailable:
    """Return why a login was refused; ``offered`` are the keys in words."""
    if isinstance(error, PartialAuthentication):
        return FactUnavailable(
            f"{hop} wants more of {hop.user} than a key: {short(', '.join(error.allowed_types))}",
            f"allow {hop.user} to log in with a key alone",
        )
    if isinstance(error, BadAuthenticationType):
        return FactUnavailable(
            f"{hop} lets nobody log in as {hop.user} with a key, only by"
            f" {short(', '.join(error.allowed_types))}",
            "allow PubkeyAuthentication in its sshd_config",
        )
    return FactUnavailable(
        f"{hop} refused the login of {hop.user} with {offered}",
        f"add the key to authorized_keys of {hop.user} there, or correct User and IdentityFile in"
        " ssh_config",
    )


def cut_off(hop: Hop, doing: str, error: Exception | None = None) -> FactUnavailable:
    """Return that a connection ended in the middle of something."""
    if any(words in str(error) for words in ("used for signing", "ssh-agent")):
        return FactUnavailable(
            f"the ssh-agent did not sign the login of {hop.user} to {hop}",
            "unlock it, or confirm the use of its key",
        )
    return FactUnavailable(f"{hop} broke off the connection {doing}", CHECK_LOG)
