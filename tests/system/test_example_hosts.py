"""The example's hosts and names, asked by the product's own clients and by OpenSSH's."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.ports import PortAccess
from pytest_orr.clients.ssh import SshAccess
from pytest_orr.collect.host_readings import HostReadings, HostView
from pytest_orr.collect.host_script import SECTIONS
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Machine, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "explorer"
ASKED = b"""\
main() {
    read_section sshd
    read_section sockets
    read_section nonsense
}
main
"""
GONE = "explorer-backend-3"
JUMP = "explorer-jump"
OPEN_SSH = pytest.mark.skipif(shutil.which("ssh") is None, reason="needs OpenSSH's client")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A host all of whose sections were read."""

    seen: str

    @classmethod
    def read(cls, host: HostView) -> Whole:
        return cls(seen=host.clock.cause if host.clock else "its clock goes right")


@pytest.fixture(scope="module", params=["faulty", "repaired"])
def world(request: pytest.FixtureRequest, boot_example: Callable[..., Any]) -> Iterator[Any]:
    with boot_example(request.param) as running:
        yield running


@pytest.fixture(scope="module")
def profile(world: Any) -> Profile:
    written = tomllib.loads((EXAMPLE / world.state / "readiness.toml").read_text(encoding="utf-8"))
    read: Profile = TypeAdapter(Profile).validate_python(written)
    return read


@pytest.fixture(scope="module")
def ssh(world: Any, profile: Profile) -> Iterator[SshAccess]:
    said: list[str] = []
    access = SshAccess(profile, EXAMPLE / world.state, said.append, environment=world.environment)
    yield access
    access.close()


@pytest.fixture(scope="module")
def reached(profile: Profile) -> dict[str, Machine]:
    """The declared hosts that are asked over SSH and answer."""
    return {
        machine.name: machine
        for machine in profile.machines
        if machine.name not in machine.group.outputs and machine.name != GONE
    }


