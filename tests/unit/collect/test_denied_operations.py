"""Each operation of the AWS collectors is denied in turn, by IAM, over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.load_balancers import LoadBalancers
from pytest_orr.collect.security_groups import BackendSecurityGroups
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

COLLECTORS = (LoadBalancers(), BackendSecurityGroups())
AUDITOR = "arn:aws:iam::123456789012:user/auditor"


@pytest.mark.parametrize(
    ("collector", "operation"),
    [
        (one, operation)
        for one in COLLECTORS
        for operation in one.operations
        if operation != "sts:GetCallerIdentity"  # AWS answers it whatever policies say
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_denied_operation_makes_the_fact_unavailable_and_is_named(
    sound_account: Any, allow_all_but: Callable[..., None], collector: Any, operation: str
) -> None:
    allow_all_but(operation)
    with pytest.raises(FactUnavailable) as caught:
        sound_account.collect(collector)
    assert caught.value.cause == f"AWS 123456789012 eu-central-1 denied {operation} to {AUDITOR}"
    assert caught.value.remedy == f"allow {operation} to {AUDITOR}"


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_who_may_do_everything_sees_the_fact(
    sound_account: Any, allow_all_but: Callable[..., None], collector: Any
) -> None:
    allow_all_but()
    assert sound_account.collect(collector)


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_no_operation_is_declared_that_is_not_used(
    sound_account: Any, allow_all_but: Callable[..., None], collector: Any
) -> None:
    allow_all_but()
    sound_account.progress.clear()
    sound_account.collect(collector)
    used = {line.split()[-1] for line in sound_account.progress}
    assert used == set(collector.operations)
