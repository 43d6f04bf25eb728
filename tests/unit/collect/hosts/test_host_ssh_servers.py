"""What a host's SSH server accepts, with Match blocks, and who may see it."""

from __future__ import annotations

from typing import Any

import pytest

ANA = "1000:1000"

SSHD = """\
port 22
port 2022
listenaddress 0.0.0.0:22
permitrootlogin {root}
pubkeyauthentication yes
passwordauthentication {password}
kbdinteractiveauthentication {keyboard}
permitemptypasswords no
allowagentforwarding no
allowtcpforwarding yes
x11forwarding no
authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2
authorizedkeyscommand none
allowusers ana
hostkey /etc/ssh/ssh_host_rsa_key"""


def serve(host: Any, **settings: str) -> None:
    text = SSHD.format(**{"root": "no", "password": "no", "keyboard": "no", **settings})
    host.root.write("etc/ssh/sshd_config", "UsePAM yes\n")
    host.root.stub("sshd", f"[ \"$1\" = -T ] && cat <<'E'\n{text}\nE")


def test_an_ssh_servers_effective_settings_are_read(host: Any) -> None:
    serve(host)
    server = host.fact("host_ssh_servers").reading
    assert not server.accepts_passwords
    assert not server.lets_root_in
    assert server.ports == (22, 2022)
    assert server.allow_users == ("ana",)
    assert server.authorized_keys_files == (".ssh/authorized_keys", ".ssh/authorized_keys2")
    assert server.seen == "no passwords, root login no"
    assert "ssh_host_rsa_key" not in host.printed("sshd").decode()


@pytest.mark.parametrize(
    ("faults", "passwords", "superuser"),
    [
        ({"password": "yes"}, True, False),
        ({"keyboard": "yes"}, True, False),
        ({"root": "yes"}, False, True),
        ({"root": "without-password"}, False, True),
    ],
)
def test_each_open_door_of_an_ssh_server_is_seen(
    host: Any, faults: dict[str, str], *, passwords: bool, superuser: bool
) -> None:
    serve(host, **faults)
    server = host.fact("host_ssh_servers").reading
    assert server.accepts_passwords is passwords
    assert server.lets_root_in is superuser


@pytest.mark.parametrize(
    ("config", "passwords", "superuser"),
    [
        ("Match User bo\n  PasswordAuthentication yes\n", True, False),
        ("match address 10.0.0.0/8\n\tKbdInteractiveAuthentication=yes # odd\n", True, False),
        ("Match Group ops\n PermitRootLogin prohibit-password\n", False, True),
        (
            "Match User bo\n PasswordAuthentication no\nMatch all\nPermitRootLogin no\n",
            False,
            False,
        ),
        ("PasswordAuthentication yes\n#Match User bo\n", False, False),
        ("Match User bo\nX11Forwarding yes\n", False, False),
    ],
)
def test_a_match_block_that_permits_what_is_off_elsewhere_is_seen(
    host: Any, config: str, *, passwords: bool, superuser: bool
) -> None:
    serve(host)
    host.root.write("etc/ssh/sshd_config", "PasswordAuthentication no\n")
    host.root.write("etc/ssh/sshd_config.d/10-own.conf", config, 0o600)
    host.root.write("etc/ssh/sshd_config.d/20-more.conf", "PasswordAuthentication yes\n")
    server = host.fact("host_ssh_servers").reading
    assert server.accepts_passwords is passwords
    assert server.lets_root_in is superuser
    assert ("Match" in server.seen or "match" in server.seen) is (passwords or superuser)


def test_only_root_or_sudo_sees_the_settings_of_an_ssh_server(host: Any) -> None:
    serve(host)
    host.user = ANA
    fact = host.fact("host_ssh_servers")
    assert fact.unavailable.cause == (
        "sshd is not to be read: only root may ask sshd for its effective settings"
    )
    assert "sshd -T" in fact.unavailable.remedy


@pytest.mark.parametrize(
    ("stub", "cause"),
    [
        ('[ "$1" = -n ] && shift && exec "$@"', ""),
        ("echo 'sudo: a password is required' >&2; exit 1", "sudo: a password is required"),
        ("exit 1", "sshd could not be read: "),
    ],
)
def test_sudo_is_used_where_the_profile_allows_it_and_never_asks(
    host: Any, stub: str, cause: str
) -> None:
    serve(host)
    host.root.stub("sudo", stub)
    host.user, host.sudo = ANA, True
    fact = host.fact("host_ssh_servers")
    if cause:
        assert cause in fact.unavailable.cause
    else:
        assert not fact.reading.lets_root_in


def test_a_host_without_an_ssh_server_or_whose_server_fails_is_unknown(host: Any) -> None:
    host.root.stub("sshd", "echo 'no hostkeys available -- exiting.' >&2; exit 1")
    fact = host.fact("host_ssh_servers")
    assert fact.unavailable.cause == ("sshd could not be read: no hostkeys available -- exiting.")
    host.root.stub("sshd", "exit 0")
    assert "did not say its settings" in host.fact("host_ssh_servers").unavailable.cause