def open_ssh(world: Any, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]
    return subprocess.run(
        ["ssh", "-F", world.environment["EXPLORER_SSH_CONFIG"], *options, *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


class TestTheHosts:
    def test_are_the_declared_ones(self, world: Any, reached: dict[str, Machine]) -> None:
        config = Path(world.environment["EXPLORER_SSH_CONFIG"]).read_text(encoding="utf-8")
        named = set(re.findall(r"^Host ([\w-]+)$", config, re.MULTILINE))
        assert named - {GONE} == set(reached)

    def test_print_whole_sections_that_a_real_host_printed(
        self, ssh: SshAccess, reached: dict[str, Machine]
    ) -> None:
        for machine in reached.values():
            result = ssh.run(machine, b"")
            lines = [json.loads(line) for line in result.out.splitlines()]
            sections = [line["section"] for line in lines if "done" in line]
            assert result.status == 0
            assert lines[-1] == {"end": "ok", "sections": len(sections)}
            assert len(set(sections)) == len(sections) > 10

    def test_print_the_sections_that_were_asked_for_alone(
        self, ssh: SshAccess, reached: dict[str, Machine]
    ) -> None:
        for machine in reached.values():
            lines = [json.loads(line) for line in ssh.run(machine, ASKED).out.splitlines()]
            assert {line["section"] for line in lines[:-1]} == {"sshd", "sockets"}
            assert lines[-1] == {"end": "ok", "sections": 2}

    def test_are_read_by_the_product_with_clocks_that_go_right(
        self, ssh: SshAccess, profile: Profile, reached: dict[str, Machine]
    ) -> None:
        readings = HostReadings(
            profile, ssh, sections=frozenset(SECTIONS), folder=EXAMPLE, progress=print
        )
        facts = readings.facts(SECTIONS, Whole.read)
        assert {fact.name for fact in facts if fact.observed} == {*reached}
        assert {fact.reading.seen for fact in facts if fact.observed} == {"its clock goes right"}

    def test_execute_nothing(
        self, ssh: SshAccess, reached: dict[str, Machine], tmp_path: Path
    ) -> None:
        canary = tmp_path / "canary"
        script = f"touch {canary}\n".encode()
        assert ssh.run(reached[JUMP], script).status == 0
        assert not canary.exists()
        subprocess.run(["sh", "-s"], input=script, check=True)
        assert canary.exists()

    def test_refuse_any_other_command(self, ssh: SshAccess, reached: dict[str, Machine]) -> None:
        with pytest.raises(FactUnavailable):
            ssh.run(reached[JUMP], b"", command=("id",))

    def test_are_reached_through_the_jump_host_alone(
        self, ssh: SshAccess, reached: dict[str, Machine]
    ) -> None:
        for name in {*reached} - {JUMP}:
            address = ssh.route(reached[name]).hops[-1].address
            assert ssh.reach(reached[JUMP], address, 22) == "open"
            assert ssh.reach(reached[JUMP], address, 23) == "refused"
            assert PortAccess(connect_seconds=1).probe(address, 22) != "open"

    def test_lead_nowhere_else(self, ssh: SshAccess, world: Any, reached: Any) -> None:
        host, _, port = world.environment["EXPLORER_EDGE"].rpartition(":")
        assert PortAccess().probe(host, int(port)) == "open"
        assert ssh.reach(reached[JUMP], host, int(port)) == "refused"

    def test_one_is_gone_when_faulty_and_none_when_repaired(
        self, world: Any, ssh: SshAccess, profile: Profile
    ) -> None:
        gone = [machine for machine in profile.machines if machine.name == GONE]
        assert len(gone) == (1 if world.state == "faulty" else 0)
        for machine in gone:
            with pytest.raises(FactUnavailable, match=GONE):
                ssh.run(machine, b"")

    @OPEN_SSH
    def test_answer_other_clients_alike(self, world: Any, ssh: SshAccess, reached: Any) -> None:
        for name, machine in reached.items():
            ended = open_ssh(world, name, "sh", "-s")
            assert ended.returncode == 0, ended.stderr
            clock, *lines = ssh.run(machine, b"").out.decode().splitlines()
            assert '"clock"' in clock
            assert ended.stdout.splitlines()[1:] == lines

    @OPEN_SSH
    def test_admit_one_user_with_the_key_of_the_world(self, world: Any, tmp_path: Path) -> None:
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True
        )
        strangers = (["-l", "root"], ["-o", f"IdentityFile={tmp_path}/key", "-F", "none"])
        port = open_ssh(world, "-G", JUMP).stdout.partition("\nport ")[2].split()[0]
        known = f"UserKnownHostsFile={world.environment['EXPLORER_KNOWN_HOSTS']}"
        for stranger in strangers:
            ended = open_ssh(world, *stranger, "-p", port, "-o", known, "127.0.0.1", "sh", "-s")
            assert ended.returncode == 255
            assert "Permission denied (publickey)" in ended.stderr

    def test_keep_the_key_where_only_its_owner_reads_it(self, world: Any) -> None:
        assert (world.folder / "auditor-key").stat().st_mode & 0o777 == 0o600


class TestTheNames:
    @pytest.fixture
    def names(self, world: Any, profile: Profile) -> DnsAccess:
        return DnsAccess(profile.network, world.environment)

    def test_of_the_api_leads_to_the_balancer(self, world: Any, names: DnsAccess) -> None:
        addresses = names.lookup("api.explorer.example", "A")
        assert len(addresses) == 2
        assert addresses == names.lookup(world.account["balancer_name"], "A")

    def test_that_are_not_there_are_told_from_names_of_others(self, names: DnsAccess) -> None:
        assert names.lookup("nowhere.explorer.example", "A") == ()
        assert names.lookup("api.explorer.example", "AAAA") == ()
        with pytest.raises(FactUnavailable):
            names.lookup("elsewhere.test", "A")
