"""Who must agree before something is deployed: the fact ``deployment_approvals``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import EnvironmentProtection
from pytest_orr.collect.delivery.deployment_approvals import (
    DeploymentApproval,
    DeploymentApprovals,
)
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part


@pytest.fixture
def approval_of(desk_of: Callable[..., Desk]) -> Callable[..., Part[DeploymentApproval]]:
    """Collect from the protection of an environment: ``approval_of("gitlab", required=2)``."""

    def collect(kind: str, *, required: int = 0, own: Any = False, **more: Any) -> Any:
        def protection(environment: str) -> EnvironmentProtection | None:
            return EnvironmentProtection(
                environment=environment,
                required_approvals=required,
                own_approval_counts=own,
                approvers=("b", "a"),
            )

        forge = {"environment_protection": protection if required else None}
        declared = {"kind": kind, "staging": "staging"}
        [part] = (
            DeploymentApprovals().collect(desk_of(forge=forge, declared=declared, **more)).value
        )
        return part

    return collect


def test_gitlab_can_ask_for_two_others(
    approval_of: Callable[..., Part[DeploymentApproval]],
) -> None:
    rule = approval_of("gitlab", required=2)
    assert (rule.name, rule.reading.approvers) == ("production", ("a", "b"))
    assert rule.reading.takes(2)
    assert not rule.reading.own_approval_counts
    assert rule.seen == "2 must approve, one's own does not count"


def test_one_is_fewer_than_two_on_gitlab(
    approval_of: Callable[..., Part[DeploymentApproval]],
) -> None:
    assert not approval_of("gitlab", required=1, own=True).reading.takes(2)
    assert approval_of("gitlab", required=1, own=True).reading.own_approval_counts


def test_github_never_asks_for_two_so_that_a_second_gate_is_not_known(
    approval_of: Callable[..., Part[DeploymentApproval]],
) -> None:
    rule = approval_of("github", required=1).reading
    with pytest.raises(FactUnavailable) as caught:
        rule.takes(2)
    assert "one approval is always enough" in caught.value.cause
    assert 'covers = "unknown"' in caught.value.remedy
    assert rule.takes(1)


@pytest.mark.parametrize("kind", ["gitlab", "github"])
def test_nobody_must_approve_where_nothing_is_protected(
    approval_of: Callable[..., Part[DeploymentApproval]], kind: str
) -> None:
    rule = approval_of(kind)
    assert not rule.reading.takes(2)
    assert rule.seen == "nobody must approve"


def test_whether_ones_own_approval_counts_may_be_untold(
    approval_of: Callable[..., Part[DeploymentApproval]],
) -> None:
    rule = approval_of("gitlab", required=2, own=None)
    with pytest.raises(FactUnavailable, match="does not tell whether"):
        _ = rule.reading.own_approval_counts
    assert rule.seen == "2 must approve, not told"


def test_a_first_launch_asks_about_the_named_staging(
    approval_of: Callable[..., Part[DeploymentApproval]],
) -> None:
    assert approval_of("gitlab", required=2, first=True).name == "staging"


def test_rules_that_could_not_be_read_are_unknown(desk_of: Callable[..., Desk]) -> None:
    [part] = DeploymentApprovals().collect(desk_of(forge={})).value
    with pytest.raises(FactUnavailable):
        _ = part.reading
