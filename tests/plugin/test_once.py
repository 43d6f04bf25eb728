"""However many processes run items, the world is asked once, by one of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

pytestmark = pytest.mark.usefixtures("untraced")

DYING = """
import os
import signal
from pathlib import Path


class Dying(Numbers):
    name = "dying"

    def collect(self, desk):
        with Path("gatherers").open("a") as stream:
            stream.write(f"{os.getpid()}\\n")
        if len(Path("gatherers").read_text().splitlines()) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return Answer(value=(1, 2, 3))


def pytest_orr_collectors():
    return [Dying()]
"""


REPORT = ("iam", "GenerateCredentialReport")
"""Asked again until AWS has made the report, which it then keeps for hours."""


def asked(explorer: Any, before: int) -> Counter[tuple[str, str]]:
    found = Counter((call.service, call.action) for call in explorer.calls()[before:])
    assert 1 <= found[REPORT] <= 2
    found[REPORT] = 1
    return found


def test_a_live_run_asks_aws_each_question_once_with_however_many_workers(
    live: tuple[Repository, dict[str, str]], explorer: Any
) -> None:
    repository, world = live
    before = len(explorer.calls())
    assert repository.judge("-p", "no:xdist", env=world).status == 0
    plain = asked(explorer, before)
    review = repository.outcomes()
    before = len(explorer.calls())
    assert repository.judge("-n4", env=world).status == 0
    assert asked(explorer, before) == plain
    assert repository.outcomes() == review
    assert plain[("sts", "GetCallerIdentity")] == 2  # one for each account
    assert plain[("elasticloadbalancing", "DescribeLoadBalancers")] == 1
    assert {action for _, action in plain} >= {"DescribeSecurityGroups", "DescribeTargetHealth"}


@pytest.mark.parametrize("workers", ["-n2", "-n4"])
def test_a_gatherer_that_is_killed_is_replaced_by_another_worker(
    small: Callable[..., Repository], item: Callable[..., str], workers: str
) -> None:
    repository = small(
        *(item(f"demo.a.n{n}", f"assert {n} in dying", asks="dying") for n in (1, 2, 3))
    )
    conftest = repository.suite / "conftest.py"
    own = conftest.read_text(encoding="utf-8").partition("\ndef pytest_orr_collectors")[0]
    conftest.write_text(own + DYING, encoding="utf-8")
    ran = repository.judge("--orr-as-of", "2026-11-20", workers)
    gatherers = (repository.path / "gatherers").read_text(encoding="utf-8").split()
    assert len(set(gatherers)) == len(gatherers) == 2, ran.out
    # The dead worker may have been handed an item already, which then is lost with it.
    lost = [one for one in repository.review()["items"] if one["outcome"] != "pass"]
    assert len(lost) <= 1, ran.out
    assert all(one["reason"].startswith("the worker died") for one in lost)
    assert ran.status == (20 if lost else 0)
    assert repository.orr("gate").status == ran.status
