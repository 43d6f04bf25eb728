"""The service at PagerDuty, its pages, and the rules that end there: sound, and with each fault."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.alertmanager import Receiver
from pytest_orr.clients.pagerduty import PagerDuty
from pytest_orr.collect.parts import Part
from pytest_orr.collect.watching import paging_rules
from pytest_orr.collect.watching.alert_rules import Reached
from pytest_orr.collect.watching.paging_rules import PagingRules
from pytest_orr.collect.watching.paging_services import PagingService, PagingServices
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Unavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Monitoring
from pytest_orr.profile.monitoring import PagerDuty as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
UNKNOWN = Unavailable(cause="nobody knows", remedy="ask")
PAGER = Receiver(name="on-call", kinds=("pagerduty",), wakes=True)
MAIL = Receiver(name="mail", kinds=("email",), wakes=False)


@pytest.fixture(scope="module")
def paging() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.pagerduty import PagerDutyServer  # noqa: PLC0415 after the path is set

    server = PagerDutyServer()
    yield server
    server.close()


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The alert rules that there are, each as its name and whom it tells."""
    found: list[Any] = []
    told = SimpleNamespace(collect=lambda _: SimpleNamespace(value=tuple(found)))
    monkeypatch.setattr(paging_rules, "AlertRules", lambda: told)
    return found


@pytest.fixture
def desk(paging: Any, rules: list[Any]) -> Iterator[Callable[..., Any]]:
    def make(*faults: str, integration: str = "Prometheus") -> Any:
        paging.faults = frozenset(faults)
        declared = Declared(
            token=FromEnvironment(env="KEY"),
            service="PEXPLR1",
            integration=integration,
            url=FromEnvironment(env="URL"),
        )
        environment = {"KEY": "pagerduty-of-nobody", "URL": paging.url}
        pagerduty = PagerDuty(declared, Path(), environment=environment)
        profile = SimpleNamespace(pagerduty=declared, monitoring=Monitoring())
        return SimpleNamespace(profile=profile, as_of=AS_OF, pagerduty=pagerduty)

    rules.append(rule("ExplorerDown", PAGER))
    yield make
    paging.faults = frozenset()
    paging.mend()


def rule(name: str, *receivers: Receiver) -> Any:
    reached = Part(name=name, observed=Reached(receivers=receivers))
    return SimpleNamespace(name=name, receivers=reached)


def read(desk: Any) -> PagingService:
    [service] = PagingServices().collect(desk).value
    return service


def test_a_sound_service_is_open_and_its_last_page_was_answered(desk: Callable[..., Any]) -> None:
    service = read(desk())
    [page] = service.pages.reading.newest

    assert service.is_open
    assert service.wakes
    assert service.has_source
    assert [(one.number, one.minutes, one.targets) for one in service.levels] == [
        (1, 10, ("Explorer primary",)),
        (2, 10, ("Explorer secondary",)),
    ]
    assert service.called_now.reading.people == (("Finn Berg",), ("Ana Ito",))
    assert not service.called_now.reading.empty_levels
    assert (page.by, page.minutes) == ("Finn Berg", 4)
    assert service.pages.reading.answered(within=4, source="prometheus")
    assert service.pages.reading.answered(within=15, source="ALERTMANAGER")
    assert service.rules.reading == PagingRules(
        count=1, rules=("ExplorerDown",), receivers=("on-call",)
    )


def test_the_answer_names_who_was_asked(desk: Callable[..., Any], paging: Any) -> None:
    answer = PagingServices().collect(desk())

    assert answer.where == (paging.url.removeprefix("http://"),)


