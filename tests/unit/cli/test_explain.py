"""What one item asks, from which source, why, and how a person answers it."""

from __future__ import annotations

import ast
import hashlib
import tomllib
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from pytest_orr.cli.setting_chains import chains_in, keys_of
from pytest_orr.cli.settings_read import of_the_collector, of_the_item, settings_of
from pytest_orr.cli.settings_shown import declared, known_keys
from pytest_orr.profile.drill_form import DrillRecord
from pytest_orr.profile.schema import Attestations
from pytest_orr.suite import baseline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.model import ItemSpec
    from tests.conftest import Repository
    from tests.unit.cli.conftest import Said


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder without a suite."""
    monkeypatch.chdir(tmp_path)


def test_an_automatic_item_names_its_sources_and_their_operations(
    orr: Callable[..., Said],
) -> None:
    said = orr("explain", "network.load-balancer.elb")
    assert said.status == 0
    assert said.lines[0] == "network.load-balancer.elb"
    assert "Stated as: load balancer ELB setup on the backend" in said.lines
    assert "Severity blocker · due by build · owner platform" in said.lines
    assert "Decided by: a machine decides; a person may answer what it cannot see" in said.lines
    words = " ".join(said.out.split())
    balancers, names = words.split(" Reads ")[1:]
    assert balancers.startswith("load_balancers from AWS elasticloadbalancing: ")
    assert "elasticloadbalancing:DescribeLoadBalancers" in balancers
    assert names.startswith("public_names from DNS")
    for label in ("Why: ", "Fix: ", "Question: ", "Evidence: capture ("):
        assert any(line.startswith(label) for line in said.lines), label
    assert "An answer holds for at most 180 days." in said.lines
    assert max(map(len, said.lines)) <= 80


def test_an_operation_that_a_fact_needs_twice_is_named_once(orr: Callable[..., Said]) -> None:
    words = " ".join(orr("explain", "code.credentials.separate-accounts").out.split())
    read = words.partition("Reads account_credentials from ")[2].partition(" Needs ")[0]
    assert read.count("iam:ListRoles") == 1


def test_the_form_of_an_answer_is_a_statement_once_it_is_filled_in(
    orr: Callable[..., Said],
) -> None:
    said = orr("explain", "network.load-balancer.elb")
    form = said.out.partition("add to attestations.toml:\n")[2]
    [raw] = tomllib.loads(form.replace('"…"', '"x@example.org"'))["attestation"]
    assert raw["item"] == "network.load-balancer.elb"
    assert raw["evidence"][0]["kind"] == "capture"
    assert {"statement", "by", "confirmed", "on", "until"} < raw.keys()
    assert Attestations(attestation=(raw,)).attestation[0].item == raw["item"]


def test_the_form_of_a_drill_is_a_record_once_it_is_filled_in(orr: Callable[..., Said]) -> None:
    said = orr("explain", "operations.rollback.process")
    shown, _, form = said.out.partition("add to attestations.toml:\n")
    record, _, files = shown.partition("2026-01-31.toml:\n")[2].partition("Void once one of these")
    raw = tomllib.loads(record.replace('"…"', '"x@example.org"'))
    checked = TypeAdapter(DrillRecord).validate_python(raw)
    assert checked.items == ("operations.rollback.process",)
    assert checked.went_well
    assert "migrations/**" in files
    [answer] = tomllib.loads(form)["attestation"]
    assert answer["evidence"][0]["ref"] == "drills/2026-01-31.toml"
    assert "drills/" not in orr("explain", "network.load-balancer.elb").out


def test_only_a_blocker_asks_for_a_second_person(
    orr: Callable[..., Said], small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    repository = small(
        item("demo.a.one", "assert 1"), item("demo.a.two", "assert 1", severity="blocker")
    )
    major = orr("explain", "demo.a.one", "--suite", repository.suite)
    blocker = orr("explain", "demo.a.two", "--suite", repository.suite)
    assert "confirmed" not in major.out
    assert "confirmed" in blocker.out
    assert "Decided by: a person answers, with evidence" in major.lines
    assert "Reads" not in major.out


def test_an_item_may_be_asked_for_by_its_alias_and_need_not_be_stated(
    orr: Callable[..., Said], small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    source = item("demo.a.one", "assert 1")
    source = source.replace('stated="stated words"', 'aliases=("demo.a.old",)')
    repository = small(source)
    said = orr("explain", "demo.a.old", "--suite", repository.suite)
    assert said.lines[0] == "demo.a.one"
    assert "Stated as" not in said.out


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("network.load-balancer.elbs", 'did you mean "network.load-balancer.elb" or '),
        ("operations.restart.backends", 'did you mean "operations.restart.backend" or '),
        ("zzz", "; `orr catalogue` lists them"),
    ],
)
def test_an_unknown_id_is_told_with_what_comes_near(
    orr: Callable[..., Said], asked: str, hint: str
) -> None:
    said = orr("explain", asked)
    assert said.status == 22
    assert said.out == ""
    assert f'no item has the id "{asked}"' in said.err
    assert hint in said.err


def test_it_names_permissions_tokens_and_the_hosts_script_as_collectors_declare_them(
    orr: Callable[..., Said],
) -> None:
    said = " ".join(orr("explain", "scalability.load-balancer.dedicated-endpoint").out.split())
    assert "Needs in AWS: cloudfront:ListDistributions, " in said
    assert "sts:GetCallerIdentity" not in said.partition("Needs in AWS")[2].partition("Why: ")[0]
    token = " ".join(orr("explain", "code.dependency.security").out.split())
    assert "Needs forge.token: The variable that holds a token that may only read" in token
    assert "it has scope read_api" in token
    assert "Runs on each host one script" in orr("explain", "compute.image.update-cron").out
    assert "Needs " not in orr("explain", "operations.runbook.location").out.partition("Why")[2]


def test_without_a_profile_it_names_the_settings_that_are_read(orr: Callable[..., Said]) -> None:
    said = " ".join(orr("explain", "monitoring.dashboard.grafana").out.split())
    assert "Settings: grafana, grafana.folder, grafana.tag, monitoring.panel_minutes " in said
    assert "each was written" not in said


READS = "assert profile.monitoring.freshest_minutes and profile.service.name and endpoints"
ORG = """\
name = "Org"
people = [{ email = "pat@example.org", name = "Pat", roles = ["principal-engineer"] }]
[monitoring]
freshest_minutes = 10
panel_minutes = 3
[gate.longest_waiver]
blocker = 20
[gate]
blockers = ["demo.a.one"]
[gate.valid_for]
"demo.a.one" = 30
"""
OVER = """
[extends]
path = "org.toml"
sha256 = "{digest}"
[[weakenings]]
key = "monitoring.freshest_minutes"
value = 20
reason = "r"
approver = "pat@example.org"
on = 2026-01-01
until = 2026-06-20
[monitoring]
freshest_minutes = 20
"""


@pytest.fixture
def over(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """A repository that extends an organisation's file, and stands by a weakening."""
    repository = small(item("demo.a.one", READS, asks="profile, endpoints"))
    digest = hashlib.sha256(ORG.encode()).hexdigest()
    with (repository.suite / "readiness.toml").open("a", encoding="utf-8") as profile:
        profile.write(OVER.format(digest=digest))
    (repository.suite / "org.toml").write_text(ORG, encoding="utf-8")
    return repository


