"""Each operation that the facts of load ask is refused in turn, and none of it goes unnoticed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dns.rrset
import pytest

from pytest_orr.clients.guard import READ_ONLY
from pytest_orr.collect.backend_routes import BackendRoutes
from pytest_orr.collect.request_counts import RequestCounts
from pytest_orr.collect.saturation_signals import SaturationSignals
from pytest_orr.collect.scaling_limits import ScalingLimits
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Endpoint, Saturation, Scaling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_orr.collect.interface import Desk

CHECKOUT = Path(__file__).parents[4]
API = "api.explorer.example"
COLLECTORS = (BackendRoutes(), RequestCounts(), SaturationSignals(), ScalingLimits())
ALONE = {
    "ecs:DescribeServices": "no ECS service is there",
    "dynamodb:DescribeTable": "no table is there",
    "application-autoscaling:DescribeScalableTargets": "neither is there",
    "application-autoscaling:DescribeScalingPolicies": "neither is there",
    "servicequotas:GetAWSDefaultServiceQuota": "the account has a quota of its own",
}
"""Operations that are asked only for what the small account lacks, with the reason."""
ELSEWHERE = {"dns:A", "dns:AAAA", "prometheus:GET", "alertmanager:GET"}
NOT_OF_AWS = {*ELSEWHERE, "sts:GetCallerIdentity"}


@pytest.fixture
def desk(grown: Callable[..., Any], distribute: Callable[..., dict[str, str]]) -> Desk:
    """A desk of the small account with a distribution, whose names a server knows."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.names import serve_names  # noqa: PLC0415 after the path is set

    account = grown()
    distribute(account, tags={"service": "explorer"})
    edge = distribute(account, (API,), tags={"service": "explorer"}, acl="")["host"]
    records = [
        dns.rrset.from_text(f"{name}.", 60, "IN", "A", "127.7.1.1")
        for name in (API, account.ids["balancer_name"], edge)
    ]
    backend = Endpoint(name="health", role="backend", url=f"https://{API}/health")
    signal = Saturation(name="requests", alarm="explorer-requests", capacity=14400)
    also = {"endpoints": (backend,), "scaling": Scaling(saturation=(signal,))}
    made: Desk = account.desk(also=also, resolver=serve_names(records))
    return made


def refused(desk: Desk, collector: Any, account: Any, operation: str) -> Iterable[str]:
    """Collect while one operation is refused, and yield why what could not be had was not."""
    access = account.access(desk.profile.aws, operations=READ_ONLY - {operation})
    try:
        value = collector.collect(replace(desk, aws=access)).value
    except FactUnavailable as error:
        yield error.cause
        return
    parts = value if isinstance(value, tuple) else ()
    parts += getattr(value, "routes", ()) + getattr(value, "behind", ())
    parts += getattr(value, "groups", ()) + getattr(value, "quotas", ())
    for part in parts:
        unavailable = getattr(part, "unavailable", None)
        if unavailable is not None:
            yield unavailable.cause


def test_a_refused_operation_is_named_by_what_it_costs(desk: Desk, empty_account: Any) -> None:
    silent = [
        (collector.name, operation)
        for collector in COLLECTORS
        for operation in collector.operations
        if operation not in {*NOT_OF_AWS, *ALONE}
        and not any(
            operation.partition(":")[2] in cause
            for cause in refused(desk, collector, empty_account, operation)
        )
    ]
    assert silent == []


def test_no_operation_is_declared_that_is_not_used(desk: Desk, empty_account: Any) -> None:
    for collector in COLLECTORS:
        empty_account.progress.clear()
        access = empty_account.access(desk.profile.aws)
        assert collector.collect(replace(desk, aws=access)).value
        used = {line.split()[-1] for line in empty_account.progress if line.startswith("AWS ")}
        assert {*collector.operations} - used <= {*ALONE, *ELSEWHERE}, collector.name
        assert used <= {*collector.operations}
