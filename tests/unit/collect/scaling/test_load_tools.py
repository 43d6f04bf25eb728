"""What load tools wrote becomes figures; what is cut, broken or contradictory never does."""

from __future__ import annotations

import datetime as dt
import json
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.collect.load_tools import files as module
from pytest_orr.collect.load_tools import jtl_xml
from pytest_orr.collect.load_tools.figures import LoadFigures, Tally, Unreadable
from pytest_orr.collect.load_tools.files import ResultFile
from pytest_orr.errors import FactUnavailable

RECORDED = Path(__file__).parent / "load_results"
TREND = {"avg": 120.0, "min": 20.1, "med": 101.0, "max": 900.5, "p(90)": 250.5, "p(95)": 310.25}
EXPORT: dict[str, Any] = {
    "root_group": {"name": ""},
    "metrics": {
        "http_reqs": {"count": 671400, "rate": 240.5},
        "http_req_failed": {"passes": 134, "fails": 671266, "value": 134 / 671400},
        "http_req_duration": {**TREND, "thresholds": {"p(95)<500": False}},
        "vus_max": {"value": 300, "min": 300, "max": 300},
    },
}
HANDLED: dict[str, Any] = {
    "state": {"isStdOutTTY": False, "testRunDurationMs": 2791683.9},
    "metrics": {
        "http_reqs": {"type": "counter", "values": {"count": 671400, "rate": 240.5}},
        "http_req_failed": {
            "type": "rate",
            "values": {"rate": 134 / 671400, "passes": 134, "fails": 671266},
        },
        "http_req_duration": {"type": "trend", "contains": "time", "values": TREND},
    },
}
NEWER: dict[str, Any] = {
    "version": "1.0.0",
    "metadata": {"k6Version": "2.3.0", "generatedAt": "2026-11-06T09:45:00.123456789Z"},
    "config": {"duration": 2700.0, "execution": "local", "script": "load.js"},
    "results": {
        "metrics": [
            {"name": "http_reqs", "type": "counter", "values": {"count": 671400}},
            {
                "name": "http_req_failed",
                "type": "rate",
                "values": {"matches": 134, "total": 671400, "rate": 134 / 671400},
            },
            {"name": "http_req_duration", "type": "trend", "values": TREND},
        ]
    },
}
VEGETA: dict[str, Any] = {
    "latencies": {"mean": 120_000_000, "50th": 101_000_000, "95th": 310_250_000, "max": 900500000},
    "earliest": "2026-11-06T10:00:00.123456789+01:00",
    "latest": "2026-11-06T10:44:59.5+01:00",
    "duration": 2_700_000_000_000,
    "requests": 648000,
    "rate": 240.0,
    "throughput": 239.9,
    "success": 647_870 / 648_000,
    "status_codes": {"0": 10, "200": 647000, "304": 870, "503": 120},
    "errors": ["503 Service Unavailable"],
}
JTL = """\
timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes,URL,Latency
1793955600000,100,block,200,OK,users 1-1,true,2781,https://api.explorer.example/block/1,99
1793955600500,310,block,200,"OK, late",users 1-2,true,2781,https://api.explorer.example/block/2,3
1793955601000,410,page,200,"Number of samples in transaction : 2, number of failing samples : 0",\
users 1-1,true,5562,null,0
1793955661999,200,block,503,Unavailable,users 1-1,false,0,https://api.explorer.example/block/3,1
"""
JTL_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<testResults version="1.2">
<sample t="410" ts="1793955600000" s="true" lb="page">
  <httpSample t="100" ts="1793955600000" s="true" lb="block" rc="200">
    <httpSample t="40" ts="1793955600010" s="false" lb="block-0" rc="404">
      <java.net.URL>https://cdn.example.org/a.js</java.net.URL></httpSample>
    <java.net.URL>https://api.explorer.example/block/1</java.net.URL></httpSample>
  <httpSample t="310" ts="1793955600500" s="true" lb="block" rc="200"/>
</sample>
<httpSample t="200" ts="1793955661999" s="false" lb="block" rc="503">
  <java.net.URL>https://api.explorer.example/block/3</java.net.URL></httpSample>
