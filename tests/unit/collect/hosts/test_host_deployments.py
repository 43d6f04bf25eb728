"""What the machine has, and which release and images run on it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from pytest_orr.errors import FactUnavailable

REVISION = "0123456789abcdef0123456789abcdef01234567"

DOCKER = """\
case "$1 $2" in
    "ps -q") echo {id} ;;
    "inspect --format") echo "{prefix}{id} registry.example/explorer:1.2 {revision}" ;;
    "image inspect") echo "{prefix}{id} registry.example/explorer@sha256:{id}" ;;
esac"""


def test_a_machine_is_measured(host: Any) -> None:
    machine = host.fact("host_machines").reading
    assert machine.cpus == os.cpu_count()
    assert machine.memory_mib > machine.memory_available_mib > 0
    assert 0 <= machine.disk_used_percent <= 100
    assert machine.disk_gib >= 0


def test_a_revision_is_compared_with_a_commit(host: Any) -> None:
    host.group = {"revision_file": "/srv/explorer/REVISION"}
    host.root.write("srv/explorer/REVISION", f"{REVISION}\n")
    deployed = host.fact("host_deployments").reading
    assert deployed.revision == REVISION
    assert deployed.is_of(REVISION)
    assert deployed.is_of(REVISION[:12])
    assert not deployed.is_of("f" * 40)
    host.root.write("srv/explorer/REVISION", "0123\n")
    assert not host.fact("host_deployments").reading.is_of(REVISION)


@pytest.mark.parametrize("text", ["", "two words\n", "x" * 65, "$(id)\n", "hunter2 !\n"])
def test_what_is_no_revision_is_not_told(host: Any, text: str) -> None:
    host.group = {"revision_file": "/srv/explorer/REVISION"}
    host.root.write("srv/explorer/REVISION", text)
    assert b"hunter2" not in host.printed("deployment")
    with pytest.raises(FactUnavailable, match="/srv/explorer/REVISION holds no revision"):
        _ = host.fact("host_deployments").reading.revision


def test_a_host_without_a_declared_revision_says_so(host: Any) -> None:
    with pytest.raises(FactUnavailable, match="no revision_file is declared"):
        _ = host.fact("host_deployments").reading.revision


@pytest.mark.parametrize(("engine", "prefix"), [("docker", "sha256:"), ("podman", "")])
def test_images_of_running_containers_are_read_by_named_properties(
    host: Any, engine: str, prefix: str
) -> None:
    digest = "ab" * 32
    host.root.stub(engine, DOCKER.format(id=digest, prefix=prefix, revision=REVISION))
    [image] = host.fact("host_deployments").reading.running_images
    assert image.reference == "registry.example/explorer:1.2"
    assert image.image_id == f"sha256:{digest}"
    assert image.digests == (f"registry.example/explorer@sha256:{digest}",)
    assert image.revision == REVISION


@pytest.mark.parametrize("label", ["", "two words", "<no value>", "x" * 65])
def test_a_label_that_is_no_revision_is_none(host: Any, label: str) -> None:
    host.root.stub("docker", DOCKER.format(id="ab" * 32, prefix="sha256:", revision=label))
    [image] = host.fact("host_deployments").reading.running_images
    assert image.revision == ""


@pytest.mark.parametrize(
    ("stub", "why"),
    [
        ("echo 'permission denied on /var/run/docker.sock' >&2; exit 1", "permission denied"),
        (f'[ "$1" = ps ] && echo {"ab" * 32} || exit 1', "container: "),
    ],
)
def test_a_docker_that_may_not_be_asked_leaves_images_unknown(
    host: Any, stub: str, why: str
) -> None:
    host.root.stub("docker", stub)
    with pytest.raises(FactUnavailable, match=why):
        _ = host.fact("host_deployments").reading.running_images


def test_a_docker_without_containers_runs_no_images(host: Any) -> None:
    host.root.stub("docker", "exit 0")
    deployed = host.fact("host_deployments").reading
    assert deployed.has_docker
    assert deployed.running_images == ()
