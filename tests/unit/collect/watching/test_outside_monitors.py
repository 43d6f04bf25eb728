"""Public names and the monitors that look at them from outside, compared both ways."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.uptimerobot import UptimeRobot
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part
from pytest_orr.collect.watching.monitors import OutsideMonitor, Told
from pytest_orr.collect.watching.outside_monitors import OutsideMonitors
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Unavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Monitoring
from pytest_orr.profile.monitoring import UptimeRobot as Declared
from pytest_orr.profile.schema import Endpoint, Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.collect.watching.outside_monitors import OutsideMonitorFacts

CHECKOUT = Path(__file__).parents[4]
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
LIMITS = Monitoring()
URLS: dict[Any, str] = {
    "service": "https://api.explorer.example/api/v1/status",
    "frontend": "https://explorer.example/",
    "backend": "https://api.explorer.example/health",
    "metrics": "https://inside.explorer.example/metrics",
}
SOUND = OutsideMonitor(
    name="page",
    kind="KEYWORD",
    url="https://explorer.example/",
    host="explorer.example",
    status="UP",
    interval=60,
    keyword="Latest blocks",
    keyword_rule="ALERT_NOT_EXISTS",
    is_case_ignored=False,
    checks_certificate=True,
    newest=None,
    told=Part(name="page", observed=Told(active=("Email",))),
    is_declared=True,
)
DENIED: Part[Told] = Part(name="page", unavailable=Unavailable(cause="denied", remedy="allow it"))


@pytest.fixture(scope="module")
def watching() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.uptimerobot import UptimeRobotServer  # noqa: PLC0415 after the path

    server = UptimeRobotServer()
    yield server
    server.close()


@pytest.fixture
def seen(watching: Any) -> Callable[..., OutsideMonitorFacts]:
    """Collect the fact: ``seen("page-down", roles=("frontend",), tags=("explorer",))``."""

    def collect(
        *faults: str, roles: tuple[Any, ...] = tuple(URLS), tags: tuple[str, ...] = ()
    ) -> OutsideMonitorFacts:
        watching.faults = frozenset(faults)
        token = FromEnvironment(env="KEY")
        declared = Declared(url=watching.url, token=token, tags=tags)
        ana = Person(email="ana@example.org", name="Ana", roles=("platform",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="5e1ea5e0"),
            endpoints=tuple(Endpoint(name=one, role=one, url=URLS[one]) for one in roles),
            uptimerobot=declared,
        )
        robot = UptimeRobot(
            declared, Path(), environment={"KEY": "uptimerobot-of-nobody"}, pause=lambda _: None
        )
        clients: dict[str, Any] = {one.name: None for one in fields(Desk)}
        clients |= {"profile": profile, "as_of": AS_OF, "uptimerobot": robot}
        answer = OutsideMonitors().collect(Desk(**clients))
        assert answer.where == (robot.where,)
        return answer.value

    return collect


def test_every_public_name_has_monitors_and_metrics_need_none(
    seen: Callable[..., OutsideMonitorFacts],
) -> None:
    api, page = seen().names

    assert (api.host, api.endpoints) == ("api.explorer.example", ("backend", "service"))
    assert [one.name for one in api.monitors] == ["explorer health", "explorer lookup"]
    assert (page.host, page.endpoints) == ("explorer.example", ("frontend",))
    assert [name.gap(LIMITS, AS_OF) for name in (api, page)] == ["", ""]
    assert page.seen == (
        "explorer page: KEYWORD https://explorer.example/ every 60 s, UP, tells Email, Pagerduty"
    )


@pytest.mark.parametrize(
    ("fault", "host", "words"),
    [
        ("page-down", "explorer.example", "explorer page sees it down now"),
        ("page-paused", "explorer.example", "explorer page is paused"),
        ("contact-missing", "explorer.example", "explorer page tells nobody"),
        (
            "contacts-paused",
            "explorer.example",
            "explorer page tells Email (idle), Pagerduty (idle)",
        ),
        ("api-unwatched", "api.explorer.example", "no monitor looks at it"),
        (
            "interval-long",
            "api.explorer.example",
            (
                "explorer health looks every 900 seconds alone; "
                "explorer lookup looks every 900 seconds alone"
            ),
        ),
    ],
)
def test_what_keeps_a_name_from_being_watched_is_named(
    seen: Callable[..., OutsideMonitorFacts], fault: str, host: str, words: str
) -> None:
    by_host = {name.host: name for name in seen(fault).names}

    assert by_host[host].gap(LIMITS, AS_OF) == words


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("page-starting", "explorer page has not looked yet: STARTED"),
        ("stale", "the history of explorer page ends 2026-11-17 00:00"),
        ("of-one-monitor", "UptimeRobot denies GET /v3/integrations to this key"),
    ],
)
def test_what_is_not_known_of_a_monitor_is_not_taken_for_watching(
    seen: Callable[..., OutsideMonitorFacts], fault: str, cause: str
) -> None:
    facts = seen(fault, roles=("frontend",))
    [name] = facts.names

    with pytest.raises(FactUnavailable, match=cause):
        name.gap(LIMITS, AS_OF)


def test_the_account_s_other_monitors_are_not_the_service_s(
    seen: Callable[..., OutsideMonitorFacts],
) -> None:
    by_names = seen("undeclared-watched").own
    by_tags = seen("undeclared-watched", tags=("explorer",)).own
    of_faucet = seen("undeclared-watched", tags=("faucet",)).own

    for own in (by_names, by_tags):
        assert [(one.name, one.is_declared) for one in own] == [
            ("explorer health", True),
            ("explorer lookup", True),
            ("explorer of 2024", False),
            ("explorer page", True),
        ]
    assert [one.name for one in of_faucet if not one.is_declared] == ["faucet"]


def test_a_refused_key_or_a_rate_limit_leaves_all_unknown(
    seen: Callable[..., OutsideMonitorFacts],
) -> None:
    with pytest.raises(FactUnavailable, match="refuses the key"):
        seen("key-refused")
    with pytest.raises(FactUnavailable, match="rate limit"):
        seen("rate-limited")


def test_without_endpoints_nothing_is_asked(seen: Callable[..., OutsideMonitorFacts]) -> None:
    with pytest.raises(Undeclared, match=r"\[\[endpoints\]\]"):
        seen(roles=())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"keyword": "<h1>Latest blocks</h1>"}, ""),
        ({"keyword": "latest BLOCKS", "is_case_ignored": True}, ""),
        ({"keyword": "latest BLOCKS"}, "page asks for 'latest BLOCKS', which is not the marker"),
        ({"kind": "HTTP"}, "page asserts no content"),
        (
            {"keyword_rule": "ALERT_EXISTS"},
            "page goes off where its keyword is found, not where it is missing",
        ),
        (
            {"checks_certificate": False},
            "page does not go off on a certificate that does not verify",
        ),
        (
            {"url": "http://explorer.example/"},
            "page does not go off on a certificate that does not verify",
        ),
    ],
)
def test_a_monitor_asserts_on_content_and_certificate_or_says_why_not(
    change: dict[str, Any], words: str
) -> None:
    assert replace(SOUND, **change).content_gap("Latest blocks") == words


def test_an_account_that_does_not_say_something_is_not_taken_for_a_yes() -> None:
    with pytest.raises(FactUnavailable, match="does not say whether page checks"):
        replace(SOUND, checks_certificate=None).content_gap("Latest blocks")
    with pytest.raises(FactUnavailable, match="does not say how often page looks"):
        replace(SOUND, interval=None).gap(LIMITS, AS_OF)
    with pytest.raises(FactUnavailable, match="denied"):
        replace(SOUND, told=DENIED).gap(LIMITS, AS_OF)
    unknown = Part(name="page", observed=Told(unknown=2))
    with pytest.raises(FactUnavailable, match="tells nothing of whom page tells"):
        replace(SOUND, told=unknown).gap(LIMITS, AS_OF)
    assert "tells 2 unknown" in replace(SOUND, told=unknown).seen


def test_fresh_history_counts_and_what_is_wrong_shows_before_what_is_not_known() -> None:
    fresh = replace(SOUND, newest=AS_OF - dt.timedelta(minutes=15))
    assert fresh.gap(LIMITS, AS_OF) == ""
    assert replace(SOUND, status="PAUSED", told=DENIED).gap(LIMITS, AS_OF) == "page is paused"
    assert not SOUND.is_down
    assert replace(SOUND, status="LOOKS_DOWN").is_down
