"""Items about balances and the pause, by two nodes, a recorded Prometheus, and PagerDuty."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[2]
MONITOR = "monitoring.account-balance.monitor"
PAGER = "monitoring.account-balance.pagerduty"
PAUSE = "operations.emergency.pause"
BALANCE, SERIES, FAMILY = "relayer", "relayer: series", "series of explorer_account_balance"
ALERT, SERVICE, METRIC = "relayer: alert", "PagerDuty: Explorer", "explorer_account_balance"
NODES = ("EXPLORER_NODE", "EXPLORER_SECOND_NODE")
PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
[prometheus]
url = { env = "EXPLORER_PROMETHEUS" }
user = "reader"
password = { env = "EXPLORER_PROMETHEUS_PASSWORD" }
series = { service = "explorer" }
[alertmanager]
url = { env = "EXPLORER_ALERTMANAGER" }
token = { env = "EXPLORER_ALERTMANAGER_TOKEN" }
known_as = ["alertmanager.explorer.internal:9093"]
[pagerduty]
token = { env = "EXPLORER_PAGERDUTY_TOKEN" }
service = "PEXPLR1"
url = { env = "EXPLORER_PAGERDUTY" }
"""


@dataclasses.dataclass(frozen=True)
class Watched:
    """Everything that the items ask, and the variables that lead there."""

    prometheus: Any
    alertmanager: Any
    pagerduty: Any
    variables: dict[str, str]

    def plant(self, variable: str, *faults: str) -> None:
        url = self.variables[variable]
        requests.post(f"{url}/-/faults", json=list(faults), timeout=10).raise_for_status()


@pytest.fixture(scope="module")
def running() -> Iterator[Watched]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer import monitoring, nodes, pagerduty  # noqa: PLC0415 after the path is set

    prometheus, alertmanager = (
        monitoring.MonitoringServer(name, "repaired") for name in ("prometheus", "alertmanager")
    )
    pages = pagerduty.PagerDutyServer()
    variables = {
        **nodes.serve("repaired", CHECKOUT),
        "EXPLORER_PROMETHEUS": prometheus.url,
        "EXPLORER_PROMETHEUS_PASSWORD": monitoring.PASSWORD,
        "EXPLORER_ALERTMANAGER": alertmanager.url,
        "EXPLORER_ALERTMANAGER_TOKEN": monitoring.TOKEN,
        "EXPLORER_PAGERDUTY": pages.url,
        "EXPLORER_PAGERDUTY_TOKEN": pagerduty.TOKEN,
    }
    yield Watched(prometheus, alertmanager, pages, variables)
    for server in (prometheus, alertmanager, pages):
        server.close()


@pytest.fixture
def watched(running: Watched) -> Iterator[Watched]:
    """Everything sound."""
    yield running
    running.prometheus.mend()
    running.pagerduty.faults = frozenset()
    for variable in NODES:
        running.plant(variable)


