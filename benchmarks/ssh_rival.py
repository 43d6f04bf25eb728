"""The same facts as pytest-testinfra reads them: one test a fact, as its users write them.

Copied into a folder of its own and run there by an environment of its own; ``ANSWERS`` names the
folder into which each test writes what it read. Where one command reads a fact, one command is
used: every command is a round trip and more.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

ANSWERS = Path(os.environ["ANSWERS"])
LEFTOVERS = (
    r"find /root /home/* /tmp /var/tmp -maxdepth 3 \( -name .netrc -o -name .git-credentials"
    r" -o -name .env -o -name '*.pem' -o -name '.vault_pass*' -o -path '*/.ssh/id_*'"
    r" -o -path '*/.aws/credentials' -o -path '*/.docker/config.json' -o -path '/tmp/ansible*'"
    r" -o -path '*/gcloud/*credentials*' -o -path '*/.ansible/tmp/*' \)"
)
KEY_FILES = r"find /srv/app -xdev -type f \( -iname '*.pem' -o -iname '*.key' -o -name 'id_rsa*' \)"
UNIT = "systemctl show -p Id,ActiveState,SubState,Restart,NRestarts,User -- app.service"
OTHER_UNITS = (
    "systemctl show -p Id,LoadState,ActiveState -- apt-daily.timer apt-daily-upgrade.timer"
    " certbot.timer prometheus-node-exporter.service"
)
LISTED = r"find /var/lib/apt/lists -maxdepth 1 -type f -name '*Release' -exec stat -c %Y {} +"
CRON = "grep -rslE '^[^#]*(unattended-upgrade|apt-get.*upgrade)' /etc/crontab /etc/cron.d"
DIGESTS = "docker image inspect --format '{{.Id}} {{join .RepoDigests \" \"}}' %s"
RENEWALS = "grep -rslE '^[^#]*certbot' /etc/crontab /etc/cron.d"


def keep(host: Any, fact: str, value: object) -> None:
    """Write down what was read of a host."""
    name = host.backend.hostname
    (ANSWERS / f"{name} {fact}").write_text(json.dumps(value), encoding="utf-8")


def lines(host: Any, command: str) -> list[str]:
    """Return the lines that a command prints, sorted; it may find nothing."""
    return sorted(host.run(command).stdout.splitlines())


def test_release(host: Any) -> None:
    """Distribution and release."""
    info = host.system_info
    keep(host, "release", f"{info.distribution} {info.release}")


def test_security_updates(host: Any) -> None:
    """Pending security updates, by a simulated upgrade."""
    simulated = host.check_output("apt-get -s -o Debug::NoLocking=1 dist-upgrade")
    found = re.findall(r"^Inst (\S+) .*-security", simulated, re.MULTILINE)
    keep(host, "security updates", sorted(found))


def test_package_index(host: Any) -> None:
    """When the package index was fetched."""
    keep(host, "index", max(int(line) for line in lines(host, LISTED)))


def test_reboot(host: Any) -> None:
    """Whether a reboot is due."""
    keep(host, "reboot", host.file("/var/run/reboot-required").exists)


def test_kernel(host: Any) -> None:
    """The kernel that runs."""
    keep(host, "kernel", host.check_output("uname -r"))


def test_installed_kernels(host: Any) -> None:
    """The kernels that are installed, of which a container has none."""
    assert host.run("ls /boot/vmlinuz-*").rc in {0, 2}


def test_unattended_upgrades(host: Any) -> None:
    """Whether apt installs updates by itself."""
    settings = host.check_output("apt-config dump")
    is_on = 'Unattended-Upgrade "1"' in settings
    keep(host, "unattended", [is_on, host.exists("unattended-upgrade")])


def test_last_update_run(host: Any) -> None:
    """When it last succeeded."""
    stamp = host.check_output("stat -c %Y /var/lib/apt/periodic/upgrade-stamp")
    keep(host, "last run", int(stamp))


def test_update_cron(host: Any) -> None:
    """Files of cron that install updates."""
    keep(host, "update cron", lines(host, CRON))


def test_sshd_settings(host: Any) -> None:
    """The effective settings of the SSH server."""
    said = dict(line.split(" ", 1) for line in host.check_output("/usr/sbin/sshd -T").splitlines())
    wanted = ("passwordauthentication", "permitrootlogin", "pubkeyauthentication")
    keep(host, "sshd", {name: said[name] for name in wanted})


def test_sshd_exceptions(host: Any) -> None:
    """Blocks of the SSH server's configuration that set something else for some."""
    assert not lines(host, "grep -rihE '^ *match ' /etc/ssh/sshd_config /etc/ssh/sshd_config.d")


