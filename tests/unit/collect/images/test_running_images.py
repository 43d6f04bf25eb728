"""Which containers run the release's images, by which digest, and from which commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.images.running_images import RunningContainer, RunningImages
from pytest_orr.errors import FactUnavailable, Undeclared

if TYPE_CHECKING:
    from collections.abc import Callable

DIGEST, OTHER = f"sha256:{'ab' * 32}", f"sha256:{'cd' * 32}"
ID = f"sha256:{'11' * 32}"
COMMIT = "5e1ea5e0" * 5
IMAGE = f"docker.io/explorer/indexer:v1@{DIGEST}"


def running(reference: str, digest: str = DIGEST, revision: str = COMMIT) -> tuple[Any, ...]:
    return (
        ("docker", "present"),
        ("container", f"{ID} {reference} {revision}"),
        ("image", f"{ID} explorer/indexer@{digest}"),
        ("podman", "absent"),
    )


def seen(desk: Any) -> dict[str, Any]:
    return {part.name: part for part in RunningImages().collect(desk).value}


def test_a_container_of_the_release_is_found_by_whatever_name_docker_gives_it(
    desk_of: Callable[..., Any],
) -> None:
    desk = desk_of(IMAGE, hosts={"a": running("explorer/indexer:v1"), "b": running("11" * 32)})
    found = seen(desk)
    assert sorted(found) == ["a: explorer/indexer:v1", f"b: {'11' * 32}"]
    for part in found.values():
        assert part.reading.is_released
        assert part.reading.is_of(COMMIT)
        assert part.seen.endswith(f"{DIGEST[:19]}, of {COMMIT[:12]}")


def test_another_digest_is_not_the_release_and_another_image_is_none_of_it(
    desk_of: Callable[..., Any],
) -> None:
    hosts = {
        "a": running("explorer/indexer:v1", OTHER),
        "b": (("docker", "present"), ("container", f"{ID} prom/node-exporter:1 x")),
    }
    found = seen(desk_of(IMAGE, hosts=hosts))
    assert list(found) == ["a: explorer/indexer:v1"]
    assert not found["a: explorer/indexer:v1"].reading.is_released


def test_an_image_that_was_built_on_the_host_has_no_digest_and_is_not_the_release(
    desk_of: Callable[..., Any],
) -> None:
    hosts = {"a": (("docker", "present"), ("container", f"{ID} explorer/indexer:v1"))}
    [part] = seen(desk_of(IMAGE, hosts=hosts)).values()
    assert not part.reading.is_released
    assert part.seen == "explorer/indexer:v1, no digest of a registry, of no known commit"


def test_an_image_that_runs_nowhere_and_a_host_that_may_not_be_asked_are_unknown(
    desk_of: Callable[..., Any],
) -> None:
    hosts = {"a": (("unread", "docker: permission denied"),), "b": (("docker", "absent"),)}
    found = seen(desk_of(IMAGE, hosts=hosts))
    assert list(found) == ["a", IMAGE]
    assert "permission denied" in found["a"].seen
    assert found[IMAGE].seen == "it runs on no host that could be read"


def test_hosts_of_other_roles_and_environments_do_not_count(desk_of: Callable[..., Any]) -> None:
    for group in ({"role": "jump"}, {"environment": "testing"}):
        desk = desk_of(IMAGE, hosts={"a": running("explorer/indexer:v1")}, group=group)
        assert list(seen(desk)) == [IMAGE]


def test_images_and_hosts_must_be_declared(desk_of: Callable[..., Any]) -> None:
    with pytest.raises(Undeclared, match=r"no \[release\] images"):
        RunningImages().collect(desk_of())
    with pytest.raises(Undeclared, match=r"no \[\[hosts\]\]"):
        RunningImages().collect(desk_of(IMAGE))


@pytest.mark.parametrize(
    ("label", "commit", "same"),
    [
        (COMMIT, COMMIT, True),
        (COMMIT.upper(), COMMIT, True),
        (COMMIT[:7], COMMIT, True),
        (COMMIT, COMMIT[:12], True),
        (COMMIT[:6], COMMIT, False),
        ("0" * 40, COMMIT, False),
    ],
    ids=map(str, range(6)),
)
def test_a_label_may_be_shortened_as_commits_are(label: str, commit: str, *, same: bool) -> None:
    one = RunningContainer(image=IMAGE, reference="x", revision=label)
    assert one.is_of(commit) is same
    assert not one.is_released


def test_without_a_label_the_commit_is_unknown() -> None:
    with pytest.raises(FactUnavailable, match="has no label org"):
        RunningContainer(image=IMAGE, reference="x").is_of(COMMIT)
