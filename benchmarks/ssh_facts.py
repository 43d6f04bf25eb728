"""What was read of every host, in one form whoever read it, so that it can be compared.

Values that are never the same twice, such as the load, are read by all and not compared.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .measured import Ended

Facts = dict[str, dict[str, Any]]
"""By host and fact."""
NEVER_TWICE = "host_machines"
"""The fact that holds load and free memory."""
SSHD = ("passwordauthentication", "permitrootlogin", "pubkeyauthentication")
UNIT = ("ActiveState", "Restart", "User")
UNIT_KEYS = ("active_state", "restart", "user")
OTHER_UNITS = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "certbot.timer",
    "prometheus-node-exporter.service",
)


def told(ended: Ended, read: Callable[[], Facts], names: tuple[str, ...]) -> str:
    """Return as one text what a run read of all hosts, or how it ended without."""
    try:
        facts = read()
    except (OSError, ValueError, LookupError) as error:
        return f"{type(error).__name__}: {error}; exit status {ended.status}: {ended.last}"
    return json.dumps({name: facts.get(name) for name in names}, sort_keys=True)


def of_rival(answers: Path) -> Facts:
    """Return what testinfra's tests wrote: a file for each host and fact."""
    facts: Facts = defaultdict(dict)
    for path in answers.iterdir():
        host, _, fact = path.name.partition(" ")
        facts[host][fact] = read_json(path)
    return facts


def of_scripts(answers: Path) -> Facts:
    """Return what the product's scripts printed: a file for each host."""
    return {path.name: of_lines(path.read_text(encoding="utf-8")) for path in answers.iterdir()}


def of_lines(text: str) -> dict[str, Any]:
    """Return what one script printed; a section that is not whole raises ``ValueError``."""
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for line in map(json.loads, text.splitlines()):
        if "key" in line:
            seen[f"{line['section']} {line['key']}"].append(line["value"])
        elif line.get("done", line.get("end")) != "ok":
            raise ValueError(f"a section could not be read: {line}")
    return of_records(seen)