def test_logins(host: Any) -> None:
    """Users who can log in."""
    users = [line.split(":") for line in host.check_output("getent passwd").splitlines()]
    keep(host, "logins", sorted(user[0] for user in users if not user[6].endswith("nologin")))


def test_administrators(host: Any) -> None:
    """Members of the groups whose members may become root."""
    groups = [host.group(name) for name in ("sudo", "wheel", "admin")]
    members = {member for group in groups if group.exists for member in group.members}
    keep(host, "administrators", sorted(members))


def test_authorized_keys(host: Any) -> None:
    """Fingerprints of the keys that may log in."""
    files = [host.file(f"{home}/.ssh/authorized_keys") for home in ("/root", "/home/deploy")]
    said = [lines(host, f"ssh-keygen -l -f {file.path}") for file in files if file.exists]
    keep(host, "keys", [line.split()[1] for keys in said for line in keys])


def test_listening_sockets(host: Any) -> None:
    """TCP sockets that listen."""
    keep(host, "sockets", sorted(line.split()[3] for line in lines(host, "ss -H -ltn")))


def test_exporter(host: Any) -> None:
    """Whether something listens where node_exporter does."""
    keep(host, "exporter", host.socket("tcp://0.0.0.0:9100").is_listening)


def test_unit(host: Any) -> None:
    """The service's unit."""
    said = dict(line.split("=", 1) for line in host.check_output(UNIT).splitlines() if line)
    keep(host, "unit", {name: said[name] for name in ("ActiveState", "Restart", "User")})


def test_other_units(host: Any) -> None:
    """Whether the units are there that patch, renew and measure."""
    said = host.check_output(OTHER_UNITS)
    keep(host, "other units", re.findall("^Id=(.*)\nLoadState=loaded", said, re.MULTILINE))


def test_leftovers(host: Any) -> None:
    """What a deployment left behind."""
    keep(host, "leftovers", lines(host, LEFTOVERS))


def test_key_files(host: Any) -> None:
    """Key files in the service's directory."""
    keep(host, "key files", lines(host, KEY_FILES))


def test_configuration(host: Any) -> None:
    """Names in the service's configuration whose values are secret-like."""
    text = host.file("/srv/app/app.env").content_string
    names = re.findall(r"^(\w*(?:PASSWORD|SECRET|TOKEN)\w*)=", text, re.MULTILINE)
    keep(host, "secret names", sorted(names))


def test_configuration_file(host: Any) -> None:
    """Who may read it, and how large it is."""
    file = host.file("/srv/app/app.env")
    keep(host, "configuration", [file.mode, file.user, file.size])


def test_processors(host: Any) -> None:
    """How many processors there are."""
    keep(host, "processors", int(host.check_output("nproc")))


def test_memory(host: Any) -> None:
    """Memory in MiB, and how much of it is free."""
    said = host.file("/proc/meminfo").content_string
    assert int(said.split("MemAvailable:")[1].split()[0])
    keep(host, "memory", int(said.split("MemTotal:")[1].split()[0]) // 1024)


def test_load(host: Any) -> None:
    """How busy it is, which is never the same twice."""
    assert host.file("/proc/loadavg").content_string


def test_disk(host: Any) -> None:
    """Size of the root file system in GiB, and how much of it is in use."""
    size, used = host.check_output("df -P -k /").splitlines()[1].split()[1:3]
    assert int(used)
    keep(host, "disk", int(size) // 1024**2)


def test_images(host: Any) -> None:
    """Images of the containers that run, with their digests."""
    container = host.check_output("docker ps -q --no-trunc")
    image = host.check_output("docker inspect --format '{{.Image}}' %s", container)
    keep(host, "images", host.check_output(DIGESTS, image).splitlines())


def test_renewals(host: Any) -> None:
    """Files of cron that renew certificates, and whether certbot is there."""
    keep(host, "renewals", [lines(host, RENEWALS), host.file("/etc/letsencrypt").exists])
