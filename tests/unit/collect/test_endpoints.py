from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import fields
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.clients.http import HttpAccess
from pytest_orr.collect.assets import assets_in
from pytest_orr.collect.endpoints import EndpointFact, Endpoints, Seen
from pytest_orr.collect.exposition import families_in
from pytest_orr.collect.health import Dependency, dependencies_in
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Endpoint, FromEnvironment, Person, Profile, Release, Service
from tests.desks import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Site:
    """A running HTTP server with a table of pages; ``meeting`` makes requests wait for others."""

    def __init__(self, pages: Mapping[str, tuple[int, str]], meeting: int = 1) -> None:
        barrier = threading.Barrier(meeting)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                barrier.wait(timeout=5)
                status, text = pages.get(self.path, (404, ""))
                if not status:
                    return
                self.send_response(status)
                self.send_header("Set-Cookie", "session=canary")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(text.encode())

            do_HEAD = do_GET  # noqa: N815 the name that http.server looks for

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Callable[..., Site]]:
    with ExitStack() as stack:

        def start(pages: Mapping[str, tuple[int, str]], meeting: int = 1) -> Site:
            made = Site(pages, meeting)
            stack.callback(made.close)
            return made

        yield start


def collected(
    *declared: Endpoint, environment: Mapping[str, str] | None = None
) -> tuple[EndpointFact[Seen], ...]:
    ana = Person(email="ana@example.org", name="Ana", roles=("service",))
    profile = Profile(
        service=Service(name="explorer", environment="production", people=(ana,)),
        release=Release(commit="5f2d8c1"),
        endpoints=declared,
    )
    desk = desk_of(
        profile=profile,
        as_of=datetime(2026, 11, 20, tzinfo=UTC),
        http=HttpAccess(environment=environment or {}),
    )
    return Endpoints().collect(desk).value


def endpoint(role: Any, url: str, **more: Any) -> Endpoint:
    return Endpoint(name=f"the {role}", role=role, url=url, **more)


def refused_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


class TestAnEndpoint:
    def test_that_answers_is_told_by_its_status_and_marker(self, site: Any) -> None:
        shop = site({"/?key=canary": (200, "Latest blocks")})
        (fact,) = collected(endpoint("service", f"{shop.url}/?key=canary", marker="Latest"))
        assert (fact.name, fact.role, fact.url) == ("the service", "service", f"{shop.url}/")
        assert (fact.reading.status, fact.reading.marker_found, fact.reading.trouble) == (
            200,
            True,
            "",
        )
        assert fact.seen == "status 200"
        assert not fact.reading.certificate_trusted

    def test_that_is_white_lacks_its_marker(self, site: Any) -> None:
        (fact,) = collected(endpoint("service", site({"/": (200, "")}).url, marker="Latest"))
        assert (fact.reading.status, fact.reading.marker_found) == (200, False)

    def test_that_refuses_is_seen_as_down(self) -> None:
        port = refused_port()
        (fact,) = collected(endpoint("service", f"http://127.0.0.1:{port}/", marker="x"))
        assert fact.reading.trouble == fact.seen == f"127.0.0.1:{port} refused the connection"
        assert (
            fact.reading.status,
            fact.reading.marker_found,
            fact.reading.certificate_trusted,
        ) == (0, False, False)
        assert fact.reading.tls_error == ""

    def test_whose_tls_does_not_hold_is_seen_with_that_error(self, site: Any) -> None:
        shop = site({"/": (200, "x")})
        url = shop.url.replace("http://", "https://")
        (fact,) = collected(endpoint("service", url, marker="x"))
        assert fact.reading.tls_error == fact.reading.trouble
        assert "does not complete a TLS handshake" in fact.reading.trouble
        assert (fact.reading.status, fact.reading.certificate_trusted) == (0, False)

    def test_that_does_not_resolve_is_unknown_and_hides_no_other(self, site: Any) -> None:
        shop = site({"/": (200, "x")})
        lost, found = collected(
            endpoint("service", "http://explorer.invalid/", marker="x"),
            endpoint("frontend", shop.url, marker="x"),
        )
        assert found.reading.status == 200
        assert lost.seen == "explorer.invalid does not resolve"
        with pytest.raises(
            FactUnavailable, match=r"^explorer\.invalid does not resolve$"
        ) as caught:
            _ = lost.reading.status
        assert "or its DNS record" in caught.value.remedy

    def test_whose_variable_is_not_set_is_unknown(self) -> None:
        (fact,) = collected(
            endpoint(
                "service", "http://shop.example/", marker="x", connect=FromEnvironment(env="EDGE")
            )
        )
        assert fact.seen == (
            'environment variable EDGE, named in endpoint "the service" connect, is not set'
        )

    def test_that_is_unknown_answers_no_question(self) -> None:
        (fact,) = collected(endpoint("service", "http://explorer.invalid/", marker="x"))
        assert not fact.answers
        with pytest.raises(FactUnavailable):
            _ = fact.reading

    def test_answers_with_status_200_alone(self, site: Any) -> None:
        shop = site({"/": (200, "x"), "/down": (503, "x")})
        up = endpoint("service", f"{shop.url}/", marker="x")
        down = endpoint("backend", f"{shop.url}/down")
        assert [fact.answers for fact in collected(up, down)] == [True, False]

    @pytest.mark.parametrize(
        ("role", "cause"),
        [
            ("service", 'endpoint "the service" declares no marker'),
            ("frontend", 'endpoint "the frontend" declares no marker'),
            ("metrics", 'endpoint "the metrics" declares no metrics'),
        ],
    )
    def test_that_declares_nothing_to_look_for_is_unknown(
        self, site: Any, role: str, cause: str
    ) -> None:
        (fact,) = collected(endpoint(role, site({"/": (200, "anything")}).url))
        with pytest.raises(FactUnavailable) as caught:
            _ = fact.reading.status
        assert caught.value.cause == cause
        assert "in readiness.toml" in caught.value.remedy


