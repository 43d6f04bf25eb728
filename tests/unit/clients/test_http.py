from __future__ import annotations

import datetime as dt
import errno
import socket
import ssl
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from urllib3.exceptions import MaxRetryError
from urllib3.util.ssl_match_hostname import CertificateError

from pytest_orr.clients.http import Hop, HttpAccess, NoAnswer, Route, TlsRefused
from pytest_orr.clients.http_exchange import Line
from pytest_orr.clients.http_failures import named
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Endpoint, FromEnvironment

if TYPE_CHECKING:
    from pathlib import Path

CORRECT = "correct the url of the endpoint in readiness.toml"
UP = "start the service, or correct the url or connect of the endpoint in readiness.toml"


def refusal(url: str, route: Route | None = None, http: HttpAccess | None = None) -> Any:
    with pytest.raises(FactUnavailable) as caught:
        (http or HttpAccess()).get(url, route)
    return caught.value


def told(error: FactUnavailable) -> tuple[type[FactUnavailable], str, str]:
    return type(error), error.cause, error.remedy


def hop(seconds: float = 10) -> Hop:
    return Hop(
        method="GET",
        url=urlsplit("https://shop.example/"),
        route=Route(timeout=seconds),
        deadline=time.monotonic() + seconds,
        largest_body=1024,
    )


