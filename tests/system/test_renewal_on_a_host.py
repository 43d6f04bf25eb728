"""certbot on a real host with a certificate of a real authority: what renews it, and what not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDED = ("openssl", "pebble", "pebble-challtestsrv")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(
        bool(MISSING), reason=f"{', '.join(MISSING)} not found: apt-get install openssl pebble"
    ),
]
JUMP, HOST, NAME = "explorer-jump", "explorer-backend-1", "explorer.example"
RENEWED = f"""assert host.reading.is_scheduled
                assert host.reading.certificate_for("{NAME}").is_renewed"""


@pytest.fixture(scope="module")
def world(boot_hosts: Any) -> Iterator[Any]:
    """A jump host, and a backend with a certificate that its timer renews."""
    with boot_hosts({JUMP: (), HOST: ()}) as booted:
        host = booted.hosts[HOST]
        with boot_hosts.authority(booted, host):
            boot_hosts.issue(host)
        boot_hosts.renew_by_timer(host)
        yield booted


@pytest.fixture
def said(world: Any, boot_hosts: Any, lay_down: Any, request: pytest.FixtureRequest) -> Any:
    """Judge the host's renewal, and return outcome and detail of what was said about it."""

    def judge(**declared: Any) -> tuple[str, str]:
        own = boot_hosts.own_item("renewed", RENEWED, "host_renewals")
        folder = request.node.name
        run = boot_hosts.judge(
            world, lay_down, folder, own=own, only="test_explorer.py", **declared
        )
        ((outcome, detail),) = run.said("explorer.hosts.renewed", HOST)
        return outcome, detail

    return judge


def test_a_certificate_with_a_timer_that_runs_is_renewed(said: Any) -> None:
    outcome, detail = said()
    assert outcome == "pass"
    assert "renewed by certbot.timer: active, waiting, enabled" in detail
    assert f"{NAME} until " in detail


def test_the_packages_own_cron_file_renews_nothing_where_systemd_runs(
    world: Any, said: Any
) -> None:
    host = world.hosts[HOST]
    assert "certbot" in host.run("cat", "/etc/cron.d/certbot")
    host.run("systemctl", "disable", "--now", "certbot.timer")
    try:
        outcome, detail = said()
    finally:
        host.run("systemctl", "enable", "--now", "certbot.timer")
    assert outcome == "fail", detail
    assert "is_scheduled" in detail


def test_a_timer_without_a_renewal_configuration_renews_nothing(world: Any, said: Any) -> None:
    host = world.hosts[HOST]
    conf = f"/etc/letsencrypt/renewal/{NAME}.conf"
    host.run("mv", conf, f"{conf}.off")
    try:
        outcome, detail = said()
    finally:
        host.run("mv", f"{conf}.off", conf)
    assert (outcome, "is_renewed" in detail) == ("fail", True)


def test_a_login_that_may_not_look_knows_of_no_certificate(said: Any) -> None:
    outcome, detail = said(sudo=False)
    assert outcome == "unknown"
    assert "/etc/letsencrypt/live" in detail
