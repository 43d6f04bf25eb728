"""The same facts give the same bytes: in whatever order, by how many workers, on whatever day."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.conftest import Repository

DOCUMENTS = ("review.json", "signoff.md", "statement.json", "readiness.html")
VERDICTS = {"faulty": ("not_ready", 1), "repaired": ("ready", 0)}
REVERSED = """
import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.reverse()
"""
DROPPED_WHEN_FAULTY = "operations.refund.criteria"
DROPS = f"""
def pytest_collection_modifyitems(items):
    items[:] = [i for i in items if i.get_closest_marker("orr").args[0] != "{DROPPED_WHEN_FAULTY}"]
"""


@pytest.fixture(scope="module")
def runs(
    at: Callable[[Path], Repository],
    checkout: Path,
    recorded: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Path]:
    """The report's folder of one live run of the example in each of its states."""
    folder = tmp_path_factory.mktemp("faulty")
    ran = at(checkout).pytest(
        *("readiness/", "-p", "no:cacheprovider"),
        env={"ORR_EXAMPLE": "faulty", "ORR_REPORT": str(folder)},
    )
    assert ran.status == 1, ran.out + ran.err
    return {"faulty": folder, "repaired": recorded.parent}


@pytest.fixture(params=VERDICTS)
def state(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def replayed(
    tmp_path: Path,
    lay_down_state: Callable[..., Repository],
    runs: Mapping[str, Path],
    state: str,
) -> Repository:
    """The example as a service's repository, with the facts that its live run saw."""
    repository = lay_down_state(tmp_path, runs[state] / "facts.json", state)
    if state == "faulty":
        (repository.suite / "conftest.py").write_text(DROPS, encoding="utf-8")
    (tmp_path / "backwards.py").write_text(REVERSED, encoding="utf-8")
    return repository


def documents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in DOCUMENTS}


WAYS = {
    "plain": ["-p", "no:xdist"],
    "two workers": ["-n2"],
    "in reverse order": ["-p", "no:xdist", "-p", "backwards"],
    "two workers in reverse order": ["-n2", "-p", "backwards", "--dist=loadfile"],
}


def test_a_replay_writes_what_the_live_run_wrote_however_it_is_run(
    replayed: Repository, runs: Mapping[str, Path], state: str
) -> None:
    live = documents(runs[state])
    word, status = VERDICTS[state]
    assert json.loads(live["review.json"])["verdict"] == word
    env = {"PYTHONPATH": str(replayed.path)}
    for way, arguments in WAYS.items():
        ran = replayed.judge(*arguments, env=env)
        assert ran.status == status, way + ran.out + ran.err
        written = documents(replayed.report)
        assert {name for name in DOCUMENTS if written[name] != live[name]} == set(), way
    assert replayed.orr("gate").status == status


def test_a_replay_keeps_the_run_that_saw_the_facts(
    replayed: Repository, runs: Mapping[str, Path], state: str
) -> None:
    replayed.judge("-p", "no:xdist")
    facts = (runs[state] / "facts.json").read_bytes()
    assert (replayed.report / "facts.json").read_bytes() == facts
    run = json.loads(facts)["run"]
    assert replayed.review()["run"] == run
    assert run["as_of"] == "2026-11-20T00:00:00Z"
    assert run["started"] > run["as_of"]


@pytest.mark.parametrize("state", ["repaired"], indirect=True)
def test_a_replay_from_another_folder_writes_the_same(
    replayed: Repository, at: Callable[[Path], Repository], runs: Mapping[str, Path], state: str
) -> None:
    elsewhere = replayed.path / "some" / "where"
    elsewhere.mkdir(parents=True)
    ran = at(elsewhere).pytest("../../readiness", "--orr-facts", "../../facts.json", "-n2")
    assert ran.status == 0, ran.out + ran.err
    assert documents(elsewhere / "readiness-report") == documents(runs[state])


@pytest.mark.parametrize("state", ["repaired"], indirect=True)
def test_a_replay_asks_nobody(replayed: Repository) -> None:
    nobody = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "EXPLORER_EDGE": "127.0.0.1:9"}
    elsewhere = {"HOME": str(replayed.path / "nowhere"), "HTTPS_PROXY": "http://127.0.0.1:9"}
    assert replayed.judge("-p", "no:xdist", env={**nobody, **elsewhere}).status == 0


@pytest.mark.parametrize("state", ["repaired"], indirect=True)
def test_another_day_judges_expiries_again(replayed: Repository, spread: list[str]) -> None:
    assert replayed.judge("-p", "no:xdist").status == 0
    before = replayed.review()
    ran = replayed.judge("--orr-as-of", "2027-12-31", *spread)
    assert ran.status == 1, ran.out
    after = replayed.review()
    assert after["run"] == {**before["run"], "as_of": "2027-12-31T00:00:00Z"}
    changed = [new for old, new in zip(before["items"], after["items"], strict=True) if old != new]
    attested = [one["id"] for one in before["items"] if one["outcome"] == "attested"]
    assert [one["id"] for one in changed if one["outcome"] == "pending"] == attested
    refund = next(one for one in changed if one["id"] == DROPPED_WHEN_FAULTY)
    statement = statement_on(replayed, DROPPED_WHEN_FAULTY)
    assert refund["reason"].endswith(f"the statement expired: it held until {statement['until']}")


def statement_on(repository: Repository, item: str) -> Any:
    return next(
        one["attestation"]
        for one in json.loads((repository.report / "previous" / "review.json").read_bytes())[
            "items"
        ]
        if one["id"] == item
    )


@pytest.mark.parametrize("state", ["repaired"], indirect=True)
def test_a_fact_that_was_not_recorded_is_unknown(replayed: Repository) -> None:
    path = replayed.path / "facts.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["observations"]["load_balancers"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert replayed.judge("-n2").status == 20
    item = replayed.item("network.load-balancer.elb")
    assert item["outcome"] == "unknown"
    assert item["reason"] == "load_balancers: the recorded facts hold no load_balancers"
    assert item["remedy"] == "run without --orr-facts to ask for it"


@pytest.mark.parametrize("state", ["repaired"], indirect=True)
def test_a_report_can_be_replayed_onto_itself(replayed: Repository) -> None:
    assert replayed.judge("-p", "no:xdist").status == 0
    first = documents(replayed.report)
    shutil.copyfile(replayed.report / "facts.json", replayed.path / "facts.json")
    assert replayed.judge("-n2").status == 0
    assert documents(replayed.report) == first
    assert documents(replayed.report / "previous") == first
