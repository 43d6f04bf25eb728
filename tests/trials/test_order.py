"""The documents do not depend on the order in which items run, nor on the number of workers."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.registry import registry
from pytest_orr.sign.statement import read as read_statement
from pytest_orr.signing_off.beside import read_beside
from pytest_orr.signing_off.caller import read_caller
from pytest_orr.signing_off.replay import replay
from pytest_orr.suite import read
from tests.conftest import Repository, lay_down_example
from tests.trials.signing_place import DOCUMENTS, lay_down_to_sign

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.trial

SEED = 20261122
SHUFFLED = """
import os
import random

def pytest_collection_modifyitems(items):
    random.Random(os.environ.get("TRIAL_ORDER", "0")).shuffle(items)
"""
"""For the controller's process as for every worker; added to what a suite's conftest has."""
WORKERS = (0, 1, 4)
ORGANISATION = """\
name = "Platform of Example"
[certificates]
minimum_days_left = 3000
[host_limits]
most_restarts = 0
fullest_disk = 1
[delivery]
approvers = 9
"""


@pytest.fixture
def repaired(tmp_path: Path, recorded: Path) -> Repository:
    """The example after its repair."""
    return lay_down_example(tmp_path, recorded, "repaired")


@pytest.fixture
def faulty(tmp_path: Path, checkout: Path) -> Repository:
    """The example as it is, with most of its items in need of somebody."""
    live = {"ORR_EXAMPLE": "faulty", "ORR_REPORT": str(tmp_path / "live")}
    assert Repository(checkout).pytest("readiness/", "-p", "no:cacheprovider", env=live).status == 1
    return lay_down_example(tmp_path / "replay", tmp_path / "live" / "facts.json", "faulty")


@pytest.fixture
def organised(repaired: Repository) -> Repository:
    """The repaired example by the limits of an organisation that asks for more."""
    (repaired.suite / "org.toml").write_text(ORGANISATION, encoding="utf-8")
    digest = sha256(ORGANISATION.encode()).hexdigest()
    with (repaired.suite / "readiness.toml").open("a", encoding="utf-8") as profile:
        profile.write(f'\n[extends]\npath = "org.toml"\nsha256 = "{digest}"\n')
    return repaired


@pytest.fixture
def undeclared(tmp_path: Path) -> Repository:
    """A service that has declared nothing yet, on its first day."""
    repository = Repository(tmp_path, ["--orr-facts", "facts.json"])
    assert repository.orr("init").status == 0
    assert repository.pytest("readiness/", "-p", "no:xdist").status == 20
    shutil.copyfile(repository.report / "facts.json", tmp_path / "facts.json")
    return repository


@pytest.fixture
def own(tmp_path: Path) -> Repository:
    """A service with items and collectors of its own: a waiver, a statement, an exemption."""
    return lay_down_to_sign(tmp_path).repository


WORLDS = {"repaired": 0, "faulty": 1, "organised": 1, "undeclared": 20, "own": 0}
"""How each is judged."""
NOBODY_SIGNS = "undeclared"


def digest_of(report: Path) -> str:
    content = b"".join((report / name).read_bytes() for name in DOCUMENTS)
    return sha256(content).hexdigest()


def order_of(repository: Repository) -> tuple[str, ...]:
    """The order in which results came."""
    journal = (repository.report / "journal.jsonl").read_text(encoding="utf-8")
    return tuple(line.partition('"id":')[2][:60] for line in journal.splitlines()[1:-1])


def verify_replay(repository: Repository) -> None:
    """Judge the facts again as ``orr verify --replay`` does, whatever the verdict is."""
    payload = (repository.report / "statement.json").read_bytes()
    suite = read(repository.suite, fact_names=registry().keys())
    caller = read_caller(suite, repository.suite / "readiness.toml", at=datetime.now(UTC))
    beside = read_beside(repository.report)
    replay(repository.report, payload, read_statement(payload), beside, caller)


@pytest.mark.parametrize("world", WORLDS)
def test_one_digest_in_any_order_on_any_number_of_workers(
    request: pytest.FixtureRequest, trials: Any, world: str
) -> None:
    repository: Repository = request.getfixturevalue(world)
    with (repository.suite / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(SHUFFLED)
    chance = random.Random(f"{SEED} {world}")  # noqa: S311 a fixed seed
    orders = trials.many(1, 20)
    digests, seen = set(), set()
    for _ in range(orders):
        order = str(chance.getrandbits(64))
        for workers in sorted(chance.sample(WORKERS, trials.many(2, len(WORKERS)))):
            ran = repository.judge(f"-n{workers}", env={"TRIAL_ORDER": order})
            assert ran.status == WORLDS[world], ran.out + ran.err
            digests.add(digest_of(repository.report))
            seen.add(order_of(repository))
    assert len(seen) > 1 or orders == 1
    assert len(digests) == 1
    if world != NOBODY_SIGNS:
        verify_replay(repository)
    text = f"{orders} orders on 0, 1 and 4 workers: one digest of {', '.join(DOCUMENTS)}"
    trials.saw(f"random orders, {world}", seed=SEED, text=text)
