"""Each operation that facts about machines and images use is denied in turn, in AWS's own words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.container_images import ContainerImages
from pytest_orr.collect.host_images import HostImages
from pytest_orr.collect.host_update_schedules import HostUpdateSchedules
from pytest_orr.collect.machine_images import MachineImages
from pytest_orr.collect.sized_instances import SizedInstances
from pytest_orr.collect.watched_instances import WatchedInstances
from pytest_orr.observation import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

COLLECTORS = (
    ("compute.vps.cloudwatch", WatchedInstances()),
    ("compute.vps.machine-spec", SizedInstances()),
    ("compute.image.lts-patched", HostImages()),
    ("compute.image.lts-patched", MachineImages()),
    ("compute.image.update-cron", HostUpdateSchedules()),
    ("compute.image.docker-base", ContainerImages()),
)
OF_AWS = {
    collector.name: sorted(
        one for one in collector.operations if not one.startswith(("ssh:", "sts:", "registry:"))
    )
    for _, collector in COLLECTORS
}
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/explorer:v1.4.0"


def desk_of(account: Any, hosts: dict[str, Any]) -> Any:
    """A desk for the whole account, with a stress test and an image, and without hosts."""
    wanted = ("endpoints", "stress_tests")
    desk = account.desk(also={key: hosts[key] for key in wanted})
    release = replace(desk.profile.release, images=(IMAGE,))
    return replace(desk, profile=replace(desk.profile, release=release))


def causes_in(value: object) -> list[str]:
    """Return the cause of everything unavailable within a fact."""
    if isinstance(value, tuple):
        return [cause for one in value for cause in causes_in(one)]
    if isinstance(value, Unavailable):
        return [value.cause]
    fields = getattr(value, "__dataclass_fields__", {})
    return [cause for name in fields for cause in causes_in(getattr(value, name))]


@pytest.mark.parametrize(
    ("collector", "operation"),
    [(collector, operation) for _, collector in COLLECTORS for operation in OF_AWS[collector.name]],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_denied_operation_makes_what_hangs_on_it_unavailable_and_is_named(
    denying: Callable[[str], Any],
    hosts_of_the_example: dict[str, Any],
    seen_or_why: Callable[..., Any],
    *,
    collector: Any,
    operation: str,
) -> None:
    seen = seen_or_why(collector, desk_of(denying(operation), hosts_of_the_example))
    causes = causes_in(seen)
    assert causes
    assert all(f"denied {operation} to " in cause for cause in causes)


@pytest.mark.parametrize(("_", "collector"), COLLECTORS, ids=lambda one: getattr(one, "name", ""))
def test_who_may_do_everything_sees_all_and_no_operation_is_declared_that_is_not_used(
    sound_account: Any, hosts_of_the_example: dict[str, Any], _: str, collector: Any
) -> None:
    sound_account.progress.clear()
    seen = collector.collect(desk_of(sound_account, hosts_of_the_example))
    assert not causes_in(seen.value)
    used = {line.split()[-1] for line in sound_account.progress}
    assert used - {"sts:GetCallerIdentity"} == {*OF_AWS[collector.name]}