@pytest.fixture
def in_spring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command believe that it is a day on which the weakening holds."""
    import datetime as dt  # noqa: PLC0415 one fixture needs it

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Clock:
            return cls(2026, 3, 1, tzinfo=tz)

    monkeypatch.setattr("pytest_orr.cli.explain.datetime", Clock)


@pytest.mark.usefixtures("in_spring")
def test_each_setting_is_shown_with_its_value_and_the_line_that_wrote_it(
    orr: Callable[..., Said], over: Repository
) -> None:
    said = orr("explain", "demo.a.one", "--suite", over.suite)
    assert said.status == 0, said.err
    shown = [line.strip() for line in said.lines if line.startswith("  ")]
    assert shown == [
        "[[endpoints]]: none",
        'gate.authorship = "claimed" (the product\'s default)',
        'gate.blockers = ["demo.a.one"] (readiness/org.toml:9)',
        "gate.longest_waiver.blocker = 20 (readiness/org.toml:7)",
        "gate.unwaivable = [] (the product's default)",
        "monitoring.freshest_minutes = 20 (readiness/readiness.toml:23)",
        'service.name = "demo" (readiness/readiness.toml:2)',
        'gate.valid_for."demo.a.one" = 30 (readiness/org.toml:11)',
    ]
    assert "Severity blocker · due by launch · owner service" in said.lines
    assert "An answer holds for at most 30 days." in said.lines


@pytest.mark.usefixtures("in_spring")
def test_one_setting_is_told_with_its_direction_its_weakening_and_its_readers(
    orr: Callable[..., Said], over: Repository
) -> None:
    said = orr("explain", "--setting", "monitoring.freshest_minutes", "--suite", over.suite)
    assert said.lines == [
        "monitoring.freshest_minutes",
        "",
        "How old the newest sample or run of a probe may be.",
        "",
        "monitoring.freshest_minutes = 20 (readiness/readiness.toml:23)",
        "An organisation may set it: lower is stricter.",
        (
            "Weaker than 10 of Org (readiness/org.toml:4): pat@example.org approved it until"
            " 2026-06-20."
        ),
        "Read by: demo.a.one",
    ]
    other = orr("explain", "--setting", "monitoring.panel_minutes", "--suite", over.suite)
    assert "monitoring.panel_minutes = 3 (readiness/org.toml:5)" in other.lines
    assert "Read by" not in other.out
    table = orr("explain", "--setting", "monitoring", "--suite", over.suite)
    assert "monitoring.panel_minutes = 3 (readiness/org.toml:5)" in table.lines
    assert "Read by: demo.a.one" in table.lines


MORE = """
[prometheus]
url = { env = "PROMETHEUS_URL" }
series = { service = "demo" }
[[endpoints]]
name = "frontend"
role = "frontend"
url = "https://demo.example.org"
"""


@pytest.mark.usefixtures("in_spring")
@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("endpoints.url", "[[endpoints]]: 1 declared (readiness/readiness.toml:28)"),
        ("databases", "[[databases]]: none"),
        ("prometheus.series", "prometheus.series = a table of 1 (readiness/readiness.toml:27)"),
        ("prometheus", 'prometheus.url = { env = "PROMETHEUS_URL" } (readiness/readiness.toml:26)'),
        ("grafana", "[grafana]: not declared"),
        ("certificates", "[certificates]: the product's defaults"),
        ("scaling.p95_ms", "scaling.p95_ms = nothing (the product's default)"),
        ("service.people", "[[service.people]]: 4 declared (readiness/readiness.toml:4)"),
    ],
)
def test_each_kind_of_setting_is_shown_as_it_is_written(
    orr: Callable[..., Said], over: Repository, key: str, line: str
) -> None:
    with (over.suite / "readiness.toml").open("a", encoding="utf-8") as profile:
        profile.write(MORE)
    said = orr("explain", "--setting", key, "--suite", over.suite)
    assert line in said.lines, said.out + said.err


@pytest.mark.usefixtures("in_spring")
def test_a_long_list_is_cut(orr: Callable[..., Said], over: Repository) -> None:
    said = orr("explain", "--setting", "network.tls_policies", "--suite", over.suite)
    [line] = [one for one in said.lines if one.startswith("network.tls_policies = [")]
    assert line.endswith("… (the product's default)")


def test_a_profile_with_mistakes_is_told_after_all_else(
    orr: Callable[..., Said], over: Repository
) -> None:
    (over.suite / "org.toml").write_text(ORG + "# read it\n", encoding="utf-8")
    said = orr("explain", "demo.a.one", "--suite", over.suite)
    assert said.status == 22
    assert said.lines[0] == "demo.a.one"
    assert "Settings: endpoints, monitoring.freshest_minutes, service.name" in said.lines
    assert "is not the digest of readiness/org.toml" in said.err
    missing = orr("explain", "demo.a.one", "--suite", over.suite, "--profile", "no.toml")
    assert (missing.status, missing.lines[0]) == (4, "demo.a.one")


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ((), 4, "name one item, or one setting with --setting"),
        (("a.b.c", "--setting", "x"), 4, "name one item, or one setting"),
        (
            ("--setting", "monitoring.freshest"),
            22,
            'no setting has the key "monitoring.freshest": did you mean "monitoring.freshest_min',
        ),
        (("--setting", "zzz"), 22, 'no setting has the key "zzz"; readiness/.schemas/ names them'),
    ],
)
def test_wrong_use_and_unknown_settings_say_what_to_write(
    orr: Callable[..., Said], arguments: tuple[str, ...], status: int, told: str
) -> None:
    said = orr("explain", *arguments)
    assert (said.status, said.out) == (status, "")
    assert told in said.err


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ("profile.monitoring.panel_minutes < 1", {"monitoring.panel_minutes"}),
        ("limits = profile.scaling\nlimits.alarm_share", {"scaling.alarm_share"}),
        ("a, b = 1, profile.delivery\nb.plan_days", {"delivery", "delivery.plan_days"}),
        ("for one in at_least_one(profile.endpoints): one.url", {"endpoints", "endpoints.url"}),
        ("[x.url for x in profile.endpoints]", {"endpoints", "endpoints.url"}),
        ("if s := profile.support: s.email", {"support", "support.email"}),
        ("ask(profile.network)", {"network"}),
        ("profile.code.newest_update_days", {"repository"}),
        ("profile.delivery.drilled_since(now)", {"delivery.drill_days"}),
        ("profile.delivery.declared('signers', 'x')", {"delivery", "delivery.signers"}),
        ("profile.forecast", {"projection"}),
        ("profile.release.commit.startswith('a')", {"release.commit"}),
        ("profile", set()),
        ("profile.monitoring[0].x", {"monitoring"}),
        ("other.monitoring.panel_minutes", set()),
        ("(profile.forge or x).token", {"forge.token"}),
    ],
)
def test_what_is_read_is_found_in_the_source_whatever_it_is_called(
    source: str, keys: set[str]
) -> None:
    assert keys_of(chains_in(ast.parse(source))) == keys


def test_collectors_are_followed_into_what_they_call_and_ask(three: tuple[ItemSpec, ...]) -> None:
    assert {"prometheus", "monitoring.on_call_days"} <= {*of_the_collector("paging_services")}
    assert "scan_limits.run_scanners" in of_the_collector("tree_secrets")
    assert of_the_collector("no_such_fact") == ()
    first = three[0]
    assert {*settings_of(first, baseline())} >= {*of_the_item(first, baseline())} - {
        "accepted.about"
    }


def test_every_key_has_its_text_and_what_lies_in_a_list_is_the_list() -> None:
    undescribed = [key for key in known_keys() if not getattr(declared(key), "text", "")]
    assert undescribed == []
    assert declared("endpoints.url") == declared("endpoints")
    assert declared("monitoring.nothing") is None
    assert declared("service.name.nothing") is None
