"""A host's release, its pending updates and the age of the index that they follow from."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from typing import Any

import pytest

from pytest_orr.errors import FactUnavailable

ANA = "1000:1000"
DAY = dt.timedelta(days=1)

SOURCES = """\
deb [trusted=yes] http://deb.example/debian stable main
deb [trusted=yes] http://sec.example/debian-security stable-security main
"""

UPGRADES = {
    "installed": {"openssl": "3.0-1", "tzdata": "1", "nano": "7"},
    "stable": {"openssl": "3.0-1", "tzdata": "2", "nano": "7.2"},
    "stable-security": {"openssl": "3.0-1+deb12u1"},
}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def aged(path: Any, days: float) -> None:
    then = (now() - days * DAY).timestamp()
    os.utime(path, (then, then))


def test_a_release_is_named_with_its_end_of_support(host: Any) -> None:
    image = host.fact("host_images").reading
    assert (image.distribution, image.version) == ("debian", "12")
    assert image.pretty_name == "Debian GNU/Linux 12 (bookworm)"
    assert image.end_of_support == dt.datetime(2028, 6, 30, 23, 59, 59, tzinfo=dt.UTC)
    assert image.is_lts


def test_a_host_without_a_release_is_unknown(host: Any) -> None:
    (host.root.path / "etc/os-release").unlink()
    fact = host.fact("host_images")
    # The second place where a release may stand is this machine's own.
    if fact.unavailable is None:
        assert fact.reading.distribution
    else:
        assert "os-release" in fact.unavailable.cause


def archive(host: Any, versions: dict[str, dict[str, str]]) -> None:
    """Lists of a main and a security archive, as apt keeps them, and what is installed."""
    arch = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    host.root.write("etc/apt/sources.list", SOURCES)
    host.root.write("var/lib/dpkg/status", entries(versions["installed"], arch, status=True))
    for place, suite in (
        ("deb.example_debian", "stable"),
        ("sec.example_debian-security", "stable-security"),
    ):
        name = f"var/lib/apt/lists/{place}_dists_{suite}"
        host.root.write(f"{name}_InRelease", f"Origin: Debian\nSuite: {suite}\nComponents: main\n")
        packages = entries(versions.get(suite, {}), arch)
        host.root.write(f"{name}_main_binary-{arch}_Packages", packages)
    (host.root.path / "var/cache/apt/archives/partial").mkdir(parents=True)


def entries(versions: dict[str, str], arch: str, *, status: bool = False) -> str:
    state = "Status: install ok installed\n" if status else ""
    return "".join(
        f"Package: {name}\n{state}Maintainer: A <a@example.org>\nArchitecture: {arch}\n"
        f"Version: {version}\nFilename: pool/{name}.deb\nSize: 1\nDescription: it\n\n"
        for name, version in versions.items()
    )


@pytest.mark.usefixtures("apt")
def test_pending_security_updates_are_named_and_no_others(host: Any) -> None:
    archive(host, UPGRADES)
    image = host.fact("host_images").reading
    assert image.updates_trouble is None
    assert image.security_updates(now(), 7) == ("openssl",)


@pytest.mark.usefixtures("apt")
@pytest.mark.parametrize("user", ["0:0", ANA])
def test_without_a_pending_update_there_is_none(host: Any, user: str) -> None:
    archive(host, {"installed": {"openssl": "3.0-1"}, "stable": {"openssl": "3.0-1"}})
    host.user = user
    before = host.root.fingerprint()
    image = host.fact("host_images").reading
    assert image.security_updates(now(), 7) == ()
    assert now() - image.index_read_at < DAY
    assert host.root.fingerprint() == before


@pytest.mark.usefixtures("apt")
def test_a_later_version_from_elsewhere_does_not_hide_a_security_update(host: Any) -> None:
    versions = {**UPGRADES, "stable": {"openssl": "3.1-1"}}
    archive(host, versions)
    assert host.fact("host_images").reading.security_updates(now(), 7) == ("openssl",)


@pytest.mark.usefixtures("apt")
def test_a_package_on_hold_is_pending_too(host: Any) -> None:
    archive(host, UPGRADES)
    status = host.root.path / "var/lib/dpkg/status"
    text = status.read_text().replace("install ok installed", "hold ok installed", 1)
    status.write_text(text)
    assert host.fact("host_images").reading.security_updates(now(), 7) == ("openssl",)


@pytest.mark.usefixtures("apt")
def test_a_stale_index_proves_nothing_and_still_shows_what_is_pending(host: Any) -> None:
    archive(host, {"installed": {"openssl": "3.0-1"}, "stable": {"openssl": "3.0-1"}})
    for path in (host.root.path / "var/lib/apt/lists").iterdir():
        aged(path, 8)
    with pytest.raises(FactUnavailable, match="its newest security index is of"):
        host.fact("host_images").reading.security_updates(now(), 7)
    assert host.fact("host_images").reading.security_updates(now(), 9) == ()


@pytest.mark.usefixtures("apt")
def test_without_an_index_of_a_security_archive_nothing_is_proved(host: Any) -> None:
    archive(host, {"installed": {"openssl": "3.0-1"}, "stable": {"openssl": "3.0-1"}})
    for path in (host.root.path / "var/lib/apt/lists").glob("sec*"):
        path.unlink()
    with pytest.raises(FactUnavailable, match="no package index of a security archive"):
        host.fact("host_images").reading.security_updates(now(), 7)


@pytest.mark.usefixtures("apt")
def test_without_any_index_nothing_is_proved(host: Any) -> None:
    host.root.write("var/lib/dpkg/status", "")
    with pytest.raises(FactUnavailable, match="no package index of a security archive"):
        host.fact("host_images").reading.security_updates(now(), 7)


@pytest.mark.usefixtures("apt")
def test_an_apt_that_fails_is_unknown_and_the_release_stands(host: Any) -> None:
    host.root.write("etc/apt/sources.list", "nonsense\n")
    image = host.fact("host_images").reading
    assert image.version == "12"
    with pytest.raises(FactUnavailable, match="updates could not be read: E: "):
        image.security_updates(now(), 7)


def test_another_family_keeps_packages_in_a_way_that_is_not_known(host: Any) -> None:
    host.root.write("etc/os-release", 'ID="fedora"\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43"\n')
    image = host.fact("host_images").reading
    with pytest.raises(FactUnavailable, match="does not know how fedora keeps packages"):
        image.security_updates(now(), 7)
    with pytest.raises(FactUnavailable, match="no end of support is known of fedora 43"):
        _ = image.end_of_support
    with pytest.raises(FactUnavailable, match="no end of support is known of fedora 43"):
        _ = image.is_lts
    schedule = host.fact("host_update_schedules")
    assert "does not know how fedora keeps packages" in schedule.unavailable.cause
    assert host.fact("host_machines").reading.cpus > 0


def test_a_reboot_that_a_package_asked_for_is_seen(host: Any) -> None:
    assert not host.fact("host_images").reading.reboot_required
    host.root.write("var/run/reboot-required", "*** System restart required ***\n")
    assert host.fact("host_images").reading.reboot_required


def test_a_newer_kernel_of_the_same_kind_waits_for_a_reboot(host: Any) -> None:
    running = os.uname().release
    host.root.write(f"boot/vmlinuz-{running}")
    assert not host.fact("host_images").reading.reboot_required
    flavour = re.search(r"-[a-z].*$", running)
    if not flavour:
        pytest.skip(f"the kernel that runs here, {running}, has no flavour in its name")
    host.root.write("boot/vmlinuz-9999.1.0-another")
    assert not host.fact("host_images").reading.reboot_required
    host.root.write(f"boot/vmlinuz-999.1.0{flavour[0]}")
    assert host.fact("host_images").reading.reboot_required
