"""Items about load on facts as values: each criterion broken in turn, and named."""

from __future__ import annotations

import datetime as dt
import importlib.util
import inspect
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.backend_routes import BackendRoute, BackendRouteFacts
from pytest_orr.collect.endpoints import EndpointFact, Seen
from pytest_orr.collect.load_results import LoadResult
from pytest_orr.collect.load_tools.figures import LoadFigures
from pytest_orr.collect.parts import Part
from pytest_orr.collect.peer_services import Peer
from pytest_orr.collect.request_counts import RequestCount
from pytest_orr.collect.routed_groups import RoutedThing
from pytest_orr.errors import OrrError
from pytest_orr.model import Outcome
from pytest_orr.profile.scaling import Growth
from pytest_orr.profile.schema import (
    Endpoint,
    Person,
    Profile,
    Projection,
    ProviderQuota,
    Release,
    Scaling,
    Service,
)
from pytest_orr.record.findings import Subjects

if TYPE_CHECKING:
    from collections.abc import Callable

SUITE = Path(__file__).parents[4] / "readiness" / "test_scalability.py"
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
CLEO = Person(email="cleo@example.org", name="Cleo", roles=("product",))
ANA = Person(email="ana@example.org", name="Ana", roles=("service",))
API = "api.explorer.example"
FORECAST = Projection(
    requests_per_day=4_200_000,
    peak_rps=150,
    by="cleo@example.org",
    on=dt.date(2026, 10, 28),
    growth=tuple(Growth(months=n, requests_per_day=5_000_000, peak_rps=200) for n in (3, 6, 12)),
)
PROFILE = Profile(
    service=Service(name="explorer", environment="production", people=(ANA, CLEO)),
    release=Release(commit="0123456"),
    endpoints=(Endpoint(name="health", role="backend", url=f"https://{API}/health"),),
    projection=FORECAST,
    scaling=Scaling(
        p95_ms=500,
        error_budget=0.001,
        provider_quotas=(ProviderQuota(name="feed", rps=225),),
    ),
)
COUNT = RequestCount(
    of=("explorer",),
    since=AS_OF - dt.timedelta(days=1),
    until=AS_OF,
    day=4_200_000,
    busiest_minute=9000,
    minutes=1440,
)
FIGURES = LoadFigures(samples=1000, errors=1, p95_ms=500, rate=225, is_mean=True)
TEST = LoadResult(
    tool="k6",
    target=API,
    stands_for="",
    started=AS_OF - dt.timedelta(days=90),
    ended=AS_OF - dt.timedelta(days=90) + dt.timedelta(hours=1),
    declared_sha256="a" * 64,
    sha256="a" * 64,
    figures=FIGURES,
)
MEASURED = {"samples", "errors", "hosts", "began", "rate", "p95_ms", "may_lack_errors"}
ROUTE = BackendRoute(balancers=("arn:lb",))
GROUP = RoutedThing(arn="arn:tg", kind="target group")
PEER = Peer(service="faucet", environment="production", hosts=("faucet.example",))


@pytest.fixture(scope="module")
def bodies() -> dict[str, Callable[..., None]]:
    """The functions of the suite's module by the last part of their ids."""
    spec = importlib.util.spec_from_file_location("scalability_items", SUITE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {
        mark.args[0].rpartition(".")[2]: function
        for function in vars(module).values()
        for mark in getattr(function, "pytestmark", ())
        if mark.name == "orr"
    }


def part(name: str, seen: Any) -> Part[Any]:
    return Part(name=name, observed=seen)


@pytest.fixture(scope="module")
def judged(bodies: dict[str, Callable[..., None]]) -> Callable[..., dict[str, str]]:
    """Judge an item by its facts; what is not good by subject: ``judged("plan", fact=…)``."""

    def run(item: str, profile: Profile = PROFILE, **facts: Any) -> dict[str, str]:
        subject = Subjects()
        proof = SimpleNamespace(kind="report", sha256="a" * 64)
        given = {
            "profile": profile,
            "as_of": AS_OF,
            "subject": subject,
            "attestation": SimpleNamespace(evidence=(proof,)),
            **facts,
        }
        asked = inspect.signature(bodies[item]).parameters
        with suppress(OrrError):  # as the recorder does, which then adds a finding
            bodies[item](**{name: given[name] for name in asked})
        assert subject.findings
        return {
            one.subject: one.detail for one in subject.findings if one.outcome is not Outcome.PASS
        }

    return run


class TestTheForecast:
    @staticmethod
    def of(judged: Any, forecast: Projection | None, count: RequestCount = COUNT) -> Any:
        profile = replace(PROFILE, projection=forecast)
        counts = (part("load balancers", count),)
        return judged("owner-forecast", profile, request_counts=counts)

    def test_of_the_product_owner_is_good(self, judged: Any) -> None:
        assert self.of(judged, FORECAST) == {}

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"by": "ana@example.org"}, "ana@example.org does not have the role product"),
            ({"on": dt.date(2026, 8, 21)}, "it is too old"),
            ({"growth": FORECAST.growth[:1]}, "nothing is said of 6, 12 months later"),
        ],
    )
    def test_that_lacks_something_is_told(self, judged: Any, change: Any, why: str) -> None:
        found = self.of(judged, replace(FORECAST, **change))
        assert found["[projection]"].startswith(why)

    def test_that_was_exceeded_is_told(self, judged: Any) -> None:
        found = self.of(judged, FORECAST, replace(COUNT, busiest_minute=9001))
        assert found["load balancers"].startswith("it had more than 150 a second")

    def test_that_nobody_made_is_not_known(self, judged: Any) -> None:
        found = self.of(judged, None)
        assert {*found} == {"[projection]", "load balancers"}
        assert set(found.values()) == {"readiness.toml declares no [projection]"}