def unverified(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(message)
    error.verify_code, error.verify_message = code, message
    return error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TestAnAnswer:
    def test_is_its_status_its_text_and_the_headers_that_describe_it(
        self, place: Any, page: Any
    ) -> None:
        shop = place(page("grüezi", "200 OK", "Content-Type: text/html; charset=utf-8"))
        seen = HttpAccess().get(f"{shop.url}/a?token=secret")
        assert (seen.status, seen.text, seen.tls) == (200, "grüezi", None)
        assert seen.url == seen.final_url == f"{shop.url}/a"
        assert seen.headers == (("content-type", "text/html; charset=utf-8"),)

    def test_of_an_error_is_an_answer_too(self, place: Any, page: Any) -> None:
        assert HttpAccess().get(place(page("", "503 Service Unavailable")).url).status == 503

    def test_in_a_charset_nobody_knows_is_read_as_utf_8(self, place: Any, page: Any) -> None:
        shop = place(page("grüezi", "200 OK", "Content-Type: text/html; charset=klingon"))
        assert HttpAccess().get(shop.url).text == "grüezi"

    def test_to_head_has_no_text(self, place: Any) -> None:
        shop = place(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
        seen = HttpAccess().head(shop.url)
        assert (seen.status, seen.text) == (200, "")
        assert shop.requests[0].startswith("HEAD / HTTP/1.1\r\n")


class TestARequest:
    def test_carries_no_credentials_no_cookies_and_asks_no_proxy(
        self, place: Any, page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop = place(page("", "200 OK", "Set-Cookie: session=1"))
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login bo password pw\n")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        access = HttpAccess()
        access.get(shop.url)
        access.get(shop.url)
        sent = "".join(shop.requests).lower()
        assert len(shop.requests) == 2
        assert "authorization" not in sent
        assert "cookie" not in sent

    def test_with_a_password_in_its_url_is_never_sent(self, place: Any, page: Any) -> None:
        shop = place(page())
        error = refusal(f"http://bo:pw@127.0.0.1:{shop.port}/")
        assert told(error) == (
            FactUnavailable,
            "the URL of 127.0.0.1 names a user, and no credentials are ever sent",
            CORRECT,
        )
        assert shop.requests == []

    @pytest.mark.parametrize(
        ("url", "cause"),
        [
            (
                "ftp://127.0.0.1/x?token=1",
                "ftp://127.0.0.1/x is not an http or https URL with a host",
            ),
            ("http:///x", "http:///x is not an http or https URL with a host"),
            ("http://127.0.0.1:99999/", "the URL cannot be read: Port out of range 0-65535"),
            ("http://a..b/", "a..b is not a host name"),
        ],
    )
    def test_to_what_is_no_web_address_names_it(self, url: str, cause: str) -> None:
        assert told(refusal(url)) == (FactUnavailable, cause, CORRECT)

    def test_loads_the_client_library_and_importing_the_module_does_not(self) -> None:
        script = "import sys, pytest_orr.clients.http; sys.exit('requests' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


class TestARedirect:
    def test_is_followed_and_where_it_led_is_told(self, place: Any, page: Any) -> None:
        target = place(page("arrived"))
        shop = place(page("", "302 Found", f"Location: {target.url}/b?x=1"))
        seen = HttpAccess().get(shop.url)
        assert (seen.text, seen.url, seen.final_url) == ("arrived", shop.url, f"{target.url}/b")

    def test_leaves_the_connect_address_behind_when_it_leaves_the_place(
        self, place: Any, page: Any
    ) -> None:
        target = place(page("arrived"))
        tunnel = place(page("", "301 Moved Permanently", f"Location: {target.url}/"))
        route = Route(connect=f"127.0.0.1:{tunnel.port}")
        assert HttpAccess().get("http://shop.invalid/", route).text == "arrived"

    def test_in_a_circle_ends(self, place: Any, page: Any) -> None:
        shop = place(page("", "302 Found", "Location: /again"))
        assert told(refusal(f"{shop.url}/")) == (
            NoAnswer,
            f"{shop.url}/ redirects more than 3 times",
            "let the endpoint's url name the page itself",
        )
        assert len(shop.requests) == 4

    @pytest.mark.parametrize(
        ("location", "why"),
        [
            ("file:///etc/passwd", "file:///etc/passwd is not an http or https URL with a host"),
            (
                "http://bo:pw@127.0.0.1/",
                "the URL of 127.0.0.1 names a user, and no credentials are ever sent",
            ),
        ],
    )
    def test_to_where_no_request_is_sent_is_refused(
        self, place: Any, page: Any, location: str, why: str
    ) -> None:
        shop = place(page("", "302 Found", f"Location: {location}"))
        assert told(refusal(f"{shop.url}/")) == (
            NoAnswer,
            f"{shop.url}/ redirects to where no request is sent: {why}",
            "correct the redirect of the service",
        )


class TestNoAnswer:
    def test_names_the_host_that_does_not_resolve(self) -> None:
        assert told(refusal("http://explorer.invalid/")) == (
            FactUnavailable,
            "explorer.invalid does not resolve",
            (
                "correct the url of the endpoint in readiness.toml or its DNS record, "
                "or name an address with connect"
            ),
        )

    def test_names_the_connect_address_that_does_not_resolve(self) -> None:
        error = refusal("http://explorer.invalid/", Route(connect="tunnel.invalid:80"))
        assert told(error) == (
            FactUnavailable,
            "tunnel.invalid does not resolve",
            "correct connect of the endpoint in readiness.toml",
        )

    def test_names_the_port_that_refuses(self) -> None:
        port = free_port()
        assert told(refusal(f"http://127.0.0.1:{port}/")) == (
            NoAnswer,
            f"127.0.0.1:{port} refused the connection",
            UP,
        )

    def test_tells_that_the_other_side_hung_up(self, place: Any) -> None:
        shop = place(b"")
        assert told(refusal(shop.url)) == (
            NoAnswer,
            f"127.0.0.1:{shop.port} closed the connection without an answer",
            UP,
        )

    def test_tells_that_the_answer_broke_off(self, place: Any) -> None:
        shop = place(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
        assert told(refusal(shop.url)) == (
            NoAnswer,
            f"127.0.0.1:{shop.port} gave no complete answer",
            UP,
        )

    def test_tells_that_it_was_not_http(self, place: Any) -> None:
        shop = place(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        assert told(refusal(shop.url)) == (
            NoAnswer,
            f"127.0.0.1:{shop.port} does not speak HTTP",
            "correct the url or connect of the endpoint in readiness.toml",
        )

    @pytest.mark.parametrize(
        ("opening", "drop"),
        [
            (b"", b""),
            (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
            (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
        ],
        ids=["silent", "slow headers", "slow body", "slow body without a length"],
    )
    def test_comes_at_the_deadline_however_busy_the_line_is(
        self, place: Any, opening: bytes, drop: bytes
    ) -> None:
        def drip(wire: socket.socket) -> None:
            wire.sendall(opening)
            for _ in range(40):
                time.sleep(0.05)
                wire.sendall(drop)

        shop = place(drip)
        started = time.monotonic()
        error = refusal(f"{shop.url}/slow", Route(timeout=0.3))
        assert time.monotonic() - started < 1.5
        assert told(error) == (
            NoAnswer,
            f"{shop.url}/slow gave no complete answer within 0.3 s",
            "find out why the service is slow, or raise timeout of the endpoint in readiness.toml",
        )

    def test_is_the_cause_when_the_answer_is_too_large(self, place: Any, page: Any) -> None:
        shop = place(page("x" * 3000))
        error = refusal(shop.url, http=HttpAccess(largest_body=2048))
        assert told(error) == (
            FactUnavailable,
            f"the answer of {shop.url} is larger than 2 KiB",
            "let the endpoint's url name a smaller page",
        )

    def test_tells_that_what_came_cannot_be_unpacked(self, place: Any, page: Any) -> None:
        shop = place(page("no gzip", "200 OK", "Content-Encoding: gzip"))
        assert refusal(shop.url).cause == f"127.0.0.1:{shop.port} does not speak HTTP"

    def test_comes_at_the_deadline_even_if_that_passes_while_connecting(self) -> None:
        line = Line(hop(seconds=0.001))
        ours, theirs = socket.socketpair()
        with ours, theirs:
            line.cut()  # nothing is connected yet
            line.watch(ours)
            assert theirs.recv(1) == b""
        assert line.was_cut

    @pytest.mark.parametrize(
        ("error", "kind", "cause", "remedy"),
        [
            (
                OSError(errno.EHOSTUNREACH, "No route to host"),
                FactUnavailable,
                "shop.example:443 cannot be reached from here: No route to host",
                "check the network, routes and firewall of the machine that runs the review",
            ),
            (
                CertificateError("hostname does not match"),
                TlsRefused,
                "the certificate at shop.example:443 is not valid for shop.example",
                "issue the certificate for this name, or correct the url of the endpoint",
            ),
            (
                unverified(23, "certificate revoked"),
                TlsRefused,
                "the certificate of shop.example does not verify: certificate revoked",
                "replace the certificate",
            ),
            (
                OSError(errno.EIO, "Input/output error"),
                NoAnswer,
                "shop.example:443 gave no complete answer",
                UP,
            ),
        ],
        ids=["no route", "other name", "revoked", "anything else"],
    )
    def test_is_named_where_loopback_cannot_bring_it_about(
        self, error: Exception, kind: type[FactUnavailable], cause: str, remedy: str
    ) -> None:
        wrapped = requests.ConnectionError(MaxRetryError(None, "/", error))  # type: ignore[arg-type] # no pool
        assert told(named(wrapped, hop())) == (kind, cause, remedy)


class TestTls:
    def test_is_verified_for_the_name_of_the_url_whatever_the_connect_address(
        self, place: Any, page: Any, authority: Any
    ) -> None:
        ends = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=9)
        shop = place(page("inside"), authority.context("shop.example", ends=ends))
        route = Route(connect=f"127.0.0.1:{shop.port}", ca=str(authority.file))
        seen = HttpAccess().get("https://shop.example/", route)
        assert seen.text == "inside"
        assert seen.tls is not None
        assert seen.tls.version == "TLSv1.3"
        assert seen.tls.issuer == "Test authority"
        assert seen.tls.subject_names == ("shop.example",)
        assert seen.tls.not_after == ends
        assert shop.names == ["shop.example"]
        assert "\r\nHost: shop.example\r\n" in shop.requests[0]

    def test_refuses_a_certificate_for_another_name(
        self, place: Any, page: Any, authority: Any
    ) -> None:
        shop = place(page(), authority.context("other.example"))
        route = Route(connect=f"127.0.0.1:{shop.port}", ca=str(authority.file))
        assert told(refusal("https://shop.example/", route)) == (
            TlsRefused,
            f"the certificate at 127.0.0.1:{shop.port} is not valid for shop.example",
            "issue the certificate for this name, or correct the url of the endpoint",
        )
        assert shop.requests == []

    def test_refuses_a_certificate_for_another_name_without_a_connect_address(
        self, place: Any, page: Any, authority: Any
    ) -> None:
        shop = place(page(), authority.context("other.example"))
        error = refusal(f"https://localhost:{shop.port}/", Route(ca=str(authority.file)))
        assert isinstance(error, TlsRefused)
        assert error.cause.endswith("is not valid for localhost")

    def test_refuses_an_expired_certificate(self, place: Any, page: Any, authority: Any) -> None:
        ends = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        shop = place(page(), authority.context("shop.example", ends=ends))
        route = Route(connect=f"127.0.0.1:{shop.port}", ca=str(authority.file))
        assert told(refusal("https://shop.example/", route)) == (
            TlsRefused,
            "the certificate of shop.example has expired",
            "renew the certificate",
        )

    def test_refuses_a_certificate_that_is_not_valid_yet(
        self, place: Any, page: Any, authority: Any
    ) -> None:
        ends = dt.datetime(2099, 6, 1, 12, tzinfo=dt.UTC)
        shop = place(page(), authority.context("shop.example", ends=ends))
        route = Route(connect=f"127.0.0.1:{shop.port}", ca=str(authority.file))
        assert told(refusal("https://shop.example/", route)) == (
            TlsRefused,
            "the certificate of shop.example is not valid yet",
            "check the clock of this machine and the certificate's dates",
        )

    def test_refuses_an_authority_that_is_not_trusted(
        self, place: Any, page: Any, authority: Any
    ) -> None:
        shop = place(page(), authority.context("shop.example"))
        error = refusal("https://shop.example/", Route(connect=f"127.0.0.1:{shop.port}"))
        assert told(error) == (
            TlsRefused,
            (
                "the certificate of shop.example is not issued by a trusted authority: "
                "unable to get local issuer certificate"
            ),
            "serve the whole chain of a public authority, or name a private one with ca",
        )

    def test_is_missed_where_the_port_speaks_plain_http(self, place: Any, page: Any) -> None:
        shop = place(page())
        error = refusal(f"https://127.0.0.1:{shop.port}/", Route(timeout=2))
        assert isinstance(error, TlsRefused)
        assert error.cause.startswith(f"127.0.0.1:{shop.port} does not complete a TLS handshake: ")

    @pytest.mark.parametrize("content", [None, "", "no certificate"])
    def test_needs_a_readable_file_of_authorities(
        self, content: str | None, tmp_path: Path
    ) -> None:
        ca = tmp_path / "ca.pem"
        if content is not None:
            ca.write_text(content)
        assert told(refusal("https://shop.example/", Route(ca=str(ca)))) == (
            FactUnavailable,
            f"{ca} is not a readable file of PEM certificates",
            "correct ca of the endpoint in readiness.toml",
        )


class TestARoute:
    @pytest.mark.parametrize(
        "connect", ["shop", "shop:", "shop:http", ":80", "bo@shop:80", "shop:80/x", "shop:0"]
    )
    def test_goes_to_a_host_and_a_port(self, connect: str) -> None:
        assert told(refusal("http://shop.invalid/", Route(connect=connect))) == (
            FactUnavailable,
            f'connect "{connect}" is not host:port',
            "write the address and the port to connect to, such as 127.0.0.1:8443",
        )

    def test_is_what_the_endpoint_declares(self) -> None:
        endpoint = Endpoint(
            name="frontend",
            role="frontend",
            url="https://shop.example/",
            connect=FromEnvironment(env="EDGE"),
            ca="ca.pem",
            timeout=3,
        )
        route = HttpAccess(environment={"EDGE": "127.0.0.1:1"}).route_to(endpoint)
        assert route == Route(connect="127.0.0.1:1", ca="ca.pem", timeout=3)

    @pytest.mark.parametrize("environment", [{}, {"EDGE": ""}])
    def test_needs_the_variable_that_the_endpoint_names(self, environment: dict[str, str]) -> None:
        endpoint = Endpoint(
            name="frontend",
            role="frontend",
            url="https://shop.example/",
            connect=FromEnvironment(env="EDGE"),
        )
        with pytest.raises(FactUnavailable) as caught:
            HttpAccess(environment=environment).route_to(endpoint)
        assert told(caught.value) == (
            FactUnavailable,
            'environment variable EDGE, named in endpoint "frontend" connect, is not set',
            'set EDGE, or correct endpoint "frontend" connect in readiness.toml',
        )
