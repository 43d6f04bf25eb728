"""Private keys for logins: files, certificates and the ssh-agent; nobody is asked for anything."""

from __future__ import annotations

import copy
import socket
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from paramiko import PKey
from paramiko.agent import AgentKey, AgentSSH
from paramiko.message import Message
from paramiko.pkey import PublicBlob

from pytest_orr.errors import FactUnavailable

from .ssh_failures import WIRE_ERRORS
from .ssh_known_hosts import HostKey

if TYPE_CHECKING:
    from pathlib import Path

    from .ssh_route import Hop

MOST_OFFERED = 6
"""As many attempts as sshd allows (MaxAuthTries)."""
LARGEST = 256 * 1024
PUBLIC = ("ssh-", "ecdsa-", "sk-")
CERTIFICATE = "-cert-v01@openssh.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is offered to a server, in order, and what could not be."""

    keys: tuple[PKey, ...]
    skipped: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(_fingerprint(key) for key in self.keys)
        return "; ".join((shown, *self.skipped))


class Agent(AgentSSH):
    """A running ssh-agent, which signs for one thread at a time."""

    def __init__(self, wire: socket.socket) -> None:
        super().__init__()
        self._turn = Lock()
        self._wire = wire
        self._connect(wire)  # type: ignore[attr-defined] # the stubs know no inner parts
        for key in self.get_keys():
            if key.name.endswith(CERTIFICATE):
                key.public_blob = PublicBlob(key.name, key.blob)  # type: ignore[assignment] # as above

    def close(self) -> None:
        """Let go of the agent."""
        self._wire.close()

    def _send_message(self, message: bytes) -> tuple[int, Message]:
        with self._turn:
            answer: tuple[int, Message] = super()._send_message(message)  # type: ignore[misc] # as above
            return answer


class Keys:
    """The keys of the run: each file is read once, and each agent asked once what it holds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._agents: dict[str, Agent | None] = {}
        self._offers: dict[tuple[tuple[Path, ...], tuple[Path, ...], str], Offer] = {}

    def of(self, hop: Hop) -> Offer:
        """Return what to offer to a hop; raises ``FactUnavailable`` if there is nothing."""
        with self._lock:
            wanted = (hop.identities, hop.certificates, hop.agent)
            if wanted not in self._offers:
                self._offers[wanted] = self._offer(hop)
            offer = self._offers[wanted]
        if offer.keys:
            return offer
        raise FactUnavailable(
            f"there is no key to log in to {hop} with: "
            + ("; ".join(offer.skipped) or "no IdentityFile, and no key in an ssh-agent"),
            "name a key file without a passphrase with IdentityFile in ssh_config, or add the key"
            " to a running ssh-agent",
        )

    def close(self) -> None:
        """Let go of the agents."""
        with self._lock:
            for agent in self._agents.values():
                if agent is not None:
                    agent.close()

    def _offer(self, hop: Hop) -> Offer:
        if not hop.identities:
            keys: list[PKey] = list(self._held_by(hop.agent))
            return Offer(keys=tuple(keys[:MOST_OFFERED]), skipped=())
        found = [self._found(path, hop) for path in hop.identities]
        keys = [
            one
            for path, (key, _) in zip(hop.identities, found, strict=True)
            if key is not None
            for one in _with_certificates(key, path, hop.certificates)
        ]
        skipped = tuple(why for _, why in found if why)
        return Offer(keys=tuple(keys[:MOST_OFFERED]), skipped=skipped)

    def _found(self, path: Path, hop: Hop) -> tuple[PKey | None, str]:
        """Return the key of a file, from the agent if need be, or why there is none."""
        try:
            content = _read(path)
        except OSError as error:
            return None, f"{path} cannot be read: {error.strerror}"
        if content.startswith(PUBLIC):
            return self._held_as(
                content,
                path,
                hop,
                "is a public key, and the ssh-agent does not hold its other half",
            )
        try:
            return PKey.from_path(path), ""
        except TypeError:  # cryptography's word for a passphrase that is needed
            public = _read_or_nothing(path.with_name(f"{path.name}.pub"))
            return self._held_as(public, path, hop, "has a passphrase, and nobody is asked for it")
        except WIRE_ERRORS as error:
            return None, f"{path} is no private key: {type(error).__name__}"

    def _held_as(self, public: str, path: Path, hop: Hop, why: str) -> tuple[PKey | None, str]:
        wanted = _blob_in(public)
        held = [key for key in self._held_by(hop.agent) if wanted and key.blob == wanted]
        return (held[0], "") if held else (None, f"{path} {why}")

    def _held_by(self, path: str) -> tuple[AgentKey, ...]:
        if path and path not in self._agents:
            self._agents[path] = _agent_at(path, self._seconds)
        agent = self._agents.get(path)
        return agent.get_keys() if agent else ()


def _agent_at(path: str, seconds: float) -> Agent | None:
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    wire.settimeout(seconds)
    try:
        wire.connect(path)
        return Agent(wire)
    except WIRE_ERRORS:
        wire.close()
        return None


def _read(path: Path) -> str:
    with path.open("rb") as opened:
        return opened.read(LARGEST).decode("ascii", "replace")


def _read_or_nothing(path: Path) -> str:
    try:
        return _read(path)
    except OSError:
        return ""


def _blob_in(public: str) -> bytes:
    """Return the key in the text of a .pub file; empty when there is none."""
    try:
        return PublicBlob.from_string(public).key_blob
    except WIRE_ERRORS:
        return b""


def _with_certificates(key: PKey, path: Path, named: tuple[Path, ...]) -> list[PKey]:
    """Return a key as each certificate of its own shows it, and plain, as OpenSSH offers them."""
    key.public_blob = None
    beside = path.with_name(f"{path.name.removesuffix('.pub')}-cert.pub")
    certified = []
    for file in dict.fromkeys((*named, beside)):
        certificate = _certificate(_read_or_nothing(file))
        if certificate and _is_of(certificate.key_blob, key):
            shown = copy.copy(key)
            shown.public_blob = certificate
            certified.append(shown)
    return [*certified, key]


def _certificate(text: str) -> PublicBlob | None:
    try:
        found = PublicBlob.from_string(text)
    except WIRE_ERRORS:
        return None
    return found if found.key_type.endswith(CERTIFICATE) else None


def _is_of(certificate: bytes, key: PKey) -> bool:
    """Tell whether a certificate is of a key: its numbers stand behind type and nonce."""
    read, plain = Message(certificate), Message(key.asbytes())
    kind, _nonce = read.get_text(), read.get_binary()
    return kind == f"{plain.get_text()}{CERTIFICATE}" and read.get_remainder().startswith(
        plain.get_remainder()
    )


def _fingerprint(key: PKey) -> str:
    if key.public_blob is not None:
        return f"the certificate of {HostKey(kind=key.get_name(), blob=key.asbytes()).fingerprint}"
    return HostKey(kind=key.get_name(), blob=key.asbytes()).fingerprint
