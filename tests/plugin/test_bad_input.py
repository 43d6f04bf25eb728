"""What was written wrong ends the run before anything is asked; what the world answers does not.

Every message is compared whole. A refused run leaves no documents, and the report of the run
before is put aside, not lost.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Ran, Repository

pytestmark = pytest.mark.usefixtures("untraced")

TWO_SUITES = (
    "A readiness suite is judged by itself: name only paths of one suite, such as"
    " `pytest readiness/`."
)
ASKED = """
from pathlib import Path


def pytest_orr_collectors():
    return [Asked()]


class Asked(Numbers):
    name = "asked"

    def collect(self, desk):
        Path("asked").touch()
        return Answer(value=(1,))
"""
STATEMENT = """\
[[attestation]]
item = "{item}"
statement = "It is so."
by = "ana@example.org"
on = {on}
until = 2026-12-31
evidence = [{{ kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-10 }}]
"""


@pytest.fixture
def judged(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """A repository with one item, and what a READY run left in its report's folder."""
    repository = small(item("demo.a.b", "assert numbers", asks="numbers"))
    repository.arguments = ["--orr-as-of", "2026-11-20"]
    repository.report.mkdir()
    (repository.report / "review.json").write_text('{"verdict": "ready"}', encoding="utf-8")
    return repository


def written(repository: Repository, name: str, text: str) -> None:
    """Let the team write this into one of its files."""
    (repository.suite / f"{name}.toml").write_text(text, encoding="utf-8")


def assert_refused(ran: Ran, status: int, *lines: str) -> None:
    """The run says exactly this, and nothing of pytest's own."""
    assert (ran.status, ran.err.strip().splitlines()) == (status, lines and [*lines]), ran.out
    assert "Traceback" not in ran.out
    assert "INTERNALERROR" not in ran.out


def assert_mistakes(ran: Ran, *mistakes: str) -> None:
    """The run says exactly these mistakes and ends with 22."""
    head = f"ERROR: {len(mistakes)} mistake{'' if len(mistakes) == 1 else 's'} in what was written:"
    assert_refused(ran, 22, head, *(f"  {mistake}" for mistake in mistakes))


def assert_put_aside(repository: Repository) -> None:
    """No document is left in the report's folder; those of the run before lie in previous/."""
    assert [path.name for path in repository.report.iterdir()] == ["previous"]
    before = json.loads((repository.report / "previous" / "review.json").read_text("utf-8"))
    assert before["verdict"] == "ready"


def test_without_a_profile_the_file_and_the_command_are_named(
    judged: Repository, spread: list[str]
) -> None:
    profile = judged.suite / "readiness.toml"
    content = profile.read_text(encoding="utf-8")
    profile.unlink()
    told = (
        "ERROR: readiness/readiness.toml is not there."
        " Create it with `orr init`, or name a profile with --orr-profile."
    )
    assert_refused(judged.judge(*spread), 4, told)
    assert_put_aside(judged)
    assert judged.orr("init").status == 0
    assert judged.judge(*spread).status == 0, "the command that is named creates the file"
    assert profile.read_text(encoding="utf-8") != content


def test_a_profile_that_is_named_and_not_there_is_named_as_it_was_typed(judged: Repository) -> None:
    told = (
        "ERROR: mine.toml is not there."
        " Create it with `orr init`, or name a profile with --orr-profile."
    )
    assert_refused(judged.judge("--orr-profile", "mine.toml"), 4, told)
    assert_refused(judged.judge(env={"ORR_PROFILE": "mine.toml"}), 4, told)


def test_broken_toml_is_told_with_line_and_column(judged: Repository) -> None:
    written(judged, "readiness", '[service]\nname = "demo\n')
    assert_mistakes(
        judged.judge(),
        "readiness/readiness.toml:2: is not valid TOML at column 13: Illegal character '\\n'",
    )
    assert_put_aside(judged)


