"""Every key that an organisation may set for its services, with the direction of its strength.

The one table by which ``overlay_values`` tells a weakening, ``layers`` merges two files and
``organisation`` knows the keys of the organisation's file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .strength import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .toml_lines import KeyPath

H, L, M, F = Direction.HIGHER, Direction.LOWER, Direction.MORE, Direction.FEWER
FREE = Direction.FREE

PAGES = tuple(
    f"documents.{name}"
    for name in ("runbook", "faq", "refund_process", "refund_criteria", "published_terms")
)
SECTIONS: Mapping[str, Mapping[str, Direction]] = {
    "network": {
        "public_ports": F,
        "tls_policies": F,
        "minimum_zones": H,
        "widest_port_range": L,
        "widest_ipv4_prefix": H,
        "widest_ipv6_prefix": H,
        "resolver": FREE,
        "trusted": F,
        "ssh_sources": F,
    },
    "certificates": {"minimum_days_left": H, "oldest_run_days": L},
    "credential_limits": {
        "oldest_access_key_days": L,
        "unused_access_key_days": L,
        "key_used_within_days": L,
    },
    "emergency": {"longest_ttl": L},
    "host_limits": {
        "minimum_support_days": H,
        "oldest_index_days": L,
        "oldest_output_days": L,
        "oldest_update_run_days": L,
        "most_restarts": L,
        "oldest_restart_days": L,
        "fullest_disk": L,
        "least_memory_free": H,
        "node_exporter_port": FREE,
        "leftovers": M,
        "shared_users": F,
        "shared_keys": F,
    },
    "compute": {
        "watched": M,
        "agent_namespace": FREE,
        "oldest_sample_minutes": L,
        "highest_cpu": L,
        "highest_memory": L,
        "highest_disk": L,
        "oldest_image_days": L,
        "oldest_scan_days": L,
    },
    "database_limits": {
        "retention_days": H,
        "restorable_minutes": L,
        "newest_hours": L,
        "elsewhere_days": L,
        "restore_days": L,
    },
    "scaling": {
        "p95_ms": L,
        "error_budget": L,
        "oldest_forecast_days": L,
        "oldest_test_days": L,
        "tested_factor": H,
        "quota_margin": H,
        "quota_factor": H,
        "alarm_share": L,
        "oldest_sample_minutes": L,
    },
    "repository": {
        "vault_passwords": M,
        "audited_lines": L,
        "reviewed_percent": L,
        "safe_marks": F,
        "newest_update_days": L,
    },
    "delivery": {
        "required_checks": M,
        "release_suites": M,
        "most_skipped": L,
        "approvers": H,
        "signing_roles": M,
        "plan_days": L,
        "rollback_people": H,
        "drill_days": L,
    },
    "delivery.testnet": {"oldest_success_hours": L},
    "delivery.canary": {"hours": H, "worst_ratio": L},
    "delivery.travis": {"oldest_build_days": L},
    "scan_limits": {
        "oldest_days": L,
        "oldest_watch_days": L,
        "forge_alerts": Direction.ON,
        "run_scanners": Direction.ON,
        "longest_scan_minutes": FREE,
    },
    "gitguardian": {"url": FREE, "ca": FREE, "token": FREE},
    "osv": {"url": FREE, "ca": FREE, "asked": Direction.ON},
    "images": {"minimum_owners": H},
    "provider": {"fingerprint_key": FREE, "most_of_the_plan": L},
    "prometheus": {
        "url": FREE,
        "user": FREE,
        "password": FREE,
        "token": FREE,
        "ca": FREE,
        "node_jobs": FREE,
        "probe_jobs": FREE,
    },
    "alertmanager": {
        "url": FREE,
        "user": FREE,
        "password": FREE,
        "token": FREE,
        "ca": FREE,
        "waking": F,
        "known_as": FREE,
    },
    "pagerduty": {"token": FREE, "integration": FREE, "url": FREE, "ca": FREE},
    "uptimerobot": {"token": FREE, "url": FREE, "ca": FREE},
    "grafana": {"url": FREE, "token": FREE, "ca": FREE, "namespace": FREE},
    "monitoring": {
        "freshest_minutes": L,
        "panel_minutes": L,
        "longest_interval_minutes": L,
        "blackbox": FREE,
        "availability": H,
        "availability_days": Direction.SAME,
        "measured": H,
        "on_call_days": H,
        "on_call_people": H,
        "newest_page_days": L,
        "acknowledged_minutes": L,
    },
    "evidence": {"hosts": F, "tokens.*": FREE, "ca": FREE, "connect": FREE},
    "documents": {"faq_questions": H},
    "documents.runbook_sections": {
        "restart_frontend": FREE,
        "restart_backend": FREE,
        "rollback": FREE,
        "pause": FREE,
        "takedown": FREE,
        "scale_up": FREE,
    },
    **{page: {"headings": M, "review_days": L} for page in PAGES},
    "drills": {"valid_days": L, "elsewhere": F, "voided_by.*": M},
    "gate": {
        "unwaivable": M,
        "blockers": M,
        "majors": M,
        "valid_for.*": L,
        "credentials": Direction.NARROW,
        "authorship": Direction.PROVEN,
    },
    "gate.longest_waiver": {"blocker": L, "major": L, "minor": L},
    "signoff": {"need.*": H, "max_days": L, "revoked": M, "solo": Direction.OFF},
}
"""Every key that an organisation may set, by its table. ``*`` stands for any key of a free table;
``OF_POLICY`` are of policy.toml, all else of readiness.toml."""

OF_POLICY = frozenset({"gate", "signoff"})

WHERE_DECLARED = frozenset({"provider", "pagerduty", "gitguardian", "signoff", *PAGES})
"""Tables of what a service may lack: an organisation's limits hold where the service has one."""

NEEDED: Mapping[str, frozenset[str]] = {
    "prometheus": frozenset({"url"}),
    "alertmanager": frozenset({"url"}),
    "grafana": frozenset({"url", "token"}),
    "uptimerobot": frozenset({"token"}),
}
"""What these tables cannot do without: a service that declares none has the organisation's if that
names it, and else none."""

LOGINS = frozenset({"url", "user", "password", "token", "ca"})
"""Keys that belong together: whoever names another ``url`` logs in there by its own means."""


def direction_of(path: KeyPath) -> Direction | None:
    """Return in which direction a key is stricter; nothing for one no organisation may set."""
    steps = [str(step) for step in path]
    for split in range(len(steps) - 1, 0, -1):
        keys = SECTIONS.get(".".join(steps[:split]), {})
        rest = steps[split:]
        if len(rest) == 1 and rest[0] in keys:
            return keys[rest[0]]
        if len(rest) == 2 and f"{rest[0]}.*" in keys:
            return keys[f"{rest[0]}.*"]
    return None


def keys() -> Iterable[str]:
    """Return every key that an organisation may set, dotted."""
    return (f"{table}.{key}" for table, found in SECTIONS.items() for key in found)
