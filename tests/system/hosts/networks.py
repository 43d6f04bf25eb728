"""Makes the networks of hosts: outside, inside, and a jump host between that forwards nothing.

    client ── 10.66.0.0/24 ── jump ── 10.77.0.0/24 ── every backend

The client has a route to the inner network by way of the jump host, so whether it gets through is
the jump host's decision alone. Names carry this process's id, so that what a killed run left can be
told from what another one uses.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, JUMP_OUTSIDE, JUMP_INSIDE = "10.66.0.10", "10.66.0.1", "10.77.0.1"
INSIDE, OUTSIDE = "10.77.0.0/24", "10.66.0.0/24"
PREFIX = "orrt"
Passage = Literal["not forwarded", "forwarded", "rejected"]
REJECTING = """\
table inet passage {
    chain forward {
        type filter hook forward priority 0; policy accept;
        ct state new tcp dport 1-65535 ip saddr 10.66.0.0/24 reject with tcp reset
    }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """Network namespaces by what stands in them; ``inside`` gives each host's address."""

    token: str
    inside: dict[str, str]

    def namespace(self, who: str) -> str:
        """Return the name of the namespace of ``client``, ``jump`` or a host inside."""
        return f"{PREFIX}-{self.token}-{who}"

    def command(self, who: str, *command: str) -> list[str]:
        """Return a command that runs another one in a namespace."""
        return ["ip", "netns", "exec", self.namespace(who), *command]

    def let_pass(self, passage: Passage) -> None:
        """Decide what the jump host does with packets from outside that are meant for inside."""
        _run(self.command("jump", "nft", "flush", "ruleset"))
        if passage == "rejected":
            _run(self.command("jump", "nft", "-f", "-"), REJECTING)
        forwards = int(passage != "not forwarded")
        setting = "/proc/sys/net/ipv4/ip_forward"
        _run(self.command("jump", "sh", "-c", f"echo {forwards} >{setting}"))

    def unplug(self, host: str) -> None:
        """Pull the plug of a host inside: from now on it is silent."""
        _ip("-n", self.namespace(host), "link", "set", "in", "down")


@contextmanager
def networks(names: tuple[str, ...]) -> Iterator[Networks]:
    """Make the namespaces of a client, a jump host and the named hosts inside; remove them."""
    inside = {name: f"10.77.0.{number}" for number, name in enumerate(names, start=11)}
    made = Networks(token=f"{os.getpid()}-{secrets.token_hex(2)}", inside=inside)
    try:
        for who in ("client", "jump", *names):
            _ip("netns", "add", made.namespace(who))
            _ip("-n", made.namespace(who), "link", "set", "lo", "up")
        _connect(made)
        made.let_pass("not forwarded")
        yield made
    finally:
        for who in ("client", "jump", *names):
            remove(made.namespace(who))


def remove(namespace: str) -> None:
    """Remove a namespace; one that is not there costs nothing."""
    with suppress(RuntimeError):
        _ip("netns", "del", namespace)


def _connect(made: Networks) -> None:
    client, jump = made.namespace("client"), made.namespace("jump")
    _ip("-n", client, "link", "add", "out", "type", "veth", "peer", "name", "out", "netns", jump)
    _address(client, "out", f"{CLIENT}/24")
    _address(jump, "out", f"{JUMP_OUTSIDE}/24")
    _ip("-n", client, "route", "add", INSIDE, "via", JUMP_OUTSIDE)
    _ip("-n", jump, "link", "add", "in", "type", "bridge")
    _address(jump, "in", f"{JUMP_INSIDE}/24")
    for number, (name, address) in enumerate(made.inside.items()):
        host, end = made.namespace(name), f"in{number}"
        _ip("-n", jump, "link", "add", end, "type", "veth", "peer", "name", "in", "netns", host)
        _ip("-n", jump, "link", "set", end, "master", "in", "up")
        _address(host, "in", f"{address}/24")
        _ip("-n", host, "route", "add", OUTSIDE, "via", JUMP_INSIDE)


def _address(namespace: str, device: str, address: str) -> None:
    _ip("-n", namespace, "address", "add", address, "dev", device)
    _ip("-n", namespace, "link", "set", device, "up")


def _ip(*words: str) -> None:
    _run(["ip", *words])


def _run(command: list[str], given: str | None = None) -> None:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
