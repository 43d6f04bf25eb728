"""Alertmanager's API as a real one answered, and the way that alerts take through any tree."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.alertmanager import Alertmanager, Receiver
from pytest_orr.clients.alertmanager_matchers import matchers_in
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Alertmanager as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)  # a Friday
TOKEN = "alertmanager-of-nobody"  # noqa: S105 opens nothing but the example
PAGE = {"alertname": "Down", "severity": "page"}


@pytest.fixture(scope="module")
def watching() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    example: Any = import_module("examples.explorer.monitoring")
    server = example.MonitoringServer("alertmanager", "repaired")
    yield server
    server.close()


@pytest.fixture
def recorded(watching: Any) -> Iterator[Any]:
    yield watching
    watching.faults = frozenset()
    watching.mend()


@pytest.fixture
def ask(recorded: Any) -> Callable[..., Alertmanager]:
    """Somebody new who asks the example's Alertmanager."""

    def begin(**declared: Any) -> Alertmanager:
        told = Declared(
            url=FromEnvironment(env="URL"), token=FromEnvironment(env="KEY"), **declared
        )
        environment = {"URL": recorded.url, "KEY": TOKEN}
        return Alertmanager(told, Path(), environment=environment, pause=lambda _: None)

    return begin


@pytest.fixture
def running(recorded: Any, ask: Callable[..., Alertmanager]) -> Callable[..., Alertmanager]:
    """Ask an Alertmanager that runs a configuration: ``running(route={…}, receivers=[…])``."""

    def begin(*, waking: tuple[str, ...] = (), **configuration: Any) -> Alertmanager:
        chat = {"name": "chat", "webhook_configs": [{"url": "<secret>"}]}
        pages = {"name": "on-call", "pagerduty_configs": [{"routing_key": "<secret>"}]}
        whole = {"receivers": [chat, pages, {"name": "null"}], **configuration}
        said = {"config": {"original": json.dumps(whole)}}
        recorded.spoil("status", lambda *_: answer(200, said))
        return ask(waking=waking)

    return begin


def answer(status: int, body: Any) -> Any:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    return json_answer(body, status)


def names(receivers: tuple[Receiver, ...]) -> list[str]:
    return [one.name for one in receivers]


def why(read: Callable[[], Any]) -> str:
    with pytest.raises(FactUnavailable) as caught:
        read()
    return caught.value.diagnostics()


