"""Facts from files beside the profile: results of stress tests, and what peers use."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.load_results import LoadResult, LoadResults
from pytest_orr.collect.load_tools import files
from pytest_orr.collect.peer_services import PeerServices
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.schema import Peers, StressTest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part

BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/Bridge/1"
NINE = dt.datetime(2026, 11, 6, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
JTL = """\
timeStamp,elapsed,success,URL
1793955600000,100,true,https://api.explorer.example/block/1
1793955600500,310,false,https://API.explorer.example/block/2
"""
PROFILE = """\
[service]
name = "wallet"
environment = "production"
[[endpoints]]
name = "health"
role = "backend"
url = "https://Wallet.example/health"
"""
REVIEW: dict[str, Any] = {
    "service": "bridge",
    "environment": "production",
    "items": [
        {
            "id": "network.load-balancer.elb",
            "findings": [
                {"subject": "bridge.example"},
                {"subject": "public_names"},
                {"subject": BALANCER},
            ],
        },
        {"id": "code.audit.internal", "findings": [{"subject": "other.example"}]},
    ],
}


@pytest.fixture
def desk_of(empty_account: Any, tmp_path: Path) -> Callable[..., Desk]:
    """A desk in a folder with files: ``desk_of({"a.csv": "…"}, stress_tests=…)``."""

    def make(content: dict[str, str], **also: Any) -> Desk:
        for name, text in content.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        empty_account.folder = tmp_path
        desk: Desk = empty_account.desk(also=also)
        return desk

    return make


def declared(text: str, **more: Any) -> StressTest:
    began = dt.datetime.fromtimestamp(1793955600, dt.UTC)
    usual: dict[str, Any] = {
        "tool": "jmeter",
        "file": "load/result.jtl",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "target": "https://API.explorer.example/",
        "started": began,
        "ended": began + dt.timedelta(minutes=45),
    }
    return StressTest(**usual | more)


def results(desk: Desk) -> tuple[Part[LoadResult], ...]:
    return LoadResults().collect(desk).value


class TestAStressTest:
    def test_is_read_from_its_file(self, desk_of: Callable[..., Desk]) -> None:
        desk = desk_of({"load/result.jtl": JTL}, stress_tests=(declared(JTL),))
        [part] = results(desk)
        result = part.reading
        assert (part.name, result.target) == ("load/result.jtl", "api.explorer.example")
        assert result.is_the_declared_file
        assert result.is_of_its_time
        assert result.strangers == ()
        assert (result.measured.samples, result.measured.errors) == (2, 1)
        assert part.seen == (
            "jmeter against api.explorer.example on 2026-11-06: 2 requests, 2 a second in the"
            " busiest minute, p95 310 ms, 1 errors"
        )

    def test_whose_file_is_another_than_declared_says_so(
        self, desk_of: Callable[..., Desk]
    ) -> None:
        desk = desk_of({"load/result.jtl": JTL + "x"}, stress_tests=(declared(JTL),))
        [part] = results(desk)
        assert not part.reading.is_the_declared_file
        assert part.reading.sha256 == hashlib.sha256((JTL + "x").encode()).hexdigest()

    def test_whose_file_cannot_be_read_keeps_its_digest(self, desk_of: Callable[..., Desk]) -> None:
        desk = desk_of({"load/result.jtl": JTL}, stress_tests=(declared(JTL, tool="k6"),))
        [part] = results(desk)
        assert part.reading.is_the_declared_file
        cause = "load/result.jtl is no result of k6: it is no whole JSON file"
        assert part.seen.endswith(cause)
        with pytest.raises(FactUnavailable) as caught:
            part.reading.measured  # noqa: B018 reading it is the test
        assert caught.value.cause == cause

    @pytest.mark.parametrize("file", ["load/gone.jtl", "../result.jtl", "load"])
    def test_without_its_file_is_unknown_beside_others(
        self, desk_of: Callable[..., Desk], file: str
    ) -> None:
        tests = (declared(JTL, file=file), declared(JTL))
        gone, there = results(desk_of({"load/result.jtl": JTL}, stress_tests=tests))
        assert there.reading.measured.samples == 2
        with pytest.raises(FactUnavailable, match=f"^{file} ") as caught:
            gone.reading  # noqa: B018 reading it is the test
        assert "put it at " in caught.value.remedy

    def test_whose_file_is_too_large_is_unknown(
        self, desk_of: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "LARGEST_MIB", 0)
        [part] = (
            LoadResults()
            .collect(desk_of({"load/result.jtl": JTL}, stress_tests=(declared(JTL),)))
            .value
        )
        assert part.seen == "load/result.jtl is larger than 0 MiB"

    def test_of_another_host_or_another_day_says_so(self, desk_of: Callable[..., Desk]) -> None:
        other = declared(
            JTL, target="https://staging.example/", started=NINE + HOUR, ended=NINE + 2 * HOUR
        )
        [part] = results(desk_of({"load/result.jtl": JTL}, stress_tests=(other,)))
        assert part.reading.strangers == ("api.explorer.example",)
        assert not part.reading.is_of_its_time
        before = declared(
            JTL, started=NINE - dt.timedelta(days=30), ended=NINE - dt.timedelta(days=29)
        )
        [part] = results(desk_of({"load/result.jtl": JTL}, stress_tests=(before,)))
        assert not part.reading.is_of_its_time

    def test_of_hey_is_told_how_many_requests_were_sent(self, desk_of: Callable[..., Desk]) -> None:
        text = "response-time,status-code,offset\n0.1,200,0.1\n"
        test = declared(text, tool="hey", requests=4)
        [part] = results(desk_of({"load/result.jtl": text}, stress_tests=(test,)))
        assert part.reading.measured.errors == 3

    def test_must_be_declared(self, desk_of: Callable[..., Desk]) -> None:
        with pytest.raises(Undeclared, match=r"\[\[stress_tests\]\]"):
            LoadResults().collect(desk_of({}))


class TestAPeer:
    def test_names_its_endpoints_in_its_profile(self, desk_of: Callable[..., Desk]) -> None:
        desk = desk_of({"peers/wallet.toml": PROFILE}, peers=Peers(reviews=("peers/wallet.toml",)))
        [part] = PeerServices().collect(desk).value
        assert part.seen == "wallet (production) uses wallet.example"
        assert part.reading.shares("wallet.example", "api.explorer.example") == ("wallet.example",)

    def test_names_hosts_and_balancers_in_its_review(self, desk_of: Callable[..., Desk]) -> None:
        desk = desk_of({"b.json": json.dumps(REVIEW)}, peers=Peers(reviews=("b.json",)))
        [part] = PeerServices().collect(desk).value
        assert part.reading.hosts == (BALANCER.lower(), "bridge.example")
        assert part.reading.shares("api.explorer.example") == ()
        assert part.reading.shares(BALANCER) == (BALANCER.lower(),)

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "b.json is no review.json and no readiness.toml"),
            ("{", "b.json is no review.json and no readiness.toml"),
            ("[" * 100_000, "b.json is no review.json and no readiness.toml"),
            ('{"service": "b", "environment": "p", "items": 5}', "b.json is no review.json"),
            ('{"service": "b", "environment": "p", "items": []}', "b.json names no endpoint of b"),
            (PROFILE.replace("wallet", "explorer"), "b.json is this service's own"),
            (PROFILE.replace('url = "https://Wallet.example/health"', ""), "b.json is no review"),
            (PROFILE.replace("https://Wallet.example", "https://["), "b.json is no review.json"),
        ],
    )
    def test_that_says_nothing_is_told(
        self, desk_of: Callable[..., Desk], text: str, why: str
    ) -> None:
        desk = desk_of({"b.json": text}, peers=Peers(reviews=("b.json", "gone.json")))
        first, second = PeerServices().collect(desk).value
        assert first.seen.startswith(why)
        assert second.seen == "gone.json is not there"

    def test_whose_file_is_too_large_is_told(
        self, desk_of: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pytest_orr.collect.peer_services.LARGEST_MIB", 0)
        [part] = (
            PeerServices()
            .collect(desk_of({"b.json": PROFILE}, peers=Peers(reviews=("b.json",))))
            .value
        )
        assert part.seen == "b.json is larger than 0 MiB"

    def test_must_be_declared(self, desk_of: Callable[..., Desk]) -> None:
        with pytest.raises(Undeclared, match=r"\[peers\]"):
            PeerServices().collect(desk_of({}))
