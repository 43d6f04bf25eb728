"""The hosts of the embedded world: a jump host on loopback and, behind it, the backends.

Run by ``world.py`` as ``python -m examples.explorer.hosts STATE FOLDER``. Each answers the
product's script with what a real host printed; ``hosts/README.md`` says which and when.
"""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from examples.explorer.child import stay
from examples.explorer.replay import read_record
from examples.explorer.sshd import USER, Host, Server

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORDS = Path(__file__).parent / "hosts"
SSH = 22
JUMP = "explorer-jump"
ADDRESSES = {
    "explorer-backend-1": "127.77.0.11",
    "explorer-backend-2": "127.77.0.12",
    "explorer-backend-3": "127.77.0.13",
    "explorer-testing-1": "127.77.0.21",
}
"""As the jump host knows them. Nothing listens there on this machine, so that only it gets through;
the third is declared in the faulty state alone, and gone."""
RECORDED = {
    "repaired": {
        JUMP: "jump",
        "explorer-backend-1": "backend-1",
        "explorer-backend-2": "backend-2",
        "explorer-testing-1": "testing-1",
    },
    "faulty": {
        JUMP: "jump-faulty",
        "explorer-backend-1": "backend-1-faulty",
        "explorer-backend-2": "backend-2-faulty",
        "explorer-testing-1": "testing-1-faulty",
    },
}
"""File of ``hosts/`` with which each host answers."""
OPEN_PORTS: dict[str, tuple[int, ...]] = {"repaired": (), "faulty": (5432,)}
"""What answers the jump host on a backend besides SSH: what the security groups let it reach."""
CONFIG = """\
Host {jump}
    HostName 127.0.0.1
    Port {port}

{backends}
Host *
    User {user}
    IdentityFile {key}
    IdentitiesOnly yes
    UserKnownHostsFile {known_hosts}
"""
BACKEND = """\
Host {name}
    HostName {address}
    ProxyJump {jump}
"""


def main(state: str, folder: Path) -> None:
    """Serve the hosts of a state until the parent ends."""
    key = folder / "auditor-key"
    key.touch(mode=0o600)
    key.write_text(_new_key(), encoding="ascii")
    hosts = hosts_of(state, paramiko.Ed25519Key.from_private_key_file(str(key)))
    server = Server(hosts[JUMP])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = int(server.server_address[1])
    known_hosts = folder / "known_hosts"
    known_hosts.write_text(_known_hosts(hosts, port), encoding="ascii")
    config = folder / "ssh-config"
    config.write_text(_config(port, key, known_hosts), encoding="utf-8")
    stay(folder, config=str(config), known_hosts=str(known_hosts))


def hosts_of(state: str, login_key: paramiko.PKey) -> dict[str, Host]:
    """Return the hosts that answer in a state, each with a new host key."""
    hosts: dict[str, Host] = {}
    behind: dict[tuple[str, int], Host | None] = {}
    # the jump host comes last, as it must know what it leads to
    for name in sorted(RECORDED[state], key=JUMP.__eq__):
        hosts[name] = Host(
            host_key=paramiko.Ed25519Key.from_private_key(io.StringIO(_new_key())),
            login_key=login_key,
            answer=read_record(RECORDS / f"{RECORDED[state][name]}.jsonl").answer,
            behind=behind if name == JUMP else {},
        )
        if name != JUMP:
            behind |= {(ADDRESSES[name], port): None for port in OPEN_PORTS[state]}
            behind[ADDRESSES[name], SSH] = hosts[name]
    return hosts


def _new_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode("ascii")


def _config(port: int, key: Path, known_hosts: Path) -> str:
    backends = (
        BACKEND.format(name=name, address=address, jump=JUMP) for name, address in ADDRESSES.items()
    )
    return CONFIG.format(
        jump=JUMP,
        port=port,
        backends="\n".join(backends),
        user=USER,
        key=key,
        known_hosts=known_hosts,
    )


def _known_hosts(hosts: Mapping[str, Host], port: int) -> str:
    places = {**ADDRESSES, JUMP: f"[127.0.0.1]:{port}"}
    keys = {name: host.host_key for name, host in hosts.items()}
    return "".join(
        f"{places[name]} {key.get_name()} {key.get_base64()}\n" for name, key in keys.items()
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