class TestReceivers:
    """Whom an alert reaches."""

    def test_the_recorded_configuration_sends_pages_to_pagerduty(
        self, ask: Callable[..., Alertmanager]
    ) -> None:
        alertmanager = ask()
        [pager] = alertmanager.receivers_of(PAGE, at=AS_OF)
        assert pager == Receiver(name="on-call", kinds=("pagerduty",), wakes=True)
        [chat] = alertmanager.receivers_of({"severity": "critical"})
        assert chat == Receiver(name="chat", kinds=("webhook",), wakes=False)
        assert alertmanager.deciding_labels() == {"severity"}
        assert alertmanager.silences() == ()

    def test_a_receiver_wakes_if_the_profile_says_so(
        self, ask: Callable[..., Alertmanager]
    ) -> None:
        [chat] = ask(waking=("chat",)).receivers_of({})
        assert chat.wakes

    def test_the_first_child_that_matches_ends_the_walk_unless_it_goes_on(
        self, running: Callable[..., Alertmanager]
    ) -> None:
        children = [
            {"matchers": ['severity="page"'], "receiver": "null", "continue": True},
            {"match": {"severity": "page"}, "receiver": "on-call"},
            {"match_re": {"severity": "p.*"}, "receiver": "chat"},
        ]
        alertmanager = running(route={"receiver": "chat", "routes": children})
        assert names(alertmanager.receivers_of(PAGE)) == ["null", "on-call"]
        assert names(alertmanager.receivers_of({"severity": "pager"})) == ["chat"]
        assert names(alertmanager.receivers_of({})) == ["chat"]

    def test_a_node_below_has_the_receiver_of_the_node_above(
        self, running: Callable[..., Alertmanager]
    ) -> None:
        below = {"matchers": ['a!="b"'], "routes": [{"matchers": ["c!~d|e"]}]}
        alertmanager = running(route={"receiver": "on-call", "routes": [below]})
        assert names(alertmanager.receivers_of({})) == ["on-call"]
        assert alertmanager.deciding_labels() == {"a", "c"}

    def test_hours_in_which_a_route_is_muted_are_counted(
        self, running: Callable[..., Alertmanager]
    ) -> None:
        nights = {"times": [{"start_time": "20:00", "end_time": "24:00"}]}
        office = {
            "weekdays": ["monday:friday"],
            "times": [{"start_time": "09:00", "end_time": "17:00"}],
            "location": "Europe/Berlin",
        }
        never = {"years": ["2031"], "months": ["may:june"], "days_of_month": ["-3:-1"]}
        route = {
            "receiver": "chat",
            "routes": [
                {"matchers": ["a=b"], "receiver": "on-call", "mute_time_intervals": ["nights"]},
                {"matchers": ["a=c"], "receiver": "on-call", "active_time_intervals": ["office"]},
                {"matchers": ["a=d"], "receiver": "on-call", "active_time_intervals": ["never"]},
                {"matchers": ["a=e"], "receiver": "on-call", "mute_time_intervals": ["lost"]},
            ],
        }
        hours = [
            {"name": "nights", "time_intervals": [nights]},
            {"name": "office", "time_intervals": [office]},
            {"name": "never", "time_intervals": [never]},
        ]
        alertmanager = running(route=route, time_intervals=hours)
        muted = [alertmanager.receivers_of({"a": one}, at=AS_OF)[0].muted_hours for one in "bcd"]
        assert muted == [28, 168 - 40, 168]
        assert alertmanager.receivers_of({"a": "d"})[0].muted_hours == 0
        told = why(lambda: alertmanager.receivers_of({"a": "e"}, at=AS_OF))
        assert "names the interval 'lost', which there is not" in told

    def test_silences_in_force_are_told(
        self, recorded: Any, ask: Callable[..., Alertmanager]
    ) -> None:
        matcher = {"name": "alertname", "value": "D.*", "isRegex": True, "isEqual": True}
        silence = {
            "id": "1",
            "createdBy": "bo",
            "endsAt": "2026-11-21T00:00:00.000Z",
            "status": {"state": "active"},
            "matchers": [matcher],
        }
        over = {**silence, "id": "2", "status": {"state": "expired"}}
        recorded.spoil("silences", lambda *_: answer(200, [silence, over]))
        alertmanager = ask()
        [found] = alertmanager.silenced_by(PAGE)
        assert (found.id, found.by, found.until) == ("1", "bo", datetime(2026, 11, 21, tzinfo=UTC))
        assert str(found.matchers[0]) == 'alertname=~"D.*"'
        assert alertmanager.silenced_by({"alertname": "Up"}) == ()


