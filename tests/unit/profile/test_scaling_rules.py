from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import Undeclared
from pytest_orr.profile.schema import Projection, ProviderQuota, Scaling
from pytest_orr.profile.scope import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

LOAD = f"""\
[projection]
requests_per_day = 4_320_000
peak_rps = 150
by = "ana@example.org"
on = 2026-10-28
growth = [
    {{ months = 3, requests_per_day = 5_000_000, peak_rps = 180 }},
    {{ months = 12, requests_per_day = 9_000_000, peak_rps = 320.5 }},
]

[[stress_tests]]
tool = "k6"
file = "evidence/k6.json"
sha256 = "{"0" * 64}"
target = "https://staging.example.org/"
stands_for = "pages"
started = 2026-11-06T09:00:00Z
ended = 2026-11-06T09:45:00+00:00

[scaling]
p95_ms = 500
error_budget = 0.001

[[scaling.saturation]]
name = "requests"
alarm = "explorer-requests"
capacity = 240

[[scaling.saturation]]
name = "connections"
namespace = "AWS/RDS"
metric = "DatabaseConnections"
dimensions = {{ DBInstanceIdentifier = "explorer" }}
capacity = 50

[[scaling.provider_quotas]]
name = "node provider"
rps = 500

[[endpoints]]
name = "pages"
role = "frontend"
url = "https://example.org/"

[peers]
reviews = ["peers/wallet.json"]
"""
FORECAST = Projection(
    requests_per_day=4_320_000, peak_rps=150, by="ana@example.org", on=dt.date(2026, 10, 28)
)


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_load_that_agrees_is_no_mistake(loaded: Callable[..., Written], profile_text: str) -> None:
    profile = loaded(readiness=profile_text + LOAD).profile
    assert profile.forecast.lacks(3, 6, 12) == (6,)
    assert profile.forecast.age_on(dt.date(2026, 11, 20)) == 23
    assert profile.forecast.seen == (
        "4,320,000 a day, at most 150 a second, 5,000,000 after 3 months, "
        "9,000,000 after 12 months; by ana@example.org on 2026-10-28"
    )
    assert profile.has_role("ana@example.org", "service")
    assert not profile.has_role("ana@example.org", "product")
    assert not profile.has_role("eve@example.org", "service")
    assert (profile.scaling.slowest_ms, profile.scaling.most_errors) == (500, 0.001)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "peak_rps = 150",
            "peak_rps = 49.5",
            (
                "`projection.peak_rps` is 49.5, less than the mean of 4.32e+06 requests a day, "
                "50 a second: correct one of the two"
            ),
        ),
        (
            "peak_rps = 320.5",
            "peak_rps = 32",
            (
                "`projection.growth.peak_rps` is 32, less than the mean of 9e+06 requests a day, "
                "104.2 a second: correct one of the two"
            ),
        ),
        (
            "months = 12",
            "months = 3",
            "`projection.growth.months` is 3 again, as in line 28: remove one of the two",
        ),
        (
            'by = "ana@example.org"',
            'by = "anna@example.org"',
            (
                '`projection.by` is "anna@example.org", who is not among `service.people`: '
                'did you mean "ana@example.org"?'
            ),
        ),
        (
            "on = 2026-10-28",
            "on = 2026-11-21",
            (
                "`projection.on` is 2026-11-21, which is in the future (judged as of 2026-11-20)"
                ": correct the date, or judge as of a later day"
            ),
        ),
        (
            "ended = 2026-11-06T09:45:00+00:00",
            "ended = 2026-11-06T10:45:00+02:00",
            (
                "`stress_tests.ended` is 2026-11-06T10:45:00+02:00, not after `started` "
                "(2026-11-06T09:00:00+00:00): correct one of the two"
            ),
        ),
        (
            "ended = 2026-11-06T09:45:00+00:00",
            "ended = 2026-11-21T09:45:00+00:00",
            (
                "`stress_tests.ended` is 2026-11-21T09:45:00+00:00, which is in the future "
                "(judged as of 2026-11-20): correct the date, or judge as of a later day"
            ),
        ),
        (
            "ended = 2026-11-06T09:45:00+00:00",
            "ended = 2026-11-06T09:45:00",
            (
                "`stress_tests.ended` is 2026-11-06T09:45:00 but must be a date and time with its "
                "offset from UTC, such as 2026-11-06T10:00:00Z"
            ),
        ),
        (
            "started = 2026-11-06T09:00:00Z",
            "started = 2026-11-06",
            (
                "`stress_tests.started` is 2026-11-06 but must be a date and time without quotes, "
                "such as 2026-11-06T10:00:00Z"
            ),
        ),
        (
            'stands_for = "pages"',
            'stands_for = "page"',
            (
                '`stress_tests.stands_for` is "page", which is no name in `endpoints`: '
                'did you mean "pages"?'
            ),
        ),
        (
            'stands_for = "pages"',
            "requests = 200",
            "`stress_tests.requests` is 200, which the file of k6 says itself: it is for hey alone",
        ),
        (
            'alarm = "explorer-requests"',
            'alarm = "explorer-requests"\nmetric = "Requests"',
            "`scaling.saturation` names an alarm and a metric: name one of them",
        ),
        (
            'namespace = "AWS/RDS"\n',
            "",
            "`scaling.saturation` needs `alarm`, or `namespace` and `metric`, or `series`",
        ),
        (
            'alarm = "explorer-requests"',
            'alarm = "explorer-requests"\nseries = "explorer_requests_total"',
            (
                "`scaling.saturation` names `series` of Prometheus and `alarm` of CloudWatch: "
                "name one of them"
            ),
        ),
        (
            'alarm = "explorer-requests"',
            'rule = "ExplorerBusy"',
            (
                "`scaling.saturation` names a `rule` of Prometheus without the `series` that it "
                "watches: add it"
            ),
        ),
        (
            "rps = 500",
            "calls_per_request = 2",
            "`scaling.provider_quotas` needs `requests_per_day`, `rps` or both",
        ),
        ("p95_ms = 500", "p95_ms = 0", "`scaling.p95_ms` is 0 but must be more than 0"),
        (
            "p95_ms = 500",
            'p95_ms = "500"',
            '`scaling.p95_ms` is "500" but must be a number without quotes',
        ),
        (
            "p95_ms = 500",
            "p95_ms = inf",
            "`scaling.p95_ms` is inf but must be a number that is not infinite",
        ),
    ],
)
def test_load_that_does_not_agree_is_told(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    [mistake] = mistakes_in(readiness=profile_text + _changed(LOAD, old, new))
    assert mistake.partition(": ")[2] == told


def test_what_is_no_number_is_no_mistake_of_two(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    text = _changed(LOAD, "peak_rps = 150", "peak_rps = true")
    text = _changed(text, "[[scaling.provider_quotas]]", "[scaling.provider_quotas]")
    text = _changed(text, "peak_rps = 320.5", f"peak_rps = {10**20}")
    assert len(mistakes_in(readiness=profile_text + text)) == 2


def test_what_nobody_declared_is_told_when_it_is_asked_for(
    loaded: Callable[..., Written],
) -> None:
    profile = loaded().profile
    with pytest.raises(Undeclared, match=r"no \[projection\]"):
        profile.forecast  # noqa: B018 reading it is the test
    with pytest.raises(Undeclared, match=r"no \[scaling\]"):
        profile.scaling.slowest_ms  # noqa: B018 reading it is the test
    with pytest.raises(Undeclared, match=r"no \[scaling\]"):
        profile.scaling.most_errors  # noqa: B018 reading it is the test


@pytest.mark.parametrize(
    ("quota", "lacks"),
    [
        (ProviderQuota(name="p", requests_per_day=6_480_000, rps=225), ""),
        (
            ProviderQuota(name="p", requests_per_day=6_479_999),
            "it allows 6,479,999 a day, and 6,480,000 may be needed",
        ),
        (
            ProviderQuota(name="p", rps=400, calls_per_request=2),
            "it allows 400 a second, and 450 may be needed",
        ),
    ],
)
def test_a_quota_of_a_provider_must_allow_the_load_with_a_margin(
    quota: ProviderQuota, lacks: str
) -> None:
    assert quota.lacks(FORECAST, Scaling().quota_margin) == lacks


def test_a_quota_shows_what_it_allows() -> None:
    quota = ProviderQuota(name="p", requests_per_day=6_480_000, rps=22.5)
    assert quota.seen == "6,480,000 a day, 22.5 a second"
    assert replace(quota, rps=None).seen == "6,480,000 a day"


def test_facts_of_other_signals_tests_or_peers_are_of_another_scope(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    def scope(old: str = "", new: str = "") -> str:
        text = _changed(LOAD, old, new) if old else LOAD
        return scope_of(loaded(readiness=profile_text + text).profile)

    assert scope("capacity = 240", "capacity = 300") == scope()
    others = {
        scope('alarm = "explorer-requests"', 'alarm = "other"'),
        scope("evidence/k6.json", "evidence/other.json"),
        scope("peers/wallet.json", "peers/bridge.json"),
    }
    assert len(others - {scope()}) == 3
