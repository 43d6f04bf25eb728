"""What deployments leave behind is found in every home, whatever its name."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.hosts import HostLimits

ANA = "1000:1000"


def test_leftovers_are_named_in_every_home_and_beside_them(host: Any) -> None:
    for name in (
        "root/.netrc",
        "home/ana/.aws/credentials",
        "home/ana/.ssh/id_ed25519",
        "home/ana/.config/gcloud/my-credentials.db",
        "tmp/key.pem",
        "var/tmp/my.vault-password",
        "tmp/ansible-tmp-1/x",
    ):
        host.root.write(name, "hunter2", 0o600)
    for name in ("home/ana/.aws/config", "home/ana/.ssh/authorized_keys", "home/ana/.aws/a.pem"):
        host.root.write(name)
    found = host.fact("host_leftovers").reading
    homes = ("/home/ana", "/root")
    assert found.paths == (
        "/home/ana/.aws/credentials",
        "/home/ana/.config/gcloud/my-credentials.db",
        "/home/ana/.ssh/id_ed25519",
        f"{homes[1]}/.netrc",
        "/tmp/ansible-tmp-1",
        "/tmp/key.pem",
        "/var/tmp/my.vault-password",
    )
    assert found.homes == homes
    assert b"hunter2" not in host.printed("leftovers")


def test_where_everything_could_be_read_nothing_found_is_nothing_left(host: Any) -> None:
    assert host.fact("host_leftovers").reading.paths == ()


def test_a_home_that_may_not_be_read_leaves_leftovers_unknown(host: Any) -> None:
    host.user = ANA
    found = host.fact("host_leftovers").reading
    with pytest.raises(FactUnavailable, match="/root") as caught:
        _ = found.paths
    assert "find as root with NOPASSWD" in caught.value.remedy
    host.root.write("tmp/.env")
    assert host.fact("host_leftovers").reading.paths == ("/tmp/.env",)


def test_a_pattern_with_a_wildcard_in_its_directories_is_found(host: Any) -> None:
    host.limits = HostLimits(leftovers=("/srv/*/keys/*.pem", "~/deploy?/secret"))
    host.root.write("srv/a/keys/x.pem")
    host.root.write("srv/a/other/x.pem")
    host.root.write("home/ana/deploy1/secret")
    found = host.fact("host_leftovers").reading.paths
    assert found == ("/home/ana/deploy1/secret", "/srv/a/keys/x.pem")


def test_a_home_that_is_a_link_is_looked_into(host: Any) -> None:
    host.root.write("srv/homes/ana/.netrc")
    shutil.rmtree(host.root.path / "home/ana")
    (host.root.path / "home/ana").symlink_to("/srv/homes/ana")
    assert host.fact("host_leftovers").reading.paths == ("/home/ana/.netrc",)


def test_names_of_any_bytes_are_found_and_one_with_a_newline_leaves_unknown(host: Any) -> None:
    tmp = host.root.path / "tmp"
    for name in (b"a\x1b[31m\xff.pem", b"'$(touch x)`.pem", b'q"\\ \t.pem'):
        (tmp / os.fsdecode(name)).touch()
    assert host.fact("host_leftovers").reading.paths == (
        "/tmp/'$(touch x)`.pem",
        "/tmp/a\\x1b[31m\\xff.pem",
        '/tmp/q"\\ \\t.pem',
    )
    for path in tmp.iterdir():
        path.unlink()
    (tmp / "a\nb.pem").touch()
    with pytest.raises(FactUnavailable, match="a path with a newline in it"):
        _ = host.fact("host_leftovers").reading.paths


def test_nobody_who_can_log_in_leaves_leftovers_and_accounts_unknown(host: Any) -> None:
    host.root.write("etc/passwd", "daemon:x:1:1::/:/usr/sbin/nologin\n")
    assert "nobody can log in" in host.fact("host_leftovers").unavailable.cause
    assert "nobody can log in" in host.fact("host_accounts").unavailable.cause