def test_all_mistakes_of_all_files_are_told_at_once_and_nothing_is_asked(
    judged: Repository, item: Callable[..., str], spread: list[str]
) -> None:
    conftest = judged.suite / "conftest.py"
    own = conftest.read_text(encoding="utf-8").partition("\ndef pytest_orr_collectors")[0]
    conftest.write_text(own + ASKED, encoding="utf-8")
    module = judged.suite / "test_demo.py"
    module.write_text("import pytest\n" + item("demo.a.b", "assert asked", asks="asked"))
    profile = (judged.suite / "readiness.toml").read_text(encoding="utf-8")
    written(judged, "readiness", profile.replace("environment =", "enviroment ="))
    written(
        judged,
        "attestations",
        STATEMENT.format(item="demo.a.d", on="2026-12-01").replace("ana@", "anna@"),
    )
    written(judged, "waivers", "[[waiver]\n")
    written(judged, "policy", '[gate]\nunwaivable = ["nothing.like.it"]\n')
    ran = judged.judge(*spread)
    assert_put_aside(judged)
    assert_mistakes(
        ran,
        'readiness/attestations.toml:2: `attestation.item` is "demo.a.d", an unknown item:'
        ' did you mean "demo.a.b"?',
        'readiness/attestations.toml:4: `attestation.by` is "anna@example.org",'
        ' who is not among `service.people`: did you mean "ana@example.org"?',
        "readiness/attestations.toml:5: `attestation.on` is 2026-12-01,"
        " which is in the future (judged as of 2026-11-20): correct the date, or judge as of a"
        " later day",
        'readiness/policy.toml:2: `gate.unwaivable` is "nothing.like.it", an unknown item:'
        " `orr catalogue` lists them",
        "readiness/readiness.toml:3: `service.enviroment` is no key here:"
        " did you mean `environment`?",
        "readiness/waivers.toml:1: is not valid TOML at column 9:"
        " Expected ']]' at the end of an array declaration",
    )
    assert not (judged.path / "asked").exists(), "nothing was asked"
    for path in judged.suite.glob("*.toml"):
        if path.stem != "pytest":
            path.unlink()
    written(judged, "readiness", profile)
    assert judged.judge(*spread).status == 0
    assert (judged.path / "asked").exists(), "without mistakes it is"


def test_a_second_statement_on_an_item_is_told_with_the_line_of_the_first(
    judged: Repository,
) -> None:
    written(judged, "attestations", STATEMENT.format(item="demo.a.b", on="2026-11-11") * 2)
    assert_mistakes(
        judged.judge(),
        'readiness/attestations.toml:9: `attestation.item` is "demo.a.b" again, as in line 2:'
        " remove one of the two",
    )
    assert_put_aside(judged)


@pytest.mark.parametrize(
    ("name", "words"),
    [("phase", "plan, build, launch, operate"), ("gate", "enforce, advise")],
)
def test_a_word_that_is_none_of_the_allowed_is_refused(
    judged: Repository, name: str, words: str
) -> None:
    told = f"is one of {words}, not 'lunch'"
    variable = f"ORR_{name.upper()}"
    assert_refused(judged.judge(env={variable: "lunch"}), 4, f"ERROR: {variable} {told}")
    assert_refused(judged.judge("-o", f"orr_{name}=lunch"), 4, f"ERROR: orr_{name} {told}")
    ran = judged.judge(f"--orr-{name}=lunch")
    assert ran.status == 4
    quoted = ", ".join(f"'{word}'" for word in words.split(", "))
    assert f"argument --orr-{name}: invalid choice: 'lunch' (choose from {quoted})" in ran.err
    assert_put_aside(judged)


def test_a_day_that_is_none_is_refused(judged: Repository) -> None:
    assert_mistakes(
        judged.judge("--orr-as-of", "soon"),
        "--orr-as-of 'soon' is no day or instant; write 2026-11-20 or 2026-11-20T12:00Z",
    )
    assert_put_aside(judged)


def test_facts_that_are_not_there_are_named(judged: Repository) -> None:
    told = "ERROR: gone.json is not there. Name the facts.json of a whole run."
    assert_refused(judged.judge("--orr-facts", "gone.json"), 4, told)
    assert_put_aside(judged)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            '{"schema": ',
            "is not JSON: Expecting value: line 1 column 12 (char 11)",
        ),
        ("{}", "is no facts.json of this product (pytest-orr/facts/1)"),
        ("[]", "is no facts.json of this product (pytest-orr/facts/1)"),
    ],
)
def test_facts_that_are_damaged_are_refused(judged: Repository, content: str, told: str) -> None:
    (judged.path / "facts.json").write_text(content, encoding="utf-8")
    assert_mistakes(judged.judge("--orr-facts", "facts.json"), f"facts.json: {told}")
    assert_put_aside(judged)


