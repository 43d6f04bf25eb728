"""A certificate that holds, and each reason why one does not, from real handshakes on loopback."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from pytest_orr.clients import tls_reading, tls_wire
from pytest_orr.clients.http import Route
from pytest_orr.clients.tls import Certificate, Handshake, Target, TlsAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Endpoint, FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
# offering an old version is deprecated, and what this module is about; a run ignores warnings while
# facts are gathered

HOST = "explorer.example"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)


def a_name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


class Signer:
    """Somebody with a key and a name, who signs certificates."""

    def __init__(self, name: str, above: Signer | None = None, **more: Any) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name
        self.certificate = (above or self).sign(name, self.key, is_authority=True, **more)

    def sign(
        self,
        name: str,
        key: Any,
        *,
        is_authority: bool = False,
        names: tuple[str, ...] = (HOST,),
        since: dt.datetime = NOW - DAY,
        until: dt.datetime = NOW + 89 * DAY,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(a_name(name))
            .issuer_name(a_name(self.name))
            .public_key(key.public_key())
            .serial_number(0xC0FFEE)
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if not is_authority and names:
            listed = x509.SubjectAlternativeName([general(name) for name in names])
            builder = builder.add_extension(listed, critical=False)
        return builder.sign(self.key, hashes.SHA256())


def general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


@pytest.fixture(scope="module")
def root() -> Signer:
    return Signer("The root")


@pytest.fixture
def serve(place: Callable[..., Any], tmp_path: Path) -> Callable[..., Target]:
    """Serve a chain with a new key, and return the place: ``serve(issuer, above…, trust=…)``."""

    def start(
        issuer: Signer | None,
        *above: Signer,
        trust: Signer | None = None,
        change: Callable[[ssl.SSLContext], None] = lambda _: None,
        host: str = HOST,
        **certificate: Any,
    ) -> Target:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = issuer or Signer(HOST)
        if issuer is None:
            signer.key = key
        own = signer.sign(HOST, key, **certificate)
        chain, ca = tmp_path / "chain.pem", tmp_path / "ca.pem"
        own_key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain.write_bytes(own_key + pem(own, *(one.certificate for one in above)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        change(context)
        if trust:
            ca.write_bytes(pem(trust.certificate))
        route = Route(
            connect=f"127.0.0.1:{place(b'', context).port}",
            ca=str(ca) if trust else "",
            timeout=5,
        )
        return Target(host=host, port=443, route=route)

    return start


def at(port: int, *, timeout: float = 5) -> Target:
    return Target(host=HOST, port=443, route=Route(connect=f"127.0.0.1:{port}", timeout=timeout))


def look(target: Target) -> Handshake:
    return TlsAccess(environment={}).handshake_with(target)


def states(seen: Handshake) -> dict[str, str]:
    return {one.version: one.state for one in seen.versions}


class TestACertificate:
    def test_that_holds_is_told_with_all_that_it_says(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        names = (HOST, "*.explorer.example", "192.0.2.7")
        seen = look(serve(root, trust=root, names=names))
        assert (seen.version, seen.reason, seen.trouble) == ("TLSv1.3", "", "")
        own = seen.certificate
        assert own is not None
        assert own == Certificate(
            subject=f"CN={HOST}",
            names=("*.explorer.example", "192.0.2.7", HOST),
            issuer="CN=The root",
            serial="c0ffee",
            not_before=NOW - DAY,
            not_after=NOW + 89 * DAY,
            key="EC secp256r1",
            signed_with="ECDSA_WITH_SHA256",
            sha256=own.sha256,
            is_self_signed=False,
        )
        assert (len(own.sha256), own.lifetime_days) == (64, 90)

    def test_holds_through_an_intermediate_that_the_server_sends(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        middle = Signer("The middle", root)
        assert look(serve(middle, middle, trust=root)).trouble == ""

    def test_without_its_intermediate_is_an_incomplete_chain(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        middle = Signer("The middle", root)
        seen = look(serve(middle, trust=root))
        assert (seen.reason, seen.trouble) == (
            "incomplete chain",
            (
                "the server sends the certificate of explorer.example without that of its issuer,"
                " CN=The middle, which is no trusted authority itself"
            ),
        )
        assert seen.certificate is not None
        assert seen.certificate.issuer == "CN=The middle"

    def test_from_an_authority_that_nobody_knows_leads_to_its_name(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        middle = Signer("The middle", root)
        told = "the certificate of explorer.example leads to CN=The root, which is no trusted"
        for above in ((middle,), (middle, root)):
            seen = look(serve(middle, *above, trust=Signer("Another root")))
            assert (seen.reason, seen.trouble) == ("unknown authority", f"{told} authority")

    def test_is_held_against_public_authorities_unless_the_route_names_others(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        assert look(serve(root, root)).reason == "unknown authority"

    def test_that_signed_itself_is_self_signed(self, serve: Callable[..., Target]) -> None:
        seen = look(serve(None))
        assert (seen.reason, seen.trouble) == (
            "self-signed",
            "the certificate of explorer.example is signed by itself, and by no authority",
        )
        assert seen.certificate is not None
        assert seen.certificate.is_self_signed

    def test_that_has_expired_is_seen_with_its_date(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        seen = look(serve(root, trust=root, since=NOW - 90 * DAY, until=NOW - DAY))
        assert (seen.reason, seen.trouble) == (
            "expired",
            "the certificate of explorer.example has expired",
        )
        assert seen.certificate is not None
        assert seen.certificate.not_after == NOW - DAY

    def test_that_begins_tomorrow_is_not_valid_yet(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        seen = look(serve(root, trust=root, since=NOW + DAY))
        assert (seen.reason, seen.trouble) == (
            "not yet valid",
            "the certificate of explorer.example is not valid yet",
        )

    def test_under_an_expired_intermediate_says_that_it_is_not_its_own_date(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        middle = Signer("The middle", root, since=NOW - 9 * DAY, until=NOW - DAY)
        seen = look(serve(middle, middle, trust=root))
        assert (seen.reason, seen.trouble) == (
            "expired",
            "an authority's certificate above the certificate of explorer.example has expired",
        )

    def test_for_another_name_is_seen_with_its_names(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        target = serve(root, trust=root, names=("other.example",))
        seen = look(target)
        assert (seen.reason, seen.trouble) == (
            "other name",
            f"the certificate at {target.place} is not valid for explorer.example",
        )
        assert seen.certificate is not None
        assert seen.certificate.names == ("other.example",)

    def test_for_an_address_holds_for_that_address(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        assert look(serve(root, trust=root, host="192.0.2.7", names=("192.0.2.7",))).trouble == ""

    def test_without_any_name_has_none(self, serve: Callable[..., Target], root: Signer) -> None:
        seen = look(serve(root, trust=root, names=()))
        assert seen.reason == "other name"
        assert seen.certificate is not None
        assert seen.certificate.names == ()

    def test_that_fails_in_another_way_is_told_in_openssls_words(self) -> None:
        error = ssl.SSLCertVerificationError("no")
        error.verify_code, error.verify_message = 66, "EE certificate key too weak"
        assert tls_reading.trouble_with(at(1), error, ()) == (
            "not verified",
            "the certificate of explorer.example does not verify: EE certificate key too weak",
        )

    def test_is_not_seen_where_todays_handshakes_are_ended(self) -> None:
        closed = tls_wire.ClosedByServer("it closes", "start it")
        assert tls_reading.trouble_with(at(1), closed, ()) == (
            "no handshake",
            "127.0.0.1:1 completes no TLS handshake of today: it closes the connection",
        )

    def test_that_cannot_be_read_is_unknown(self) -> None:
        with pytest.raises(FactUnavailable) as caught:
            tls_reading.certificate_in(b"no certificate", "explorer.example:443")
        assert caught.value.cause.startswith(
            "the certificate of explorer.example:443 cannot be read"
        )

    @pytest.mark.parametrize(
        ("name", "host", "is_valid"),
        [
            ("explorer.example", "Explorer.Example.", True),
            ("*.explorer.example", "api.explorer.example", True),
            ("*.explorer.example", "explorer.example", False),
            ("*.explorer.example", "v1.api.explorer.example", False),
            ("2001:db8::7", "2001:0db8:0::7", True),
            ("192.0.2.7", "192.0.2.70", False),
        ],
    )
    def test_is_valid_for_its_names_alone(self, name: str, host: str, is_valid: bool) -> None:  # noqa: FBT001 a column of the table
        own = Certificate(
            subject="",
            names=(name,),
            issuer="",
            serial="",
            not_before=NOW,
            not_after=NOW,
            key="",
            signed_with="",
            sha256="",
            is_self_signed=False,
        )
        assert own.is_valid_for(host) is is_valid

    @pytest.mark.parametrize(
        ("key", "named"),
        [
            (rsa.generate_private_key(65537, 2048), "RSA 2048"),
            (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
        ],
        ids=["rsa", "ed25519"],
    )
    def test_names_kind_and_size_of_its_key(self, root: Signer, key: Any, named: str) -> None:
        der = root.sign(HOST, key).public_bytes(serialization.Encoding.DER)
        assert tls_reading.certificate_in(der, HOST).key == named


class TestVersions:
    def test_are_each_accepted_or_refused(self, serve: Callable[..., Target], root: Signer) -> None:
        seen = look(serve(root, trust=root))
        assert states(seen) == {
            "TLSv1": "refused",
            "TLSv1.1": "refused",
            "TLSv1.2": "accepted",
            "TLSv1.3": "accepted",
        }

    def test_of_old_are_seen_where_they_are_accepted(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        def old(context: ssl.SSLContext) -> None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_2

        seen = look(serve(root, trust=root, change=old))
        assert (seen.version, states(seen)) == (
            "TLSv1.2",
            {
                "TLSv1": "accepted",
                "TLSv1.1": "accepted",
                "TLSv1.2": "accepted",
                "TLSv1.3": "refused",
            },
        )

    def test_of_old_alone_are_no_handshake_of_today(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        def ancient(context: ssl.SSLContext) -> None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1

        target = serve(root, trust=root, change=ancient)
        seen = look(target)
        assert (seen.version, seen.reason) == ("", "no handshake")
        assert seen.trouble.startswith(f"{target.place} completes no TLS handshake of today: ")
        assert seen.certificate is not None
        assert states(seen)["TLSv1"] == "accepted"

    def test_that_this_machine_cannot_offer_are_not_tried(
        self, serve: Callable[..., Target], root: Signer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # what a machine does whose OpenSSL keeps old versions out, whatever a program asks for
        monkeypatch.setattr(tls_wire, "EVERYTHING", "ECDHE-ECDSA-AES128-GCM-SHA256")
        seen = look(serve(root, trust=root))
        assert states(seen) == {
            "TLSv1": "not tried",
            "TLSv1.1": "not tried",
            "TLSv1.2": "accepted",
            "TLSv1.3": "accepted",
        }

    def test_that_get_no_answer_are_not_tried(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            target = at(mute.getsockname()[1], timeout=0.2)
            assert tls_wire._state(target, "", "TLSv1.2") == "not tried"

    @pytest.mark.parametrize(
        ("reason", "is_refusal"),
        [
            ("TLSV1_ALERT_PROTOCOL_VERSION", True),
            ("UNSUPPORTED_PROTOCOL", True),
            ("NO_PROTOCOLS_AVAILABLE", False),
            (None, False),
        ],
    )
    def test_are_refused_by_the_server_and_not_by_this_machine(
        self,
        reason: str | None,
        is_refusal: bool,  # noqa: FBT001 a column of the table
    ) -> None:
        error = ssl.SSLError("it failed")
        error.reason = reason  # type: ignore[assignment]  # OpenSSL may give none
        assert tls_wire._is_refusal(error) is is_refusal


class TestAPlace:
    def test_that_speaks_no_tls_shows_no_certificate(self, place: Callable[..., Any]) -> None:
        port = place(b"HTTP/1.1 400 Bad Request\r\n\r\n").port
        seen = look(at(port))
        assert (seen.reason, seen.certificate) == ("no handshake", None)
        assert set(states(seen).values()) == {"refused"}

    @pytest.mark.parametrize("how", ["closes", "resets"])
    def test_that_ends_the_connection_is_unknown(self, place: Callable[..., Any], how: str) -> None:
        def end(wire: socket.socket) -> None:
            if how == "resets":
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        port = place(end).port
        with pytest.raises(FactUnavailable) as caught:
            look(at(port))
        assert caught.value.cause == f"127.0.0.1:{port} closes the connection in a handshake"

    def test_that_ends_every_handshake_refuses_every_version(
        self, place: Callable[..., Any]
    ) -> None:
        target = at(place(lambda _: None).port)
        assert {one.state for one in tls_wire._versions(target, "")} == {"refused"}

    def test_that_is_silent_or_drips_is_unknown_at_the_deadline(
        self, place: Callable[..., Any]
    ) -> None:
        def drip(wire: socket.socket) -> None:
            wire.sendall(b"\x16\x03\x03\x10\x00")
            for _ in range(50):
                wire.sendall(b"\x02")
                time.sleep(0.1)

        port = place(drip).port
        began = time.monotonic()
        with pytest.raises(FactUnavailable) as caught:
            look(at(port, timeout=0.4))
        assert time.monotonic() - began < 1.4
        assert caught.value.cause == (f"127.0.0.1:{port} completed no TLS handshake within 0.4 s")

    def test_that_refuses_the_connection_is_unknown(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with pytest.raises(FactUnavailable) as caught:
            look(at(port))
        assert caught.value.cause == f"127.0.0.1:{port} refused the connection"

    def test_to_which_there_is_no_way_is_unknown(self) -> None:
        trouble = OSError(113, "No route to host")
        assert tls_wire._unreached(at(1), trouble).cause == (
            "127.0.0.1:1 cannot be reached from here: No route to host"
        )

    def test_that_does_not_resolve_is_unknown(self) -> None:
        with pytest.raises(FactUnavailable) as caught:
            look(Target(host="explorer.invalid", port=443, route=Route()))
        assert caught.value.cause == "explorer.invalid does not resolve"

    @pytest.mark.parametrize("host", ["a" * 64 + ".example", ".example"])
    def test_whose_name_cannot_be_is_unknown(
        self, serve: Callable[..., Target], root: Signer, host: str
    ) -> None:
        with pytest.raises(FactUnavailable) as caught:
            look(serve(root, trust=root, host=host))
        assert caught.value.cause == f"{host} is not a host name"

    def test_gets_nothing_but_handshakes(self, authority: Any, place: Callable[..., Any]) -> None:
        kept = place(b"", authority.context(HOST))
        route = Route(connect=f"127.0.0.1:{kept.port}", ca=str(authority.file))
        assert look(Target(host=HOST, port=443, route=route)).trouble == ""
        assert (kept.requests, set(kept.names)) == ([], {HOST})

    def test_with_an_unreadable_ca_is_unknown(
        self, serve: Callable[..., Target], root: Signer, tmp_path: Path
    ) -> None:
        target = serve(root, trust=root)
        (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
        with pytest.raises(FactUnavailable) as caught:
            look(target)
        assert caught.value.cause == (
            f"{tmp_path / 'ca.pem'} is not a readable file of PEM certificates"
        )


class TestAnEndpoint:
    def test_is_reached_as_the_profile_says(
        self, serve: Callable[..., Target], root: Signer
    ) -> None:
        route = serve(root, trust=root).route
        endpoint = Endpoint(
            name="frontend",
            role="frontend",
            url=f"https://{HOST}/path",
            connect=FromEnvironment(env="EDGE"),
            ca=route.ca,
        )
        reached = TlsAccess(environment={"EDGE": route.connect})
        assert reached.target_of(endpoint) == Target(
            host=HOST, port=443, route=Route(connect=route.connect, ca=route.ca, timeout=10)
        )
        assert reached.handshake(endpoint).trouble == ""
        with pytest.raises(FactUnavailable) as caught:
            TlsAccess(environment={}).handshake(endpoint)
        assert "environment variable EDGE" in caught.value.cause


def test_the_chain_is_what_newer_pythons_say() -> None:
    newer: Any = SimpleNamespace(get_unverified_chain=lambda: [b"own", b"above"])
    assert tls_wire._chain(newer) == (b"own", b"above")


def test_the_libraries_are_loaded_by_the_first_handshake_alone() -> None:
    code = (
        "import sys, pytest_orr.clients.tls;"
        "print({'certifi', 'cryptography', 'requests'} & sys.modules.keys())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
