"""The benchmarks run and print their shape; how long anything took is nobody's business here."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from paramiko import SSHConfig

from pytest_orr.collect.desk import aws_operations_of
from pytest_orr.suite import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

SHAPE = {
    "case": str,
    "n": int,
    "latency_ms": int,
    "product_s": float,
    "limit_s": float,
    "rivals": dict,
    "calls": int,
    "limit_calls": int,
    "peak_mb": float,
    "verdicts_equal": bool,
}
LACKING = 4


@pytest.fixture
def run(checkout: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs ``python -m benchmarks``."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "benchmarks", *arguments]
        return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def benchmark(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Imports a module of the benchmarks from the checkout."""
    monkeypatch.syspath_prepend(str(checkout))
    return lambda name: import_module(f"benchmarks.{name}")


@pytest.fixture
def measured(benchmark: Callable[[str], ModuleType]) -> ModuleType:
    """What all benchmarks measure with."""
    return benchmark("measured")


@pytest.fixture
def case(measured: ModuleType) -> Callable[..., Any]:
    """Builds a case of hosts from what product, limit and a rival said."""

    def build(*, product: str, limit: str, rival: str) -> Any:
        said = {"product": (product, 2.0), "limit": (limit, 1.0), "testinfra": (rival, 20.0)}
        taken = {
            name: (measured.Once(seconds=seconds, peak_mb=80.0, outcome=outcome, calls=3),)
            for name, (outcome, seconds) in said.items()
        }
        return measured.Case(
            name="hosts", n=2, unit="hosts", taken=taken, expected="debian 12", latency_ms=20
        )

    return build


@pytest.fixture
def topology(benchmark: Callable[[str], ModuleType], tmp_path: Path) -> Any:
    """Three backends behind a jump host, not made yet."""
    return benchmark("ssh_topology").Topology(folder=tmp_path, backends=3, round_trip_ms=20)


def test_the_plugin_benchmark_prints_its_figures_and_their_shape(
    run: Callable[..., subprocess.CompletedProcess[str]], recorded: Path
) -> None:
    ended = run("plugin", "--json", "--runs", "1", "--replays", "1", "--facts", str(recorded))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    *lines, last = ended.stdout.splitlines()
    result = json.loads(last)
    assert result.keys() == {"benchmark", "cases"}
    assert result["benchmark"] == "plugin"
    assert [(case["case"], case["n"]) for case in result["cases"]] == [
        ("start-up", 0),
        ("replay", 76),
    ]
    for case in result["cases"]:
        assert {name: type(value) for name, value in case.items()} == SHAPE
        assert case["verdicts_equal"] is True
        assert any(line.startswith(f"{case['case']} ({case['n']} tests, 1 ") for line in lines)


