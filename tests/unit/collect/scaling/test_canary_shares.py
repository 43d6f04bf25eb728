"""What gives a canary its share: a balancer's rules with weights, or a file in the repository."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.delivery.canary_shares import CanaryShare, CanaryShares
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.forge import Canary, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable


def test_rules_that_divide_requests_are_read_with_their_weights(grown: Callable[..., Any]) -> None:
    account = grown()
    [part] = CanaryShares().collect(account.desk()).value
    assert part.name == account.ids["canary_rule"]
    assert part.reading.divides
    assert part.seen == "explorer-backend 95, explorer-canary 5"


def test_a_balancer_without_such_a_rule_divides_nothing(grown: Callable[..., Any]) -> None:
    assert CanaryShares().collect(grown("canary-without-share").desk()).value == ()


def test_a_file_of_the_repository_stands_for_what_else_divides(empty_account: Any) -> None:
    def read(path: str) -> bytes:
        if path == "deploy/lost.yaml":
            raise FactUnavailable(f"{path} is not in the commit", "correct its path")
        return b"weight: 5"

    git: Any = SimpleNamespace(read=read, where=("git",))
    seen = []
    for path in ("deploy/rollout.yaml", "deploy/lost.yaml"):
        delivery = Delivery(canary=Canary(rollout=path))
        desk = replace(empty_account.desk(also={"delivery": delivery}), git=git)
        [part] = CanaryShares().collect(desk).value
        seen.append(part.seen)
    assert seen == [
        "deploy/rollout.yaml in the repository",
        "deploy/lost.yaml is not in the commit",
    ]
    assert CanaryShare(file="deploy/rollout.yaml").divides


def test_outside_of_aws_the_file_is_to_be_declared(empty_account: Any) -> None:
    desk = empty_account.desk()
    with pytest.raises(Undeclared, match=r"\[delivery.canary\] rollout"):
        CanaryShares().collect(replace(desk, profile=replace(desk.profile, aws=None)))