def of_records(seen: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the facts that records of a script hold; ``seen`` has values by section and key."""
    release = dict(line.split("=", 1) for line in seen["release os-release"])
    settings = dict(line.split(" ", 1) for line in seen["sshd setting"])
    units = of_properties(seen["units property"])
    mode, owner, size = seen["secrets config-file"][0].split()[:3]
    return {
        "release": " ".join(release[name].strip('"') for name in ("ID", "VERSION_ID")),
        "security updates": sorted(seen["updates security"]),
        "index": max(int(line.split()[0]) for line in seen["updates index"]),
        "reboot": bool(seen["reboot required"]),
        "kernel": seen["reboot running"][0],
        "unattended": [
            any('Unattended-Upgrade "1"' in line for line in seen["schedule setting"]),
            seen["schedule installed"] == ["unattended-upgrade"],
        ],
        "last run": max(int(line.split()[0]) for line in seen["schedule stamp"]),
        "update cron": sorted(seen["schedule cron"]),
        "sshd": {name: settings[name] for name in SSHD},
        "logins": sorted(line.split(":")[0] for line in seen["accounts login"]),
        "administrators": seen["accounts group"][0].split(":")[3].split(","),
        "keys": [word for word in " ".join(seen["accounts key"]).split() if "SHA256" in word],
        "sockets": sorted(line.split()[3] for line in seen["sockets listening"]),
        "exporter": any(":9100 " in line for line in seen["sockets listening"]),
        "unit": {name: units["app.service"][name] for name in UNIT},
        "other units": [name for name in OTHER_UNITS if units[name]["LoadState"] == "loaded"],
        "leftovers": sorted(path for path in seen["leftovers found"] if path.startswith("/")),
        "key files": sorted(seen["secrets key-file"]),
        "configuration": [int(mode, 8), owner, int(size)],
        "secret names": sorted(line.split()[1] for line in seen["secrets variable"]),
        "processors": int(seen["machine cpus"][0].rpartition("-")[2]) + 1,
        "memory": int(seen["machine memory"][0].split()[1]) // 1024,
        "disk": int(seen["machine disk"][0].split()[1]) // 1024**2,
        "images": seen["deployment image"],
        "renewals": [sorted(seen["renewals cron"]), seen["renewals certbot"] == ["present"]],
    }


def of_properties(lines: list[str]) -> dict[str, dict[str, str]]:
    """Return what ``systemctl show`` printed, by the units' names."""
    blocks = "\n".join(lines).split("\n\n")
    units = [dict(line.split("=", 1) for line in block.splitlines()) for block in blocks]
    return {unit["Id"]: unit for unit in units}


def of_product(selection: Path, whole: Path) -> Facts:
    """Return what a run of some items has read of every host; a host unread raises ``ValueError``.

    Such a run keeps no facts, but digests of them. They must be those of the run of all items that
    wrote the ``facts.json`` called ``whole``.
    """
    known = read_json(whole)["observations"]
    for item in read_json(selection)["items"]:
        for fact in item["facts"]:
            name, digest = fact["name"], fact["digest"]
            if not fact["observed"] or (digest != known[name]["digest"] and name != NEVER_TWICE):
                raise ValueError(f"{name} is not what it was before")
    facts: Facts = defaultdict(dict)
    for name in filter(lambda name: name.startswith("host_"), known):
        for host in known[name]["value"]:
            if host["observed"] is None:
                raise ValueError(f"{host['name']}: {name}: {host['unavailable']['cause']}")
            facts[host["name"]][name] = host["observed"]
    return {name: of_observed(observed) for name, observed in facts.items()}


def read_json(path: Path) -> Any:
    """Return what a file of JSON holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def of_observed(seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the product's facts about one host; ``seen`` has what was observed by fact."""
    image, schedule, server = (
        seen[f"host_{name}"] for name in ("images", "update_schedules", "ssh_servers")
    )
    accounts, machine, files = (
        seen[f"host_{name}"] for name in ("accounts", "machines", "secret_files")
    )
    (unit,), (config,) = seen["host_units"]["units"], files["config_files"]
    renewals = seen["host_renewals"]
    others = (*schedule["timers"], *renewals["timers"], *seen["host_exporters"]["units"])
    loaded = {other["name"] for other in others if other["load_state"] == "loaded"}
    return {
        "release": f"{image['distribution']} {image['version']}",
        "security updates": sorted(image["pending"]),
        "index": epoch(image["index_read_at"]),
        "reboot": image["reboot_asked_for"],
        "kernel": image["running_kernel"],
        "unattended": [schedule["upgrade_days"] == 1, schedule["is_installed"]],
        "last run": epoch(schedule["succeeded_at"]),
        "update cron": schedule["cron_files"],
        "sshd": {
            "passwordauthentication": yes(server["password_authentication"]),
            "permitrootlogin": server["permit_root_login"],
            "pubkeyauthentication": yes(server["public_keys"]),
        },
        "logins": sorted(login["name"] for login in accounts["logins"]),
        "administrators": accounts["administrators"],
        "keys": [key for login in accounts["logins"] for key in login["fingerprints"]],
        "sockets": sorted(map(of_listener, seen["host_sockets"]["listeners"])),
        "exporter": bool(seen["host_exporters"]["listeners"]),
        "unit": {name: unit[key] for name, key in zip(UNIT, UNIT_KEYS, strict=True)},
        "other units": [name for name in OTHER_UNITS if name in loaded],
        "leftovers": seen["host_leftovers"]["found"],
        "key files": files["directories"][0]["key_files"],
        "configuration": [config["mode"], config["owner"], config["size"]],
        "secret names": sorted(variable["name"] for variable in config["variables"]),
        "processors": machine["cpus"],
        "memory": machine["memory_mib"],
        "disk": machine["disk_gib"],
        "images": [
            " ".join((image["image_id"], *image["digests"]))
            for image in seen["host_deployments"]["images"]
        ],
        "renewals": [renewals["cron_files"], renewals["has_certbot"]],
    }


def of_listener(listener: Mapping[str, Any]) -> str:
    """Return a socket as ``ss`` prints it."""
    address, port = listener["address"], listener["port"]
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def epoch(instant: str) -> int:
    """Return the seconds since 1970."""
    return int(datetime.fromisoformat(instant).timestamp())


def yes(setting: bool) -> str:  # noqa: FBT001 one value becomes another
    """Return a setting as sshd prints it."""
    return "yes" if setting else "no"
