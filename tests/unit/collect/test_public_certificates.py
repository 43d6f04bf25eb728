"""What the https endpoints' TLS shows, from real handshakes with the example's service."""

from __future__ import annotations

import datetime as dt
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.clients.tls import Certificate, Handshake, TlsAccess, VersionSeen
from pytest_orr.collect.public_certificates import PublicCertificate, PublicCertificates
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable
from pytest_orr.profile.schema import Endpoint, FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[3]
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
# offering an old version is deprecated; a run ignores warnings while facts are gathered


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The example's service on loopback, as an endpoint's keys name it."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer import certificates  # noqa: PLC0415 after the path is set
    from examples.explorer.edge import Server  # noqa: PLC0415

    class Quiet(Server):
        def handle_error(self, *_: object) -> None:
            """A client that goes after its handshake is what this module is about."""

    ca, chain = certificates.issue(tmp_path_factory.mktemp("edge"), ["explorer.example"])
    server = Quiet({}, chain)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield {"connect": f"127.0.0.1:{server.server_port}", "ca": str(ca)}
    server.shutdown()
    server.server_close()


@pytest.fixture
def collected() -> Callable[..., tuple[PublicCertificate, ...]]:
    def collect(*endpoints: Endpoint, **environment: str) -> tuple[PublicCertificate, ...]:
        profile = SimpleNamespace(endpoints=endpoints)
        desk: Any = SimpleNamespace(profile=profile, tls=TlsAccess(environment=environment))
        return PublicCertificates().collect(desk).value

    return collect


def endpoint(name: str, url: str = "https://explorer.example/", **more: Any) -> Endpoint:
    return Endpoint(name=name, role="service", url=url, marker="text", **more)


class TestAPlace:
    def test_is_seen_once_for_all_endpoints_that_are_there(
        self, collected: Callable[..., tuple[PublicCertificate, ...]], edge: dict[str, str]
    ) -> None:
        [seen] = collected(
            endpoint("pages", **edge),
            endpoint("api", "https://explorer.example:443/api", timeout=3, **edge),
            endpoint("plain", "http://explorer.example/"),
        )
        assert (seen.name, seen.endpoints) == ("explorer.example:443", ("api", "pages"))
        assert (seen.trusted, seen.trouble, seen.reason) == (True, "", "")
        assert seen.handshake.certificate == seen.certificate
        assert (seen.names_match, seen.old_versions) == (True, ())
        assert seen.versions_accepted == ("TLSv1.2", "TLSv1.3")
        assert seen.not_after - seen.not_before >= dt.timedelta(days=seen.lifetime_days)
        assert seen.seen == (
            f"certificate of CN=Explorer example authority until {seen.not_after:%Y-%m-%d},"
            " TLSv1.2, TLSv1.3 accepted"
        )

    def test_that_is_reached_in_two_ways_is_seen_twice(
        self, collected: Callable[..., tuple[PublicCertificate, ...]], edge: dict[str, str]
    ) -> None:
        ours, theirs = collected(
            endpoint("ours", **edge), endpoint("theirs", connect=edge["connect"])
        )
        assert ours.trusted
        assert (theirs.trusted, theirs.reason, theirs.names_match) == (
            False,
            "incomplete chain",
            True,
        )

    def test_in_trouble_does_not_hide_the_others(
        self, collected: Callable[..., tuple[PublicCertificate, ...]], edge: dict[str, str]
    ) -> None:
        down, ours, unset = collected(
            endpoint("down", "https://down.invalid/"),
            endpoint("ours", **edge),
            endpoint("unset", connect=FromEnvironment(env="EDGE")),
        )
        assert ours.trusted
        assert (down.name, down.seen) == ("down.invalid:443", "down.invalid does not resolve")
        assert (unset.name, "EDGE" in unset.seen) == ("endpoint unset", True)
        for unknown in (down, unset):
            with pytest.raises(FactUnavailable) as caught:
                assert unknown.trusted
            assert caught.value.cause == unknown.seen

    def test_must_be_declared(
        self, collected: Callable[..., tuple[PublicCertificate, ...]]
    ) -> None:
        assert collected(endpoint("plain", "http://explorer.example/")) == ()
        with pytest.raises(FactUnavailable) as caught:
            collected()
        assert caught.value.cause == "readiness.toml declares no [[endpoints]]"

    def test_comes_back_from_json_as_it_was(
        self, collected: Callable[..., tuple[PublicCertificate, ...]], edge: dict[str, str]
    ) -> None:
        facts = collected(endpoint("pages", **edge), endpoint("down", "https://down.invalid/"))
        kind = TypeAdapter(PublicCertificates().fact_type)
        assert kind.validate_python(kind.dump_python(facts, mode="json")) == facts


def showing(**handshake: Any) -> PublicCertificate:
    return PublicCertificate(
        name="explorer.example:443",
        host="explorer.example",
        endpoints=("ours",),
        observed=Handshake(**{"version": "TLSv1.2"} | handshake),
    )


def versions(**states: Any) -> tuple[VersionSeen, ...]:
    names: dict[str, Any] = {"one": "TLSv1", "one_one": "TLSv1.1", "one_two": "TLSv1.2"}
    return tuple(VersionSeen(version=names[key], state=state) for key, state in states.items())


class TestOldVersions:
    def test_are_those_that_are_accepted(self) -> None:
        seen = versions(one="accepted", one_one="not tried", one_two="accepted")
        assert showing(versions=seen).old_versions == ("TLSv1",)

    def test_are_unknown_when_they_could_not_be_offered(self) -> None:
        seen = versions(one="not tried", one_one="refused", one_two="accepted")
        with pytest.raises(FactUnavailable) as caught:
            assert showing(versions=seen).old_versions
        assert caught.value.cause == "explorer.example:443 could not be offered TLSv1 from here"


class TestACertificate:
    def test_that_no_handshake_shows_says_nothing_but_the_trouble(self) -> None:
        seen = showing(version="", reason="no handshake", trouble="it speaks no TLS")
        assert (seen.trusted, seen.seen) == (False, "it speaks no TLS")
        with pytest.raises(FactUnavailable) as caught:
            assert seen.names_match
        assert caught.value.cause == "it speaks no TLS"

    def test_of_a_place_that_was_not_asked_is_unknown(self) -> None:
        nothing = PublicCertificate(name="a", host="a", endpoints=())
        assert nothing.seen == ""
        with pytest.raises(FactUnavailable):
            assert nothing.trusted
        unknown = PublicCertificate(
            name="a", host="a", endpoints=(), unavailable=Unavailable(cause="c", remedy="r")
        )
        assert unknown.seen == "c"

    def test_without_a_version_that_is_accepted_says_so(self) -> None:
        day = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
        own = Certificate(
            subject="CN=a",
            names=(),
            issuer="CN=b",
            serial="1",
            not_before=day,
            not_after=day,
            key="RSA 2048",
            signed_with="RSA_WITH_SHA256",
            sha256="",
            is_self_signed=False,
        )
        assert showing(certificate=own).seen == (
            "certificate of CN=b until 2026-12-01, no version of TLS accepted"
        )
