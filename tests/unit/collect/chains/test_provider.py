"""Projects at a provider of nodes: whom it answers, whose they are, and how much they may ask."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.chains.provider_limits import ProviderLimits, Refusals
from pytest_orr.collect.chains.provider_projects import ProviderProjects
from pytest_orr.collect.chains.provider_protections import ProviderProtections
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.chains import Provider, ProviderProject
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.front import Endpoint
from pytest_orr.profile.scaling import Peers, Projection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
KEY = FromEnvironment(env="EXPLORER_FINGERPRINT_KEY")
TODAY = dt.date(2026, 11, 1)


def project(name: str, environment: str = "production", **more: Any) -> ProviderProject:
    own = {
        "url": FromEnvironment(env="EXPLORER_PROVIDER"),
        "id": FromEnvironment(env=f"EXPLORER_PROVIDER_{name.upper()}"),
    }
    return ProviderProject(name=name, environment=environment, **{**own, **more})


BACKEND = project("backend", secret=FromEnvironment(env="EXPLORER_PROVIDER_SECRET"))
FRONTEND = project("frontend", origin="https://explorer.example")
STAGING = project("staging", "staging", origin="https://staging.explorer.example")


@pytest.fixture
def desk(desk_for: Callable[..., Any], nodes: Any, tmp_path: Path) -> Callable[..., Any]:
    """A desk with projects, and more keys of the profile: ``desk(BACKEND, …)``."""

    def make(*projects: ProviderProject, key: Any = KEY, env: Any = None, **more: Any) -> Any:
        provider = Provider(projects=projects, fingerprint_key=key)
        environment = {**nodes.environment, **(env or {})}
        return desk_for(tmp_path, environment, provider=provider, **more)

    return make


class TestProtections:
    """A wrong call is refused, and the right one answered."""

    def test_are_seen_by_a_wrong_call_and_a_right_one(self, desk: Any) -> None:
        facts = ProviderProtections().collect(desk(BACKEND, FRONTEND, STAGING)).value
        assert [one.name for one in facts.projects] == ["backend", "frontend"]
        assert [one.reading.admitted for one in facts.projects] == [(), ()]
        assert "without the secret: HTTP 401, error -32002" in facts.projects[0].seen
        assert "from another origin: HTTP 401, error -32002" in facts.projects[1].seen

    def test_that_are_missing_let_strangers_in(self, desk: Any, nodes: Any) -> None:
        nodes.spoil("EXPLORER_PROVIDER", "open")
        facts = ProviderProtections().collect(desk(BACKEND, FRONTEND)).value
        admitted = [one.reading.admitted for one in facts.projects]
        assert admitted == [("without the secret",), ("from another origin",)]

    def test_are_unknown_while_the_right_call_is_not_answered(self, desk: Any, nodes: Any) -> None:
        nodes.spoil("EXPLORER_PROVIDER", "limit")
        [part] = ProviderProtections().collect(desk(BACKEND)).value.projects
        with pytest.raises(FactUnavailable, match=r"right call is not answered \(HTTP 429\)"):
            _ = part.reading

    def test_are_unknown_where_a_wrong_call_meets_the_limit(self, desk: Any, nodes: Any) -> None:
        [part] = ProviderProtections().collect(desk(BACKEND)).value.projects
        asked = desk(BACKEND)
        right = asked.evm.reply

        def then_the_limit(url: str, **how: Any) -> Any:
            said = right(url, **how)
            nodes.spoil("EXPLORER_PROVIDER", "limit")
            return said

        object.__setattr__(asked, "evm", type("Asked", (), {"reply": staticmethod(then_the_limit)}))
        [late] = ProviderProtections().collect(asked).value.projects
        with pytest.raises(FactUnavailable, match="the plan's limit is reached"):
            _ = late.reading.admitted
        assert part.reading.admitted == ()

    def test_of_another_id_are_unknown_and_no_id_is_told(self, desk: Any) -> None:
        wrong = desk(BACKEND, env={"EXPLORER_PROVIDER_BACKEND": "feedface" * 4})
        [part] = ProviderProtections().collect(wrong).value.projects
        with pytest.raises(FactUnavailable, match="HTTP 401") as raised:
            _ = part.reading
        assert "feedface" not in raised.value.diagnostics()

    def test_of_nothing_are_undeclared(self, desk: Any) -> None:
        with pytest.raises(Undeclared, match=r"\[\[provider\.projects\]\]"):
            ProviderProtections().collect(desk(STAGING))


class TestFingerprints:
    """Ids are compared without being kept."""

    def test_differ_from_project_to_project_and_hold_no_id(self, desk: Any, nodes: Any) -> None:
        facts = ProviderProjects().collect(desk(BACKEND, FRONTEND, STAGING)).value
        told = [one.reading.fingerprint for one in facts.own]
        assert len({*told}) == 3
        assert not any(nodes.module.BACKEND in one for one in told)
        assert facts.can_compare
        assert [facts.others_with(one.reading.fingerprint, one.name) for one in facts.own] == [
            (),
            (),
            (),
        ]

    def test_of_a_shared_id_name_whoever_shares_it(self, desk: Any, nodes: Any) -> None:
        same = {"EXPLORER_PROVIDER_STAGING": nodes.module.BACKEND.upper()}
        facts = ProviderProjects().collect(desk(BACKEND, STAGING, env=same)).value
        backend = facts.own[0].reading
        assert facts.others_with(backend.fingerprint, "backend") == ("staging",)

    def test_of_a_peer_stand_in_its_review(self, desk: Any, tmp_path: Path) -> None:
        [own] = ProviderProjects().collect(desk(BACKEND)).value.own
        finding = {"subject": "faucet", "detail": own.seen, "outcome": "pass"}
        item = {"id": "deployment.infura.separate-project-ids", "findings": [finding]}
        review = {"service": "faucet", "environment": "production", "items": [item]}
        (tmp_path / "faucet.json").write_text(json.dumps(review), encoding="utf-8")
        peers = Peers(reviews=("faucet.json",))
        facts = ProviderProjects().collect(desk(BACKEND, peers=peers)).value
        assert facts.can_compare
        told = facts.others_with(own.reading.fingerprint, "backend")
        assert told == ("faucet (production)",)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            ("[]", "is no review.json"),
            ('{"service": "explorer", "environment": "production", "items": []}', "own"),
            ('{"service": "faucet", "environment": "production", "items": []}', "no fingerprint"),
            (None, "is not there"),
        ],
    )
    def test_of_a_peer_without_any_are_unknown(
        self, desk: Any, tmp_path: Path, content: str | None, why: str
    ) -> None:
        if content is not None:
            (tmp_path / "faucet.json").write_text(content, encoding="utf-8")
        facts = (
            ProviderProjects().collect(desk(BACKEND, peers=Peers(reviews=("faucet.json",)))).value
        )
        with pytest.raises(FactUnavailable, match=why):
            _ = facts.peers[0].reading
        with pytest.raises(FactUnavailable, match="no other project is known"):
            _ = facts.can_compare

    @pytest.mark.parametrize(
        ("key", "env", "why"),
        [
            (None, {}, r"declares no \[provider\]"),
            (KEY, {"EXPLORER_FINGERPRINT_KEY": "short"}, "fewer than 16 characters"),
            (KEY, {"EXPLORER_PROVIDER_BACKEND": ""}, "EXPLORER_PROVIDER_BACKEND, named in"),
        ],
    )
    def test_without_key_or_id_are_unknown(self, desk: Any, key: Any, env: Any, why: str) -> None:
        [part] = ProviderProjects().collect(desk(BACKEND, key=key, env=env)).value.own
        with pytest.raises(FactUnavailable, match=why):
            _ = part.reading

    def test_of_nothing_are_undeclared(self, desk: Any) -> None:
        with pytest.raises(Undeclared, match=r"\[\[provider\.projects\]\]"):
            ProviderProjects().collect(desk())


class TestLimits:
    """What is expected leaves the plan its margin, and nothing was refused."""

    LOAD = Projection(requests_per_day=1_000_000, peak_rps=50.0, by="ana@example.org", on=TODAY)

    def limits(self, desk_for: Any, folder: Path, **keys: Any) -> Any:
        plan = {"calls_per_day": 3_000_000, "calls_per_request": 2.0, **keys}
        asked = desk_for(folder, {}, provider=Provider(**plan), projection=self.LOAD)
        return ProviderLimits().collect(asked).value

    def test_are_numbers_of_the_profile(self, desk_for: Any, tmp_path: Path) -> None:
        facts = self.limits(desk_for, tmp_path)
        assert facts.fits
        assert facts.seen == "2,000,000 expected, 70% of 3,000,000 allowed"
        assert not self.limits(desk_for, tmp_path, calls_per_day=2_500_000).fits

    def test_without_a_counter_leave_refusals_unknown(self, desk_for: Any, tmp_path: Path) -> None:
        with pytest.raises(FactUnavailable, match="declares no"):
            _ = self.limits(desk_for, tmp_path).refusals.reading
        with pytest.raises(FactUnavailable, match=r"\[\[endpoints\]\]"):
            _ = self.limits(desk_for, tmp_path, refused_calls="refused_total").refusals.reading

    def test_without_a_plan_are_undeclared(self, desk_for: Any, tmp_path: Path) -> None:
        with pytest.raises(Undeclared, match=r"\[provider\]"):
            self.limits(desk_for, tmp_path, calls_per_day=None)

    @pytest.mark.parametrize(
        ("text", "count", "since"),
        [
            ("refused_total 0\nprocess_start_time_seconds 1.7e9\n", 0, 2023),
            ('refused_total{code="429"} 2\nrefused_total{code="402"} 1\n', 3, None),
        ],
    )
    def test_are_counted_by_the_service(
        self, exported: Callable[[str], Any], text: str, count: int, since: int | None
    ) -> None:
        seen = exported(text).reading
        assert seen.count == count
        assert (seen.since.year if seen.since else None) == since
        assert seen.seen.startswith(f"refused_total {count} since {since or 'nobody'}")

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("refused_total many\n", "metrics: line 1 holds 'many' where a number belongs"),
            ("other_total 1\n", "no metrics endpoint has samples of refused_total"),
        ],
    )
    def test_that_no_endpoint_tells_are_unknown(
        self, exported: Callable[[str], Any], text: str, why: str
    ) -> None:
        with pytest.raises(FactUnavailable, match=why):
            _ = exported(text).reading

    @pytest.fixture
    def exported(
        self, desk_for: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[str], Any]:
        """What is known of refusals by what the service exports."""

        def read(text: str) -> Any:
            page = Endpoint(name="metrics", role="metrics", url="https://api.explorer.example/m")
            plan = Provider(calls_per_day=1, calls_per_request=1.0, refused_calls="refused_total")
            asked = desk_for(tmp_path, {}, provider=plan, projection=self.LOAD, endpoints=(page,))
            told = type("Page", (), {"text": text})
            monkeypatch.setattr(type(asked.http), "get", lambda *_: told)
            return ProviderLimits().collect(asked).value.refusals

        return read

    def test_that_were_met_within_seven_days_are_known(self) -> None:
        young, old = AS_OF - dt.timedelta(days=2), AS_OF - dt.timedelta(days=8)
        assert not Refusals(family="r", count=3, since=young).has_none(AS_OF, 15)
        assert Refusals(family="r", count=0, since=old).has_none(AS_OF, 15)

    @pytest.mark.parametrize(
        ("count", "days", "why"),
        [
            (0, 2, "does not count for seven days"),
            (0, None, "is not exported"),
            (3, 8, "say when"),
            (3, None, "say when"),
        ],
    )
    def test_that_a_counter_cannot_date_are_unknown(
        self, count: int, days: int | None, why: str
    ) -> None:
        since = AS_OF - dt.timedelta(days=days) if days else None
        with pytest.raises(FactUnavailable, match=why):
            Refusals(family="r", count=count, since=since).has_none(AS_OF, 15)


class TestRefusalsInPrometheus:
    """The counter's history of seven days, if there is a Prometheus."""

    WEEK = 7 * 24 * 3600
    SELECTOR = 'refused_total{service="explorer"}'

    @pytest.fixture
    def refusals(self, desk_for: Any, tmp_path: Path, told_prometheus: Any) -> Callable[[], Any]:
        """What is known of refused calls."""

        def read() -> Any:
            plan = Provider(calls_per_day=1, calls_per_request=1.0, refused_calls="refused_total")
            declared = told_prometheus.declared(service="explorer")
            load = TestLimits.LOAD
            desk = desk_for(tmp_path, {}, provider=plan, projection=load, prometheus=declared)
            desk = replace(desk, prometheus=told_prometheus.client(service="explorer"))
            return ProviderLimits().collect(desk).value.refusals.reading

        return read

    @pytest.mark.parametrize(
        ("amount", "points", "minutes", "none"),
        [(0.0, 1001, 1, True), (0.2, 1001, 1, False), (2.0, 10, 600, False)],
    )
    def test_are_none_of_a_whole_week_that_is_still_counted(
        self,
        told_prometheus: Any,
        refusals: Callable[[], Any],
        *,
        amount: float,
        points: int,
        minutes: int,
        none: bool,
    ) -> None:
        told_prometheus.counts(self.SELECTOR, amount, points=points, seconds=self.WEEK)
        last = AS_OF - dt.timedelta(minutes=minutes)
        told_prometheus.samples(self.SELECTOR, last, service="explorer")
        seen = refusals()
        assert seen.has_none(AS_OF, 15) is none
        assert seen.seen.startswith(f"{self.SELECTOR} {amount:g} from 2026-11-13 to 2026-11-20, ")

    @pytest.mark.parametrize(
        ("points", "minutes", "why"),
        [
            (800, 1, "for 80% of the time"),
            (1001, 16, "no sample of refused_total since 2026-11-19 23:44 UTC"),
            (1001, None, "no sample of refused_total of today"),
            (0, None, "has no samples of refused_total"),
        ],
    )
    def test_of_a_history_with_gaps_or_an_end_are_unknown(
        self,
        told_prometheus: Any,
        refusals: Callable[[], Any],
        points: int,
        minutes: int | None,
        why: str,
    ) -> None:
        if points:
            told_prometheus.counts(self.SELECTOR, 0, points=points, seconds=self.WEEK)
        if minutes:
            last = AS_OF - dt.timedelta(minutes=minutes)
            told_prometheus.samples(self.SELECTOR, last, service="explorer")
        seen = refusals()
        with pytest.raises(FactUnavailable, match=why):
            seen.has_none(AS_OF, 15)