class TestAllEndpoints:
    def test_are_read_at_once(self, site: Any) -> None:
        shop = site({"/": (200, "x")}, meeting=3)  # each request waits for the other two
        declared = [
            Endpoint(name=str(number), role="service", url=shop.url, marker="x")
            for number in range(3)
        ]
        assert [fact.reading.status for fact in collected(*declared)] == [200, 200, 200]

    def test_must_be_declared(self) -> None:
        with pytest.raises(FactUnavailable) as caught:
            collected()
        assert caught.value.cause == "readiness.toml declares no [[endpoints]]"
        assert caught.value.remedy == (
            "declare the service's URLs under [[endpoints]] in readiness.toml"
        )

    def test_come_back_from_json_as_they_were_and_hold_no_body_and_no_cookie(
        self, site: Any
    ) -> None:
        shop = site({"/": (200, "Latest blocks, body-canary")})
        facts = collected(
            endpoint("service", shop.url, marker="Latest"),
            endpoint("backend", "http://explorer.invalid/"),
        )
        adapter: TypeAdapter[Any] = TypeAdapter(Endpoints().fact_type)
        written = adapter.dump_json(facts)
        assert adapter.validate_json(written) == facts
        assert b"canary" not in written


class TestAFrontend:
    PAGE = '<link rel="stylesheet" href="/a.css"><script src="b.js"></script>'

    def test_names_the_asset_it_needs(self, site: Any) -> None:
        shop = site({"/": (200, f"x {self.PAGE}"), "/a.css": (200, "")})
        (fact,) = collected(endpoint("frontend", f"{shop.url}/", marker="x"))
        assert [asset.url for asset in fact.reading.assets] == [f"{shop.url}/a.css"]
        assert fact.reading.failed_assets == ()

    def test_names_the_asset_it_does_not_get(self, site: Any) -> None:
        shop = site({"/": (200, f"x {self.PAGE}")})
        (fact,) = collected(endpoint("frontend", f"{shop.url}/", marker="x"))
        assert [(asset.url, asset.status) for asset in fact.reading.failed_assets] == [
            (f"{shop.url}/a.css", 404)
        ]

    def test_whose_asset_gets_no_answer_at_all_shows_it_with_status_0(self, site: Any) -> None:
        shop = site({"/": (200, f"x {self.PAGE}"), "/a.css": (0, "")})
        (fact,) = collected(endpoint("frontend", f"{shop.url}/", marker="x"))
        assert [asset.status for asset in fact.reading.failed_assets] == [0]

    def test_needs_only_scripts_and_styles_from_its_own_place(self) -> None:
        html = (
            '<link rel="icon" href="/i.ico"><script>1</script><link rel=stylesheet>'
            '<script src="https://cdn.example/x.js"></script><script src="/own.js"></script>'
            f"{self.PAGE}"
        )
        assert assets_in(html, "https://shop.example/a/") == (
            "https://shop.example/own.js",
            "https://shop.example/a.css",
            "https://shop.example/a/b.js",
        )