@pytest.mark.parametrize(
    ("fault", "is_open", "wakes", "has_source", "levels"),
    [
        ("disabled", False, True, True, 2),
        ("maintenance", False, True, True, 2),
        ("low-urgency", True, False, True, 2),
        ("integration-gone", True, True, False, 2),
        ("one-level", True, True, True, 1),
    ],
)
def test_each_fault_of_the_service_shows_alone(
    desk: Callable[..., Any],
    fault: str,
    is_open: bool,  # noqa: FBT001 values of a table
    wakes: bool,  # noqa: FBT001 values of a table
    has_source: bool,  # noqa: FBT001 values of a table
    levels: int,
) -> None:
    service = read(desk(fault))

    assert (service.is_open, service.wakes) == (is_open, wakes)
    assert (service.has_source, len(service.levels)) == (has_source, levels)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("slow-incident", "acknowledged by Finn Berg after 55 minutes"),
        ("unacknowledged", "by Alertmanager, acknowledged by nobody"),
        ("raised-by-hand", "by no integration, acknowledged by Finn Berg"),
        ("old-incident", "0 incidents since 2026-08-22"),
        ("integration-gone", "by no integration"),
    ],
)
def test_a_page_that_proves_nothing_is_told_as_it_was(
    desk: Callable[..., Any], fault: str, seen: str
) -> None:
    pages = read(desk(fault)).pages

    assert not pages.reading.answered(within=15, source="Prometheus")
    assert seen in pages.seen


def test_another_integration_may_be_declared(desk: Callable[..., Any]) -> None:
    service = read(desk(integration="Amazon CloudWatch"))

    assert not service.has_source
    assert read(desk(integration="Email")).has_source


def test_what_cannot_be_read_hides_nothing_else(desk: Callable[..., Any], paging: Any) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    paging.spoil("oncalls|incidents", lambda *_: json_answer(None, 403))

    service = read(desk())

    assert service.is_open
    with pytest.raises(FactUnavailable, match=r"lacks oncalls\.read"):
        _ = service.called_now.reading
    with pytest.raises(FactUnavailable, match=r"lacks incidents\.read"):
        _ = service.pages.reading


def test_an_acknowledgement_by_a_machine_is_none(desk: Callable[..., Any], paging: Any) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    def entry(kind: str, minute: int, agent: Any) -> dict[str, Any]:
        at = f"2026-11-12T21:{minute:02}:00Z"
        return {"id": f"R{minute}", "type": f"{kind}_log_entry", "created_at": at, "agent": agent}

    robot = {"id": "PEXPLR1", "type": "service_reference", "summary": "Explorer"}
    bo = {"id": "PBOLIND", "type": "user_reference", "summary": None}
    log = [entry("acknowledge", 40, bo), entry("acknowledge", 31, robot), entry("notify", 30, None)]
    told = {"log_entries": log, "more": False}
    paging.spoil("log_entries", lambda *_: json_answer(told))

    [page] = read(desk()).pages.reading.newest

    assert (page.by, page.source) == ("PBOLIND", None)
    assert page.raised == dt.datetime(2026, 11, 12, 21, 30, 42, tzinfo=dt.UTC)


def test_nobody_at_a_level_is_seen(desk: Callable[..., Any], paging: Any) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    paging.spoil("oncalls", lambda *_: json_answer({"oncalls": [], "more": False}))

    called = read(desk()).called_now

    assert called.reading.empty_levels == (1, 2)
    assert called.seen == "nobody, then nobody"


def test_only_rules_that_end_at_pagerduty_page(desk: Callable[..., Any], rules: list[Any]) -> None:
    asked = desk()
    rules += [rule("Slow", MAIL), rule("Down", MAIL, PAGER)]
    rules.append(SimpleNamespace(name="Odd", receivers=Part(name="Odd", unavailable=UNKNOWN)))

    found = read(asked).rules

    assert found.reading.rules == ("Down", "ExplorerDown")
    assert found.seen == "2 of 4 alert rules page by on-call"


def test_a_rule_that_nobody_can_follow_may_be_the_one_that_pages(
    desk: Callable[..., Any], rules: list[Any]
) -> None:
    asked = desk()
    rules[:] = [rule("Slow", MAIL)]
    assert read(asked).rules.reading.rules == ()

    rules.append(SimpleNamespace(name="Odd", receivers=Part(name="Odd", unavailable=UNKNOWN)))
    with pytest.raises(FactUnavailable, match="nobody knows"):
        _ = read(desk()).rules.reading


def test_without_a_declaration_nobody_is_asked() -> None:
    class Nobody:
        def __getattr__(self, _: str) -> Any:
            return PagerDuty(None, Path())

    with pytest.raises(Undeclared, match=r"declares no \[pagerduty\]"):
        PagingServices().collect(SimpleNamespace(pagerduty=Nobody()))  # type: ignore[arg-type] # a desk with what is asked
