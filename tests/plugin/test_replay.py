"""The same facts give the same bytes: in whatever order, by how many workers, on whatever day."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.sign.statement import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.conftest import Ran, Repository

pytestmark = pytest.mark.usefixtures("untraced")

DOCUMENTS = ("review.json", "signoff.md", "statement.json", "readiness.html")
REPAIRED = pytest.mark.parametrize("replay", ["repaired"], indirect=True)
VERDICTS = {"faulty": ("not_ready", 1), "repaired": ("ready", 0)}
NOBODY = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "EXPLORER_EDGE": "127.0.0.1:9"}


@dataclass(frozen=True)
class Replay:
    """The facts of the example's live run in one of its states, and how they are judged again."""

    state: str
    live: Path
    """Report's folder of the live run."""
    folder: Path
    """Where replays are written."""
    checkout: Repository

    @property
    def facts(self) -> Path:
        return self.folder / "facts.json"

    @property
    def report(self) -> Path:
        return self.folder / "report"

    def judge(self, *arguments: str, of: Repository | None = None, suite: str = "readiness") -> Ran:
        """Judge the facts again with these arguments, from the checkout or from elsewhere."""
        replayed = ("--orr-facts", str(self.facts), "-p", "no:cacheprovider")
        env = {
            **NOBODY,
            "ORR_EXAMPLE": self.state,
            "ORR_REPORT": str(self.report),
        }
        return (of or self.checkout).pytest(suite, *replayed, *arguments, env=env)

    def review(self) -> Any:
        return json.loads((self.report / "review.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lives(
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
def replay(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    checkout: Path,
    at: Callable[[Path], Repository],
    lives: Mapping[str, Path],
) -> Replay:
    """The recorded facts of a live run, ready to be judged again."""
    state = str(request.param)
    shutil.copyfile(lives[state] / "facts.json", tmp_path / "facts.json")
    return Replay(state, lives[state], tmp_path, at(checkout))


def documents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in DOCUMENTS}


WAYS = {
    "plain": ["-p", "no:xdist"],
    "two workers": ["-n2"],
    "in reverse order": ["-p", "no:xdist", "-p", "tests.backwards"],
    "two workers in reverse order": ["-n2", "-p", "tests.backwards", "--dist=loadfile"],
}


def test_a_replay_writes_what_the_live_run_wrote_however_it_is_run(replay: Replay) -> None:
    live = documents(replay.live)
    word, status = VERDICTS[replay.state]
    assert json.loads(live["review.json"])["verdict"] == word
    stated = read(live["statement.json"])
    assert (stated.verdict, stated.authors) == (word, ("finn@example.org",))
    assert stated.decision == ("NO_GO" if status else "GO")
    for way, arguments in WAYS.items():
        ran = replay.judge(*arguments)
        assert ran.status == status, way + ran.out + ran.err
        written = documents(replay.report)
        assert {name for name in DOCUMENTS if written[name] != live[name]} == set(), way
    assert replay.checkout.orr("gate", str(replay.report)).status == status


def test_a_replay_keeps_the_run_that_saw_the_facts(replay: Replay) -> None:
    replay.judge("-p", "no:xdist")
    facts = (replay.live / "facts.json").read_bytes()
    assert (replay.report / "facts.json").read_bytes() == facts
    run = json.loads(facts)["run"]
    assert replay.review()["run"] == run
    assert run["as_of"] == "2026-11-20T00:00:00Z"
    assert run["started"] > run["as_of"]


@REPAIRED
def test_a_replay_from_another_folder_writes_the_same(
    replay: Replay, at: Callable[[Path], Repository], checkout: Path
) -> None:
    elsewhere = replay.folder / "some" / "where"
    elsewhere.mkdir(parents=True)
    ran = replay.judge("-n2", of=at(elsewhere), suite=str(checkout / "readiness"))
    assert ran.status == 0, ran.out + ran.err
    assert documents(replay.report) == documents(replay.live)


UNSURE = {"code.audit.internal", "compute.vps.machine-spec"}
AGED = UNSURE | {
    "code.credentials.kms-private-keys",
    "code.credentials.no-plaintext",
    "compute.image.docker-base",
    "compute.vps.account-separation",
    "operations.restart.backend",
    "operations.restart.frontend",
    "operations.rollback.criteria",
    "operations.rollback.process",
    "operations.runbook.maintainer",
    "operations.support.faq",
    "scalability.projection.owner-forecast",
    "scalability.scale-up.monitoring",
    "scalability.scale-up.stress-test",
}
"""Items of people of which something seen is too old a year later: it beats what nobody says."""


@REPAIRED
def test_another_day_judges_expiries_again(replay: Replay, spread: list[str]) -> None:
    before = json.loads((replay.live / "review.json").read_text(encoding="utf-8"))
    assert replay.judge("--orr-as-of", "2027-12-31", *spread).status == 1
    after = replay.review()
    assert after["run"] == {**before["run"], "as_of": "2027-12-31T00:00:00Z"}
    attested = {one["id"] for one in before["items"] if one["outcome"] == "attested"}
    outcomes = {one["id"]: one["outcome"] for one in after["items"]}
    assert {one for one in outcomes if outcomes[one] == "pending"} == attested - AGED
    assert {outcomes[one] for one in AGED - UNSURE} == {"fail"}
    assert {outcomes[one] for one in UNSURE} == {"unknown"}
    was, now = (
        next(one for one in review["items"] if one["id"] == "operations.refund.criteria")
        for review in (before, after)
    )
    until = was["attestation"]["until"]
    written = r"the item: attestations\.toml:\d+: "
    assert re.fullmatch(f"{written}the statement expired: it held until {until}", now["reason"])


@REPAIRED
def test_a_fact_that_was_not_recorded_is_unknown(replay: Replay) -> None:
    content = json.loads(replay.facts.read_text(encoding="utf-8"))
    del content["observations"]["load_balancers"]
    replay.facts.write_text(json.dumps(content), encoding="utf-8")
    assert replay.judge("-n2").status == 20
    item = next(i for i in replay.review()["items"] if i["id"] == "network.load-balancer.elb")
    assert item["outcome"] == "unknown"
    assert item["reason"] == "load_balancers: the recorded facts hold no load_balancers"
    assert item["remedy"] == "run without --orr-facts to ask for it"