class TestRequestsPerDay:
    def test_within_the_projection_are_good(self, judged: Any) -> None:
        assert judged("requests-per-day", request_counts=(part("lb", COUNT),)) == {}

    def test_above_the_projection_are_told(self, judged: Any) -> None:
        counts = (part("lb", replace(COUNT, day=4_200_001)),)
        found = judged("requests-per-day", request_counts=counts)
        assert found["lb"].startswith("more than 4,200,000 requests a day came; saw 4,200,001")

    def test_that_a_provider_does_not_allow_are_told(self, judged: Any) -> None:
        quota = ProviderQuota(name="feed", rps=224)
        profile = replace(PROFILE, scaling=replace(PROFILE.scaling, provider_quotas=(quota,)))
        found = judged("requests-per-day", profile, request_counts=(part("lb", COUNT),))
        assert found["feed"].startswith("it allows 224 a second, and 225 may be needed")

    @pytest.mark.parametrize(("first", "subjects"), [(True, set()), (False, {"lb"})])
    def test_that_were_not_measured_are_known_before_a_first_launch_alone(
        self, judged: Any, *, first: bool, subjects: set[str]
    ) -> None:
        profile = replace(PROFILE, release=Release(commit="0123456", first=first))
        counts = (part("lb", replace(COUNT, day=0, busiest_minute=0, minutes=0)),)
        assert {*judged("requests-per-day", profile, request_counts=counts)} == subjects
        assert {*judged("owner-forecast", profile, request_counts=counts)} == subjects


class TestTheEndpoint:
    @staticmethod
    def of(judged: Any, **change: Any) -> Any:
        route = part(API, change.get("route", ROUTE))
        status = change.get("status", 200)
        facts = BackendRouteFacts(
            routes=(route,), behind=(part("arn:tg", change.get("group", GROUP)),)
        )
        health = EndpointFact(
            name="health",
            role="backend",
            url=f"https://{API}/health",
            observed=Seen(status=status),
        )
        peers = (part("peers/faucet.toml", change.get("peer", PEER)),)
        return judged(
            "dedicated-endpoint", backend_routes=facts, endpoints=(health,), peer_services=peers
        )

    def test_of_the_service_alone_is_good(self, judged: Any) -> None:
        assert self.of(judged) == {}

    @pytest.mark.parametrize(
        ("change", "subject", "why"),
        [
            (
                {"route": BackendRoute(balancers=(), strays=("192.0.2.1",))},
                API,
                "it leads to no load balancer of the service",
            ),
            (
                {"route": replace(ROUTE, strays=("192.0.2.1",))},
                API,
                "it leads to others, too: 192.0.2.1",
            ),
            (
                {"group": replace(GROUP, lacking=(("service", "explorer"),))},
                "arn:tg",
                "it does not carry the service's tag service = explorer",
            ),
            ({"status": 503}, "health", "its health check does not answer with status 200"),
            (
                {"peer": replace(PEER, hosts=(API,))},
                "peers/faucet.toml",
                f"it uses the same: {API}",
            ),
            (
                {"peer": replace(PEER, hosts=("arn:lb",))},
                "peers/faucet.toml",
                "it uses the same: arn:lb",
            ),
        ],
    )
    def test_that_is_shared_is_told(self, judged: Any, change: Any, subject: str, why: str) -> None:
        found = self.of(judged, **change)
        assert {*found} == {subject}
        assert found[subject].startswith(why)


class TestTheStressTest:
    @staticmethod
    def of(judged: Any, profile: Profile = PROFILE, **change: Any) -> Any:
        figures = {key: change.pop(key) for key in [*change] if key in MEASURED}
        test = replace(TEST, figures=replace(FIGURES, **figures), **change)
        return judged("stress-test", profile, load_results=(part("k6.json", test),))

    def test_that_reached_what_it_must_is_good(self, judged: Any) -> None:
        assert self.of(judged) == {}
        assert self.of(judged, target="staging.example", stands_for="health") == {}

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"sha256": "b" * 64}, f"the file's SHA-256 is {'b' * 64}"),
            (
                {"target": "staging.example"},
                "its target is the host of no endpoint, and stands for none",
            ),
            ({"ended": AS_OF - dt.timedelta(days=91)}, "it is too long ago"),
            ({"samples": 0, "errors": 0}, "its file holds no request"),
            ({"hosts": (API, "other.example")}, "it asked others: other.example"),
            (
                {"began": TEST.started - dt.timedelta(days=1)},
                "its file tells of another time than was declared",
            ),
            ({"rate": 224.9}, "it did not reach 225 requests a second"),
            ({"p95_ms": 500.1}, "answers took longer than promised"),
            ({"errors": 2}, "more requests failed than allowed"),
            ({"may_lack_errors": True}, "hey leaves requests without an answer out of its file"),
        ],
    )
    def test_that_did_not_is_told(self, judged: Any, change: Any, why: str) -> None:
        assert self.of(judged, **change)["k6.json"].startswith(why)

    @pytest.mark.parametrize(
        ("scaling", "key"),
        [
            (replace(PROFILE.scaling, p95_ms=None), "p95_ms"),
            (replace(PROFILE.scaling, error_budget=None), "error_budget"),
        ],
    )
    def test_without_an_objective_is_not_known(
        self, judged: Any, scaling: Scaling, key: str
    ) -> None:
        profile = replace(PROFILE, scaling=scaling)
        told = f"readiness.toml declares no [scaling] {key}"
        assert self.of(judged, profile)["k6.json"] == told
