"""Every key that says what a service has, or where, in tables that an organisation may set, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .limits import PAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .toml_lines import KeyPath

OF_THE_SERVICE: Mapping[str, frozenset[str]] = {
    "certificates": frozenset({"renewal_jobs"}),
    "emergency": frozenset({"pause", "role", "actions", "resources", "context", "dependents"}),
    "scaling": frozenset({"saturation", "requests", "provider_quotas"}),
    "repository": frozenset(
        {
            *("path", "signers", "secrets", "configs", "in_clear", "dockerfiles", "playbooks"),
            *("inventories", "audited", "audits", "contingency_scripts", "rollback_criteria"),
            *("migrations", "update_bots", "of_others", "stated"),
        }
    ),
    "delivery": frozenset(
        {
            *("signers", "earlier_review", "image_job", "rollback_job", "earlier_images"),
            *("analyser_jobs", "lint_job", "lint_report", "plans", "dry_run_job"),
        }
    ),
    "delivery.testnet": frozenset(
        {"environment", "schedule", "image", "deploy_job", "digest_file", "rpc"}
    ),
    "delivery.canary": frozenset(
        {"environment", "requests", "errors", "canary", "baseline", "rollout"}
    ),
    "delivery.travis": frozenset({"repository", "url", "token", "successor", "test_job"}),
    "gitguardian": frozenset({"source"}),
    "images": frozenset({"registries", "namespace", "built", "scans"}),
    "provider": frozenset({"projects", "calls_per_request", "calls_per_day", "refused_calls"}),
    "prometheus": frozenset({"series"}),
    "pagerduty": frozenset({"service"}),
    "uptimerobot": frozenset({"tags"}),
    "grafana": frozenset({"tag", "folder"}),
    "documents": frozenset({"inline_help", "refund_rehearsal"}),
    **{page: frozenset({"url", "path", "owner", "deputy"}) for page in PAGES},
    "drills": frozenset({"folder"}),
    "signoff": frozenset({"approvers", "runners"}),
}
"""Keys of these tables that say what a service has or where, and so are its own."""


def is_the_services(path: KeyPath) -> bool:
    """Tell whether a key lies in a table that an organisation may set, and is yet no limit."""
    steps = [str(step) for step in path]
    return any(
        steps[end] in OF_THE_SERVICE.get(".".join(steps[:end]), ()) for end in range(1, len(steps))
    )
