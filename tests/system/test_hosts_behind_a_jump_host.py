"""Real sshd on booted hosts behind a jump host, judged by the product from outside of it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.system.hosts.expected import (
    FAULTY,
    FAULTY_FACTS,
    HOST_FACTS,
    JUMP,
    PLANTED,
    ROOT_ALONE,
    SOUND,
    SOUND_FACTS,
    STALE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.hosts

ALL = (JUMP, SOUND, FAULTY, STALE)
WRITTEN_BY_A_LOGIN = frozenset(
    {
        "/run",  # its time of change, by the next
        "/run/motd.dynamic",  # pam_motd renews the message of the day
        "/run/sudo",
        "/run/sudo/ts",
        "/run/sudo/ts/auditor",  # sudo notes who used it, even where it asks for no password
    }
)
GROWING = "/var/log/journal"
"""sshd and sudo report each login to the journal, and journald gives each user a file."""
BY_JUMP_HOST = "test_network_security.py::test_ssh_reaches_the_backend_through_the_jump_host_alone"
LTS_PATCHED = "test_compute_security.py::test_hosts_run_a_supported_image_with_all_security_updates"
MARK = "/run/lock/asked"
SLOW = "/usr/local/sbin/apt-get"
WAITS = f"#!/bin/sh\ntouch {MARK}\nexec sleep 20\n"


@pytest.fixture(scope="module")
def world(boot_hosts: Any) -> Iterator[Any]:
    """A jump host due to reboot, and backends: sound, with every fault, with an old index."""
    wanted = {
        JUMP: ("reboot required",),
        SOUND: (),
        FAULTY: boot_hosts.faults - {"index stale", "readable config", "reboot required"},
        STALE: ("index stale", "readable config"),
    }
    with boot_hosts(wanted) as booted:
        yield booted


class TestTheHostsThemselves:
    """Without the product: what is planted is there, and everything else is sound."""

    def test_openssh_gets_to_every_host_by_the_same_files(self, world: Any) -> None:
        for name in ALL:
            done = world.by_openssh(name, "hostname")
            assert done.out.decode().strip() == name, done.err

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


@pytest.fixture(scope="module")
def run(world: Any, boot_hosts: Any, lay_down: Any) -> Any:
    """One run of the whole suite from outside, with sudo allowed, and every host fact asked for."""
    own = boot_hosts.own_item("asked", "assert host.reading", *HOST_FACTS)
    return boot_hosts.judge(world, lay_down, "with-sudo", own=own)


@pytest.fixture(scope="module")
def run_without_sudo(world: Any, boot_hosts: Any, lay_down: Any) -> Any:
    """The same by a login that may not see everything."""
    own = boot_hosts.own_item("asked", "assert host.reading", *HOST_FACTS)
    return boot_hosts.judge(world, lay_down, "without-sudo", own=own, sudo=False)


class TestReadingThem:
    def test_logs_in_once_to_every_host_and_once_to_the_jump_host(self, run: Any) -> None:
        assert run.logins == dict.fromkeys(ALL, 1)

    def test_changes_nothing_but_what_a_login_itself_writes(self, run: Any) -> None:
        assert [beyond_a_login(run, name) for name in ALL] == [set()] * len(ALL)

    def test_changes_nothing_as_root_either(
        self, world: Any, boot_hosts: Any, lay_down: Any
    ) -> None:
        config = world.folder / "as-root"
        config.write_text(f"Host {FAULTY}\n    User root\nHost *\n    Include {world.ssh_config}\n")
        own = boot_hosts.own_item("asked", "assert host.reading", *HOST_FACTS)
        run = boot_hosts.judge(
            world, lay_down, "root", own=own, only="test_explorer.py", sudo=False, ssh_config=config
        )
        outcomes = [outcome for outcome, _ in run.said("explorer.hosts.asked", FAULTY)]
        assert outcomes == ["pass"] * len(HOST_FACTS)
        assert run.logins[FAULTY] == 1
        assert beyond_a_login(run, FAULTY) == set()

    def test_a_bare_login_writes_the_same_and_a_careless_command_is_noticed(
        self, world: Any, boot_hosts: Any
    ) -> None:
        host = world.hosts[SOUND]
        before = boot_hosts.fingerprints(host)
        assert world.by_openssh(SOUND, "sudo -n head -c 1 /etc/hostname").out == b"e"
        after = boot_hosts.fingerprints(host)
        assert boot_hosts.changed(before, after) >= {"/run", "/run/motd.dynamic"}

        careless = "touch left && sed -i s/9/8/ /srv/explorer/REVISION"
        host.run("sh", "-c", f"cd /home/auditor && {careless}")
        noticed = boot_hosts.changed(after, boot_hosts.fingerprints(host))
        assert noticed >= {"/home/auditor", "/home/auditor/left", "/srv/explorer/REVISION"}
        host.run("sh", "-c", "rm /home/auditor/left && sed -i s/8/9/ /srv/explorer/REVISION")

    def test_no_planted_secret_is_in_any_output_of_the_run(
        self, world: Any, run: Any, run_without_sudo: Any, boot_hosts: Any
    ) -> None:
        assert boot_hosts.canary in world.hosts[FAULTY].run("cat", "/srv/explorer/config.env")
        for one in (run, run_without_sudo):
            written = [path for path in one.repository.report.rglob("*") if path.is_file()]
            assert {path.name for path in written} >= {"facts.json", "journal.jsonl", "review.json"}
            for path in written:
                assert boot_hosts.canary.encode() not in path.read_bytes(), path
            assert boot_hosts.canary not in one.printed


class TestTheFacts:
    @pytest.mark.parametrize(("fact", "seen"), SOUND_FACTS.items())
    def test_of_a_sound_host_are_what_it_is(
        self, run: Any, fact: str, seen: dict[str, Any]
    ) -> None:
        observed = run.fact(fact, SOUND)
        assert {name: observed[name] for name in seen} == seen

    @pytest.mark.parametrize(("fact", "seen"), FAULTY_FACTS.items())
    def test_of_a_faulty_host_hold_every_fault(
        self, run: Any, fact: str, seen: dict[str, Any]
    ) -> None:
        observed = run.fact(fact, FAULTY)
        assert {name: observed[name] for name in seen} == seen


class TestTheItems:
    @pytest.mark.parametrize("item", sorted({item for item, *_ in PLANTED}))
    def test_say_nothing_against_a_sound_host(self, run: Any, item: str) -> None:
        outcomes = {outcome for outcome, _ in run.said(item, SOUND)}
        assert outcomes == {"pass"}, run.said(item, SOUND)

    @pytest.mark.parametrize(("item", "host", "outcome", "words"), PLANTED)
    def test_name_the_host_and_the_fault_that_was_planted(
        self, run: Any, item: str, host: str, outcome: str, words: str
    ) -> None:
        said = run.said(item, host)
        assert any(one == outcome and words in detail for one, detail in said), said

    @pytest.mark.parametrize(("item", "words"), ROOT_ALONE.items())
    def test_are_unknown_for_a_login_that_may_not_look(
        self, run_without_sudo: Any, item: str, words: str
    ) -> None:
        said = run_without_sudo.said(item, SOUND)
        assert any(outcome == "unknown" and words in detail for outcome, detail in said), said

    def test_see_the_direct_way_where_the_jump_host_forwards(
        self, world: Any, boot_hosts: Any, lay_down: Any
    ) -> None:
        world.networks.let_pass("forwarded")
        try:
            run = boot_hosts.judge(world, lay_down, "forwarded", only=BY_JUMP_HOST)
        finally:
            world.networks.let_pass("not forwarded")
        ((outcome, detail), *_) = run.said("network.backend.ssh-jump-host", SOUND)
        assert outcome == "fail"
        assert "its SSH server answers beside the jump host" in detail


def test_a_host_that_falls_silent_half_way_costs_itself_alone(
    world: Any, boot_hosts: Any, lay_down: Any
) -> None:
    host = world.hosts[STALE]
    host.run("sh", "-c", f"cat >{SLOW} && chmod 755 {SLOW}", given=WAITS)
    watch = threading.Thread(target=unplug_when_asked, args=(world, STALE))
    watch.start()
    run = boot_hosts.judge(world, lay_down, "silent", only=LTS_PATCHED, command_seconds=5)
    watch.join()

    item = "compute.image.lts-patched"
    assert {outcome for outcome, _ in run.said(item, SOUND)} == {"pass"}
    assert any("security updates wait" in detail for _, detail in run.said(item, FAULTY))
    ((outcome, detail), *_) = run.said(item, STALE)
    assert outcome == "unknown"
    assert "did not end its script within 5 s" in detail


def beyond_a_login(run: Any, name: str) -> set[str]:
    return {path for path in run.changed[name] - WRITTEN_BY_A_LOGIN if GROWING not in path}


def unplug_when_asked(world: Any, name: str) -> None:
    """Wait until the script is at apt-get, and let the host fall silent."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if world.hosts[name].tried("test", "-e", MARK).returncode == 0:
            world.networks.unplug(name)
            return
        time.sleep(0.05)
