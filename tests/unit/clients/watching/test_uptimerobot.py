"""UptimeRobot's API, on loopback: its answers hold against the published description."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import requests

from pytest_orr.clients.hostile_json import At
from pytest_orr.clients.uptimerobot import UptimeRobot
from pytest_orr.clients.uptimerobot_said import Contact, monitor_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import UptimeRobot as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
DESCRIPTION = CHECKOUT / "tests" / "contracts" / "uptimerobot" / "description.json"
KEY = "uptimerobot-of-nobody"


@pytest.fixture(scope="module")
def watching() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.uptimerobot import UptimeRobotServer  # noqa: PLC0415 after the path

    server = UptimeRobotServer()
    yield server
    server.close()


@pytest.fixture
def robot(watching: Any) -> Iterator[Any]:
    """UptimeRobot as the example has it, whose faults and answers a test may change."""
    yield watching
    watching.faults, watching.most = frozenset(), 200
    watching.mend()


@pytest.fixture
def ask(robot: Any) -> Callable[..., UptimeRobot]:
    """Ask with a key; ``paused`` takes down how long was waited."""

    def begin(*, key: str = KEY, url: str = "", paused: list[float] | None = None) -> UptimeRobot:
        waited = [] if paused is None else paused
        declared = Declared(url=FromEnvironment(env="URL"), token=FromEnvironment(env="KEY"))
        environment = {"URL": url or robot.url, "KEY": key}
        return UptimeRobot(declared, Path(), environment=environment, pause=waited.append)

    return begin


def put(*values: Any) -> Callable[[Any, Any], Any]:
    """Return a spoiling that answers with these, one after the other, and then as usual."""
    left = list(values)
    return lambda _, told: left.pop(0) if left else told


def answer(status: int, body: Any = None, **headers: str) -> Any:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    return json_answer(body, status, **headers)


def page(*rows: Any, **more: Any) -> Any:
    return answer(200, {"data": list(rows), **more})


def test_every_answer_of_the_example_is_as_described(robot: Any) -> None:
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    for faults in ((), ("stale", "contacts-paused", "keyword-missing", "page-starting")):
        robot.faults = frozenset(faults)
        for path, schema in description["answers"].items():
            told = requests.get(
                robot.url + path, headers={"Authorization": f"Bearer {KEY}"}, timeout=5
            )
            jsonschema.validate(told.json(), schema)


def test_monitors_are_read_as_they_are_told(ask: Callable[..., UptimeRobot], robot: Any) -> None:
    robot.faults = frozenset({"stale"})
    asked = ask()

    page, *_, faucet = asked.monitors()

    assert (page.kind, page.status, page.interval) == ("KEYWORD", "UP", 60)
    assert (page.url, page.host) == ("https://explorer.example/", "explorer.example")
    assert (page.keyword, page.keyword_rule) == ("Latest blocks", "ALERT_NOT_EXISTS")
    assert page.contacts == ("6554089", "9100001")
    assert page.checks_certificate
    assert page.newest == datetime(2026, 11, 17, tzinfo=UTC)
    assert (faucet.name, faucet.tags) == ("faucet", ("faucet",))
    assert asked.where == robot.url.removeprefix("http://")
    asked.close()


def test_contacts_are_read_without_their_addresses(ask: Callable[..., UptimeRobot]) -> None:
    told = ask().contacts()

    assert told == (
        Contact(id="6554089", kind="Email", is_active=True, hears_of_down=True),
        Contact(id="9100001", kind="Pagerduty", is_active=True, hears_of_down=True),
    )
    assert "ana@example.org" not in repr(told)


def test_two_requests_tell_all_of_an_account(ask: Callable[..., UptimeRobot], robot: Any) -> None:
    asked = ask()
    for _ in range(3):
        asked.monitors()
        asked.contacts()

    assert [(one.method, one.path, one.query) for one in robot.asked] == [
        ("GET", "/v3/monitors", {"limit": "200"}),
        ("GET", "/v3/integrations", {"includeOrgMembers": "true"}),
    ]


def test_a_listing_is_read_to_its_end(ask: Callable[..., UptimeRobot], robot: Any) -> None:
    robot.most = 1

    told = ask().monitors()

    assert [one.id for one in told] == ["803750027", "803750028", "803750029", "803750031"]
    assert [one.query.get("cursor", "") for one in robot.asked] == [
        "",
        "803750027",
        "803750028",
        "803750029",
    ]


def test_pages_that_lead_in_circles_are_no_listing(
    ask: Callable[..., UptimeRobot], robot: Any
) -> None:
    circle = page(nextLink="https://elsewhere.example/v3/monitors/?cursor=7")
    robot.spoil("monitors", put(circle, circle, circle))

    with pytest.raises(FactUnavailable, match="from page to page without an end"):
        ask().monitors()
    assert len(robot.asked) == 2, "the second page leads to itself"


@pytest.mark.parametrize(
    ("fault", "cause", "remedy"),
    [
        ("key-refused", "UptimeRobot refuses the key", "the account's read-only key"),
        (
            "of-one-monitor",
            r"denies GET /v3/integrations to this key",
            "not that of one monitor",
        ),
        ("rate-limited", "its rate limit is reached", "run again in a minute"),
    ],
)
def test_what_is_refused_says_what_to_do(
    ask: Callable[..., UptimeRobot], robot: Any, fault: str, cause: str, remedy: str
) -> None:
    robot.faults = frozenset({fault})

    with pytest.raises(FactUnavailable, match=cause) as refused:
        ask().contacts()
    assert remedy in refused.value.remedy
    assert KEY not in refused.value.diagnostics()


def test_whoever_is_asked_too_often_is_waited_for_within_bounds(
    ask: Callable[..., UptimeRobot], robot: Any
) -> None:
    paused: list[float] = []
    robot.spoil("monitors", put(answer(429, Retry_After="31"), answer(429)))
    assert ask(paused=paused).monitors()
    assert paused == [31, 10]

    paused.clear()
    robot.spoil("monitors", put(*[answer(429, Retry_After="40")] * 5))
    with pytest.raises(FactUnavailable, match="its rate limit is reached"):
        ask(paused=paused).monitors()
    assert paused == [40, 40]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ((500, None), r"answered GET /v3/monitors with status 500"),
        ((302, None), r"sends on whoever asks for GET /v3/monitors"),
        ((200, [1]), r"has no object at \$"),
        ((200, {"data": {}}), r"has no list at \$.data"),
        ((200, {}), r"has no list at \$.data"),
        ((200, {"data": [], "nextLink": "/v3/monitors"}), "a next page without its cursor"),
        ((200, {"data": [{"id": True, "type": "HTTP", "status": "UP"}]}), "has no number at"),
        ((200, {"data": [{"id": "x", "type": "HTTP", "status": "UP"}]}), "has no id at"),
        ((200, {"data": [{"id": None, "type": "HTTP", "status": "UP"}]}), "has no id at"),
        ((200, {"data": [{"id": 1, "type": "HTTP"}]}), r"says nothing at \$.data\[0\].status"),
    ],
)
def test_what_uptimerobot_does_not_say_is_unknown(
    ask: Callable[..., UptimeRobot], robot: Any, told: tuple[int, Any], cause: str
) -> None:
    robot.spoil("monitors", put(answer(*told)))

    with pytest.raises(FactUnavailable, match=cause):
        ask().monitors()


def test_nothing_that_listens_is_told_apart_from_a_refused_key(
    ask: Callable[..., UptimeRobot],
) -> None:
    with pytest.raises(FactUnavailable) as gone:
        ask(url="http://127.0.0.1:1").monitors()
    assert "refuses the key" not in gone.value.cause


@pytest.mark.parametrize(
    ("said", "url", "host"),
    [
        ({"url": "https://u:p@a.example:8443/x?key=1#y"}, "https://a.example:8443/x", "a.example"),
        ({"type": "PING", "url": "B.example"}, "B.example", "b.example"),
        ({"type": "HEARTBEAT", "url": "token-of-nobody"}, "", ""),
        ({"url": "https://[::1"}, "", ""),
        ({"type": "PORT", "url": "a.example:x]["}, "a.example:x][", ""),
        ({}, "", ""),
    ],
)
def test_of_a_url_nothing_secret_is_kept(said: dict[str, Any], url: str, host: str) -> None:
    usual = {"id": "7", "type": "HTTP", "status": "UP"}

    told = monitor_of(At(value=usual | said, path="$"))

    assert (told.id, told.url, told.host) == ("7", url, host)
    assert (told.interval, told.checks_certificate, told.newest) == (None, None, None)


def test_a_history_may_be_told_in_milliseconds() -> None:
    history = {"bucketSize": 60, "histogram": [{"timestamp": 1_795_132_800_000}]}
    said = {"id": 7, "type": "HTTP", "status": "UP", "lastDayUptimes": history}

    assert monitor_of(At(value=said, path="$")).newest == datetime(2026, 11, 20, 0, 1, tzinfo=UTC)


def test_the_key_leaves_by_https_alone(ask: Callable[..., UptimeRobot]) -> None:
    with pytest.raises(FactUnavailable, match="is not https") as refused:
        ask(url="http://uptimerobot.example").monitors()
    assert "[uptimerobot]" in refused.value.remedy


def test_without_a_declaration_nobody_is_asked() -> None:
    with pytest.raises(Undeclared, match=r"declares no \[uptimerobot\]"):
        UptimeRobot(None, Path())


def test_a_variable_that_is_not_set_is_named() -> None:
    declared = Declared(token=FromEnvironment(env="KEY"))

    with pytest.raises(FactUnavailable, match=r"KEY, named in \[uptimerobot\] token, is not set"):
        UptimeRobot(declared, Path(), environment={})