@pytest.fixture
def judged(
    watched: Watched, judge_here: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Judge one item: ``judged(MONITOR, change={"floor": …}, env=…)``."""

    def judge(item: str, *, change: Any = None, env: dict[str, str] | None = None) -> Any:
        declared = (CHECKOUT / "examples/explorer/chains.toml").read_text(encoding="utf-8")
        declared = declared.partition("[[contracts]]")[0] + declared[declared.index("[[bal") :]
        profile = PROFILE + declared.partition("[provider]")[0]
        for old, new in (change or {}).items():
            assert profile.count(old) == 1, old
            profile = profile.replace(old, new)
        for name, value in {**watched.variables, **(env or {})}.items():
            monkeypatch.setenv(name, value)
        return judge_here(profile, item)[item]

    return judge


def values(watched: Watched, change: Callable[[Any], None], *, of: str = METRIC) -> None:
    """Change what Prometheus says of a series: its values, or when they were scraped."""

    def spoil(request: Any, answer: Any) -> Any:
        if not request.query["query"].startswith(of):
            return answer
        body = json.loads(answer.body)
        change(body["data"]["result"])
        return dataclasses.replace(answer, body=json.dumps(body).encode())

    watched.prometheus.spoil("^/api/v1/query$", spoil)


def rule(watched: Watched, **keys: Any) -> None:
    """Change the rule about balances."""

    def spoil(_: Any, answer: Any) -> Any:
        body = json.loads(answer.body)
        for one in (one for group in body["data"]["groups"] for one in group["rules"]):
            if one["name"] == "ExplorerBalanceLow":
                one.update(keys)
        return dataclasses.replace(answer, body=json.dumps(body).encode())

    watched.prometheus.spoil("^/api/v1/rules$", spoil)


class TestMonitor:
    """Each account is told alike by two nodes and Prometheus, and holds enough."""

    def test_passes_where_all_agree(self, judged: Any) -> None:
        found = judged(MONITOR)
        assert found.outcome == "pass", found.record.findings
        assert {*found.said("pass")} == {BALANCE, SERIES, FAMILY}

    @pytest.mark.parametrize(
        ("faults", "says"),
        [
            (("balance-low",), "it holds less than its floor"),
            (("other-balance",), "its nodes tell different balances"),
            (("fork",), "its nodes have different blocks: one is on a fork"),
        ],
    )
    def test_fails_by_what_nodes_tell(
        self, judged: Any, watched: Watched, faults: tuple[str, ...], says: str
    ) -> None:
        for variable in NODES if "balance-low" in faults else NODES[1:]:
            watched.plant(variable, *faults)
        assert judged(MONITOR).said("fail")[BALANCE] == says

    def test_fails_where_one_node_is_named_twice(self, judged: Any, watched: Watched) -> None:
        found = judged(MONITOR, env={NODES[1]: f"{watched.variables[NODES[0]]}/another/path"})
        assert found.said("fail") == {BALANCE: "both nodes are of one host, which is one node"}

    @pytest.mark.parametrize(
        ("change", "subject", "says"),
        [
            ("missing", SERIES, "Prometheus has no series of it"),
            ("twice", SERIES, "several series match: nobody knows which is right"),
            ("other", SERIES, "its series tells another balance than its nodes"),
            ("stray", FAMILY, "of no account under [[balances]]: explorer_account_balance{"),
        ],
    )
    def test_fails_by_what_prometheus_has(
        self, judged: Any, watched: Watched, change: str, subject: str, says: str
    ) -> None:
        def changed(result: list[Any]) -> None:
            other = {**result[0], "metric": {**result[0]["metric"], "address": "0x0"}}
            stray = {**result[0], "metric": {**result[0]["metric"], "account": "faucet"}}
            result[0]["value"][1] = "11" if change == "other" else "12.5"
            more = {"twice": [*result, other], "stray": [*result, stray], "missing": []}
            result[:] = more.get(change, result)

        def scraped(result: list[Any]) -> None:
            changed(result)
            for one in result:
                one["value"][1] = "1795132740"

        values(watched, changed)
        values(watched, scraped, of="timestamp(")
        assert judged(MONITOR).said("fail")[subject].startswith(says)

    def test_never_counts_a_stale_sample(self, judged: Any, watched: Watched) -> None:
        def older(result: list[Any]) -> None:
            result[0]["value"][1] = str(float(result[0]["value"][1]) - 3600)

        values(watched, older, of="timestamp(")
        assert judged(MONITOR).said("fail") == {SERIES: "no sample of the last 15 minutes"}

    @pytest.mark.parametrize(
        ("fault", "says"), [("behind", "knows no block after"), ("denied", "HTTP 401")]
    )
    def test_does_not_know_what_a_node_does_not_tell(
        self, judged: Any, watched: Watched, fault: str, says: str
    ) -> None:
        denies = f"{watched.variables['EXPLORER_PROVIDER'].removesuffix('/{id}')}/of-nobody"
        if fault == "behind":
            watched.plant(NODES[1], fault)
        found = judged(MONITOR, env={NODES[1]: denies} if fault == "denied" else None)
        assert found.outcome == "unknown"
        assert says in found.said("unknown")[BALANCE]

    @pytest.mark.parametrize(
        ("env", "says"),
        [
            ({NODES[0]: "http://127.0.0.1:9/"}, "127.0.0.1:9 refused"),
            ({"EXPLORER_PROMETHEUS": "http://127.0.0.1:9"}, "127.0.0.1:9 refused"),
            ({"EXPLORER_PROMETHEUS_PASSWORD": "other"}, "401"),
            ({NODES[1]: ""}, "EXPLORER_SECOND_NODE"),
        ],
    )
    def test_does_not_know_what_is_down_or_not_set(
        self, judged: Any, env: dict[str, str], says: str
    ) -> None:
        found = judged(MONITOR, env=env)
        assert found.outcome == "unknown", found.record.findings
        assert any(says in one for one in found.said("unknown").values())

    def test_does_not_know_without_a_second_node_or_a_series(self, judged: Any) -> None:
        alone = {'second_rpc = { env = "EXPLORER_SECOND_NODE" }\n': ""}
        assert "second_rpc" in judged(MONITOR, change=alone).said("unknown")[BALANCE]
        unnamed = {"metric       = 'explorer_account_balance{account=\"relayer\"}'\n": ""}
        assert "[[balances]] metric" in judged(MONITOR, change=unnamed).said("unknown")[SERIES]


class TestPager:
    """A rule pages while the reserve lasts."""

    def test_passes_where_the_rule_pages_in_time(self, judged: Any) -> None:
        found = judged(PAGER)
        assert found.outcome == "pass", found.record.findings
        assert {*found.said("pass")} == {ALERT, SERVICE}

    @pytest.mark.parametrize(
        ("keys", "says"),
        [
            ({"query": f"{METRIC} < 5.9"}, "no alert rule goes off below 6 ETH, its reserve"),
            ({"query": f'{METRIC}{{account="x"}} < 7'}, "no alert rule goes off below 6 ETH"),
            ({"query": "up == 0"}, "no alert rule goes off below 6 ETH"),
            ({"health": "err", "lastError": "x"}, "Prometheus does not evaluate its rule"),
            ({"labels": {"severity": "warn", "service": "explorer"}}, "its alert ends at no"),
        ],
    )
    def test_fails_by_a_rule_that_is_late_or_reaches_nobody(
        self, judged: Any, watched: Watched, keys: dict[str, Any], says: str
    ) -> None:
        rule(watched, **keys)
        [(subject, told)] = judged(PAGER).said("fail").items()
        assert subject == ALERT
        assert told.startswith(says)

    @pytest.mark.parametrize(
        ("days", "wei", "enough"),
        [("1.5", "50000000000000000", True), ("3.0", "1500000000000000000", False)],
    )
    def test_asks_for_floor_times_days_and_for_what_is_spent_in_them(
        self, judged: Any, days: str, wei: str, *, enough: bool
    ) -> None:
        spent = {
            "reserve_days = 3.0": f"reserve_days = {days}",
            'burn_per_day = "50000000000000000"': f'burn_per_day = "{wei}"',
        }
        assert (judged(PAGER, change=spent).outcome == "pass") is enough

    def test_does_not_know_what_it_does_not_understand(self, judged: Any, watched: Watched) -> None:
        rule(watched, query=f"sum({METRIC}) < 6")
        found = judged(PAGER)
        assert found.outcome == "unknown"
        assert f"ExplorerBalanceLow goes off: sum({METRIC}) < 6" in found.said("unknown")[ALERT]

    @pytest.mark.parametrize(
        ("env", "says"),
        [
            ({"EXPLORER_ALERTMANAGER": "http://127.0.0.1:9"}, "127.0.0.1:9 refused"),
            ({"EXPLORER_PROMETHEUS": "http://127.0.0.1:9"}, "127.0.0.1:9 refused"),
            ({"EXPLORER_PAGERDUTY_TOKEN": "other"}, "PagerDuty"),
        ],
    )
    def test_does_not_know_what_is_down_or_denied(
        self, judged: Any, env: dict[str, str], says: str
    ) -> None:
        found = judged(PAGER, env=env)
        assert found.outcome == "unknown", found.record.findings
        assert any(says in one for one in found.said("unknown").values())

    @pytest.mark.parametrize("fault", ["disabled", "integration-gone"])
    def test_fails_where_pagerduty_takes_no_alerts(
        self, judged: Any, watched: Watched, fault: str
    ) -> None:
        watched.pagerduty.faults = frozenset({fault})
        assert {*judged(PAGER).said("fail")} == {SERVICE}


class TestPause:
    """A contract's pause is there, off, and in the declared hands."""

    def test_sees_a_switch_in_the_hands_of_the_multisig(self, judged: Any) -> None:
        found = judged(PAUSE)
        assert {*found.said("pass")} == {"vault", "vault: pauser"}
        assert "documents.runbook" in json.dumps(found.said("unknown"))

    @pytest.mark.parametrize(
        ("fault", "subject"), [("paused", "vault"), ("other-hands", "vault: pauser")]
    )
    def test_fails_by_what_the_contract_tells(
        self, judged: Any, watched: Watched, fault: str, subject: str
    ) -> None:
        watched.plant(NODES[0], fault)
        assert {*judged(PAUSE).said("fail")} == {subject}

    def test_does_not_know_what_a_node_does_not_tell(self, judged: Any, watched: Watched) -> None:
        watched.plant(NODES[0], "behind")
        assert {"vault", "vault: pauser"} <= {*judged(PAUSE).said("unknown")}
