"""Real sshd on booted hosts behind a jump host, read by the product from outside of it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.hosts

JUMP, SOUND, FAULTY, STALE = (
    "explorer-jump",
    "explorer-backend-1",
    "explorer-backend-2",
    "explorer-backend-3",
)
ALL = (JUMP, SOUND, FAULTY, STALE)
PROPERTIES = "UnitFileState,Restart,User,ActiveState"


@pytest.fixture(scope="module")
def world(boot_hosts: Any) -> Iterator[Any]:
    """A sound jump host and backend, one with every fault, and one whose index is old."""
    wanted = {
        JUMP: (),
        SOUND: (),
        FAULTY: boot_hosts.faults - {"index stale"},
        STALE: ("index stale",),
    }
    with boot_hosts(wanted) as booted:
        yield booted


class TestTheHostsThemselves:
    """Without the product: what is planted is there, and everything else is sound."""

    def test_openssh_gets_to_every_host_by_the_same_files(self, world: Any) -> None:
        for name in ALL:
            command = ("ssh", "-F", str(world.ssh_config), "-o", "BatchMode=yes", name, "hostname")
            done = subprocess.run(
                world.from_outside(*command), capture_output=True, text=True, check=False
            )
            assert done.stdout.strip() == name, done.stderr

    def test_systemd_started_everything_on_every_host(self, world: Any) -> None:
        failed = {
            name: world.hosts[name].run("systemctl", "--failed", "--plain", "--no-legend")
            for name in ALL
        }
        assert failed == dict.fromkeys(ALL, "")

    def test_the_sound_host_installed_the_update_that_the_faulty_one_holds_back(
        self, world: Any
    ) -> None:
        versions = {
            name: world.hosts[name].run("dpkg-query", "-W", "-f", "${Version}", "explorer-tools")
            for name in (SOUND, FAULTY)
        }
        assert versions == {SOUND: "1.1", FAULTY: "1.0"}


class TestTheWayIn:
    @pytest.mark.parametrize(
        ("passage", "state"),
        [("not forwarded", "dropped"), ("rejected", "refused"), ("forwarded", "open")],
    )
    def test_the_direct_way_is_what_the_jump_host_makes_of_it(
        self, world: Any, passage: str, state: str
    ) -> None:
        world.networks.let_pass(passage)
        try:
            asked = world.asked(world.declared(), "probe", world.networks.inside[SOUND], "22")
            assert asked.out.decode().strip() == state, asked.err
        finally:
            world.networks.let_pass("not forwarded")

    @pytest.mark.parametrize(("port", "state"), [(22, "open"), (8080, "open"), (5432, "refused")])
    def test_the_jump_host_tells_what_becomes_of_a_connection_from_there(
        self, world: Any, port: int, state: str
    ) -> None:
        address = world.networks.inside[SOUND]
        asked = world.asked(world.declared(), "reach", JUMP, address, str(port))
        assert asked.out.decode().strip() == state, asked.err