@pytest.mark.hosts
def test_the_ssh_benchmark_reads_one_host_as_its_limit_does_with_one_login_a_hop(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ended = run("ssh", "--json", "--hosts", "1", "--runs", "1", "--no-rivals")
    if ended.returncode == LACKING:
        pytest.skip(ended.stderr.strip())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    result = json.loads(ended.stdout.splitlines()[-1])
    assert result.keys() == {"benchmark", "cases"}
    assert result["benchmark"] == "ssh"
    (case,) = result["cases"]
    assert {name: type(value) for name, value in case.items()} == SHAPE
    assert (case["case"], case["n"], case["latency_ms"]) == ("hosts", 1, 20)
    assert (case["calls"], case["limit_calls"]) == (2, 2)
    assert case["verdicts_equal"] is True


def test_the_aws_benchmark_gives_the_verdicts_of_its_limit_and_asks_no_more(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    small = ("--n", "20", "--latency", "0", "--accounts", "0", "--runs", "1")
    ended = run("aws", "--json", *small, "--without", "prowler")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    result = json.loads(ended.stdout.splitlines()[-1])
    assert result["benchmark"] == "aws"
    (case,) = result["cases"]
    assert {name: type(value) for name, value in case.items()} == SHAPE
    assert (case["case"], case["n"], case["latency_ms"]) == ("groups", 20, 0)
    assert 0 < case["calls"] <= case["limit_calls"]
    assert case["verdicts_equal"] is True


def test_the_sign_benchmark_makes_the_signatures_of_ssh_keygen_and_verifies_more_often(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ended = run("sign", "--json", "--runs", "1")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    result = json.loads(ended.stdout.splitlines()[-1])
    assert result["benchmark"] == "sign"
    told = [(case["case"], case["n"], case["calls"]) for case in result["cases"]]
    assert told == [("sign", 3, 12), ("verify", 3, 3), ("both", 3, 15)]
    for case in result["cases"]:
        assert {name: type(value) for name, value in case.items()} == SHAPE
        assert case["verdicts_equal"] is True
    assert [case["limit_calls"] for case in result["cases"]] == [6, 3, 9]


def test_a_step_of_a_process_that_failed_is_told_by_what_it_said(
    benchmark: Callable[[str], ModuleType], measured: ModuleType
) -> None:
    once = measured.Once(seconds=9.0, peak_mb=1.0, outcome="no such key")
    assert benchmark("sign").part(once, "verify") == once


def test_signing_is_not_measured_without_ssh_keygen(
    benchmark: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(benchmark("rivals").Lacking, match="ssh-keygen is not installed"):
        next(benchmark("sign").cases(runs=1))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "invalid choice: 'nothing'"),
        (("aws", "--n", "9"), "9 is not a number from 10 to 50000"),
        (("aws", "--without", "nobody"), "invalid choice: 'nobody'"),
        (("ssh", "--hosts", "1", "0"), "0 is not a number from 1 to 200"),
        (("ssh", "--hosts", "201"), "201 is not a number from 1 to 200"),
        (("ssh", "--runs", "few"), "few is not a number from 1 to 200"),
        (("sign", "--runs", "0"), "0 is not a number from 1 to 100"),
        (("plugin", "--replays", "-1"), "-1 is not a number from 1 to 200"),
        ((), "the following arguments are required: BENCHMARK"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    run: Callable[..., subprocess.CompletedProcess[str]], arguments: tuple[str, ...], said: str
) -> None:
    ended = run(*arguments)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_a_case_has_its_rivals_by_name_and_tells_how_often_they_asked(
    case: Callable[..., Any],
) -> None:
    same = case(product="debian 12", limit="debian 12", rival="debian 12")
    entry = same.entry()
    assert {name: type(value) for name, value in entry.items()} == SHAPE
    assert entry["rivals"] == {"testinfra": 20.0}
    assert (entry["calls"], entry["limit_calls"]) == (3, 3)
    assert entry["verdicts_equal"] is True
    assert "  product / limit 2.00, +1000 ms" in same.lines()
    assert "  testinfra / product 10.0" in same.lines()
    assert "  outcomes agree" in same.lines()


@pytest.mark.parametrize("who", ["product", "limit", "rival"])
def test_one_that_read_something_else_is_named_with_what_it_read(
    case: Callable[..., Any], who: str
) -> None:
    said = dict.fromkeys(("product", "limit", "rival"), "debian 12")
    assert case(**said).verdicts_equal
    differing = case(**(said | {who: "debian 11"}))
    assert not differing.verdicts_equal
    named = "testinfra" if who == "rival" else who
    assert f"    {named}: …debian 11… and not …debian 12…" in differing.lines()


def test_commands_run_in_turn_after_rounds_that_do_not_count(
    measured: ModuleType, tmp_path: Path
) -> None:
    log = tmp_path / "log"

    def command(name: str) -> Any:
        return measured.Command(
            arguments=("sh", "-c", f"echo {name} >> {log}; echo said; echo"),
            folder=tmp_path,
            environment={"PATH": "/usr/bin:/bin"},
            outcome=lambda ended: f"{ended.status} {ended.last}",
            calls=lambda: len(log.read_text().splitlines()),
        )

    taken = measured.alternate({"a": command("a"), "b": command("b")}, runs=2, warm_up=1)
    assert log.read_text().split() == ["a", "b"] * 3
    assert [[once.calls for once in runs] for runs in taken.values()] == [[3, 5], [4, 6]]
    assert {once.outcome for runs in taken.values() for once in runs} == {"0 said"}


def test_a_small_command_is_not_charged_with_the_memory_of_who_measures_it(
    measured: ModuleType, tmp_path: Path
) -> None:
    held = bytearray(b"x" * 200_000_000)
    once = measured.run(
        measured.Command(
            arguments=("sh", "-c", "exit 3"),
            folder=tmp_path,
            environment={"PATH": "/usr/bin:/bin"},
        )
    )
    assert once.outcome == "3"
    assert 0 < once.peak_mb < len(held) / 2**20


def test_who_would_take_too_long_is_left_out_but_runs_once(measured: ModuleType) -> None:
    long = measured.Once(seconds=60.0, peak_mb=1.0, outcome="")
    assert measured.is_affordable((), 10.0)
    assert measured.is_affordable((long,), 120.0)
    assert not measured.is_affordable((long,), 119.0)


def test_every_backend_is_reached_through_the_jump_host_alone(topology: Any) -> None:
    config = SSHConfig.from_text(topology.ssh_config_text())
    ways = {name: config.lookup(name) for name in topology.addresses}
    assert list(ways) == ["jump", "backend-1", "backend-2", "backend-3"]
    assert {name: way["hostname"] for name, way in ways.items()} == topology.addresses
    assert {way.get("proxyjump") for name, way in ways.items() if name != "jump"} == {"jump"}
    assert "proxyjump" not in ways["jump"]
    assert {way["stricthostkeychecking"] for way in ways.values()} == {"yes"}


def test_backends_are_joined_to_the_jump_host_and_to_nothing_else(topology: Any) -> None:
    told = [(where, line) for where, lines in topology.links() for line in lines]
    joins = [(where, line) for where, line in told if "veth" in line]
    assert joins == [
        (("-n", "jump"), f"link add to{n} type veth peer name eth0 netns backend-{n}")
        for n in (1, 2, 3)
    ]
    assert not [line for _, line in told if "route" in line]
    outside = topology.addresses["jump"].rpartition(".")[0]
    inside = {topology.addresses[name].rpartition(".")[0] for name in topology.names}
    assert len(inside) == 1
    assert outside not in inside


def test_a_section_that_was_not_read_is_no_fact(benchmark: Callable[[str], ModuleType]) -> None:
    facts = benchmark("ssh_facts")
    denied = '{"section":"sshd","done":"denied","why":"only root","lines":0}'
    with pytest.raises(ValueError, match="only root"):
        facts.of_lines(denied)


def test_a_run_that_wrote_no_facts_says_how_it_ended(
    benchmark: Callable[[str], ModuleType], measured: ModuleType, tmp_path: Path
) -> None:
    facts = benchmark("ssh_facts")
    ended = measured.Ended(status=4, last="nothing was collected")
    said = facts.told(ended, lambda: facts.of_rival(tmp_path / "none"), ("backend-1",))
    assert said.endswith("exit status 4: nothing was collected")


@pytest.fixture
def decided(tmp_path: Path) -> Callable[[object], Path]:
    """Writes what somebody decided into a file."""

    def write(content: object) -> Path:
        path = tmp_path / "decided.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write


MULTI_AZ = {"rds_instance_multi_az": {"arn:db-0": True, "arn:db-1": False}}


def ocsf(check: str, resource: str, status: str) -> dict[str, Any]:
    """A finding in Prowler's report."""
    return {
        "metadata": {"event_code": check},
        "resources": [{"uid": resource}],
        "status_code": status,
    }


def reviewed(item: str, *findings: tuple[str, str]) -> dict[str, Any]:
    """An item in the product's review."""
    return {"id": item, "findings": [{"subject": s, "outcome": o} for s, o in findings]}


def test_verdicts_are_the_same_whoever_gave_them(
    benchmark: Callable[[str], ModuleType], decided: Callable[[object], Path]
) -> None:
    verdicts = benchmark("aws_verdicts")
    found = (("arn:db-0", "pass"), ("arn:db-1", "fail"))
    items = [reviewed("account.rds.instance-multi-az", *found)]
    report = [ocsf("rds_instance_multi_az", name, word.upper()) for name, word in found]
    assert verdicts.of_product(decided({"items": items})) == MULTI_AZ
    assert verdicts.of_prowler(decided(report)) == MULTI_AZ
    assert verdicts.of_limit(decided(MULTI_AZ)) == MULTI_AZ


def test_an_account_is_known_by_its_number_whatever_it_is_called(
    benchmark: Callable[[str], ModuleType], decided: Callable[[object], Path]
) -> None:
    verdicts = benchmark("aws_verdicts")
    check = "iam_password_policy_minimum_length_14"
    named = (f"arn:aws:iam:us-east-1:{123456789012}:password-policy", "123456789012")
    read = [verdicts.of_prowler(decided([ocsf(check, name, "PASS")])) for name in named]
    assert read == [{check: {"123456789012": True}}] * 2
    with pytest.raises(ValueError, match="somewhere names no account"):
        verdicts.of_prowler(decided([ocsf(check, "somewhere", "PASS")]))


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ((("arn:db-0", "pass"), ("arn:db-0", "fail")), "says twice what becomes of arn:db-0"),
        ((("arn:db-0", "unknown"),), "KeyError: 'unknown'; exit status 1: the last line"),
    ],
)
def test_what_is_no_verdict_is_told_and_equals_none(
    benchmark: Callable[[str], ModuleType],
    measured: ModuleType,
    decided: Callable[[object], Path],
    findings: tuple[tuple[str, str], ...],
    said: str,
) -> None:
    verdicts = benchmark("aws_verdicts")
    path = decided({"items": [reviewed("account.rds.instance-multi-az", *findings)]})
    ended = measured.Ended(status=1, last="the last line")
    assert said in verdicts.told(ended, lambda: verdicts.of_product(path))


def test_each_item_of_the_benchmarks_suite_decides_one_check(
    benchmark: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws, limit = benchmark("aws"), benchmark("aws_verdicts")
    monkeypatch.syspath_prepend(str(aws.SUITE))
    collectors = import_module("account").collectors()
    suite = read(aws.SUITE / "readiness", fact_names={one.name for one in collectors})
    assert sorted(item.id for item in suite.items) == sorted(aws.items())
    assert {item.stamp for item in suite.items} == {"baseline"}
    assert {name for item in suite.items for name in item.facts} == {one.name for one in collectors}
    assert len({limit.check_of(item) for item in aws.items()}) == 29


def test_collectors_of_the_benchmarks_suite_may_ask_for_all_that_they_declare(
    benchmark: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(benchmark("aws").SUITE))
    collectors = import_module("account").collectors()
    declared = {operation for one in collectors for operation in one.operations}
    assert aws_operations_of(collectors) == declared


def test_what_is_open_depends_on_numbers_alone(benchmark: Callable[[str], ModuleType]) -> None:
    seed = benchmark("aws_seed")
    open_to_all = {
        count
        for count in range(1000)
        for _, _, _, sources in seed.openings(count)
        if sources in (seed.WORLD, seed.WORLD_6)
    }
    assert seed.openings(3) == seed.openings(3) != seed.openings(5)
    assert len(open_to_all) == 183
    heard = [[one["Port"] for one in seed.listeners(n, "target", "certificate")] for n in range(5)]
    assert heard == [[443, 80], [443, 80], [443, 80], [443], []]


@pytest.fixture
def simulation() -> Iterator[tuple[str, list[str]]]:
    """A server that answers each request with its path, and what it was asked."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_the_proxy_counts_requests_and_answers_the_same_question_of_an_account_once(
    benchmark: Callable[[str], ModuleType], simulation: tuple[str, list[str]]
) -> None:
    proxy, (url, asked) = benchmark("aws_proxy"), simulation
    wire = proxy.Wire(url=url)

    def get(path: str, signer: str = "", method: str = "GET") -> bytes:
        signed = f"AWS4-HMAC-SHA256 Credential={signer}/20261120/us-east-1/ec2/aws4_request"
        headers = {"authorization": signed} if signer else {}
        request = proxy.Request(method=method, path=path, headers=headers, body=b"")
        whole: bytes = asyncio.run(wire.answer(request))
        return whole.partition(b"\r\n\r\n")[2]

    assert [get("/vpcs", "first"), get("/vpcs", "first"), get("/vpcs", "second")] == [b"/vpcs"] * 3
    assert asked == ["/vpcs", "/vpcs"]
    assert get("/benchmark/") == b"3"
    assert get("/benchmark/50", method="POST") == b"0"
    assert wire.delay == 0.05


@pytest.mark.parametrize(
    ("service", "asked", "said"),
    [
        ("ec2", {"body": b"Action=GetInstanceMetadataDefaults"}, b"<accountLevel/>"),
        ("rds", {"body": b"Action=DescribeCertificates"}, b"<Certificates/>"),
        ("waf-regional", {"target": "AWSWAF_Regional_20161128.ListRules"}, b'{"Rules": []}'),
        ("ec2", {"body": b"Action=DescribeVpcs"}, b"moto says"),
        ("s3", {}, b"moto says"),
    ],
)
def test_the_simulation_answers_what_moto_does_not_know_and_nothing_else(
    benchmark: Callable[[str], ModuleType], service: str, asked: dict[str, Any], said: bytes
) -> None:
    body = asked.get("body", b"")
    environ = {
        "HTTP_AUTHORIZATION": f"Credential=key/20261120/us-east-1/{service}/aws4_request",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        **({"HTTP_X_AMZ_TARGET": asked["target"]} if "target" in asked else {}),
    }
    known = benchmark("aws_unknown").Known(lambda *_: [b"moto says"])
    assert said in b"".join(known(environ, lambda *_: None))


def test_what_a_benchmark_lacks_is_said_with_status_4(
    benchmark: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lacking = benchmark("rivals").Lacking("pip could not install prowler")

    def cases(_: object) -> Iterator[object]:
        raise lacking

    monkeypatch.setattr(benchmark("aws"), "cases", cases)
    assert benchmark("__main__").main(["aws"]) == LACKING
    assert capsys.readouterr().err == "benchmark aws: pip could not install prowler\n"


@pytest.mark.browser
def test_the_report_benchmark_shows_as_many_findings_as_its_limit_and_tells_their_bytes(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ended = run("report", "--json", "--findings", "120", "--runs", "1", "--no-rivals")
    if ended.returncode == LACKING:
        pytest.skip(ended.stderr.strip())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    result = json.loads(ended.stdout.splitlines()[-1])
    assert result["benchmark"] == "report"
    assert [(case["case"], case["n"]) for case in result["cases"]] == [
        ("write", 120),
        ("open", 120),
    ]
    for case in result["cases"]:
        assert {name: type(value) for name, value in case.items()} == SHAPE | {"bytes": dict}
        assert case["verdicts_equal"] is True
        assert 0 < case["bytes"]["limit"] < case["bytes"]["product"]
    assert any("limit makes 0." in line for line in ended.stdout.splitlines())


def test_a_rivals_run_is_told_by_its_end_and_with_the_rows_it_made_before(
    benchmark: Callable[[str], ModuleType], measured: ModuleType
) -> None:
    told = measured.Once(seconds=9.0, peak_mb=80.0, outcome="written 0.125 1.5")
    report = benchmark("report")

    assert [(name, once.outcome, once.seconds) for name, once in report.taken_from("r", told)] == [
        ("r", "written", 0.125),
        ("r with rows", "written", 1.5),
    ]
    alone = measured.Once(seconds=9.0, peak_mb=80.0, outcome="written 0.5")
    assert [name for name, _ in report.taken_from("product", alone)] == ["product"]


def test_the_rows_of_all_pages_are_the_same(benchmark: Callable[[str], ModuleType]) -> None:
    made = benchmark("report_rows")
    found = made.rows(200)
    findings = [one for item in made.signoff(found).review.items for one in item.findings]

    assert [(one.subject, one.outcome == "pass", one.detail) for one in findings] == found
    assert sum(holds for _, holds, _ in found) == 180