def test_facts_that_were_changed_afterwards_are_refused(
    judged: Repository, spread: list[str]
) -> None:
    assert judged.judge("-p", "no:xdist").status == 0
    content = json.loads((judged.report / "facts.json").read_text(encoding="utf-8"))
    content["observations"]["numbers"]["value"] = [9]
    (judged.path / "facts.json").write_text(json.dumps(content), encoding="utf-8")
    assert_mistakes(
        judged.judge("--orr-facts", "facts.json", *spread),
        "facts.json: numbers does not fit its digest; it was changed afterwards",
    )
    assert_put_aside(judged)


def test_facts_that_are_just_being_put_aside_are_replayed(judged: Repository) -> None:
    assert judged.judge("-p", "no:xdist").status == 0
    review = (judged.report / "review.json").read_bytes()
    assert judged.judge("--orr-facts", "readiness-report/facts.json").status == 0
    assert (judged.report / "review.json").read_bytes() == review


def test_a_suite_is_not_judged_together_with_other_paths(judged: Repository) -> None:
    (judged.path / "tests").mkdir()
    (judged.path / "second").mkdir()
    (judged.path / "second" / "suite.lock").write_text("{}", encoding="utf-8")
    for other in ("tests", "second", "tests/test_nowhere.py"):
        assert_refused(judged.judge(other), 4, f"ERROR: {TWO_SUITES}")
    assert_put_aside(judged)


def test_the_plugin_that_skips_manual_items_is_refused(
    judged: Repository, spread: list[str]
) -> None:
    (judged.path / "manual_marker.py").write_text("", encoding="utf-8")
    env = {"PYTHONPATH": str(judged.path)}
    told = (
        "ERROR: pytest-manual-marker is loaded: with it the items that people answer would never"
        " run, and the run would exit 0. Add `-p no:manual_marker`."
    )
    assert_refused(judged.judge("-p", "manual_marker", *spread, env=env), 4, told)
    blocked = judged.judge("-p", "manual_marker", "-p", "no:manual_marker", env=env)
    assert blocked.status == 0


@pytest.mark.parametrize("folder", ["report", "/proc/nowhere", "/proc/self"])
def test_a_report_that_cannot_be_written_is_refused(judged: Repository, folder: str) -> None:
    (judged.path / "report").write_text("a file of somebody's", encoding="utf-8")
    shown, reason = (
        (judged.path / "report", "File exists")
        if folder == "report"
        else (folder, "No such file or directory")
    )
    told = (
        f"ERROR: {shown} cannot hold the report: {reason}. Name another folder with --orr-report."
    )
    assert_refused(judged.judge("--orr-report", folder), 4, told)
    assert (judged.path / "report").read_text(encoding="utf-8") == "a file of somebody's"


@pytest.fixture
def held(judged: Repository) -> Iterator[Repository]:
    """A repository whose report another run is writing."""
    descriptor = os.open(judged.report, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield judged
    os.close(descriptor)


def test_a_second_run_at_the_same_time_is_refused(held: Repository, spread: list[str]) -> None:
    told = (
        f"ERROR: Another run is writing to {held.report}."
        " Wait for it, or give this one a folder of its own with --orr-report."
    )
    assert_refused(held.judge(*spread), 4, told)
    assert (held.report / "review.json").exists(), "the other run's files are left alone"
    assert held.judge("--orr-report", "another", *spread).status == 0


def test_a_collector_with_a_name_that_is_taken_is_refused(
    judged: Repository, spread: list[str]
) -> None:
    conftest = judged.suite / "conftest.py"
    own = conftest.read_text(encoding="utf-8")
    conftest.write_text(own.replace('name = "nothings"', 'name = "endpoints"'), encoding="utf-8")
    assert_mistakes(
        judged.judge(*spread), "two collectors bring the fact endpoints; rename one of them"
    )
    assert_put_aside(judged)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "JSONDecodeError('Expecting value: line 1 column 1 (char 0)')"),
        ('{"version": "1"}', "KeyError('items')"),
        ("[]", "TypeError('list indices must be integers or slices, not str')"),
    ],
)
def test_a_malformed_lock_is_refused(judged: Repository, content: str, reason: str) -> None:
    lock = judged.suite / "suite.lock"
    lock.write_text(content, encoding="utf-8")
    told = f"{lock}: is no suite lock ({reason}); restore it from the repository's history"
    assert_mistakes(judged.judge("-n2"), told)
    assert_put_aside(judged)


