"""Real places to ask: servers on loopback that record what was sent, and certificates for them."""

from __future__ import annotations

import datetime as dt
import socketserver
import ssl
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

TLS_HANDSHAKE = b"\x16"


@dataclass
class Place:
    """A port with somebody behind it."""

    port: int = 0
    requests: list[str] = field(default_factory=list)
    """What was sent, head only."""
    names: list[str | None] = field(default_factory=list)
    """Server names that TLS clients asked for (SNI)."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(answer: Any, context: ssl.SSLContext | None) -> Iterator[Place]:
    place = Place()
    if context is not None:
        context.sni_callback = lambda _socket, name, _context: place.names.append(name)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                wire = self.request
                if context is not None:
                    wire = context.wrap_socket(wire, server_side=True)
                with wire:
                    _converse(wire, place, answer)
            except OSError:
                return  # the client gave up, which is what some tests are about

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        place.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield place
        server.shutdown()


def _converse(wire: socket.socket, place: Place, answer: Any) -> None:
    head = b""
    while b"\r\n\r\n" not in head and not head.startswith(TLS_HANDSHAKE):
        more = wire.recv(4096)
        if not more:
            return
        head += more
    place.requests.append(head.decode("latin-1"))
    if callable(answer):
        answer(wire)
    else:
        wire.sendall(answer)


@pytest.fixture
def place() -> Iterator[Callable[..., Place]]:
    """Open a port that gives every request the same answer: bytes, or a call with the socket."""
    with ExitStack() as stack:

        def open_place(answer: Any, context: ssl.SSLContext | None = None) -> Place:
            return stack.enter_context(serving(answer, context))

        yield open_place


@pytest.fixture
def page() -> Callable[..., bytes]:
    """Build the bytes of an answer."""

    def build(text: str = "hello", status: str = "200 OK", *headers: str) -> bytes:
        body = text.encode()
        lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close")
        return "\r\n".join([*lines, *headers, "", ""]).encode() + body

    return build


class Authority:
    """Issues certificates; its own is in ``file``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.file = folder / "ca.pem"
        ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
        own = self._builder(self.name, self.key, ends).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        signed = own.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, *, ends: dt.datetime | None = None) -> ssl.SSLContext:
        """Return a server's context with a certificate for ``host``."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = ends or dt.datetime.now(dt.UTC) + dt.timedelta(days=20)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        builder = self._builder(subject, key, until).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
        )
        signed = builder.sign(self.key, hashes.SHA256())
        chain = self.folder / f"{host}.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, ends: dt.datetime
    ) -> x509.CertificateBuilder:
        own_key = self.key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - dt.timedelta(days=60))
            .not_valid_after(ends)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(own_key), critical=False
            )
        )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Make a certificate authority of its own."""
    return Authority(tmp_path)
