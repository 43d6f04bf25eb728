"""Builds the Debian 12 root that all hosts share, once for each version of its recipe.

A host is an overlay on it. Its packages come from Debian. The package sources that hosts then have
are two small mirrors inside the root, so that a host without a way to the world has a real index,
real updates and a real unattended-upgrade: ``debian`` carries Debian's own entries of what is
installed, ``debian-security`` one newer version of a package made here, ``explorer-tools``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = "ORR_HOSTS_CACHE"
"""Environment variable that names another folder for the root than the usual one."""
PACKAGES = (
    "certbot",
    "cron",
    "dbus",
    "iproute2",
    "openssh-server",
    "prometheus-node-exporter",
    "python3",
    "sudo",
    "systemd",
    "systemd-sysv",
    "unattended-upgrades",
)
USERS = {"auditor": 2001, "explorer": 2002, "deploy": 2003}
"""Those of every host: who looks, who serves, who deploys."""
HOME_OF_THE_SERVICE = "/srv/explorer"
MIRROR = "/srv/mirror"
SOURCES = f"""\
deb [trusted=yes] copy:{MIRROR}/debian bookworm main
deb [trusted=yes] copy:{MIRROR}/debian-security bookworm-security main
"""
RELEASE = """\
Origin: Debian
Label: {label}
Suite: {suite}
Codename: {codename}
Version: 12
Date: Thu, 01 Jan 2026 00:00:00 UTC
Architectures: {architecture}
Components: main
SHA256:
 {digest} {size} main/binary-{architecture}/Packages
"""
CONTROL = """\
Package: explorer-tools
Version: {version}
Architecture: all
Maintainer: Explorer <ops@example.org>
Description: made for the hosts of tests, to have an update
"""
CERTBOT_TIMER_OFF = "etc/systemd/system/timers.target.wants/certbot.timer"


def shared_root() -> Path:
    """Return the root, building it first if there is none of this recipe; others wait."""
    cache = Path(os.environ.get(CACHE) or "/var/tmp/pytest-orr-hosts")
    cache.mkdir(mode=0o755, parents=True, exist_ok=True)
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    root = cache / recipe
    with _held(cache / "building.lock"):
        if not root.exists():
            for stale in cache.glob("*.building"):
                shutil.rmtree(stale)
            unfinished = cache / f"{recipe}.building"
            _build(unfinished)
            unfinished.rename(root)
    return root


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(root: Path) -> None:
    with (root.parent / "building.log").open("w") as log:
        done = subprocess.run(
            [
                "mmdebstrap",
                "--mode=root",
                "--variant=minbase",
                "--format=directory",
                "--skip=cleanup/apt/lists",
                "--dpkgopt=force-unsafe-io",
                '--aptopt=Acquire::Languages "none"',
                f"--include={','.join(PACKAGES)}",
                "bookworm",
                str(root),
            ],
            stdout=log,
            stderr=log,
            check=False,
        )
    if done.returncode != 0:
        said = (root.parent / "building.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"mmdebstrap could not build the hosts' root:\n{said[-2000:]}")
    _add_users(root)
    _bring_own_sources(root)
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()  # made when the package was installed, so every host would have the same
    (root / CERTBOT_TIMER_OFF).unlink()  # only a host that renews has it


def _add_users(root: Path) -> None:
    for name, number in USERS.items():
        home = HOME_OF_THE_SERVICE if name == "explorer" else f"/home/{name}"
        shell = "/usr/sbin/nologin" if name == "explorer" else "/bin/sh"
        words = f"useradd --create-home --uid {number} --home-dir {home} --shell {shell} {name}"
        _inside(root, *words.split())


def _inside(root: Path, *command: str) -> str:
    done = subprocess.run(
        ["chroot", str(root), *command], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} in the hosts' root: {done.stderr.strip()}")
    return done.stdout


def _bring_own_sources(root: Path) -> None:
    installed = set(_inside(root, "dpkg-query", "-W", "-f", "${Package} ${Version}\n").splitlines())
    lists = sorted((root / "var/lib/apt/lists").glob("*_Packages"))
    entries = [entry for path in lists for entry in _entries(path) if _key(entry) in installed]
    architecture = _inside(root, "dpkg", "--print-architecture").strip()
    own = _own_package(root)
    for label, codename, packages in (
        ("Debian", "bookworm", entries),
        ("Debian-Security", "bookworm-security", [own]),
    ):
        _publish(root, label, codename, architecture, packages)
    shutil.rmtree(root / "var/lib/apt/lists")
    (root / "var/lib/apt/lists/partial").mkdir(parents=True)
    (root / "etc/apt/sources.list").write_text(SOURCES)


def _entries(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").strip().split("\n\n")


def _key(entry: str) -> str:
    fields = dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line)
    return f"{fields['Package']} {fields['Version']}"


def _own_package(root: Path) -> str:
    """Install 1.0, put 1.1 on the mirror and return its entry for the index."""
    pool = root / f"{MIRROR[1:]}/debian-security/pool"
    pool.mkdir(parents=True)
    for version in ("1.0", "1.1"):
        tree = root / "tmp/explorer-tools"
        (tree / "DEBIAN").mkdir(parents=True)
        control = CONTROL.format(version=version)
        (tree / "DEBIAN/control").write_text(control)
        name = f"explorer-tools_{version}_all.deb"
        built = ["dpkg-deb", "--root-owner-group", "--build", str(tree), str(pool / name)]
        subprocess.run(built, check=True, capture_output=True)
        shutil.rmtree(tree)
    old, new = pool / "explorer-tools_1.0_all.deb", pool / "explorer-tools_1.1_all.deb"
    _inside(root, "dpkg", "--install", f"/{old.relative_to(root)}")
    old.unlink()
    content = new.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    where = f"Filename: pool/{new.name}\nSize: {len(content)}\nSHA256: {digest}\n"
    return CONTROL.format(version="1.1") + where


def _publish(root: Path, label: str, codename: str, architecture: str, packages: list[str]) -> None:
    dists = root / MIRROR[1:] / label.lower() / "dists" / codename
    (dists / f"main/binary-{architecture}").mkdir(parents=True)
    index = ("\n\n".join(entry.strip() for entry in packages) + "\n").encode()
    (dists / f"main/binary-{architecture}/Packages").write_bytes(index)
    release = RELEASE.format(
        label=label,
        suite=codename.replace("bookworm", "oldstable"),
        codename=codename,
        architecture=architecture,
        digest=hashlib.sha256(index).hexdigest(),
        size=len(index),
    )
    (dists / "Release").write_text(release)
