"""Grafana's APIs, the old one and the new, on loopback, against what is published of them."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from jsonschema import Draft202012Validator

from pytest_orr.clients.grafana import Grafana
from pytest_orr.clients.grafana_said import Variable
from pytest_orr.clients.grafana_variables import Unfilled, filled, moments
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.monitoring import Grafana as Declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
DESCRIPTION = CHECKOUT / "tests" / "contracts" / "grafana" / "description.json"
TOKEN = "grafana-of-nobody"  # noqa: S105 opens nothing but the example
UNTIL = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
SINCE = UNTIL - dt.timedelta(hours=1)
SOURCE = ("prometheus-main", "prometheus")
UP = {"A": "explorer_block_height", "B": "nothing_of_this_name"}
OVERVIEW = "explorer-overview"
OF_DASHBOARDS = "/apis/dashboard.grafana.app"
ASKED = {
    "GET /api/search": "/api/search?limit=10&page=1",
    "GET /api/dashboards/uid/{uid}": f"/api/dashboards/uid/{OVERVIEW}",
    "GET /api/datasources/uid/{uid}/health": "/api/datasources/uid/prometheus-main/health",
    "GET /apis/dashboard.grafana.app": OF_DASHBOARDS,
    "GET /apis/folder.grafana.app": "/apis/folder.grafana.app",
}
BEYOND_TIME = {
    "schema": {"fields": [{"type": "time"}, {"type": "number"}]},
    "data": {"values": [[10**15 * 9], [1]]},
}
"""A frame whose sample is of an instant that no calendar has."""
IN_NAMESPACES = {
    "folder.grafana.app/v1": ("folders", "folders?limit=5"),
    "dashboard.grafana.app/v1": ("dashboards", "dashboards?limit=5"),
    "prometheus.datasource.grafana.app/v0alpha1": (
        "datasources/{name}/health",
        "datasources/prometheus-main/health",
    ),
}


@pytest.fixture(scope="module")
def showing() -> Iterator[Any]:
    sys.path.append(str(CHECKOUT))
    from examples.explorer.grafana import GrafanaServer  # noqa: PLC0415 after the path is set

    server = GrafanaServer()
    yield server
    server.close()


@pytest.fixture
def shown(showing: Any) -> Iterator[Any]:
    yield showing
    showing.faults, showing.most = frozenset(), 5000
    showing.mend()


@pytest.fixture
def ask(shown: Any) -> Callable[..., Grafana]:
    """Ask with a token; ``paused`` takes down how long was waited."""

    def begin(*, token: str = TOKEN, url: str = "", paused: list[float] | None = None) -> Grafana:
        declared = Declared(url=FromEnvironment(env="URL"), token=FromEnvironment(env="KEY"))
        waited = [] if paused is None else paused
        environment = {"KEY": token, "URL": url or shown.url}
        return Grafana(declared, Path(), environment=environment, pause=waited.append)

    return begin


def put(*values: Any) -> Callable[[Any, Any], Any]:
    """Return a spoiling that answers with these, one after the other, and then as usual."""
    left = list(values)
    return lambda _, told: left.pop(0) if left else told


def answer(status: int, body: Any = None, **headers: str) -> Any:
    from examples.explorer.forge_server import json_answer  # noqa: PLC0415 after the path is set

    return json_answer(body, status, **headers)


def described() -> Callable[[str, Any], None]:
    """Return what holds an answer against the description."""
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))

    def hold(asked: str, told: Any) -> None:
        schema = {**description["answers"][asked], "definitions": description["definitions"]}
        Draft202012Validator(schema).validate(told)

    return hold


@pytest.mark.parametrize("faults", [(), ("source-sick", "conversion-failed")])
def test_every_answer_of_the_example_is_as_described(shown: Any, faults: tuple[str, ...]) -> None:
    shown.faults = frozenset(faults)
    hold, query = described(), _query("max(explorer_block_height)")
    with requests.Session() as session:
        session.headers.update({"Authorization": f"Bearer {TOKEN}"})
        for asked, path in ASKED.items():
            hold(asked, session.get(shown.url + path, timeout=5).json())
        for group, (resource, path) in IN_NAMESPACES.items():
            told = session.get(f"{shown.url}/apis/{group}/namespaces/default/{path}", timeout=5)
            hold(f"GET /apis/{group}/namespaces/{{namespace}}/{resource}", told.json())
        for version in ("v1", "v2"):
            of = f"{OF_DASHBOARDS}/{version}/namespaces"
            told = session.get(f"{shown.url}{of}/default/dashboards/{OVERVIEW}", timeout=5)
            hold(f"GET {of}/{{namespace}}/dashboards/{{name}}", told.json())
        new = "/apis/query.grafana.app/v0alpha1/namespaces/{namespace}/query"
        for path in ("/api/ds/query", new):
            told = session.post(shown.url + path.format(namespace="default"), json=query, timeout=5)
            hold(f"POST {path}", told.json())


def _query(expression: str) -> dict[str, Any]:
    one = {"refId": "A", "datasource": {"uid": "prometheus-main"}, "expr": expression}
    return {"from": "0", "to": "1795132800000", "queries": [one]}


def test_the_old_api_tells_dashboards_panels_and_samples(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    asked = ask()
    own, other = asked.dashboards()
    model = asked.model(own.uid)
    results = asked.results(SOURCE, UP, SINCE, UNTIL)

    assert (own.title, own.folder, own.tags) == (
        "Explorer: overview",
        "Explorer",
        ("explorer", "first"),
    )
    assert other.tags == ("faucet",)
    assert len(model.panels) == 6
    assert results["A"].newest == UNTIL - dt.timedelta(seconds=20)
    assert results["B"].newest is None
    assert asked.health(*SOURCE).is_ok
    assert {one.path.split("/")[1] for one in shown.asked} == {"api"}
    asked.close()


def test_the_new_api_is_asked_where_the_old_one_is_gone(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    old = ask()
    told = (old.dashboards(), old.model(OVERVIEW), old.results(SOURCE, UP, SINCE, UNTIL))
    ill = old.health(*SOURCE)
    shown.faults, shown.most = frozenset({"new-api-only"}), 1
    new = ask()

    assert (new.dashboards(), new.model(OVERVIEW)) == told[:2]
    assert new.results(SOURCE, UP, SINCE, UNTIL) == told[2]
    assert new.health(*SOURCE) == ill
    assert [
        one.query.get("continue") for one in shown.asked if one.path.endswith("dashboards")
    ] == [
        None,
        "1",
    ]


def test_dashboards_of_the_second_version_are_read_from_the_new_api(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    classic = ask().model(OVERVIEW)
    shown.faults = frozenset({"second-version"})

    second = ask().model(OVERVIEW)

    assert second.panels == classic.panels
    assert {one.name: one.values for one in second.variables} == {
        one.name: one.values for one in classic.variables
    }
    assert shown.asked[-1].path.startswith("/apis/dashboard.grafana.app/v2/")


def test_a_dashboard_that_could_not_be_converted_is_read_as_it_was_saved(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    shown.faults = frozenset({"new-api-only", "conversion-failed"})

    assert len(ask().model(OVERVIEW).panels) == 6
    assert "/v2/" in shown.asked[-1].path


def test_a_version_that_is_not_known_is_told(ask: Callable[..., Grafana], shown: Any) -> None:
    shown.faults = frozenset({"new-api-only"})
    group = {"name": "dashboard.grafana.app", "versions": [{"version": "v9"}]}
    shown.spoil("app$", put(answer(200, group)))
    with pytest.raises(FactUnavailable, match="in no version that is known here"):
        ask().dashboards()

    stored = {"status": {"conversion": {"failed": True, "storedVersion": "v9"}}}
    shown.spoil(f"{OVERVIEW}$", put(answer(404), answer(200, stored)))
    with pytest.raises(FactUnavailable, match="as v9 alone"):
        ask().model(OVERVIEW)


def test_a_version_that_grafana_does_not_prefer_will_do(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    shown.faults = frozenset({"new-api-only"})
    group = {
        "name": "dashboard.grafana.app",
        "preferredVersion": {"version": "v9"},
        "versions": [{"version": "v9"}, {"version": "v1"}],
    }
    shown.spoil("dashboard.grafana.app$", put(answer(200, group)))

    assert len(ask().dashboards()) == 2


def test_each_question_is_asked_once_and_nothing_is_posted_but_queries(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    asked = ask()
    for _ in range(2):
        asked.dashboards()
        asked.model(OVERVIEW)
        asked.health(*SOURCE)
    asked.results(SOURCE, UP, SINCE, UNTIL)

    assert [one.method for one in shown.asked] == ["GET", "GET", "GET", "POST"]
    sent = json.loads(shown.asked[-1].body)
    assert {one["expr"] for one in sent["queries"]} == {*UP.values()}
    assert sent["from"] == str(int(SINCE.timestamp() * 1000))


def test_a_search_is_read_to_its_last_page(
    ask: Callable[..., Grafana], shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.clients.grafana.PER_PAGE", 1)

    assert len(ask().dashboards()) == 2
    assert [one.query["page"] for one in shown.asked] == ["1", "2", "3"]


def test_pages_in_a_circle_are_refused(
    ask: Callable[..., Grafana], shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.clients.grafana.PER_PAGE", 1)
    row = {"uid": "a", "title": "A", "tags": []}
    shown.spoil("search", lambda *_: answer(200, [row]))
    with pytest.raises(FactUnavailable, match="without an end"):
        ask().dashboards()

    shown.mend()
    shown.faults = frozenset({"new-api-only"})
    circle = {"items": [], "metadata": {"continue": "1"}}
    shown.spoil("folders$", lambda *_: answer(200, circle))
    with pytest.raises(FactUnavailable, match="without an end"):
        ask().dashboards()


def test_a_token_that_is_refused_is_named_by_its_section(ask: Callable[..., Grafana]) -> None:
    with pytest.raises(FactUnavailable, match="Grafana refuses the token") as refused:
        ask(token="another").dashboards()  # noqa: S106 of nobody
    assert "[grafana] token" in refused.value.remedy


def test_a_permission_that_the_token_lacks_is_named(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    shown.faults = frozenset({"viewer-denied"})
    with pytest.raises(FactUnavailable, match="lacks dashboards:read") as refused:
        ask().dashboards()
    assert "the role Viewer" in refused.value.remedy

    shown.faults = frozenset({"queries-denied"})
    with pytest.raises(FactUnavailable, match="lacks datasources:query"):
        ask().results(SOURCE, UP, SINCE, UNTIL)
    with pytest.raises(FactUnavailable, match="lacks datasources:query"):
        ask().health(*SOURCE)

    shown.faults = frozenset({"new-api-only"})
    shown.spoil("folders$", put(answer(403)))
    with pytest.raises(FactUnavailable, match="lacks folders:read"):
        ask().dashboards()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("down", "answered GET /api/search with status 500"),
        ("nonsense", "is no whole JSON file"),
        ("too-often", "its rate limit is reached"),
    ],
)
def test_a_grafana_that_is_down_is_not_taken_for_a_refusal(
    ask: Callable[..., Grafana], shown: Any, fault: str, cause: str
) -> None:
    shown.faults = frozenset({fault})

    with pytest.raises(FactUnavailable, match=cause):
        ask().dashboards()


def test_whoever_asks_too_often_waits(ask: Callable[..., Grafana], shown: Any) -> None:
    paused: list[float] = []
    shown.spoil("search", put(answer(429, None, Retry_After="7"), answer(429)))

    assert ask(paused=paused).dashboards()
    assert paused == [7, 5]


def test_what_is_no_grafana_is_told_as_such(ask: Callable[..., Grafana], shown: Any) -> None:
    shown.spoil("", lambda *_: answer(404))
    with pytest.raises(FactUnavailable, match=r"neither under /api nor under /apis") as refused:
        ask().dashboards()
    assert "correct" not in refused.value.remedy
    assert "let url under [grafana] lead to Grafana itself" in refused.value.remedy

    shown.mend()
    shown.spoil("search", put(answer(302, None, Location="/login")))
    with pytest.raises(FactUnavailable, match="a key is taken nowhere else"):
        ask().dashboards()


def test_a_data_source_that_is_gone_or_ill_is_told_as_seen(
    ask: Callable[..., Grafana], shown: Any
) -> None:
    gone = {"message": "Data source not found"}
    shown.spoil("(query|health)$", put(answer(404, gone), answer(404, gone)))
    asked = ask()
    assert asked.results(SOURCE, UP, SINCE, UNTIL)["A"].error == "Data source not found"
    assert not asked.health(*SOURCE).is_ok

    shown.mend()
    shown.faults = frozenset({"source-sick"})
    asked = ask()
    assert "connection refused" in asked.results(SOURCE, UP, SINCE, UNTIL)["A"].error
    assert asked.health(*SOURCE).message == "connection refused"


def test_a_health_that_is_not_told_is_unknown(ask: Callable[..., Grafana], shown: Any) -> None:
    html = answer(404)
    object.__setattr__(html, "body", b"<html>")
    shown.spoil("health$", lambda *_: html)

    with pytest.raises(FactUnavailable, match="neither under /api nor under /apis"):
        ask().health(*SOURCE)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("search", {}),
        ("search", [{"uid": "a"}]),
        ("uid", {"dashboard": {"panels": 5}}),
        ("query", {"results": []}),
        ("query", {"results": {"A": {"frames": [BEYOND_TIME]}}}),
        ("folders", {"metadata": {}}),
    ],
)
def test_what_grafana_does_not_say_is_unknown(
    ask: Callable[..., Grafana], shown: Any, path: str, told: Any
) -> None:
    if path == "folders":
        shown.faults = frozenset({"new-api-only"})
    shown.spoil(path, lambda *_: answer(200, told))
    asked = ask()
    questions: dict[str, Callable[[], Any]] = {
        "uid": lambda: asked.model(OVERVIEW),
        "query": lambda: asked.results(SOURCE, UP, SINCE, UNTIL),
    }

    with pytest.raises(FactUnavailable, match="Grafana's answer to"):
        questions.get(path, asked.dashboards)()


def test_only_numbers_are_samples(ask: Callable[..., Grafana], shown: Any) -> None:
    def frame(kinds: list[str], *columns: list[Any]) -> dict[str, Any]:
        fields = [{"name": kind, "type": kind} for kind in kinds]
        return {"schema": {"fields": fields}, "data": {"values": list(columns)}}

    times = [1795132700000, 1795132715000]
    results = {
        "last-is-no-number": frame(["time", "number"], times, [1, None]),
        "none": frame(["time", "number"], times, [None, None]),
        "words": frame(["time", "string"], times, ["a", "b"]),
        "timeless": frame(["number"], [1]),
        "cut": frame(["time", "number"], times),
    }
    told = {"results": {name: {"frames": [one]} for name, one in results.items()}}
    shown.spoil("query", put(answer(200, told)))

    newest = {name: one.newest for name, one in ask().results(SOURCE, UP, SINCE, UNTIL).items()}

    assert newest.pop("last-is-no-number") == dt.datetime.fromtimestamp(1795132700, dt.UTC)
    assert {*newest.values()} == {None}


def test_old_dashboards_and_shared_panels_are_read(ask: Callable[..., Grafana], shown: Any) -> None:
    hidden = {"refId": "B", "expr": "down", "hide": True}
    old = {
        "rows": [
            {"panels": [{"id": 3, "datasource": "Main", "targets": [{"expr": "up"}, hidden]}]}
        ],
        "panels": [
            {"id": 4, "title": "Kept", "libraryPanel": {"uid": "x", "name": "y"}},
            {"id": 5, "title": "Odd", "datasource": None, "targets": [{"expr": 5}]},
        ],
        "templating": {
            "list": [
                {"name": "zone", "type": "constant", "query": "eu"},
                {"name": "word", "type": "textbox", "query": "x", "current": {"value": "y"}},
                {"name": "none", "type": "query", "query": "label_values(up, a)", "current": {}},
            ]
        },
    }
    shown.spoil("uid", put(answer(200, {"dashboard": old})))

    model = ask().model("old")

    assert [(one.title, one.is_shared) for one in model.panels] == [
        ("panel 3", False),
        ("Kept", True),
        ("Odd", False),
    ]
    [target] = model.panels[0].targets
    assert (target.source, target.kind, target.expression) == ("Main", "", "up")
    assert model.panels[2].targets[0].expression == ""
    assert [one.values for one in model.variables] == [("eu",), ("y",), ()]


def variable(name: str, *values: str, **more: Any) -> Variable:
    return Variable(name=name, values=values, **more)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('up{job="$job"}', 'up{job="api"}'),
        ('up{job="${job}"}', 'up{job="api"}'),
        ('up{job="[[job]]"}', 'up{job="api"}'),
        ('up{job=~"${job:regex}"}', 'up{job=~"api"}'),
        ('up{host=~"$hosts"}', r'up{host=~"(a\\.b|c)"}'),
        ('up{host=~"${hosts:pipe}"}', 'up{host=~"a.b|c"}'),
        ('up{host=~"${hosts:csv}"}', 'up{host=~"a.b,c"}'),
        ('up{host=~"$one"}', r'up{host=~"a\\.b"}'),
        ('up{code=~"$all"}', 'up{code=~"(1|2)"}'),
        ('up{code=~"$any"}', 'up{code=~".*"}'),
        ('up{code=~"$own"}', 'up{code=~"5.."}'),
        ("rate(up[$auto])", "rate(up[$__interval])"),
        ("rate(up[$__rate_interval])", "rate(up[$__rate_interval])"),
        ("rate(up[${__interval}])", "rate(up[${__interval}])"),
        ('label_replace(up, "a", "$1", "b", "(.*)")', 'label_replace(up, "a", "$1", "b", "(.*)")'),
        ("up > $__to", "up > 1795132800000"),
        ('up{a="$quoted"}', r'up{a="say \"a\\b\""}'),
    ],
)
def test_variables_are_written_as_grafana_does(text: str, written: str) -> None:
    variables = [
        variable("job", "api"),
        variable("hosts", "a.b", "c", is_many=True),
        variable("one", "a.b", is_many=True),
        variable("all", "$__all", is_many=True, options=("$__all", "1", "2")),
        variable("any", "$__all", is_many=True),
        variable("own", "$__all", is_many=True, all_value="5.."),
        variable("auto", "$__auto_interval_auto"),
        variable("quoted", 'say "a\\b"'),
    ]

    assert filled(text, {one.name: one for one in variables}, moments(SINCE, UNTIL)) == written


def test_a_variable_without_a_value_is_named() -> None:
    with pytest.raises(Unfilled, match="job"):
        filled("up{job='$job'}", {"job": variable("job")}, {})


def test_without_a_declaration_nobody_is_asked() -> None:
    with pytest.raises(Undeclared, match=r"declares no \[grafana\]"):
        Grafana(None, Path())


def test_the_token_leaves_by_https_alone(ask: Callable[..., Grafana]) -> None:
    with pytest.raises(FactUnavailable, match="is not https"):
        ask(url="http://grafana.example").dashboards()
