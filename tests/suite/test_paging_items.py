"""Items about pages, the rotation and dashboards, by what PagerDuty and Grafana tell of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.alertmanager import Receiver
from pytest_orr.collect.parts import Part
from pytest_orr.collect.watching import paging_rules
from pytest_orr.collect.watching.alert_rules import Reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
PAGES = "monitoring.paging.pagerduty"
ROTATION = "monitoring.paging.on-call-rotation"
DASHBOARD = "monitoring.dashboard.grafana"
PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
"""
PAGERDUTY = """
[pagerduty]
token = { env = "EXPLORER_PAGERDUTY_TOKEN" }
service = "PEXPLR1"
url = { env = "EXPLORER_PAGERDUTY" }
"""
SAME = "2026-11-23 09:00 to 2026-11-30 09:00 +0100 (Ana Ito)"
GRAFANA = """
[grafana]
url = { env = "EXPLORER_GRAFANA" }
token = { env = "EXPLORER_GRAFANA_TOKEN" }
"""


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Any]]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer import grafana, pagerduty  # noqa: PLC0415 after the path is set

    found: dict[str, Any] = {
        "pagerduty": pagerduty.PagerDutyServer(),
        "grafana": grafana.GrafanaServer(),
    }
    yield found
    for server in found.values():
        server.close()


@pytest.fixture
def judged(
    servers: dict[str, Any],
    judge_here: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Any]]:
    """Judge an item: ``judged(PAGES, "disabled", more=…, pages=False, key="…")``.

    One alert rule ends at PagerDuty, or at a mailbox if ``pages`` is not so.
    """

    class Rules:
        receivers = (Receiver(name="on-call", kinds=("pagerduty",), wakes=True),)

        def collect(self, _: Any) -> Any:
            reached = Part(name="Down", observed=Reached(receivers=self.receivers))
            rule = type("Rule", (), {"name": "Down", "receivers": reached})
            return type("Told", (), {"value": (rule,)})

    def judge(
        item: str,
        *faults: str,
        more: str = PAGERDUTY + GRAFANA,
        pages: bool = True,
        key: str = "",
    ) -> Any:
        kinds = ("pagerduty",) if pages else ("email",)
        Rules.receivers = (Receiver(name="on-call", kinds=kinds, wakes=pages),)
        for name, server in servers.items():
            server.faults = frozenset(faults if (name == "grafana") is (item == DASHBOARD) else ())
            monkeypatch.setenv(f"EXPLORER_{name.upper()}", server.url)
            monkeypatch.setenv(f"EXPLORER_{name.upper()}_TOKEN", key or f"{name}-of-nobody")
        return judge_here(PROFILE + more, item)[item]

    monkeypatch.setattr(paging_rules, "AlertRules", Rules)
    yield judge
    for server in servers.values():
        server.faults = frozenset()
        server.mend()


def test_all_three_pass_where_all_is_well(judged: Callable[..., Any]) -> None:
    for item in (PAGES, ROTATION, DASHBOARD):
        assert judged(item).outcome == "pass", item


@pytest.mark.parametrize(
    ("fault", "finding", "says"),
    [
        ("disabled", "Explorer", "it is disabled: alerts make no incidents"),
        ("maintenance", "Explorer", "it is maintenance: alerts make no incidents"),
        ("low-urgency", "Explorer", "its incidents are of low urgency, which wakes nobody"),
        ("one-level", "Explorer", "nobody is called after the first level"),
        ("integration-gone", "Explorer", "it has no integration of Prometheus"),
        ("slow-incident", "Explorer: pages", "no page of Prometheus in 90 days"),
        ("unacknowledged", "Explorer: pages", "no page of Prometheus in 90 days"),
        ("old-incident", "Explorer: pages", "no page of Prometheus in 90 days"),
        ("raised-by-hand", "Explorer: pages", "no page of Prometheus in 90 days"),
    ],
)
def test_each_fault_of_the_pages_is_found(
    judged: Callable[..., Any], fault: str, finding: str, says: str
) -> None:
    found = judged(PAGES, fault)

    assert found.outcome == "fail"
    assert found.said("fail")[finding].startswith(says)


def test_rules_that_end_elsewhere_page_nobody(judged: Callable[..., Any]) -> None:
    found = judged(PAGES, pages=False)

    assert found.said("fail") == {
        "Explorer: alert rules": "no alert rule ends at a receiver of PagerDuty"
    }


