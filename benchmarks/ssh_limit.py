"""The least that asking hosts takes in Python: one login to the jump host, one exec per host.

``python -m benchmarks.ssh_limit SSH_CONFIG SCRIPTS OUTPUTS`` asks every host that has a file in
the folder SCRIPTS, all at once, with that file, and writes what each prints into the folder
OUTPUTS. It holds each host to its key, and raises when one does not answer; it has no other
deadline, cap or message, and judges nothing. Nothing is closed before all have answered: paramiko
may send data on a channel that it closes, upon which OpenSSH ends the whole connection.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko

SSH = 22
SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What every login needs."""

    config: Any
    known: Any
    key: Any

    def login(self, name: str, through: Any = None) -> Any:
        """Log in to a host, by a channel of the transport ``through`` if there is one."""
        address = self.config.lookup(name)["hostname"]
        way = (address, SSH)
        if through is not None:
            way = through.open_channel("direct-tcpip", way, ("127.0.0.1", 0), timeout=SECONDS)
        transport = paramiko.Transport(way)
        transport.start_client(timeout=SECONDS)
        if not self.known.check(address, transport.get_remote_server_key()):
            raise RuntimeError(f"{name} has not the key that is known")
        transport.auth_publickey("root", self.key)
        return transport

    def ask(self, script: Path, jump: Any, outputs: Path) -> Any:
        """Run a host's script there, keep what it printed, and return the open transport."""
        transport = self.login(script.name, jump)
        session = transport.open_session()
        session.exec_command("sh -s")
        session.sendall(script.read_bytes())
        session.shutdown_write()
        said = b"".join(iter(lambda: session.recv(65536), b""))
        if session.recv_exit_status():
            raise RuntimeError(f"{script.name}: the script failed")
        (outputs / script.name).write_bytes(said)
        return transport


def main() -> None:
    """Ask all hosts at once."""
    config_file, scripts, outputs = sys.argv[1:]
    config = paramiko.SSHConfig.from_path(config_file)
    asked = sorted(Path(scripts).iterdir())
    first = config.lookup(asked[0].name)
    client = Client(
        config=config,
        known=paramiko.HostKeys(first["userknownhostsfile"]),
        key=paramiko.Ed25519Key.from_private_key_file(first["identityfile"][0]),
    )
    jump = client.login(first["proxyjump"])
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = [pool.submit(client.ask, script, jump, Path(outputs)) for script in asked]
        _still_open = [answer.result() for answer in answers]
    jump.close()


if __name__ == "__main__":
    main()
