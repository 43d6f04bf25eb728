"""PagerDuty's API, on loopback: its answers hold against the published description."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from jsonschema import Draft202012Validator

from pytest_orr.clients.pagerduty import PagerDuty
from pytest_orr.clients.pagerduty_words import Contact, Reference
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import PagerDuty as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
DESCRIPTION = CHECKOUT / "tests" / "contracts" / "pagerduty" / "description.json"
KEY = "pagerduty-of-nobody"
SINCE = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
UNTIL = SINCE + dt.timedelta(days=28)
ASKED = {
    "GET /services/{id}": "/services/PEXPLR1",
    "GET /services/{id}/integrations/{integration_id}": "/services/PEXPLR1/integrations/PINTPR1",
    "GET /escalation_policies/{id}": "/escalation_policies/PESCAL1",
    "GET /oncalls": "/oncalls?since=2026-11-20T00:00:00Z&until=2026-12-18T00:00:00Z",
    "GET /schedules/{id}": "/schedules/PSCHED1?since=2026-11-20T00:00:00Z",
    "GET /v3/schedules/{id}": "/v3/schedules/PSCHED2?until=2026-12-18T00:00:00Z",
    "GET /incidents": "/incidents?since=2026-11-01T00:00:00Z&until=2026-11-20T00:00:00Z",
    "GET /incidents/{id}/log_entries": "/incidents/Q0EXPLORER4711/log_entries",
    "GET /users/{id}/contact_methods": "/users/PFINNBG/contact_methods",
    "GET /users/{id}/notification_rules": "/users/PFINNBG/notification_rules",
}


@pytest.fixture(scope="module")
def paging() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.pagerduty import PagerDutyServer  # noqa: PLC0415 after the path is set

    server = PagerDutyServer()
    yield server
    server.close()


@pytest.fixture
def pager(paging: Any) -> Iterator[Any]:
    yield paging
    paging.faults, paging.most = frozenset(), 100
    paging.mend()


@pytest.fixture
def ask(pager: Any) -> Callable[..., PagerDuty]:
    """Ask with a key; ``paused`` takes down how long was waited."""

    def begin(
        *,
        key: str = KEY,
        url: str = "",
        service: str = "PEXPLR1",
        paused: list[float] | None = None,
    ) -> PagerDuty:
        declared = Declared(
            token=FromEnvironment(env="KEY"), service=service, url=FromEnvironment(env="URL")
        )
        waited = [] if paused is None else paused
        environment = {"KEY": key, "URL": url or pager.url}
        return PagerDuty(declared, Path(), environment=environment, pause=waited.append)

    return begin


def put(*values: Any) -> Callable[[Any, Any], Any]:
    """Return a spoiling that answers with these, one after the other, and then as usual."""
    left = list(values)
    return lambda _, told: left.pop(0) if left else told


def answer(status: int, body: Any = None, **headers: str) -> Any:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    return json_answer(body, status, **headers)


@pytest.mark.parametrize(
    "faults", [(), ("one-level", "low-urgency", "email-only", "quiet-rules", "raised-by-hand")]
)
def test_every_answer_of_the_example_is_as_described(pager: Any, faults: tuple[str, ...]) -> None:
    pager.faults = frozenset(faults)
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    assert {*ASKED} == {*description["answers"]}
    accept = "application/vnd.pagerduty+json;version=2"
    with requests.Session() as session:
        session.headers.update({"Authorization": f"Token token={KEY}", "Accept": accept})
        for asked, path in ASKED.items():
            schema = {**description["answers"][asked], "definitions": description["definitions"]}
            told = session.get(pager.url + path, timeout=5).json()
            Draft202012Validator(schema).validate(told)


def test_the_service_its_ways_in_and_its_levels_are_read(ask: Callable[..., PagerDuty]) -> None:
    asked = ask()

    service = asked.service()
    policy = asked.policy(service.policy.id)
    ways = [asked.integration(one.id) for one in service.integrations]

    assert (service.name, service.status, service.urgency) == ("Explorer", "active", "high")
    assert [(one.name, one.vendor) for one in ways] == [
        ("Email", ""),
        ("Alertmanager", "Prometheus"),
    ]
    assert ways[1].kind == "events_api_v2_inbound_integration"
    assert [rule.targets[0].kind for rule in policy.rules] == ["schedule", "schedule_v3"]
    assert {rule.minutes for rule in policy.rules} == {10}
    asked.close()


def test_schedules_of_both_versions_are_read(ask: Callable[..., PagerDuty], pager: Any) -> None:
    asked = ask()

    first = asked.schedule(Reference(id="PSCHED1", kind="schedule", name=""), SINCE, UNTIL)
    second = asked.schedule(Reference(id="PSCHED2", kind="schedule_v3", name=""), SINCE, UNTIL)

    assert (first.name, first.zone, first.shifts) == ("Explorer primary", "Europe/Berlin", ())
    assert [shift.person for shift in second.shifts[:2]] == ["PANAITO", "PBOLIND"]
    assert second.shifts[0].end == dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    assert [one.path for one in pager.asked] == ["/schedules/PSCHED1", "/v3/schedules/PSCHED2"]
    assert pager.asked[1].query["include[]"] == "final_schedule"


def test_urgency_by_support_hours_is_told_with_both(
    ask: Callable[..., PagerDuty], pager: Any
) -> None:
    rule = {
        "type": "use_support_hours",
        "during_support_hours": {"type": "constant", "urgency": "high"},
        "outside_support_hours": {"type": "constant", "urgency": "low"},
    }
    told = {
        "id": "PEXPLR1",
        "name": "x",
        "status": "active",
        "incident_urgency_rule": rule,
        "escalation_policy": {"id": "P", "type": "escalation_policy_reference"},
    }
    pager.spoil("services", put(answer(200, {"service": told})))

    assert ask().service().urgency == "high/low"


def test_each_question_is_asked_once_and_by_get(ask: Callable[..., PagerDuty], pager: Any) -> None:
    asked = ask()
    for _ in range(2):
        asked.service()
        asked.on_calls("PESCAL1", SINCE, UNTIL)
        asked.incidents(SINCE - dt.timedelta(days=90), SINCE)
        asked.log_entries("Q0EXPLORER4711")
        asked.contacts("PFINNBG")
        asked.notification_rules("PFINNBG")

    assert len(pager.asked) == 6
    assert {one.method for one in pager.asked} == {"GET"}
    assert asked.where == pager.url.removeprefix("http://")


def test_turns_are_read_to_the_last_page(ask: Callable[..., PagerDuty], pager: Any) -> None:
    whole = ask().on_calls("PESCAL1", SINCE, UNTIL)
    pages = [{"oncalls": [one], "more": number < 1} for number, one in enumerate(_rows(pager)[:2])]
    pager.spoil("oncalls", put(*(answer(200, page) for page in pages)))

    assert len(whole) == 10
    assert ask().on_calls("PESCAL1", SINCE, UNTIL) == whole[:2]
    assert [one.query["offset"] for one in pager.asked[-2:]] == ["0", "100"]


def _rows(pager: Any) -> list[dict[str, Any]]:
    from examples.explorer import pagerduty_shapes  # noqa: PLC0415 after the path is set

    found: list[dict[str, Any]] = pagerduty_shapes.on_calls(pager.faults, SINCE, UNTIL)
    return found


def test_a_listing_without_an_end_is_refused(ask: Callable[..., PagerDuty], pager: Any) -> None:
    pager.spoil("oncalls", lambda *_: answer(200, {"oncalls": [], "more": True}))

    with pytest.raises(FactUnavailable, match="goes on after 10,000 entries"):
        ask().on_calls("PESCAL1", SINCE, UNTIL)


def test_a_turn_without_a_beginning_or_an_end_has_none(
    ask: Callable[..., PagerDuty], pager: Any
) -> None:
    turn = {
        "escalation_level": 1,
        "user": {"id": "P1", "type": "user_reference", "summary": "Ana"},
        "schedule": None,
        "start": None,
        "end": None,
    }
    pager.spoil("oncalls", put(answer(200, {"oncalls": [turn], "more": False})))

    [told] = ask().on_calls("PESCAL1", SINCE, UNTIL)

    assert (told.start, told.end, told.schedule) == (None, None, None)


def test_of_a_contact_nothing_is_kept_but_its_kind(
    ask: Callable[..., PagerDuty], pager: Any
) -> None:
    blocked = {"type": "phone_contact_method", "blacklisted": True, "address": "3000000000"}
    off = {"type": "sms_contact_method", "enabled": False, "address": "3000000000"}
    pager.spoil("contact_methods", put(answer(200, {"contact_methods": [blocked, off]})))
    asked = ask()

    assert asked.contacts("PBOLIND") == (
        Contact(kind="phone", is_usable=False),
        Contact(kind="sms", is_usable=False),
    )
    told = repr((asked.contacts("PFINNBG"), asked.notification_rules("PFINNBG")))
    assert "3000000000" not in told
    assert "example.org" not in told


def test_a_key_that_is_refused_is_named_by_its_section(ask: Callable[..., PagerDuty]) -> None:
    with pytest.raises(FactUnavailable, match="PagerDuty refuses the key") as refused:
        ask(key="another").service()
    assert "[pagerduty] token" in refused.value.remedy
    assert "another" not in refused.value.cause


def test_a_scope_that_the_key_lacks_is_named(ask: Callable[..., PagerDuty], pager: Any) -> None:
    pager.faults = frozenset({"contacts-denied"})
    asked = ask()
    for question in (asked.contacts, asked.notification_rules):
        with pytest.raises(FactUnavailable, match=r"lacks users:contact_methods\.read"):
            question("PBOLIND")

    pager.spoil("oncalls", put(answer(403)))
    with pytest.raises(FactUnavailable, match=r"lacks oncalls\.read"):
        asked.on_calls("PESCAL1", SINCE, UNTIL)
    pager.spoil("v3", put(answer(403)))
    with pytest.raises(FactUnavailable, match=r"lacks schedules\.read"):
        asked.schedule(Reference(id="PSCHED2", kind="schedule_v3", name=""), SINCE, UNTIL)


def test_a_service_that_is_not_there_is_told_with_what_to_correct(
    ask: Callable[..., PagerDuty],
) -> None:
    with pytest.raises(FactUnavailable, match="knows no /services/PNONE") as refused:
        ask(service="PNONE").service()
    assert "correct service under [pagerduty]" in refused.value.remedy


def test_whoever_asks_too_often_waits_as_long_as_it_is_told(
    ask: Callable[..., PagerDuty], pager: Any
) -> None:
    paused: list[float] = []
    pager.spoil(
        "services", put(answer(429, None, ratelimit_reset="3"), answer(429, None, Retry_After="2"))
    )

    assert ask(paused=paused).service().name == "Explorer"
    assert paused == [3, 2]


def test_a_limit_that_lasts_is_unknown(ask: Callable[..., PagerDuty], pager: Any) -> None:
    paused: list[float] = []
    pager.faults = frozenset({"too-often"})

    with pytest.raises(FactUnavailable, match="its rate limit is reached"):
        ask(paused=paused).service()
    assert paused == [50]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("down", "answered GET /services/PEXPLR1 with status 500"),
        ("nonsense", "is no whole JSON file"),
    ],
)
def test_a_pagerduty_that_is_down_is_not_taken_for_a_refusal(
    ask: Callable[..., PagerDuty], pager: Any, fault: str, cause: str
) -> None:
    pager.faults = frozenset({fault})

    with pytest.raises(FactUnavailable, match=cause):
        ask().service()


def test_nobody_who_listens_is_told_as_such(ask: Callable[..., PagerDuty]) -> None:
    with pytest.raises(FactUnavailable) as refused:
        ask(url="http://127.0.0.1:1").service()
    assert "[pagerduty]" in refused.value.remedy


@pytest.mark.parametrize(
    "told",
    [
        {"oncalls": {}},
        {},
        {"oncalls": [{"user": {"id": "P1"}, "escalation_level": None}]},
        {"oncalls": [{"user": {}, "escalation_level": 1}]},
        {"oncalls": [{"user": {"id": "P1"}, "escalation_level": 1, "start": "soon"}]},
        {"oncalls": [{"user": {"id": "P1"}, "escalation_level": 1, "end": "2026-11-20T00:00:00"}]},
        {"oncalls": [], "more": "yes"},
    ],
)
def test_what_pagerduty_does_not_say_is_unknown(
    ask: Callable[..., PagerDuty], pager: Any, told: Any
) -> None:
    pager.spoil("oncalls", put(answer(200, told)))

    with pytest.raises(FactUnavailable, match=r"answer to GET /oncalls (has no|says)"):
        ask().on_calls("PESCAL1", SINCE, UNTIL)


def test_an_incident_without_its_instant_is_unknown(
    ask: Callable[..., PagerDuty], pager: Any
) -> None:
    told = {"incidents": [{"id": "Q1", "status": "resolved"}], "more": False}
    pager.spoil("incidents", put(answer(200, told)))

    with pytest.raises(FactUnavailable, match="created_at"):
        ask().incidents(SINCE, UNTIL)


def test_no_redirect_takes_the_key_along(ask: Callable[..., PagerDuty], pager: Any) -> None:
    pager.spoil("services", put(answer(302, None, Location="http://127.0.0.1:1/")))

    with pytest.raises(FactUnavailable, match="a key is taken nowhere else"):
        ask().service()


def test_the_key_leaves_by_https_alone(ask: Callable[..., PagerDuty]) -> None:
    with pytest.raises(FactUnavailable, match="is not https"):
        ask(url="http://pagerduty.example").service()


def test_without_a_declaration_nobody_is_asked() -> None:
    with pytest.raises(Undeclared, match=r"declares no \[pagerduty\]"):
        PagerDuty(None, Path())


def test_a_variable_that_is_not_set_is_named() -> None:
    declared = Declared(token=FromEnvironment(env="KEY"), service="P1")

    with pytest.raises(FactUnavailable, match=r"KEY, named in \[pagerduty\] token, is not set"):
        PagerDuty(declared, Path(), environment={})


def test_pagerdutys_own_address_needs_no_declaration() -> None:
    declared = Declared(token=FromEnvironment(env="KEY"), service="P1")

    assert PagerDuty(declared, Path(), environment={"KEY": "k"}).where == "api.pagerduty.com"