def test_a_collector_that_breaks_costs_only_its_items(
    judged: Repository, item: Callable[..., str], spread: list[str]
) -> None:
    with (judged.suite / "test_demo.py").open("a", encoding="utf-8") as stream:
        stream.write(item("demo.a.c", "assert nothings == ()", asks="nothings"))
    conftest = judged.suite / "conftest.py"
    own = conftest.read_text(encoding="utf-8")
    conftest.write_text(own.replace("value=(1, 2, 3)", "value=1 / 0"), encoding="utf-8")
    assert judged.judge(*spread).status == 20
    assert judged.outcomes() == {"demo.a.b": "unknown", "demo.a.c": "pass"}
    one = judged.item("demo.a.b")
    assert one["reason"] == "numbers: the collector broke: ZeroDivisionError: division by zero"
    assert one["remedy"] == "report it to whoever wrote the collector of numbers"


ACCOUNT = "123456789012"
AWS_ITEMS = (
    "cicd.release.canary",
    "code.credentials.kms-private-keys",
    "code.credentials.separate-accounts",
    "compute.image.docker-base",
    "compute.image.lts-patched",
    "compute.image.update-cron",
    "compute.vps.account-separation",
    "compute.vps.cloudwatch",
    "deployment.database.backup",
    "deployment.database.write-restriction",
    "deployment.docker.build-automation",
    "monitoring.availability.backend",
    "network.backend.security-groups",
    "network.backend.service-port",
    "network.backend.ssh-jump-host",
    "network.frontend.static-hosting",
    "network.kms.setup",
    "network.load-balancer.ddos",
    "network.load-balancer.elb",
    "network.load-balancer.ssl-renewal",
    "operations.emergency.pause",
    "operations.emergency.takedown",
    "operations.rollback.criteria",
    "operations.rollback.process",
    "scalability.load-balancer.dedicated-endpoint",
    "scalability.projection.owner-forecast",
    "scalability.projection.requests-per-day",
    "scalability.scale-up.monitoring",
    "scalability.scale-up.plan",
    "scalability.scale-up.stress-test",
)
"""All that ask AWS but `compute.vps.machine-spec`, of which somebody states what is not known."""
RUNS_NOWHERE = (
    "it runs on no host that could be read",
    (
        "declare the hosts that run it under [[hosts]], let the login ask docker or podman there,"
        " or take an image that is not run out of images in [release]"
    ),
)
"""What becomes of an image that is in another account's registry all of a sudden."""
STATED = re.compile(r"^attestations\.toml:\d+: ")
"""The statement whose machines nobody could look at; its doubt names it."""
NO_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
NOWHERE = {"AWS_ENDPOINT_URL": "http://aws.nowhere.invalid"}


def assert_costs_only(repository: Repository, ran: Ran, said: dict[str, tuple[str, str]]) -> None:
    """These items are unknown, for this cause and remedy; the others are as in the READY run."""
    assert ran.status == 20, ran.out + ran.err
    items = repository.review()["items"]
    met = {"pass", "attested", "not_applicable"}
    unmet = {one["id"]: one for one in items if one["outcome"] not in met}
    assert unmet.keys() == said.keys()
    for item_id, (cause, remedy) in said.items():
        assert unmet[item_id]["outcome"] == "unknown", item_id
        details = [finding["detail"] for finding in unmet[item_id]["findings"]]
        assert cause in [STATED.sub("", detail) for detail in details], item_id
        assert unmet[item_id]["remedy"] == remedy, item_id
    assert len(items) == 76
    names = {"review.json", "readiness.html", "signoff.md", "statement.json", "facts.json"}
    assert names <= {path.name for path in repository.report.iterdir()}


