"""What the product must see and say of the hosts that are booted for its system test."""

from __future__ import annotations

from typing import Any

JUMP, SOUND, FAULTY, STALE = (
    "explorer-jump",
    "explorer-backend-1",
    "explorer-backend-2",
    "explorer-backend-3",
)
HOST_FACTS = (
    "host_accounts",
    "host_deployments",
    "host_exporters",
    "host_images",
    "host_leftovers",
    "host_machines",
    "host_renewals",
    "host_secret_files",
    "host_sockets",
    "host_ssh_servers",
    "host_units",
    "host_update_schedules",
)
COMMIT = "4ca7ac2c97b787aa52cd3c2cb244906a53464fce"
VAULT = "/tmp/vault_pass.txt"
SOUND_FACTS: dict[str, dict[str, Any]] = {
    "host_deployments": {"revision_found": COMMIT, "has_docker": False},
    "host_images": {
        "distribution": "debian",
        "version": "12",
        "pending": [],
        "reboot_asked_for": False,
        "updates_trouble": None,
        "clock": None,
    },
    "host_leftovers": {
        "homes": ["/home/auditor", "/home/deploy", "/root"],
        "found": [],
        "unread": [],
    },
    "host_ssh_servers": {
        "ports": [22],
        "password_authentication": False,
        "permit_root_login": "no",
        "public_keys": True,
    },
    "host_update_schedules": {"is_installed": True, "upgrade_days": 1, "unread": []},
}
FAULTY_FACTS: dict[str, dict[str, Any]] = {
    "host_deployments": {"revision_found": "0" * 40},
    "host_exporters": {"listeners": [], "units": []},
    "host_images": {"pending": ["explorer-tools"], "reboot_asked_for": False},
    "host_leftovers": {"found": ["/home/deploy/.env", "/home/deploy/.git-credentials", VAULT]},
    "host_ssh_servers": {"password_authentication": True, "permit_root_login": "yes"},
    "host_update_schedules": {"is_installed": True, "upgrade_days": 0, "succeeded_at": None},
}
PLANTED = (
    ("code.credentials.kms-private-keys", FAULTY, "fail", "/srv/explorer/www/server.pem"),
    ("code.credentials.no-plaintext", FAULTY, "fail", "DATABASE_PASSWORD"),
    ("code.credentials.no-plaintext", STALE, "fail", "others than its owner may read"),
    ("compute.image.lts-patched", JUMP, "fail", "an update waits for a reboot"),
    ("compute.image.lts-patched", FAULTY, "fail", "security updates wait: explorer-tools"),
    ("compute.image.lts-patched", STALE, "unknown", "index is of"),
    ("compute.image.update-cron", FAULTY, "fail", "neither a timer, cron nor SSM installs updates"),
    ("compute.image.update-cron", STALE, "fail", "its last success is too long ago"),
    ("deployment.automation.ansible", FAULTY, "fail", "another commit than the release"),
    ("deployment.automation.credential-cleanup", FAULTY, "fail", "/home/deploy/.git-credentials"),
    ("deployment.automation.systemd", FAULTY, "fail", "does not come back after a reboot"),
    ("monitoring.dashboard.node-exporter", FAULTY, "fail", "nothing listens on the port"),
    ("network.backend.service-port", FAULTY, "fail", "that nobody declared: [5432]"),
    ("network.backend.ssh-jump-host", FAULTY, "fail", "it accepts passwords"),
)
"""Item, host, outcome and words of each fault; the index of one host is of 40 days ago."""
ROOT_ALONE = {
    "code.credentials.no-plaintext": "not readable for this login: /srv/explorer/config.env",
    "deployment.automation.credential-cleanup": "not readable for this login: /root",
    "network.backend.ssh-jump-host": "only root may ask sshd",
}
