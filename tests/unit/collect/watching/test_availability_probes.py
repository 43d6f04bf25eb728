"""Endpoints with the probes and monitors that look at their URLs, and what each is worth."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.alertmanager import Receiver
from pytest_orr.clients.blackbox import Module
from pytest_orr.clients.prometheus_said import Sample, Target
from pytest_orr.clients.uptimerobot_said import Contact, Monitor
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part
from pytest_orr.collect.watching import bound_rules, probe_readings, service_targets
from pytest_orr.collect.watching.alert_rules import AlertRuleFact, Reached
from pytest_orr.collect.watching.availability_probes import AvailabilityProbes
from pytest_orr.collect.watching.bound_rules import BoundRules
from pytest_orr.collect.watching.probe_readings import place_of
from pytest_orr.collect.watching.probes import Asserted
from pytest_orr.collect.watching.scrape_targets import ScrapeTarget
from pytest_orr.collect.watching.service_targets import ServiceTargets
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Unavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Monitoring, Prometheus, UptimeRobot
from pytest_orr.profile.schema import Endpoint, Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.collect.watching.watched_endpoints import WatchedEndpoint, WatchedEndpoints

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
PAGE, LOOKUP = "https://explorer.example/", "https://api.explorer.example/api/v1/status"
LIMITS = Monitoring(availability=0.999, availability_days=2)
ONCALL = Receiver(name="on-call", kinds=("pagerduty",), wakes=True)
CHAT = Receiver(name="chat", kinds=("webhook",), wakes=False)
MODULES = {
    "marker": Module(prober="http", patterns=("Latest blocks",), checks_certificate=True),
    "plain": Module(prober="http", patterns=(), checks_certificate=True),
}
MONITOR = Monitor(
    id="7",
    name="page",
    kind="KEYWORD",
    status="UP",
    url=PAGE,
    interval=60,
    contacts=("1",),
    tags=(),
    keyword="Latest blocks",
    keyword_rule="ALERT_NOT_EXISTS",
    is_case_ignored=False,
    checks_certificate=True,
    newest=None,
)
SILENT = FactUnavailable("it does not answer", "run again")
UNDECLARED = Undeclared("[prometheus]", "it")


def labelled(url: str, job: str = "blackbox") -> dict[str, str]:
    return {"job": job, "instance": url, "service": "explorer"}


def rule(expression: str, *receivers: Receiver, **more: Any) -> AlertRuleFact:
    usual: dict[str, Any] = {
        "name": "ProbeFails",
        "group": "explorer",
        "expression": expression,
        "labels": {},
        "runbook_url": "",
        "health": "ok",
        "state": "inactive",
        "evaluated": AS_OF,
        "lasts": 60.0,
        "error": "",
        "receivers": Part(name="x", observed=Reached(receivers=receivers or (ONCALL,))),
    }
    return AlertRuleFact(**usual | more)


BOUND = (rule("probe_success == 0"),)


@dataclass(kw_only=True)
class Told:
    """Prometheus as a test has it: each probe by its URL."""

    passed: dict[str, float] = field(default_factory=lambda: {PAGE: 1.0, LOOKUP: 1.0})
    ran: dt.datetime = AS_OF - dt.timedelta(seconds=20)
    share: float = 0.9995
    measured: float = 1.0
    module: str = "marker"
    job: str = "blackbox"
    where: str = "prometheus.example"

    def sampled(self, selector: str, *, at: dt.datetime) -> tuple[Sample, ...]:
        assert (selector, at) == ('probe_success{service="explorer"}', AS_OF)
        return tuple(self._sample(url, one, self.ran) for url, one in self.passed.items())

    def query(self, expression: str, *, at: dt.datetime) -> tuple[Sample, ...]:
        values = {
            'probe_http_status_code{service="explorer"}': 200.0,
            'probe_ssl_earliest_cert_expiry{service="explorer"}': 1_800_000_000.0,
            'avg_over_time(probe_success{service="explorer"}[2d])': self.share,
            'count_over_time(probe_success{service="explorer"}[2d:5m])': 576 * self.measured,
        }
        value = values[expression]
        return tuple(self._sample(url, value, at) for url in self.passed) if value else ()

    def targets(self) -> tuple[Target, ...]:
        return tuple(
            Target(
                job=self.job,
                instance=url,
                labels=labelled(url, self.job),
                url="http://blackbox:9115/probe",
                probed=url,
                module=self.module,
                health="up",
                last_scrape=self.ran,
                interval=60.0,
                error="",
            )
            for url in self.passed
        )

    def _sample(self, url: str, value: float, at: dt.datetime) -> Sample:
        name = {"__name__": "probe_success"}
        return Sample(labels=labelled(url, self.job) | name, at=at, value=value)


class Failing:
    """A client that answers nothing, for the reason that a test gives."""

    def __init__(self, why: FactUnavailable) -> None:
        self._why = why

    def __getattr__(self, _: str) -> Any:
        raise self._why


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., WatchedEndpoints]:
    """Collect the fact: ``seen(prometheus, rules, modules, monitors)``."""

    def collect(
        prometheus: Any = None,
        rules: Any = BOUND,
        modules: Any = MODULES,
        monitors: Any = (MONITOR,),
        endpoints: Mapping[str, str] | None = None,
    ) -> WatchedEndpoints:
        read: Any = SimpleNamespace(collect=lambda _: SimpleNamespace(value=rules))
        read = Failing(rules) if isinstance(rules, FactUnavailable) else read
        monkeypatch.setattr(probe_readings, "AlertRules", lambda: read)
        contact = Contact(id="1", kind="Email", is_active=True, hears_of_down=True)
        robot: Any = SimpleNamespace(monitors=lambda: monitors, contacts=lambda: (contact,))
        token = FromEnvironment(env="KEY")
        urls: Mapping[Any, str] = endpoints or {"frontend": PAGE, "service": LOOKUP}
        ana = Person(email="ana@example.org", name="Ana", roles=("platform",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="5e1ea5e0"),
            endpoints=tuple(
                Endpoint(name=role, role=role, url=url, marker="Latest blocks")
                for role, url in urls.items()
            ),
            prometheus=Prometheus(url="https://p.example", series={"service": "explorer"}),
            uptimerobot=UptimeRobot(token=token),
            monitoring=LIMITS,
        )
        clients: dict[str, Any] = {one.name: None for one in fields(Desk)}
        clients |= {"profile": profile, "as_of": AS_OF, "prometheus": prometheus or Told()}
        clients["uptimerobot"] = (
            Failing(monitors) if isinstance(monitors, FactUnavailable) else robot
        )
        clients["blackbox"] = (
            Failing(modules)
            if isinstance(modules, FactUnavailable)
            else SimpleNamespace(modules=modules)
        )
        return AvailabilityProbes().collect(Desk(**clients)).value

    return collect


@pytest.fixture
def page(seen: Callable[..., WatchedEndpoints]) -> Callable[..., WatchedEndpoint]:
    """Collect the fact and return the frontend."""
    return lambda **said: seen(**said).of_role("frontend")[0]


def test_each_endpoint_has_the_probes_of_its_url(seen: Callable[..., WatchedEndpoints]) -> None:
    facts = seen()

    frontend, service = facts.found
    assert [one.name for one in frontend.probes.reading.found] == [f"blackbox {PAGE}"]
    assert [one.name for one in service.probes.reading.found] == [f"blackbox {LOOKUP}"]
    assert service.monitors.reading.found == ()
    assert frontend.seen == (
        f"blackbox {PAGE} passed with status 200 at 2026-11-19 23:59:40, "
        "99.950% of 2 days, 100% of them measured; "
        "ProbeFails tells on-call by pagerduty; "
        f"page: KEYWORD {PAGE} every 60 s, UP, tells Email"
    )
    assert [one.gap(LIMITS, AS_OF) for one in facts.found] == ["", ""]
    assert [one.shortfall(LIMITS) for one in facts.found] == ["", ""]
    assert frontend.content_gap(LIMITS, AS_OF) == ""


@pytest.mark.parametrize(
    ("prometheus", "rules", "words"),
    [
        (Told(passed={}), (), "no probe looks at it"),
        (Told(job="other"), (), "no probe looks at it"),
        (
            Told(passed={PAGE: 0.0}),
            (rule("probe_success == 0"),),
            f"the last run of blackbox {PAGE} failed with status 200",
        ),
        (Told(), (), f"blackbox {PAGE}: no alert rule is bound to it"),
        (
            Told(),
            (rule('probe_success{instance="https://other.example/"} == 0'), rule("up == 0")),
            f"blackbox {PAGE}: no alert rule is bound to it",
        ),
        (
            Told(),
            (rule("probe_success == 0", CHAT),),
            f"blackbox {PAGE}: ProbeFails wakes nobody: chat by webhook",
        ),
        (
            Told(),
            (rule("probe_success == 0", health="err", error="many-to-many"),),
            f"blackbox {PAGE}: ProbeFails is not evaluated: many-to-many",
        ),
    ],
)
def test_what_keeps_a_probe_from_waking_somebody_is_named(
    page: Callable[..., WatchedEndpoint], prometheus: Told, rules: Any, words: str
) -> None:
    assert page(prometheus=prometheus, rules=rules).gap(LIMITS, AS_OF) == words


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"prometheus": Told(ran=AS_OF - dt.timedelta(minutes=16))}, "the last run of blackbox"),
        ({"rules": SILENT}, "it does not answer"),
        (
            {"rules": (rule("probe_success == 0", evaluated=AS_OF - dt.timedelta(hours=1)),)},
            "ProbeFails was last evaluated 2026-11-19 23:00",
        ),
        (
            {"rules": (rule('probe_success{instance=~"a(?!b)"} == 0'),)},
            "whether alert rule ProbeFails is about it is not known",
        ),
        ({"prometheus": Failing(SILENT)}, "it does not answer"),
    ],
)
def test_what_is_stale_or_not_told_is_not_taken_for_an_answer(
    page: Callable[..., WatchedEndpoint], said: dict[str, Any], cause: str
) -> None:
    with pytest.raises(FactUnavailable, match=cause):
        page(**said).gap(LIMITS, AS_OF)


def test_history_is_held_against_the_objective(page: Callable[..., WatchedEndpoint]) -> None:
    short = page(prometheus=Told(share=0.995))
    assert short.shortfall(LIMITS) == (
        f"blackbox {PAGE} found it well in 99.5000% of the last 2 days, "
        "and the objective is 99.9000%"
    )
    with pytest.raises(Undeclared, match=r"\[monitoring\] availability"):
        short.shortfall(Monitoring())
    with pytest.raises(FactUnavailable, match=r"looked in 50.0% of the last 2 days"):
        page(prometheus=Told(measured=0.5)).shortfall(LIMITS)
    with pytest.raises(FactUnavailable, match="has no history of blackbox"):
        page(prometheus=Told(share=0.0)).shortfall(LIMITS)


def test_a_probe_or_a_monitor_sees_missing_content(page: Callable[..., WatchedEndpoint]) -> None:
    by_probe = page(monitors=())
    by_monitor = page(prometheus=Told(module="plain"))
    by_none = page(prometheus=Told(module="plain"), monitors=())

    assert [one.content_gap(LIMITS, AS_OF) for one in (by_probe, by_monitor)] == ["", ""]
    assert by_none.content_gap(LIMITS, AS_OF) == (
        f"module plain of blackbox {PAGE} does not ask for the marker"
    )
    assert page(prometheus=Told(passed={}), monitors=()).content_gap(LIMITS, AS_OF) == (
        "no probe or monitor looks at it"
    )


def test_either_source_may_be_left_undeclared(page: Callable[..., WatchedEndpoint]) -> None:
    assert page(prometheus=Failing(UNDECLARED)).content_gap(LIMITS, AS_OF) == ""
    assert page(monitors=Undeclared("[uptimerobot]", "it")).content_gap(LIMITS, AS_OF) == ""
    with pytest.raises(FactUnavailable, match=r"declares no \[prometheus\]"):
        page(
            prometheus=Failing(UNDECLARED), monitors=Undeclared("[uptimerobot]", "it")
        ).content_gap(LIMITS, AS_OF)


def test_a_source_that_is_silent_leaves_unknown_what_the_other_does_not_settle(
    page: Callable[..., WatchedEndpoint],
) -> None:
    assert page(prometheus=Failing(SILENT)).content_gap(LIMITS, AS_OF) == ""
    with pytest.raises(FactUnavailable, match="it does not answer"):
        page(prometheus=Failing(SILENT), monitors=()).content_gap(LIMITS, AS_OF)
    with pytest.raises(FactUnavailable, match=r"no \[monitoring\] blackbox"):
        page(modules=Undeclared("[monitoring] blackbox", "it"), monitors=()).content_gap(
            LIMITS, AS_OF
        )
    paused = (replace(MONITOR, status="PAUSED"),)
    closed = Undeclared("[monitoring] blackbox", "it")
    assert page(modules=closed, monitors=paused).content_gap(LIMITS, AS_OF) == "page is paused"
    with pytest.raises(FactUnavailable, match="has no module other"):
        page(prometheus=Told(module="other"), monitors=()).content_gap(LIMITS, AS_OF)


@pytest.mark.parametrize(
    ("patterns", "asks"),
    [
        (("<h1>Latest blocks</h1>",), True),
        (("(?i)latest\\s+BLOCKS",), True),
        (("Latest",), True),
        ((".*",), False),
        (("Oldest blocks",), False),
    ],
)
def test_a_pattern_asks_for_the_marker_if_a_blank_page_does_not_match(
    page: Callable[..., WatchedEndpoint], patterns: tuple[str, ...], *, asks: bool
) -> None:
    module = {"marker": replace(MODULES["marker"], patterns=patterns)}

    found = page(modules=module, monitors=()).content_gap(LIMITS, AS_OF)

    assert (found == "") is asks


def test_a_pattern_that_is_not_understood_and_an_unchecked_certificate_do_not_count(
    page: Callable[..., WatchedEndpoint],
) -> None:
    odd = {"marker": replace(MODULES["marker"], patterns=("Latest\\b",))}
    with pytest.raises(FactUnavailable, match="matches is not known here"):
        page(modules=odd, monitors=()).content_gap(LIMITS, AS_OF)
    blind = {"marker": replace(MODULES["marker"], checks_certificate=False)}
    assert "does not fail on a certificate" in page(modules=blind, monitors=()).content_gap(
        LIMITS, AS_OF
    )
    assert Asserted(patterns=("x",)).seen == "body matches x"
    assert Asserted().seen == "no content"


def test_metrics_are_no_endpoint_of_users_and_without_endpoints_nobody_is_asked(
    seen: Callable[..., WatchedEndpoints],
) -> None:
    assert seen(endpoints={"metrics": "https://inside.example/metrics"}).found == ()
    profile: Any = SimpleNamespace(endpoints=())
    clients: dict[str, Any] = {one.name: None for one in fields(Desk)} | {"profile": profile}
    with pytest.raises(Undeclared, match=r"\[\[endpoints\]\]"):
        AvailabilityProbes().collect(Desk(**clients))


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://Explorer.example", "https://explorer.example:443/"),
        ("https://u:p@explorer.example:443/?q=1#x", "https://explorer.example:443/"),
        ("http://explorer.example:8080/a", "http://explorer.example:8080/a"),
        ("explorer.example:443", ""),
        ("https://explorer.example:x/", ""),
        ("https:///x", ""),
    ],
)
def test_urls_are_compared_by_the_place_that_they_lead_to(url: str, place: str) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    ("expression", "bound"),
    [
        ('probe_success{job=~"blackbox|probe"} == 0', True),
        ('probe_success{job!="blackbox"} == 0', False),
        ('{__name__="probe_success",instance=~`https://e.*`} < 1', True),
        ("probe_success{instance='https://explorer.example/'} < 1", True),
        ("job:probe_success:avg < 0.9", True),
        ("avg_over_time(probe_success[5m]) < 0.9", True),
        ("my_probe_success == 0", False),
        ("absent(probe_success)", True),
    ],
)
def test_a_rule_is_bound_by_the_series_that_it_asks_for(expression: str, *, bound: bool) -> None:
    found = bound_rules.bound_rules((rule(expression),), "probe_success", labelled(PAGE))

    assert (len(found.rules) == 1) is bound
    assert found.unclear == ()


def test_a_rule_that_is_no_expression_is_unclear_and_another_may_still_wake_somebody() -> None:
    odd = rule("probe_success{", name="Odd")
    found = bound_rules.bound_rules((odd,), "probe_success", labelled(PAGE))
    both = bound_rules.bound_rules((odd, rule("probe_success == 0")), "probe_success", {})

    assert found.seen == "Odd is unclear"
    with pytest.raises(FactUnavailable, match="whether alert rule Odd is about it"):
        found.gap(LIMITS, AS_OF)
    assert both.gap(LIMITS, AS_OF) == ""
    assert BoundRules().seen == "no alert"


def target(job: str, **more: Any) -> ScrapeTarget:
    usual: dict[str, Any] = {
        "kind": "service",
        "job": job,
        "instance": "explorer-backend-1:8080",
        "url": "http://explorer-backend-1:8080/metrics",
        "probed": "",
        "host": "",
        "health": "up",
        "last_scrape": AS_OF,
        "interval": 15.0,
        "error": "",
        "labels": {"job": job},
    }
    return ScrapeTarget(**usual | more)


def test_targets_of_the_service_have_the_rules_on_their_being_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(value: Any) -> Any:
        answer = SimpleNamespace(value=value, where=("p",))
        return lambda: SimpleNamespace(collect=lambda _: answer)

    targets = (target("explorer"), target("node", kind="node"), target("stale", last_scrape=None))
    monkeypatch.setattr(service_targets, "ScrapeTargets", told(targets))
    rules = (rule('up{job="explorer"} == 0'), rule("group_up == 0"))
    monkeypatch.setattr(service_targets, "AlertRules", told(rules))

    explorer, stale = ServiceTargets().collect(SimpleNamespace()).value  # type: ignore[arg-type] # what would use it is put aside

    assert explorer.name == "explorer explorer-backend-1:8080"
    assert explorer.seen == (
        "up, last scrape 2026-11-20 00:00:00 (every 15 s); ProbeFails tells on-call by pagerduty"
    )
    assert explorer.is_up(AS_OF)
    assert explorer.alerts.reading.gap(LIMITS, AS_OF) == ""
    assert stale.alerts.reading.gap(LIMITS, AS_OF) == "no alert rule is bound to it"
    with pytest.raises(FactUnavailable, match="has not scraped stale explorer-backend-1:8080"):
        stale.is_up(AS_OF)
    assert not replace(stale, target=target("stale", health="down")).is_up(AS_OF)


def test_who_cannot_be_asked_about_rules_hides_no_target(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = SimpleNamespace(value=(target("explorer"),), where=("p",))
    read = SimpleNamespace(collect=lambda _: answer)
    monkeypatch.setattr(service_targets, "ScrapeTargets", lambda: read)
    monkeypatch.setattr(service_targets, "AlertRules", lambda: Failing(SILENT))

    [found] = ServiceTargets().collect(SimpleNamespace()).value  # type: ignore[arg-type] # what would use it is put aside

    assert found.alerts.unavailable == Unavailable(cause="it does not answer", remedy="run again")