</testResults>
"""
HEY = """\
response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset
0.0260,0.0007,0.0000,0.0001,0.0250,0.0001,200,0.0507
0.0298,0.0013,0.0000,0.0000,0.0272,0.0001,503,0.9506
"""
LOCUST: list[dict[str, Any]] = [
    {
        "name": "/block",
        "num_requests": 3,
        "num_none_requests": 1,
        "num_failures": 1,
        "start_time": 1793955600.25,
        "last_request_timestamp": 1793955601.5,
        "response_times": {"34": 1, "310": 1},
        "num_reqs_per_sec": {"1793955600": 1, "1793955601": 2},
    }
]
LOCUST_CSV = """\
Type,Name,Request Count,Failure Count,Median Response Time,Requests/s,Failures/s,50%,95%\r
GET,/block,249,0,23,31.9,0.0,23,65\r
,Aggregated,312,5,22,41.2,0.7,22,44\r
"""
WHOLE: list[tuple[str, Any]] = [
    ("k6", EXPORT),
    ("k6", HANDLED),
    ("k6", NEWER),
    ("vegeta", VEGETA),
    ("jmeter", JTL),
    ("jmeter", JTL_XML),
    ("hey", HEY),
    ("locust", LOCUST),
    ("locust", LOCUST_CSV),
]


def read(tool: str, content: Any, **more: int) -> LoadFigures:
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    data = text if isinstance(text, bytes) else text.encode()
    reader = import_module(f"pytest_orr.collect.load_tools.{tool}").read
    figures: LoadFigures = reader(ResultFile(BytesIO(data)), **more)
    return figures


def refused(tool: str, content: Any, **more: int) -> str:
    with pytest.raises(Unreadable) as caught:
        read(tool, content, **more)
    return str(caught.value)


def changed(value: Any, *path: Any, to: Any) -> Any:
    """Return a copy of a JSON value with one part of it replaced, or taken out by ``...``."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return copy


class TestWhatAToolWrote:
    def test_locust_wrote_these_as_json(self) -> None:
        figures = read("locust", (RECORDED / "locust.json").read_bytes())
        assert (figures.samples, figures.errors, figures.p95_ms) == (320, 5, 39.0)
        assert 35 < figures.rate < 45
        assert not figures.is_mean
        assert figures.began is not None
        assert figures.ended is not None
        assert 7 < (figures.ended - figures.began).total_seconds() < 9

    def test_locust_wrote_these_as_csv(self) -> None:
        figures = read("locust", (RECORDED / "locust_stats.csv").read_bytes())
        assert (figures.samples, figures.errors, figures.p95_ms) == (280, 5, 44.0)
        assert (round(figures.rate, 1), figures.is_mean) == (41.3, True)

    def test_hey_wrote_these(self) -> None:
        figures = read("hey", (RECORDED / "hey.csv").read_bytes(), sent=152)
        failed = (RECORDED / "hey.csv").read_text(encoding="ascii").count(",503,")
        assert (figures.samples, figures.errors) == (152, failed + 2)
        assert 0 < failed < 40
        assert figures.p95_ms == 76.0
        assert figures.rate == 75.0


