"""The documents do not depend on the order in which items run, nor on the number of workers."""

from __future__ import annotations

import random
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository

pytestmark = pytest.mark.trial

SEED = 20261122
SHUFFLED = """
import os
import random

def pytest_collection_modifyitems(items):
    random.Random(os.environ["TRIAL_ORDER"]).shuffle(items)
"""
WORKERS = (0, 1, 2)
DOCUMENTS = ("review.json", "signoff.md", "statement.json", "readiness.html")


def order_of(repository: Repository) -> tuple[str, ...]:
    """The order in which results came."""
    journal = (repository.report / "journal.jsonl").read_text(encoding="utf-8")
    return tuple(line.partition('"id":')[2][:60] for line in journal.splitlines()[1:-1])


def test_one_digest_in_any_order_on_any_number_of_workers(ready: Repository, trials: Any) -> None:
    (ready.suite / "conftest.py").write_text(SHUFFLED, encoding="utf-8")
    chance = random.Random(SEED)  # noqa: S311 a fixed seed
    orders = trials.many(2, 20)
    digests, seen = set(), set()
    for _ in range(orders):
        order = str(chance.getrandbits(64))
        for workers in WORKERS:
            ran = ready.judge(f"-n{workers}", env={"TRIAL_ORDER": order})
            assert ran.status == 0, ran.out + ran.err
            content = b"".join((ready.report / name).read_bytes() for name in DOCUMENTS)
            digests.add(sha256(content).hexdigest())
            seen.add(order_of(ready))
    assert len(seen) >= orders
    assert len(digests) == 1
    text = f"{orders} orders on 0, 1 and 2 workers: one digest of {', '.join(DOCUMENTS)}"
    trials.saw("random orders", seed=SEED, text=text)
