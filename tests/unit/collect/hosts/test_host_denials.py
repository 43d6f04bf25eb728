"""Where sudo is allowed by the profile and refused by the host, nothing is a pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.host_permissions import SUDO_COMMANDS
from pytest_orr.collect.host_script import SECTIONS
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

ANA = "1000:1000"
RUNNING = 'exec "$@"'
REFUSING = "echo 'sudo: a password is required' >&2; exit 1"
READS: dict[str, Callable[[Any], Any]] = {
    "host_accounts": lambda fact: fact.fingerprints,
    "host_leftovers": lambda fact: fact.paths,
    "host_renewals": lambda fact: fact.certificate_for("example.org"),
    "host_secret_files": lambda fact: fact.directories[0].keys,
    "host_ssh_servers": lambda fact: fact.accepts_passwords,
    "host_update_schedules": lambda fact: fact.is_scheduled,
}


@pytest.fixture
def audited(host: Any) -> Any:
    """A host that is read by a login of its own, which may use sudo as the profile says."""
    host.user, host.sudo = ANA, True
    host.group = {"service_directories": ("/srv/explorer",), "config_files": ("/srv/env",)}
    host.root.write("srv/explorer/notes")
    host.root.write("srv/env", "A=1\n", 0o600)
    for folder in ("etc/letsencrypt/live", "etc/letsencrypt/renewal", "var/spool/cron/crontabs"):
        (host.root.path / folder).mkdir(parents=True)
    host.root.stub("sshd", "echo 'passwordauthentication no'")
    return host


@pytest.mark.parametrize("name", sorted(READS))
def test_what_sudo_refuses_is_unknown_and_names_what_allows_it(audited: Any, name: str) -> None:
    audited.root.stub("sudo", REFUSING)

    def read() -> Any:
        return READS[name](audited.fact(name).reading)

    with pytest.raises(FactUnavailable, match="sudo: a password is required") as caught:
        read()
    assert "sudoers" in caught.value.remedy


def test_settings_that_sudo_refuses_are_unknown(audited: Any) -> None:
    audited.root.stub("sudo", REFUSING)
    fact = audited.fact("host_secret_files")
    assert "sudo: a password is required" in fact.unavailable.cause


def test_match_blocks_that_sudo_refuses_leave_the_doors_unknown(audited: Any) -> None:
    settings = ("permitrootlogin no", "pubkeyauthentication yes", "permitemptypasswords no")
    more = ("kbdinteractiveauthentication no", "allowagentforwarding no", "allowtcpforwarding no")
    last = ("x11forwarding no", "authorizedkeysfile none", "authorizedkeyscommand none", "port 22")
    said = "\\n".join(("passwordauthentication no", *settings, *more, *last))
    audited.root.stub("sudo", f"case $2 in */sshd) printf '{said}\\n' ;; *) {REFUSING} ;; esac")
    server = audited.fact("host_ssh_servers").reading
    for name in ("accepts_passwords", "lets_root_in"):
        with pytest.raises(FactUnavailable, match="match: sudo: a password is required"):
            getattr(server, name)


def test_a_warning_of_sudo_among_paths_is_never_nothing_found(audited: Any) -> None:
    audited.root.stub("sudo", "echo 'sudo: unable to resolve host x' >&2")
    assert audited.fact("host_leftovers").unavailable.cause.endswith("unable to resolve host x")
    audited.root.stub("sudo", "echo 'sudo: unable to resolve host x' >&2; echo /tmp/nothing")
    with pytest.raises(FactUnavailable, match="unable to resolve host x"):
        _ = audited.fact("host_leftovers").reading.paths


def test_the_commands_that_a_denial_names_are_those_that_sudo_is_asked_for(audited: Any) -> None:
    audited.group = {**audited.group, "revision_file": "/srv/REVISION"}
    audited.root.write("etc/ssh/sshd_config")
    (audited.root.path / "var/log/unattended-upgrades").mkdir(parents=True)
    audited.root.stub("docker", "echo abc")
    audited.root.stub("podman", "echo abc")
    audited.root.stub("unattended-upgrade", "exit 0")
    audited.root.stub("sudo", f'shift; echo "$1" >>/tmp/asked; {RUNNING}')
    for section in SECTIONS:
        asked = audited.root.path / "tmp/asked"
        asked.unlink(missing_ok=True)
        audited.printed(section)
        names = {Path(name).name for name in asked.read_text().split()} if asked.exists() else set()
        named = SUDO_COMMANDS.get(section, "").replace("sshd -T", "sshd").split(", ")
        assert names == {name for name in named if name}, section
