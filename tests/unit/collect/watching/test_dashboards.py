"""The service's dashboards: which they are, what their panels show, and what cannot be asked."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.grafana import Grafana
from pytest_orr.clients.grafana_said import Model, Panel, Target, Variable
from pytest_orr.collect.watching.dashboards import DashboardFact, DashboardPanel, Dashboards
from pytest_orr.collect.watching.panel_queries import queries_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Grafana as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.collect.parts import Part

CHECKOUT = Path(__file__).parents[4]
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
LIVE = ["Requests", "Errors", "Latency, 95 %", "Block height"]


@pytest.fixture(scope="module")
def showing() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.grafana import GrafanaServer  # noqa: PLC0415 after the path is set

    server = GrafanaServer()
    yield server
    server.close()


@pytest.fixture
def read(showing: Any) -> Iterator[Callable[..., tuple[Part[DashboardFact], ...]]]:
    def ask(*faults: str, **declared: str) -> tuple[Part[DashboardFact], ...]:
        showing.faults = frozenset(faults)
        said = Declared(
            url=FromEnvironment(env="URL"), token=FromEnvironment(env="KEY"), **declared
        )
        environment = {"KEY": "grafana-of-nobody", "URL": showing.url}
        profile = SimpleNamespace(grafana=said, service=SimpleNamespace(name="explorer"))
        desk: Any = SimpleNamespace(
            profile=profile, as_of=AS_OF, grafana=Grafana(said, Path(), environment=environment)
        )
        return Dashboards().collect(desk).value

    yield ask
    showing.faults = frozenset()
    showing.mend()


@pytest.mark.parametrize("faults", [(), ("new-api-only",), ("second-version",), ("old-api-only",)])
def test_the_dashboard_is_the_same_by_whichever_api(
    read: Callable[..., tuple[Part[DashboardFact], ...]], faults: tuple[str, ...]
) -> None:
    [part] = read(*faults)
    dashboard = part.reading

    assert (part.name, dashboard.folder) == ("Explorer: overview", "Explorer")
    assert [one.title for one in dashboard.live(5, AS_OF)] == LIVE
    assert [(one.name, one.reading.is_healthy) for one in dashboard.sources] == [
        ("prometheus-main", True)
    ]
    assert dashboard.seen == (
        "4 of 6 panels show something, newest sample 2026-11-19 23:59:40; "
        "Requests before the rename: no sample of the last hour; "
        "Log of the backend: it asks a data source of the kind loki"
    )


def test_dashboards_are_the_services_by_tag_or_by_folder(
    read: Callable[..., tuple[Part[DashboardFact], ...]],
) -> None:
    def titles(**declared: str) -> list[str]:
        return [one.name for one in read(**declared)]

    both = ["Explorer: overview", "Faucet: overview"]
    assert titles() == both[:1]
    assert titles(tag="faucet") == both[1:]
    assert titles(folder="Explorer") == both
    assert titles(folder="Explorer", tag="first") == both[:1]
    assert titles(folder="Other") == []
    assert read("no-dashboard") == ()


def test_stale_panels_are_not_live(
    read: Callable[..., tuple[Part[DashboardFact], ...]],
) -> None:
    [part] = read("stale-panels")

    assert part.reading.live(5, AS_OF) == ()
    assert [one.title for one in part.reading.live(45, AS_OF)] == LIVE
    assert "newest sample 2026-11-19 23:19:40" in part.seen
    assert part.reading.panels[0].seen == "Requests: 2026-11-19 23:19:40"


def test_an_ill_data_source_is_told_with_what_it_says(
    read: Callable[..., tuple[Part[DashboardFact], ...]],
) -> None:
    [part] = read("source-sick")
    [source] = part.reading.sources

    assert not source.reading.is_healthy
    assert source.seen == "prometheus: connection refused"
    assert part.reading.live(5, AS_OF) == ()
    assert {one.state for one in part.reading.panels} == {"refused", "unasked"}


def test_queries_that_are_denied_make_nothing_known(
    read: Callable[..., tuple[Part[DashboardFact], ...]],
) -> None:
    [part] = read("queries-denied")

    with pytest.raises(FactUnavailable, match="does not tell what Requests shows"):
        part.reading.live(5, AS_OF)
    with pytest.raises(FactUnavailable, match="lacks datasources:query"):
        _ = part.reading.sources[0].reading


def test_a_dashboard_that_cannot_be_read_hides_no_other(
    read: Callable[..., tuple[Part[DashboardFact], ...]], showing: Any
) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    showing.spoil("explorer-overview", lambda *_: json_answer({"dashboard": 5}))

    own, other = read(folder="Explorer")

    assert other.reading.live(5, AS_OF)
    with pytest.raises(FactUnavailable, match="Grafana's answer to"):
        _ = own.reading


def test_an_answer_that_is_left_out_is_unknown(
    read: Callable[..., tuple[Part[DashboardFact], ...]], showing: Any
) -> None:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    showing.spoil("query", lambda *_: json_answer({"results": {}}))

    [part] = read()

    assert part.reading.panels[0].state == "unknown"
    assert "Grafana left its answer out" in part.reading.panels[0].seen


def test_a_grafana_without_a_declaration_is_not_asked(showing: Any) -> None:
    said = Declared(url=showing.url, token=FromEnvironment(env="KEY"))
    client = Grafana(said, Path(), environment={"KEY": "grafana-of-nobody"})
    profile = SimpleNamespace(grafana=None)
    desk: Any = SimpleNamespace(profile=profile, as_of=AS_OF, grafana=client)

    with pytest.raises(Undeclared, match=r"declares no \[grafana\]"):
        Dashboards().collect(desk)


def panel(title: str, **more: Any) -> DashboardPanel:
    return DashboardPanel(title=title, state=more.pop("state", "unasked"), **more)


def test_a_dashboard_that_nobody_can_ask_is_unknown() -> None:
    logs = panel("Logs", trouble="it asks a data source of the kind loki")
    without = DashboardFact(title="Logs", folder="", sources=(), panels=(logs,))
    empty = DashboardFact(title="New", folder="", sources=(), panels=())

    with pytest.raises(FactUnavailable, match="no panel of Logs can be asked here: Logs: it asks"):
        without.live(5, AS_OF)
    with pytest.raises(FactUnavailable, match="no panel of New can be asked here: it has none"):
        empty.live(5, AS_OF)


def test_one_line_names_few_panels() -> None:
    panels = tuple(panel(f"P{number}", state="answered") for number in range(12))
    seen = DashboardFact(title="Much", folder="", sources=(), panels=panels).seen

    assert seen.endswith("P7: no sample of the last hour; 4 more without a sample")
    assert "P8" not in seen


@pytest.mark.parametrize(
    ("source", "kind", "expression", "why"),
    [
        ("-- Dashboard --", "datasource", "up", "it shows what another panel asks"),
        ("", "prometheus", "up", "it asks whichever data source is the default one"),
        ("default", "prometheus", "up", "it asks whichever data source is the default one"),
        ("loki-main", "loki", "{a}", "it asks a data source of the kind loki"),
        ("Main", "", "up", "it asks a data source of the kind that it does not name"),
        ("main", "prometheus", " ", "it has no query yet"),
        ("${DS_MAIN}", "prometheus", "up", "its data source ${DS_MAIN} is chosen by no variable"),
        ("main", "prometheus", "up{job='$none'}", "its variable none has no value"),
        ("$source", "", "up", ""),
    ],
)
def test_what_cannot_be_asked_is_told_with_the_reason(
    source: str, kind: str, expression: str, why: str
) -> None:
    target = Target(source=source, kind=kind, expression=expression)
    variables = (
        Variable(name="none", values=()),
        Variable(name="source", values=("main",), plugin="prometheus"),
    )
    model = Model(panels=(Panel(title="P", targets=(target,)),), variables=variables)

    [[query]] = queries_of(model, AS_OF, AS_OF).values()

    assert query.unasked.startswith(why)
    assert bool(query.unasked) is bool(why)
    assert query.source == (("", "") if why else ("main", "prometheus"))


def test_a_panel_of_the_library_is_not_asked() -> None:
    model = Model(panels=(Panel(title="P", is_shared=True),), variables=())

    [[query]] = queries_of(model, AS_OF, AS_OF).values()

    assert query.unasked == "it is kept in the library of panels"