class TestWhatGoesWrong:
    """Configurations that nobody can follow, and answers that are none."""

    @pytest.mark.parametrize(
        ("configuration", "told"),
        [
            ({}, "its route is no table"),
            ({"route": {"receiver": "gone"}}, "the receiver 'gone', which there is not"),
            ({"route": {"receiver": "chat", "routes": "x"}}, "routes is no list"),
            ({"route": {"receiver": "chat", "matchers": "a=b"}}, "neither a list nor a table"),
            ({"route": {"receiver": "chat", "matchers": [["a"]]}}, "a route's matcher is no text"),
            ({"route": {"receiver": "chat", "matchers": ["a"]}}, "'a' is no matcher"),
            ({"route": {"receiver": "chat", "matchers": ['a="b']}}, "lacks a closing quote"),
            ({"route": {"receiver": "chat", "matchers": ['a=b"c']}}, "has a quote inside"),
            (
                {"route": {"receiver": "chat", "matchers": ["a=b"] * 1001}},
                "more than 1000 matchers",
            ),
            (
                {"route": {"receiver": "chat", "match_re": {"severity": r"\pL"}}},
                r"the expression '\\pL' for severity has \p",
            ),
            (
                {"route": {"receiver": "chat"}, "time_intervals": "always"},
                "intervals of time are no list",
            ),
            (
                {"route": {"receiver": "chat"}, "time_intervals": [{"time_intervals": ["x"]}]},
                "an interval of time is no table",
            ),
            (
                {
                    "route": {"receiver": "chat"},
                    "time_intervals": [{"time_intervals": [{"weekdays": ["noday"]}]}],
                },
                "'noday' is no day, month or year",
            ),
            (
                {
                    "route": {"receiver": "chat"},
                    "time_intervals": [{"time_intervals": [{"location": "Nowhere/Never"}]}],
                },
                "the time zone 'Nowhere/Never' is not known here",
            ),
            (
                {
                    "route": {"receiver": "chat"},
                    "time_intervals": [{"time_intervals": [{"times": [{"start_time": "noon"}]}]}],
                },
                "'noon' is no time of day",
            ),
        ],
    )
    def test_a_configuration_that_nobody_can_follow_is_told(
        self, running: Callable[..., Alertmanager], configuration: Any, told: str
    ) -> None:
        alertmanager = running(**configuration)
        cause = why(lambda: alertmanager.receivers_of(PAGE))
        assert cause.startswith("nobody can tell here whom Alertmanager tells: ")
        assert told in cause

    def test_trees_have_bounds(self, running: Callable[..., Alertmanager]) -> None:
        deep: dict[str, Any] = {"receiver": "chat"}
        for _ in range(50):
            deep = {"receiver": "chat", "routes": [deep]}
        wide = {"receiver": "chat", "routes": [{"receiver": "chat"}] * 5001}
        for route in (deep, wide):
            told = why(lambda route=route: running(route=route).receivers_of({}))  # type: ignore[misc] # bound at once
            assert "more than 5000 routes or 40 levels" in told or "levels" in told

    def test_what_is_no_configuration_is_told(
        self, recorded: Any, ask: Callable[..., Alertmanager]
    ) -> None:
        for said, told in (
            ({"config": {}}, "tells no configuration"),
            ({"config": {"original": "a: [b"}}, "Alertmanager's configuration is no YAML"),
            ({"config": "x"}, "has no object"),
        ):
            recorded.mend()
            recorded.spoil("status", lambda *_, said=said: answer(200, said))
            assert told in why(lambda: ask().receivers_of({}))

    def test_silences_that_are_none_are_told(
        self, recorded: Any, ask: Callable[..., Alertmanager]
    ) -> None:
        recorded.spoil("silences", lambda *_: answer(200, {"a": "b"}))
        assert "Alertmanager's answer to GET /api/v2/silences has no list" in why(ask().silences)

    def test_one_that_is_not_ready_or_refuses_is_told(
        self, recorded: Any, ask: Callable[..., Alertmanager]
    ) -> None:
        recorded.spoil("ready", lambda *_: answer(503, "not ready"))
        assert "Alertmanager is not ready (503)" in why(lambda: ask().receivers_of({}))
        recorded.spoil("ready", lambda *_: answer(401, "who?"))
        assert "the proxy in front of Alertmanager" in why(lambda: ask().receivers_of({}))

    def test_without_the_section_nobody_is_asked(self) -> None:
        with pytest.raises(Undeclared, match=r"declares no \[alertmanager\]"):
            Alertmanager(None, Path())


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("severity=page", ['severity="page"']),
        (' { a = "b" , c!~"d,e" } ', ['a="b"', 'c!~"d,e"']),
        ('"a b"="c"', ['a b="c"']),
        ("größe=~1|2", ['größe=~"1|2"']),
        (r'a="b\"c\n\d"', ['a="b"c\n\\d"']),
        ("a=", ['a=""']),
        ("{}", []),
    ],
)
def test_matchers_are_read_in_every_spelling(line: str, read: list[str]) -> None:
    assert [str(one) for one in matchers_in(line)] == read
