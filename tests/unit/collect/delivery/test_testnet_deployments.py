"""What reaches the testnet by itself, what runs there, and whether its chain goes on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Deployment, Schedule
from pytest_orr.clients.registry_said import PlatformImage, PublishedImage
from pytest_orr.collect.delivery import testnet_deployments
from pytest_orr.collect.host_deployments import Deployment as Deployed
from pytest_orr.collect.host_deployments import RunningImage
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer
from pytest_orr.profile import forge
from pytest_orr.profile.hosts import HostGroup

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

HEAD = "ad" * 20
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 11, 19, 2, tzinfo=dt.UTC)
INDEX, ARM = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
IMAGE = "docker.io/explorer/node:testnet"
DECLARED: dict[str, Any] = {
    "schedule": "nightly",
    "image": IMAGE,
    "deploy_job": "deploy",
    "digest_file": "digest.txt",
    "rpc": "http://127.0.0.1:8545",
}


def nightly(**said: Any) -> Schedule:
    usual = {"name": "nightly", "ref": "main", "cron": "0 2 * * *", "is_active": True}
    return Schedule(**{**usual, "last_success": NIGHT, "last_commit": HEAD, **said})


def published(revision: str = HEAD) -> PublishedImage:
    arm = PlatformImage(platform="linux/arm64", digest=ARM, revision=revision)
    return PublishedImage(digest=INDEX, platforms=(arm,))


def raising(error: FactUnavailable) -> Any:
    raise error


@pytest.fixture
def seen(desk_of: Callable[..., Desk]) -> Callable[..., Any]:
    """What is seen of a testnet that lives, with some of it changed."""

    def see(
        *,
        heights: tuple[int, ...] = (7, 8),
        image: PublishedImage | FactUnavailable | None = None,
        machines: tuple[HostGroup, ...] = (),
        hosts: tuple[HostFact[Deployed], ...] = (),
        declared: dict[str, Any] | None = None,
        **answers: Any,
    ) -> Any:
        made = Deployment(
            id="1",
            environment="testnet",
            commit=HEAD,
            status="success",
            created=NIGHT,
            pipeline="3",
        )
        usual: dict[str, Any] = {
            "schedules": (nightly(), nightly(name="weekly")),
            "deployments": (made,),
            "artifact": INDEX.encode(),
        }
        told = DECLARED if declared is None else declared
        desk = desk_of(
            forge=usual | answers,
            delivery=forge.Delivery(testnet=forge.Testnet(**told)),
            hosts=machines,
        )
        node, rested = iter(heights), list[float]()
        found = published() if image is None else image
        clients: dict[str, Any] = {
            "evm": SimpleNamespace(block_number=lambda *_: next(node)),
            "registry": SimpleNamespace(
                image=lambda _: raising(found) if isinstance(found, FactUnavailable) else found
            ),
            "hosts": SimpleNamespace(answer=lambda *_: Answer(value=hosts)),
        }
        asked = testnet_deployments.TestnetDeployments(rest=rested.append)
        return asked.collect(replace(desk, **clients)).value, rested

    return see


def test_what_the_schedule_deployed_runs_there_and_the_chain_goes_on(
    seen: Callable[..., Any],
) -> None:
    facts, rested = seen()
    [one] = facts.schedules
    assert one.name == "schedule nightly"
    assert one.seen == "active, 0 2 * * * on main, last success 2026-11-19 02:00 UTC"
    assert one.reading.is_of_the_branch
    assert one.reading.has_succeeded_within(48, AS_OF)
    assert not one.reading.has_succeeded_within(21, AS_OF)
    assert facts.deployment.name == "deployment to testnet"
    assert facts.came_by_the_schedule()
    assert facts.is_built_from_what_was_deployed()
    assert facts.runs_its_image()
    assert facts.heights.seen == "height 7, then 8 after 0.05 s"
    assert facts.heights.reading.grows
    assert rested == [0.05]
    assert facts.image.seen == f"{IMAGE}, revision {HEAD[:12]}"
    assert facts.running.seen == f"digest.txt of job deploy: {INDEX[:19]}"


def test_a_workflow_s_schedule_is_known_by_its_file_with_or_without_a_folder(
    seen: Callable[..., Any],
) -> None:
    told = (nightly(name=".github/workflows/nightly.yml", ref="refs/heads/main"),)
    facts, _ = seen(schedules=told, declared={**DECLARED, "schedule": "nightly.yml"})
    assert facts.schedules[0].reading.is_of_the_branch


def test_a_schedule_of_another_name_is_none(seen: Callable[..., Any]) -> None:
    facts, _ = seen(schedules=(nightly(name="weekly"),))
    assert facts.schedules == ()
    assert not facts.came_by_the_schedule()


def test_a_schedule_that_only_failed_has_not_succeeded_and_one_that_never_ran_is_unknown(
    seen: Callable[..., Any],
) -> None:
    facts, _ = seen(schedules=(nightly(last_success=None, last_failure=NIGHT, ref="next"),))
    schedule = facts.schedules[0].reading
    assert not schedule.has_succeeded_within(48, AS_OF)
    assert not schedule.is_of_the_branch
    facts, _ = seen(schedules=(nightly(last_success=None, is_active=False),))
    assert facts.schedules[0].seen.startswith("switched off")
    with pytest.raises(FactUnavailable, match="tells of no run of the schedule nightly"):
        facts.schedules[0].reading.has_succeeded_within(48, AS_OF)


def test_another_commit_than_the_schedule_s_was_deployed_by_somebody(
    seen: Callable[..., Any],
) -> None:
    facts, _ = seen(schedules=(nightly(last_commit="0" * 40),))
    assert not facts.came_by_the_schedule()


@pytest.mark.parametrize(
    ("ref", "hours", "last", "is_good"),
    [
        ("main", 3, NIGHT, True),
        ("main", -3, NIGHT, False),
        ("main", 3, None, False),
        ("feature", 3, NIGHT, False),
    ],
)
def test_what_was_merged_since_the_night_may_be_deployed_at_once(
    seen: Callable[..., Any], ref: str, hours: int, last: dt.datetime | None, *, is_good: bool
) -> None:
    since = Deployment(
        id="2",
        environment="testnet",
        commit="ef" * 20,
        ref=ref,
        status="success",
        created=NIGHT + dt.timedelta(hours=hours),
        pipeline="4",
    )
    facts, _ = seen(schedules=(nightly(last_success=last),), deployments=(since,))
    assert facts.came_by_the_schedule() is is_good


def test_an_image_of_another_commit_is_seen_and_one_that_says_none_is_unknown(
    seen: Callable[..., Any],
) -> None:
    facts, _ = seen(image=published("0" * 40))
    assert not facts.is_built_from_what_was_deployed()
    facts, _ = seen(image=published(""))
    assert facts.image.seen.endswith("revision untold")
    with pytest.raises(FactUnavailable, match=f"which commit {IMAGE} was built from"):
        facts.is_built_from_what_was_deployed()


def test_what_was_deployed_must_be_what_the_tag_leads_to(seen: Callable[..., Any]) -> None:
    facts, _ = seen(artifact=f"docker.io/explorer/node@{ARM}\n".encode())
    assert facts.runs_its_image()
    facts, _ = seen(artifact=f"sha256:{'3' * 64}".encode())
    assert not facts.runs_its_image()
    facts, _ = seen(artifact=b"latest")
    with pytest.raises(FactUnavailable, match=r"digest\.txt does not tell which digest"):
        facts.runs_its_image()


def test_hosts_of_the_testnet_tell_what_runs_there_before_any_file_does(
    seen: Callable[..., Any],
) -> None:
    def running(*digests: str, environment: str = "testnet") -> HostFact[Deployed]:
        images = tuple(
            RunningImage(reference=one, image_id="", digests=(one,), revision=HEAD)
            for one in digests
        )
        return HostFact(
            name="node-1",
            observed=Deployed(images=images),
            role="backend",
            environment=environment,
            is_own=False,
        )

    machines = (HostGroup(names=("node-1",), environment="testnet"),)
    here = running(f"docker.io/explorer/node@{ARM}", f"docker.io/library/redis@{INDEX}")
    elsewhere = running(f"docker.io/explorer/node@{INDEX}", environment="testing")
    facts, _ = seen(machines=machines, hosts=(here, elsewhere), image=published(""))
    assert facts.running.reading.digests == (ARM,)
    assert facts.running.seen == f"node-1: {ARM[:19]}"
    assert facts.runs_its_image()
    assert facts.is_built_from_what_was_deployed()
    facts, _ = seen(machines=machines, hosts=(running(),))
    assert not facts.runs_its_image()
    assert facts.running.seen == "node-1: it does not run"


def test_a_chain_that_stands_still_is_waited_for_and_given_up(seen: Callable[..., Any]) -> None:
    facts, rested = seen(heights=(7,) * 20)
    assert not facts.heights.reading.grows
    assert facts.heights.seen == "height 7, then 7 after 31.55 s"
    assert sum(rested) > 30
    facts, rested = seen(heights=(7, 7, 7, 9))
    assert facts.heights.reading.grows
    assert len(rested) == 3


def test_what_nobody_declared_is_unknown_by_itself(seen: Callable[..., Any]) -> None:
    facts, _ = seen(declared={})
    for part in (*facts.schedules, facts.image, facts.running, facts.heights):
        with pytest.raises(FactUnavailable, match=r"declares no \[delivery.testnet\]"):
            _ = part.reading
    facts, _ = seen(declared={**DECLARED, "digest_file": None})
    with pytest.raises(FactUnavailable, match=r"declares no \[delivery.testnet\]"):
        _ = facts.running.reading


def test_a_registry_that_does_not_answer_leaves_the_rest_known(seen: Callable[..., Any]) -> None:
    facts, _ = seen(image=FactUnavailable("the registry is down", "wait"))
    with pytest.raises(FactUnavailable, match="the registry is down"):
        facts.runs_its_image()
    assert facts.heights.reading.grows
    assert facts.came_by_the_schedule()