@pytest.mark.parametrize(
    ("named", "env", "cause", "remedy"),
    [
        (
            "345678901234",
            {},
            f"the credentials are of AWS account {ACCOUNT}, and readiness.toml names 345678901234",
            "use credentials of 345678901234, or name their profile in [aws] accounts.profile",
        ),
        (
            ACCOUNT,
            NO_CREDENTIALS,
            "there are no credentials for AWS 123456789012 eu-central-1",
            "log in, or name a credentials profile in [aws] accounts.profile",
        ),
        (
            ACCOUNT,
            NOWHERE,
            (
                "AWS 123456789012 eu-central-1 cannot be reached at http://aws.nowhere.invalid/"
                " for sts:GetCallerIdentity"
            ),
            "check the network, the region's name, and AWS_ENDPOINT_URL if it is set",
        ),
    ],
    ids=["wrong account", "no credentials", "an endpoint of AWS that does not resolve"],
)
def test_what_aws_answers_wrong_costs_only_its_items(
    live: tuple[Repository, dict[str, str]],
    named: str,
    env: dict[str, str],
    cause: str,
    remedy: str,
) -> None:
    repository, world = live
    profile = (repository.suite / "readiness.toml").read_text(encoding="utf-8")
    written(repository, "readiness", profile.replace(ACCOUNT, named))
    ran = repository.judge("-p", "no:xdist", env={**world, **env})
    elsewhere = {} if named == ACCOUNT else {"deployment.docker.team-account": RUNS_NOWHERE}
    assert_costs_only(repository, ran, dict.fromkeys(AWS_ITEMS, (cause, remedy)) | elsewhere)
    assert f"{len(AWS_ITEMS)} items UNKNOWN: {remedy}" in ran.out


def test_an_endpoint_that_does_not_resolve_costs_only_its_items(
    live: tuple[Repository, dict[str, str]], spread: list[str]
) -> None:
    repository, world = live
    profile = (repository.suite / "readiness.toml").read_text(encoding="utf-8")
    url = "https://api.explorer.example/health"
    declared = f'url     = "{url}"\nconnect = {{ env = "EXPLORER_EDGE" }}'
    assert declared in profile
    elsewhere = profile.replace(declared, 'url     = "https://nowhere.invalid/health"')
    written(repository, "readiness", elsewhere)
    faults = f"{world['EXPLORER_UPTIMEROBOT']}/-/faults"
    requests.put(faults, json=["nowhere-watched"], timeout=10).raise_for_status()
    ran = repository.judge(*spread, env=world)
    requests.put(faults, json=[], timeout=10).raise_for_status()
    remedy = (
        "correct the url of the endpoint in readiness.toml or its DNS record,"
        " or name an address with connect"
    )
    cause = "nowhere.invalid does not resolve"
    server = (
        f"DNS server {world['EXPLORER_RESOLVER'].replace(':', ' port ')} answered REFUSED about"
    )
    told = {
        "monitoring.availability.backend": (cause, remedy),
        "monitoring.dashboard.prometheus-metrics": (cause, remedy),
        "network.load-balancer.ssl-renewal": (
            cause,
            "correct the url or connect of the endpoint in readiness.toml, or its DNS record",
        ),
        **dict.fromkeys(
            (
                "network.load-balancer.elb",
                "operations.emergency.takedown",
                "scalability.load-balancer.dedicated-endpoint",
            ),
            (
                f"{server} nowhere.invalid A",
                "check the DNS server, or name another one as resolver in [network]",
            ),
        ),
    }
    assert_costs_only(repository, ran, told)


def test_the_world_that_these_tests_disturb_is_ready(
    live: tuple[Repository, dict[str, str]], explorer: Any
) -> None:
    repository, world = live
    assert explorer.account["region"] == "eu-central-1"
    ran = repository.judge("-p", "no:xdist", env=world)
    assert ran.status == 0, ran.out
    assert repository.review()["verdict"] == "ready"