class TestWhatVendorsDescribe:
    @pytest.mark.parametrize("summary", [EXPORT, HANDLED], ids=["export", "handleSummary"])
    def test_of_k6(self, summary: Any) -> None:
        assert read("k6", summary) == LoadFigures(
            samples=671400, errors=134, p95_ms=310.25, rate=240.5, is_mean=True
        )

    def test_of_newer_k6(self) -> None:
        ended = dt.datetime(2026, 11, 6, 9, 45, 0, 123456, tzinfo=dt.UTC)
        assert read("k6", NEWER) == LoadFigures(
            samples=671400,
            errors=134,
            p95_ms=310.25,
            rate=671400 / 2700,
            is_mean=True,
            began=ended - dt.timedelta(seconds=2700),
            ended=ended,
        )

    def test_of_newer_k6_that_took_no_time(self) -> None:
        assert read("k6", changed(NEWER, "config", "duration", to=0)).rate == 0

    def test_of_vegeta(self) -> None:
        figures = read("vegeta", VEGETA)
        assert (figures.samples, figures.errors, figures.p95_ms) == (648000, 130, 310.25)
        assert (figures.rate, figures.is_mean) == (240.0, True)
        assert figures.began == dt.datetime(2026, 11, 6, 9, 0, 0, 123456, tzinfo=dt.UTC)

    def test_of_jmeter_in_csv(self) -> None:
        figures = read("jmeter", JTL)
        assert (figures.samples, figures.errors, figures.p95_ms) == (3, 1, 310.0)
        assert figures.rate == 2 / 60
        assert figures.hosts == ("api.explorer.example",)
        assert figures.began is not None
        assert figures.began.timestamp() == 1793955600
        assert figures.ended is not None
        assert figures.ended.timestamp() == 1793955661.999

    def test_of_jmeter_in_csv_without_urls(self) -> None:
        lines = [line.rpartition(",")[0].rpartition(",")[0] for line in JTL.splitlines()]
        figures = read("jmeter", "\n".join(lines) + "\n")
        assert (figures.samples, figures.hosts) == (3, ())

    def test_of_jmeter_in_xml(self) -> None:
        in_xml, in_csv = read("jmeter", JTL_XML), read("jmeter", JTL)
        assert in_xml == in_csv

    def test_of_locust(self) -> None:
        figures = read("locust", LOCUST)
        assert (figures.samples, figures.errors, figures.p95_ms) == (3, 1, 310.0)
        assert figures.rate == 1.5

    def test_of_hey(self) -> None:
        figures = read("hey", HEY)
        assert (figures.samples, figures.errors, figures.p95_ms) == (2, 1, 30.0)
        assert figures.may_lack_errors
        assert not read("hey", HEY, sent=2).may_lack_errors

    @pytest.mark.parametrize(
        ("tool", "content"),
        [
            ("locust", []),
            ("locust", LOCUST_CSV.replace("312,5,22,41.2,0.7,22,44", "0,0,0,0.0,0.0,N/A,N/A")),
            ("jmeter", JTL.partition("\n")[0] + "\n"),
            ("jmeter", "<testResults version='1.2'></testResults>"),
            ("hey", HEY.partition("\n")[0] + "\n"),
        ],
    )
    def test_of_a_test_without_requests(self, tool: str, content: Any) -> None:
        figures = read(tool, content)
        assert (figures.samples, figures.errors, figures.p95_ms, figures.rate) == (0, 0, 0, 0)

    def test_with_a_byte_order_mark(self) -> None:
        assert read("jmeter", "\ufeff" + JTL) == read("jmeter", JTL)
        assert read("k6", "\ufeff" + json.dumps(EXPORT)) == read("k6", EXPORT)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("tool", "content", "why"),
        [
            ("k6", [], "has no metrics"),
            ("k6", b"\xff{}", "is no whole JSON file"),
            ("k6", "[" * 200_000, "is nested too deeply"),
            ("k6", f'{{"metrics": {"1" * 5000}}}', "is no whole JSON file"),
            ("k6", '{"metrics": NaN}', "has NaN as a number"),
            ("k6", '{"metrics": {}, "metrics": {}}', "says something twice"),
            ("k6", changed(EXPORT, "metrics", "http_req_failed", to=...), "has no http_req_failed"),
            ("k6", changed(EXPORT, "metrics", "http_reqs", to=7), "has no values of http_reqs"),
            (
                "k6",
                changed(EXPORT, "metrics", "http_reqs", "count", to=1.5),
                "has no whole number as count of http_reqs",
            ),
            (
                "k6",
                changed(EXPORT, "metrics", "http_reqs", "rate", to=True),
                "has no number as rate of http_reqs",
            ),
            (
                "k6",
                changed(EXPORT, "metrics", "http_req_failed", "passes", to=-1),
                "has no number as passes",
            ),
            (
                "k6",
                changed(EXPORT, "metrics", "http_req_failed", "value", to=0.9998),
                "contradicts itself on how many requests failed",
            ),
            (
                "k6",
                changed(EXPORT, "metrics", "http_req_duration", "p(95)", to=...),
                "has no p(95) of http_req_duration: name it in summaryTrendStats",
            ),
            ("k6", changed(NEWER, "results", "metrics", to={}), "has no list as results.metrics"),
            (
                "k6",
                changed(NEWER, "metadata", "generatedAt", to="2026-11-06T09:45:00"),
                "has no instant as metadata.generatedAt",
            ),
            (
                "k6",
                changed(NEWER, "metadata", "generatedAt", to="2026-13-06T09:45:00Z"),
                "has no instant as metadata.generatedAt",
            ),
            ("vegeta", changed(VEGETA, "status_codes", to=[]), "has no status_codes"),
            (
                "vegeta",
                changed(VEGETA, "status_codes", "503", to=119),
                "contradicts itself on how many requests failed",
            ),
            ("vegeta", changed(VEGETA, "earliest", to=5), "has no instant as earliest"),
            ("locust", "[7]", "has no num_requests"),
            (
                "locust",
                changed(LOCUST, 0, "num_reqs_per_sec", "1793955600", to=2),
                "contradicts itself on how many requests there were",
            ),
            (
                "locust",
                changed(LOCUST, 0, "response_times", "34", to=2),
                "contradicts itself on how many requests there were",
            ),
            (
                "locust",
                changed(LOCUST, 0, "response_times", to=3),
                "has no table as response_times",
            ),
            (
                "locust",
                changed(LOCUST, 0, "response_times", to={"1e3": 1, "34": 1}),
                "has '1e3' as response time",
            ),
            (
                "locust",
                changed(LOCUST, 0, "start_time", to=1e17),
                "has the impossible instant 1e+17",
            ),
            (
                "locust",
                LOCUST_CSV.replace(",Aggregated", ",All"),
                "has no one line of all requests, called Aggregated",
            ),
            (
                "locust",
                LOCUST_CSV.replace("312,5,", "312,313,"),
                "contradicts itself on how many requests failed",
            ),
            ("jmeter", "", "has no column timeStamp"),
            ("jmeter", JTL.replace("elapsed", "time"), "has no column elapsed"),
            ("jmeter", JTL[:-1], "is cut off: its last line has no end"),
            ("jmeter", JTL[:-40] + "\n", "has a broken line 5"),
            ("jmeter", JTL.encode() + b"\xff\n", "is no UTF-8 text"),
            ("jmeter", JTL + '"no end\n', "has a broken line"),
            (
                "jmeter",
                JTL.replace("1793955600500", "2026/11/06 10:00:00"),
                (
                    "has time stamps that are no milliseconds: set"
                    " jmeter.save.saveservice.timestamp_format=ms"
                ),
            ),
            ("jmeter", JTL.replace("false", "no"), "has 'no' as success"),
            ("jmeter", JTL.replace(",310,", ",-310,"), "has '-310' as elapsed time"),
            ("jmeter", JTL.replace(",310,", ",99999999,"), "has an answer that took 1e+08 ms"),
            ("jmeter", JTL.replace("https://api", "https://[api"), "has a URL that is none"),
            ("jmeter", JTL_XML[:-20], "is no whole XML file: line 11"),
            ("jmeter", "<html/>", "begins with html, not with testResults"),
            (
                "jmeter",
                JTL_XML.replace("<testResults", "<!DOCTYPE x [<!ENTITY a 'a'>]><testResults"),
                "declares a document type, which no JTL does",
            ),
            ("jmeter", JTL_XML.replace('t="310" ', ""), "has a sample without t"),
            (
                "jmeter",
                JTL_XML.replace("/block/1", "/" + "a" * 5000),
                "has a URL that is too long",
            ),
            ("hey", HEY.replace("503,", "5o3,"), "has '5o3' as status-code"),
            ("hey", HEY.replace("status-code", "code"), "has no column status-code"),
        ],
    )
    def test_is_told_why(self, tool: str, content: Any, why: str) -> None:
        assert refused(tool, content).startswith(why)

    def test_fewer_requests_than_hey_has_answers(self) -> None:
        assert refused("hey", HEY, sent=1) == "has 2 answers, and 1 requests were declared"

    def test_as_many_answers_as_hey_writes_at_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytest_orr.collect.load_tools.hey.MOST_ROWS", 2)
        assert "hey writes no more" in refused("hey", HEY)

    @pytest.mark.parametrize(
        ("limit", "tool", "content", "why"),
        [
            ("LARGEST_MIB", "jmeter", JTL, "is larger than 0 MiB"),
            ("LARGEST_JSON_MIB", "k6", EXPORT, "is larger than 0 MiB"),
            ("LONGEST_LINE", "jmeter", JTL, "has a line of more than 0 characters"),
        ],
    )
    def test_what_is_too_large(
        self, monkeypatch: pytest.MonkeyPatch, limit: str, tool: str, content: Any, why: str
    ) -> None:
        monkeypatch.setattr(module, limit, 0 if "MIB" in limit else 20)
        assert refused(tool, content) == why.replace("0 characters", "20 characters")

    def test_a_tag_that_does_not_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jtl_xml, "MIB", 100)
        endless = f'<testResults><httpSample lb="{"a" * 70_000}'
        assert refused("jmeter", endless) == "has a tag that does not end"

    def test_more_hosts_than_a_test_has(self) -> None:
        rows = "".join(f"{n},1,true,https://h{n}/\n" for n in range(101))
        assert refused("jmeter", "timeStamp,elapsed,success,URL\n" + rows) == (
            "names more than 100 hosts"
        )

    def test_more_than_a_week(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytest_orr.collect.load_tools.figures.LONGEST_TEST", 2)
        rows = "".join(f"{n}000,1,true\n" for n in range(3))
        assert (
            refused("jmeter", "timeStamp,elapsed,success\n" + rows) == "tells of more than a week"
        )


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_a_file_that_is_cut_anywhere_is_refused_or_says_the_same(
    whole: tuple[str, Any], data: st.DataObject
) -> None:
    tool, content = whole
    text = content if isinstance(content, str) else json.dumps(content)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    is_by_lines = cut.endswith("\n") and cut.count("\n") > 0
    try:
        figures = read(tool, cut)
    except Unreadable:
        return
    assert figures == read(tool, content) or is_by_lines


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["k6", "locust", "jmeter", "vegeta", "hey"]), st.binary(max_size=300))
def test_what_no_tool_wrote_is_refused(tool: str, content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(tool, content)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([one for one in WHOLE if not isinstance(one[1], str)]), JSON, st.data())
def test_anything_strange_in_a_summary_is_refused_or_harmless(
    whole: tuple[str, Any], strange: Any, data: st.DataObject
) -> None:
    tool, content = whole
    path = data.draw(st.sampled_from(list(paths(content))))
    try:
        figures = read(tool, changed(content, *path, to=strange))
    except Unreadable:
        return
    assert 0 <= figures.errors <= figures.samples
    assert figures.rate >= 0
    assert figures.p95_ms >= 0