@pytest.mark.parametrize(
    ("fault", "finding", "says"),
    [
        (
            "gap-next-week",
            "Explorer: level 1",
            "nobody is on call: 2026-11-29 19:00 to 2026-11-30 09:00 +0100",
        ),
        (
            "same-person",
            "Explorer: second level",
            f"it is nobody else than the first: {SAME}",
        ),
        ("one-level", "Explorer: second level", "there is none"),
        ("two-people", "Explorer: people", "fewer than 3 people share the calls"),
        (
            "email-only",
            "Explorer: Finn Berg",
            "no call or push wakes them within 15 minutes",
        ),
        (
            "quiet-rules",
            "Explorer: Bo Lindqvist",
            "no call or push wakes them within 15 minutes",
        ),
    ],
)
def test_each_fault_of_the_rotation_is_found_alone(
    judged: Callable[..., Any], fault: str, finding: str, says: str
) -> None:
    found = judged(ROTATION, fault)

    assert found.outcome == "fail"
    assert found.said("fail") == {finding: says}


def test_one_whose_contacts_are_denied_is_unknown_and_all_others_are_judged(
    judged: Callable[..., Any],
) -> None:
    found = judged(ROTATION, "contacts-denied")

    assert found.outcome == "unknown"
    assert [*found.said("unknown")] == ["Explorer: Bo Lindqvist"]
    assert "Explorer: Finn Berg" in found.said("pass")


@pytest.mark.parametrize(
    ("fault", "finding", "says"),
    [
        ("stale-panels", "Explorer: overview", "no panel has a sample of the last 5 minutes"),
        (
            "source-sick",
            "Explorer: overview: data source prometheus-main",
            "the data source is not healthy",
        ),
        ("source-gone", "Explorer: overview", "no panel has a sample of the last 5 minutes"),
    ],
)
def test_each_fault_of_a_dashboard_is_found(
    judged: Callable[..., Any], fault: str, finding: str, says: str
) -> None:
    found = judged(DASHBOARD, fault)

    assert found.outcome == "fail"
    assert found.said("fail")[finding] == says


@pytest.mark.parametrize("fault", ["new-api-only", "old-api-only", "second-version"])
def test_either_generation_of_the_api_will_do(judged: Callable[..., Any], fault: str) -> None:
    assert judged(DASHBOARD, fault).outcome == "pass"


@pytest.mark.parametrize(
    ("item", "fault", "cause"),
    [
        (PAGES, "down", "PagerDuty answered GET /services/PEXPLR1 with status 500"),
        (PAGES, "nonsense", "is no whole JSON file"),
        (ROTATION, "down", "PagerDuty answered GET /services/PEXPLR1 with status 500"),
        (DASHBOARD, "down", "Grafana answered GET /api/search with status 500"),
        (DASHBOARD, "nonsense", "is no whole JSON file"),
        (DASHBOARD, "viewer-denied", "the token lacks dashboards:read"),
        (DASHBOARD, "queries-denied", "the token lacks datasources:query"),
        (DASHBOARD, "no-dashboard", "no dashboard of the service found"),
    ],
)
def test_what_cannot_be_known_is_no_pass_and_no_fail(
    judged: Callable[..., Any], item: str, fault: str, cause: str
) -> None:
    found = judged(item, fault)

    assert found.outcome == "unknown"
    assert any(cause in said for said in found.said("unknown").values())


@pytest.mark.parametrize(
    ("item", "cause"),
    [
        (PAGES, "PagerDuty refuses the key"),
        (ROTATION, "PagerDuty refuses the key"),
        (DASHBOARD, "Grafana refuses the token"),
    ],
)
def test_a_key_that_is_refused_is_unknown(
    judged: Callable[..., Any], item: str, cause: str
) -> None:
    found = judged(item, key="of-somebody-else")

    assert found.outcome == "unknown"
    assert any(cause in said for said in found.said("unknown").values())


@pytest.mark.parametrize(
    ("item", "section"), [(PAGES, "pagerduty"), (ROTATION, "pagerduty"), (DASHBOARD, "grafana")]
)
def test_what_is_not_declared_is_unknown(
    judged: Callable[..., Any], item: str, section: str
) -> None:
    found = judged(item, more="")

    assert found.outcome == "unknown"
    assert any(f"declares no [{section}]" in said for said in found.said("unknown").values())


def test_thresholds_are_the_profiles(judged: Callable[..., Any]) -> None:
    more = PAGERDUTY + GRAFANA + "[monitoring]\nacknowledged_minutes = 60\npanel_minutes = 45\n"

    assert judged(PAGES, "slow-incident", more=more).outcome == "pass"
    assert judged(DASHBOARD, "stale-panels", more=more).outcome == "pass"
    assert judged(ROTATION, "two-people", more=f"{more}on_call_people = 2\n").outcome == "pass"
    assert judged(ROTATION, "gap-next-week", more=f"{more}on_call_days = 5\n").outcome == "pass"
