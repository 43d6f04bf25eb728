"""The clients against servers that services run: dnsmasq for names, nginx for certificates."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from pytest_orr.clients.dns import DnsAccess, Resolution
from pytest_orr.clients.http import Route
from pytest_orr.clients.tls import Handshake, Target, TlsAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DNSMASQ, NGINX = shutil.which("dnsmasq"), shutil.which("nginx")
needs_dnsmasq = pytest.mark.skipif(
    not DNSMASQ, reason="needs dnsmasq (Debian package dnsmasq-base)"
)
needs_nginx = pytest.mark.skipif(not NGINX, reason="needs nginx (Debian package nginx)")
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
# offering an old version is deprecated; a run ignores warnings while facts are gathered

HOST = "explorer.example"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)
MANY = " ".join(f"part-{number:03}" for number in range(22))
ZONE = f"""\
no-resolv
no-hosts
no-daemon
bind-interfaces
listen-address=127.0.0.1
local=/example/
host-record=lb-1.elb.example,192.0.2.10,2001:db8::10
host-record=lb-1.elb.example,192.0.2.11
cname=explorer.example,edge.example
cname=edge.example,lb-1.elb.example
mx-host=explorer-mail.example,mail.example,10
txt-record=explorer-mail.example,"v=spf1 -all"
caa-record=explorer-mail.example,0,issue,ca.example
{"".join(f'txt-record=large.example,"{number} {MANY}"{chr(10)}' for number in range(30))}
"""
SITE = """\
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {chain};
    ssl_certificate_key {key};
    ssl_protocols {protocols};
    ssl_ciphers ALL:@SECLEVEL=0;
    return 200;
}}
"""
SERVER = """\
daemon off;
pid {folder}/pid;
error_log stderr;
events {{ }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{sites}
}}
"""


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server accepts; one that ended instead says why."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(process.stderr.read() if process.stderr else b"")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


@pytest.fixture(scope="module")
def running() -> Iterator[Callable[..., None]]:
    """Start a server for the module: ``running(command, port)`` returns when it accepts."""
    with ExitStack() as stack:

        def start(command: list[str], port: int) -> None:
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            )
            stack.callback(process.terminate)
            wait_for(port, process)

        yield start


@pytest.fixture(scope="module")
def names(running: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> DnsAccess:
    """dnsmasq with a zone of its own, and who asks it."""
    port = a_free_port()
    config = tmp_path_factory.mktemp("dnsmasq") / "dnsmasq.conf"
    config.write_text(f"{ZONE}port={port}\n", encoding="ascii")
    running([str(DNSMASQ), "--keep-in-foreground", f"--conf-file={config}"], port)
    return DnsAccess(Network(resolver=f"127.0.0.1:{port}"), {})


@needs_dnsmasq
class TestDnsmasq:
    @pytest.mark.parametrize(
        ("name", "kind", "records"),
        [
            ("lb-1.elb.example", "A", ("192.0.2.10", "192.0.2.11")),
            ("lb-1.elb.example", "AAAA", ("2001:db8::10",)),
            ("explorer-mail.example", "MX", ("10 mail.example",)),
            ("explorer-mail.example", "TXT", ("v=spf1 -all",)),
            ("explorer-mail.example", "CAA", ('0 issue "ca.example"',)),
            ("explorer.example", "CNAME", ("edge.example",)),
            ("gone.example", "A", ()),
            ("lb-1.elb.example", "TXT", ()),
        ],
    )
    def test_answers_each_kind_of_record(
        self, names: DnsAccess, name: str, kind: Any, records: tuple[str, ...]
    ) -> None:
        assert names.lookup(name, kind) == records

    def test_leads_through_aliases(self, names: DnsAccess) -> None:
        assert names.resolution("explorer.example", "A") == Resolution(
            name="explorer.example",
            kind="A",
            aliases=("edge.example", "lb-1.elb.example"),
            records=("192.0.2.10", "192.0.2.11"),
            ttl=0,
            is_authoritative=True,
        )

    def test_tells_by_tcp_what_is_too_large_for_a_datagram(self, names: DnsAccess) -> None:
        assert len(names.lookup("large.example", "TXT")) == 30

    def test_refuses_what_it_does_not_know(self, names: DnsAccess) -> None:
        with pytest.raises(FactUnavailable) as caught:
            names.lookup("explorer.test", "A")
        assert "answered REFUSED about explorer.test A" in caught.value.cause


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Issuer:
    """An authority, or one below another."""

    def __init__(self, name: str, above: Issuer | None = None) -> None:
        self.name = name
        self.key = rsa.generate_private_key(65537, 2048)
        self.certificate = (above or self).issue(name, self.key, is_authority=True)

    def issue(
        self,
        name: str,
        key: Any,
        *,
        is_authority: bool = False,
        since: dt.datetime = NOW - DAY,
        until: dt.datetime = NOW + 59 * DAY,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if not is_authority:
            listed = x509.SubjectAlternativeName([x509.DNSName(name)])
            builder = builder.add_extension(listed, critical=False)
        return builder.sign(self.key, hashes.SHA256())


class Sites:
    """nginx with one site per kind of certificate, and the authority to trust."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = Issuer("The root")
        self.middle = Issuer("The middle", self.root)
        self.ports: dict[str, int] = {}
        self.texts: list[str] = []
        self.ca = self._written("ca.pem", self.root.certificate)

    def add(
        self,
        site: str,
        issuer: Issuer | None = None,
        *above: Issuer,
        host: str = HOST,
        protocols: str = "TLSv1.2 TLSv1.3",
        since: dt.datetime = NOW - DAY,
        until: dt.datetime = NOW + 59 * DAY,
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        own = Issuer.__new__(Issuer)
        own.name, own.key = host, key  # type: ignore[assignment]  # signs itself alone
        certificate = (issuer or own).issue(host, key, since=since, until=until)
        chain = self._written(f"{site}.pem", certificate, *(one.certificate for one in above))
        secret = self.folder / f"{site}.key"
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self.ports[site] = a_free_port()
        self.texts.append(
            SITE.format(port=self.ports[site], chain=chain, key=secret, protocols=protocols)
        )

    def start(self, running: Callable[..., None]) -> None:
        config = self.folder / "nginx.conf"
        config.write_text(SERVER.format(folder=self.folder, sites="".join(self.texts)), "ascii")
        running([str(NGINX), "-e", "stderr", "-c", str(config)], next(iter(self.ports.values())))

    def look(self, site: str) -> Handshake:
        route = Route(connect=f"127.0.0.1:{self.ports[site]}", ca=str(self.ca))
        target = Target(host=HOST, port=443, route=route)
        return TlsAccess(environment={}).handshake_with(target)

    def _written(self, name: str, *certificates: x509.Certificate) -> Path:
        pem = serialization.Encoding.PEM
        (self.folder / name).write_bytes(b"".join(one.public_bytes(pem) for one in certificates))
        return self.folder / name


@pytest.fixture(scope="module")
def sites(running: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Sites:
    made = Sites(tmp_path_factory.mktemp("nginx"))
    whole = (made.middle, made.middle)
    made.add("sound", *whole)
    made.add("expired", *whole, since=NOW - 60 * DAY, until=NOW - DAY)
    made.add("early", *whole, since=NOW + DAY)
    made.add("other", *whole, host="other.example")
    made.add("self-signed")
    made.add("incomplete", made.middle)
    made.add("unknown", Issuer("Somebody"))
    made.add("old", *whole, protocols="TLSv1 TLSv1.1 TLSv1.2")
    made.add("ancient", *whole, protocols="TLSv1")
    made.start(running)
    return made


@needs_nginx
class TestNginx:
    def test_shows_a_certificate_that_holds(self, sites: Sites) -> None:
        seen = sites.look("sound")
        assert (seen.version, seen.reason, seen.trouble) == ("TLSv1.3", "", "")
        own = seen.certificate
        assert own is not None
        assert (own.issuer, own.names, own.key) == ("CN=The middle", (HOST,), "EC secp256r1")
        assert (own.not_before, own.not_after) == (NOW - DAY, NOW + 59 * DAY)
        assert (own.lifetime_days, own.signed_with) == (60, "RSA_WITH_SHA256")

    @pytest.mark.parametrize(
        ("site", "reason"),
        [
            ("expired", "expired"),
            ("early", "not yet valid"),
            ("other", "other name"),
            ("self-signed", "self-signed"),
            ("incomplete", "incomplete chain"),
            ("ancient", "no handshake"),
        ],
    )
    def test_shows_one_that_does_not_and_why(self, sites: Sites, site: str, reason: str) -> None:
        seen = sites.look(site)
        assert seen.reason == reason
        assert seen.certificate is not None

    def test_shows_one_of_an_authority_that_nobody_knows(self, sites: Sites) -> None:
        assert sites.look("unknown").trouble.endswith(
            "without that of its issuer, CN=Somebody, which is no trusted authority itself"
        )

    @pytest.mark.parametrize(
        ("site", "accepted"),
        [
            ("sound", {"TLSv1.2", "TLSv1.3"}),
            ("old", {"TLSv1", "TLSv1.1", "TLSv1.2"}),
            ("ancient", {"TLSv1"}),
        ],
    )
    def test_takes_the_versions_that_it_is_set_to(
        self, sites: Sites, site: str, accepted: set[str]
    ) -> None:
        states = {one.version: one.state for one in sites.look(site).versions}
        assert {version for version, state in states.items() if state == "accepted"} == accepted
        assert set(states.values()) == {"accepted", "refused"}

    def test_gets_no_request(self, sites: Sites) -> None:
        sites.look("sound")
        assert (sites.folder / "access.log").read_text(encoding="utf-8") == ""