def paths(value: Any, *before: Any) -> Any:
    """Yield the way to each part of a JSON value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*before, step)
        if isinstance(inner, dict | list):
            yield from paths(inner, *before, step)


class TestFigures:
    def test_are_told_in_one_line(self) -> None:
        assert read("k6", EXPORT).seen == (
            "671,400 requests, 240.5 a second on average, p95 310.2 ms, 134 errors"
        )
        assert "in the busiest minute" in read("jmeter", JTL).seen

    def test_stay_within_a_budget_or_not(self) -> None:
        assert read("k6", EXPORT).stays_within(0.001)
        assert not read("k6", EXPORT).stays_within(0.0001)

    def test_of_hey_are_not_known_to_stay_within_it(self) -> None:
        assert not read("hey", HEY).stays_within(0.4)
        with pytest.raises(FactUnavailable, match="without an answer"):
            read("hey", HEY).stays_within(0.5)
        assert read("hey", HEY, sent=2).stays_within(0.5)

    def test_busiest_minute_is_found_wherever_it_is(self) -> None:
        tally = Tally()
        for second in range(600):
            tally.add(second, 10.0)
        for second in range(200, 260):
            tally.count_second(second, 9)
        assert tally.busiest() == 10.0

    def test_long_answers_are_counted_by_whole_seconds(self) -> None:
        tally = Tally()
        tally.add(0, 61_234.0)
        assert tally.p95() == 62_000

    def test_p95_is_no_average(self) -> None:
        tally = Tally()
        for ms in range(1, 101):
            tally.add(0, ms)
        assert tally.p95() == 95
