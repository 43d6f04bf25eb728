"""Lets a host obtain a certificate for real: pebble beside it as the authority, certbot on it."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .machines import Booted
    from .world import World

NAME = "explorer.example"
DAYS = 90
AUTHORITY = "/etc/ssl/pebble.pem"
LONGEST_START = 20
PEBBLE = {
    "listenAddress": "127.0.0.1:14000",
    "managementListenAddress": "127.0.0.1:15001",
    "httpPort": 15002,
    "tlsPort": 15003,
    "ocspResponderURL": "",
    "externalAccountBindingRequired": False,
    "certificateValidityPeriod": DAYS * 86400,
}
SELF_SIGNED = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
    "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
)
STRAIGHT = ("PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
"""pebble else waits before it looks, and refuses a twentieth of what is right, to train clients."""
NAMES = (
    "pebble-challtestsrv -dns01 127.0.0.1:18053 -management 127.0.0.1:18055 "
    "-http01= -https01= -tlsalpn01= -defaultIPv6= -defaultIPv4 127.0.0.1"
)
ISSUE = (
    "certbot certonly --standalone --http-01-port 15002 --server https://localhost:14000/dir "
    f"--non-interactive --agree-tos --register-unsafely-without-email --domain {NAME}"
)


@contextmanager
def authority(made: World, host: Booted) -> Iterator[None]:
    """Run pebble and its name server in the network of a host."""
    folder = made.folder / "pebble"
    folder.mkdir()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    files = ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run([*SELF_SIGNED.split(), *files], check=True, capture_output=True)
    host.run("sh", "-c", f"cat >{AUTHORITY}", given=certificate.read_text(encoding="ascii"))
    about = {**PEBBLE, "certificate": str(certificate), "privateKey": str(key)}
    (folder / "pebble.json").write_text(json.dumps({"pebble": about}), encoding="ascii")
    serve = f"pebble -config {folder}/pebble.json -dnsserver 127.0.0.1:18053"
    running: list[subprocess.Popen[bytes]] = []
    try:
        with (folder / "log").open("wb") as log:
            for command in (NAMES, serve):
                inside = made.networks.command(host.name, "env", *STRAIGHT)
                bound = ["setpriv", "--pdeathsig", "KILL", *inside, *command.split()]
                running.append(subprocess.Popen(bound, stdout=log, stderr=log))
        _until_it_listens(host)
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def issue(host: Booted) -> None:
    """Let certbot on the host obtain its certificate, as an administrator would."""
    host.run("env", f"REQUESTS_CA_BUNDLE={AUTHORITY}", *ISSUE.split())


def _until_it_listens(host: Booted) -> None:
    deadline = time.monotonic() + LONGEST_START
    while "127.0.0.1:14000" not in host.run("ss", "-H", "-ltn"):
        if time.monotonic() > deadline:
            raise RuntimeError("pebble did not start")
        time.sleep(0.05)


def renew_by_timer(host: Booted) -> None:
    """Switch the package's own timer on, and let its job run once."""
    host.run("systemctl", "enable", "--now", "certbot.timer")
    host.run("systemctl", "start", "certbot.service")
