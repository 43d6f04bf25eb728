from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.prometheus_said import AlertRule
from pytest_orr.collect.operations.alert_runbooks import AlertRunbooks
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from tests.conftest import Wiki

RUNBOOK = "https://wiki.example.org/explorer/runbook"


def rule(name: str, url: str) -> AlertRule:
    return AlertRule(
        name=name,
        group="explorer",
        expression="up == 0",
        labels={},
        annotations={"runbook_url": url} if url else {},
        health="ok",
        state="inactive",
        evaluated=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
        lasts=60,
        error="",
    )


def links_of(desk: Any, **urls: str) -> dict[str, Any]:
    """Return the link of each alert, whose rules Prometheus tells."""
    desk.prometheus = SimpleNamespace(
        rules=lambda: tuple(rule(name, url) for name, url in urls.items()),
        own=lambda _: True,
        where="prometheus.example",
    )
    return {one.name.removeprefix("alert "): one for one in AlertRunbooks().collect(desk).value}


@pytest.fixture
def desk(documents_desk: Any) -> Any:
    """A desk without documents of its own."""
    return documents_desk()


def test_each_alert_leads_to_its_place_in_the_runbook_or_says_why_not(desk: Any) -> None:
    found = links_of(
        desk,
        Sound=f"{RUNBOOK}#backend-down",
        Whole=RUNBOOK,
        Nobody="",
        Elsewhere="https://elsewhere.example/#a",
        Clear="http://wiki.example.org/explorer/runbook#backend-down",
        Lost=f"{RUNBOOK}#nowhere",
        Gone="https://wiki.example.org/explorer/none#a",
    )
    told = {name: (one.reading.is_asked, one.reading.is_there) for name, one in found.items()}
    assert told == {
        "Sound": (True, True),
        "Whole": (True, True),
        "Nobody": (False, False),
        "Elsewhere": (False, False),
        "Clear": (False, False),
        "Lost": (True, False),
        "Gone": (True, False),
    }
    assert found["Nobody"].seen == "no runbook_url"
    assert found["Sound"].seen == f"{RUNBOOK}#backend-down"


def test_a_wiki_that_is_down_makes_its_alerts_unknown_and_no_others(desk: Any, wiki: Wiki) -> None:
    wiki.plant("down")
    found = links_of(desk, Sound=f"{RUNBOOK}#backend-down", Nobody="")
    assert not found["Nobody"].reading.is_asked
    with pytest.raises(FactUnavailable, match="answers 503"):
        _ = found["Sound"].reading


def test_without_alerts_there_is_nothing_to_follow(desk: Any) -> None:
    assert links_of(desk) == {}