class TestABackend:
    def test_reports_the_state_of_each_dependency(self, site: Any) -> None:
        said = '{"dependencies": {"node": "up", "database": {"status": "DOWN"}}}'
        (fact,) = collected(endpoint("backend", site({"/": (503, said)}).url))
        assert fact.reading.status == 503
        assert fact.reading.dependencies == (
            Dependency(name="database", state="DOWN"),
            Dependency(name="node", state="up"),
        )

    @pytest.mark.parametrize(
        ("said", "states"),
        [
            ('{"status":"UP","components":{"db":{"status":"UP"}}}', {"db": "UP"}),
            ('{"checks":{"db:time":[{"status":"pass"},{"status":"warn"}]}}', {"db:time": "warn"}),
            ('{"checks":{"db":[{"status":"pass"}]}}', {"db": "pass"}),
            ('{"checks":{"db":[]}}', {"db": "not reported"}),
            ('{"checks":[{"name":"db","state":"ok"},{"state":"ok"},3]}', {"db": "ok"}),
            ('{"entries":{"db":{"healthy":true}}}', {"db": "True"}),
            ('{"dependencies":{"db":null,"node":{"latency":3}}}',
             {"db": "not reported", "node": "not reported"}),
            ('{"dependencies":"all fine"}', {}),
            ('{"status":"ok"}', {}),
            ('["ok"]', {}),
            ("ok", {}),
            ("[" * 100_000, {}),
        ],
    )  # fmt: skip
    def test_may_use_any_usual_form_and_nothing_is_made_up(
        self, said: str, states: dict[str, str]
    ) -> None:
        assert {found.name: found.state for found in dependencies_in(said)} == states

    @pytest.mark.parametrize(
        ("state", "healthy"),
        [("up", True), ("OK", True), ("Healthy", True), ("True", True), ("degraded", False),
         ("warn", False), ("False", False), ("not reported", False), ("", False)],
    )  # fmt: skip
    def test_is_healthy_only_by_a_word_that_says_so(self, state: str, healthy: bool) -> None:  # noqa: FBT001 a table
        assert Dependency(name="db", state=state).healthy is healthy


class TestMetrics:
    def test_name_families_with_samples_and_those_that_are_missing(self, site: Any) -> None:
        text = "# TYPE requests_total counter\nrequests_total 3\n# TYPE errors_total counter\n"
        (fact,) = collected(
            endpoint(
                "metrics", site({"/": (200, text)}).url, metrics=("requests_total", "errors_total")
            )
        )
        assert fact.reading.families == ("requests_total",)
        assert fact.reading.missing_families == ("errors_total",)
        assert fact.reading.exposition_error == ""

    def test_that_do_not_parse_have_no_families(self, site: Any) -> None:
        (fact,) = collected(
            endpoint("metrics", site({"/": (200, "up 1\n<html>\n")}).url, metrics=("up",))
        )
        assert (fact.reading.families, fact.reading.missing_families) == ((), ("up",))
        assert fact.reading.exposition_error == "line 2 is no exposition of metrics"

    @pytest.mark.parametrize(
        ("text", "families"),
        [
            ("", ()),
            ("# TYPE up gauge\n# HELP up x\n", ()),
            ("up 1\n\n", ("up",)),
            ("up{} 1\r\n", ("up",)),
            ('  up\t{ a = "x" , b="y", } 1.5e3 1395066363000\n', ("up",)),
            ('up{a="q\\"} 1 {b",c="\\\\"} NaN', ("up",)),
            ("job:up:sum +Inf", ("job:up:sum",)),
            ('# TYPE d histogram\nd_bucket{le="1"} 1\nd_sum 1\nd_count 1\n', ("d",)),
            ('# TYPE d summary\nd{quantile="0.5"} 1\nd_sum 1\n', ("d",)),
            ("d_sum 1\n", ("d_sum",)),
            ('# TYPE r counter\nr_total 1 # {id="a"} 1 2\n# EOF\n', ("r", "r_total")),
        ],
    )  # fmt: skip
    def test_are_read_in_every_form_of_a_line(self, text: str, families: tuple[str, ...]) -> None:
        assert families_in(text) == families

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("up", "line 1 is no exposition of metrics"),
            ("up{a=1} 1", "line 1 is no exposition of metrics"),
            ('up{a="x"', "line 1 is no exposition of metrics"),
            ('up{a="x" b="y"} 1', "line 1 is no exposition of metrics"),
            ("1up 1", "line 1 is no exposition of metrics"),
            ('a 1\n{"ok": true}', "line 2 is no exposition of metrics"),
            ("up yes", "line 1 holds 'yes' where a number belongs"),
            ("up 1 2 3", "line 1 is no exposition of metrics"),
        ],
    )  # fmt: skip
    def test_are_refused_at_the_first_line_that_is_none(self, text: str, why: str) -> None:
        with pytest.raises(ValueError, match=f"^{why}$"):
            families_in(text)

    @pytest.mark.parametrize(
        "line",
        ["up" + " " * 300_000 + "x y z", 'up{a="' + "\\" * 300_001, "up{" + 'a="",' * 90_000],
    )
    def test_on_a_hostile_line_are_refused_at_once(self, line: str) -> None:
        with pytest.raises(ValueError, match="line 1"):
            families_in(line)


def test_everything_seen_has_a_value_that_reads_as_nothing_until_it_was_seen() -> None:
    empty = Seen()
    assert not any(getattr(empty, field.name) for field in fields(empty))
