"""Certificates on a host, and what renews them."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from typing import Any

import pytest

from pytest_orr.errors import FactUnavailable

ANA = "1000:1000"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def certificate(host: Any, name: str, tmp_path: Any, days: int = 60) -> None:
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    path = tmp_path / "cert.pem"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    names = ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},DNS:*.{name}")
    files = ("-keyout", tmp_path / "key.pem", "-out", path)
    command = ["openssl", "req", "-x509", *curve, *files, "-days", str(days), *names]
    subprocess.run(command, check=True, capture_output=True)
    host.root.write(f"etc/letsencrypt/archive/{name}/cert1.pem", path.read_bytes())
    live = host.root.path / "etc/letsencrypt/live" / name
    live.mkdir(parents=True)
    (live / "cert.pem").symlink_to(f"../../archive/{name}/cert1.pem")
    host.root.write(f"etc/letsencrypt/renewal/{name}.conf", "secret = hunter2\n")


def test_certificates_are_read_with_names_and_dates(host: Any, tmp_path: Any) -> None:
    certificate(host, "example.org", tmp_path)
    host.root.write("etc/cron.d/certbot", "0 3 * * * root certbot renew\n")
    renewals = host.fact("host_renewals").reading
    [found] = renewals.certificates
    assert found.names == ("*.example.org", "example.org")
    assert found.is_renewed
    assert dt.timedelta(days=59) < found.not_after - now() < dt.timedelta(days=60)
    assert renewals.certificate_for("api.example.org") is found
    assert renewals.certificate_for("example.org") is found
    assert renewals.certificate_for("a.api.example.org") is None
    assert renewals.is_scheduled
    assert b"hunter2" not in host.printed("renewals")


def test_a_cron_entry_that_stands_back_for_systemd_renews_nothing_there(host: Any) -> None:
    line = (
        "0 3 * * * root test -x /usr/bin/certbot -a \\! -d /run/systemd/system && certbot renew\n"
    )
    host.root.write("etc/cron.d/certbot", line)
    assert host.fact("host_renewals").reading.cron_files == ("/etc/cron.d/certbot",)
    (host.root.path / "run/systemd/system").mkdir(parents=True)
    host.root.stub("systemctl", "exit 0")
    assert host.fact("host_renewals").reading.cron_files == ()
    assert not host.fact("host_renewals").reading.is_scheduled


def test_certificates_that_may_not_be_read_are_unknown(host: Any, tmp_path: Any) -> None:
    certificate(host, "example.org", tmp_path)
    (host.root.path / "etc/letsencrypt/live").chmod(0o700)
    host.user = ANA
    renewals = host.fact("host_renewals").reading
    with pytest.raises(FactUnavailable, match="/etc/letsencrypt/live"):
        renewals.certificate_for("example.org")


def test_what_is_no_certificate_is_unknown(host: Any, tmp_path: Any) -> None:
    certificate(host, "example.org", tmp_path)
    host.root.write("etc/letsencrypt/archive/example.org/cert1.pem", "nonsense")
    renewals = host.fact("host_renewals").reading
    with pytest.raises(FactUnavailable, match=r"/etc/letsencrypt/live/example\.org/cert\.pem"):
        renewals.certificate_for("example.org")


def test_a_host_without_certbot_has_no_certificates(host: Any) -> None:
    renewals = host.fact("host_renewals").reading
    assert not renewals.has_certbot
    assert renewals.certificate_for("example.org") is None
    assert renewals.seen == "renewed by nothing; no certificate"
