"""What Prometheus scrapes in ``stack``, and what its probes ask of the example's edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.system.monitoring.series import BACKENDS, PROBES

if TYPE_CHECKING:
    from collections.abc import Mapping

HOSTS = ("explorer-jump", *BACKENDS)
MARKERS = {"service": '"synced": true', "frontend": "Latest blocks", "health": '"up"'}
OF_THIS_MACHINE = "release|version|domainname|machine"
"""Labels that would tell of the machine on which this runs."""


def scraping(every: str, *, with_probes: bool) -> Mapping[str, Any]:
    """Return Prometheus' configuration; ``every`` is the time between scrapes."""
    own = {"service": "explorer"}
    jobs: list[Mapping[str, Any]] = [
        _job("node", [f"{host}:9100" for host in HOSTS], own),
        _job("explorer", [f"{host}:8080" for host in BACKENDS], own),
    ]
    jobs += [_probe(name, url) for name, url in PROBES.items()] if with_probes else []
    return {
        "global": {
            "scrape_interval": every,
            "scrape_timeout": every,
            "evaluation_interval": every,
            "external_labels": {"cluster": "production"},
        },
        "rule_files": ["rules.json"],
        "scrape_configs": jobs,
        "alerting": {
            "alertmanagers": [
                {"static_configs": [{"targets": ["alertmanager.explorer.internal:9093"]}]}
            ]
        },
    }


def probing(ca: str) -> Mapping[str, Any]:
    """Return the blackbox exporter's configuration, with the authority that it trusts."""
    modules = {
        name: {
            "prober": "http",
            "timeout": "3s",
            "http": {
                "preferred_ip_protocol": "ip4",
                "fail_if_not_ssl": True,
                "fail_if_body_not_matches_regexp": [marker],
                "tls_config": {"ca_file": ca},
            },
        }
        for name, marker in MARKERS.items()
    }
    return {"modules": modules}


def _job(name: str, targets: list[str], labels: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "job_name": name,
        "static_configs": [{"targets": targets, "labels": labels}],
        "metric_relabel_configs": [{"regex": OF_THIS_MACHINE, "action": "labeldrop"}],
    }


def _probe(name: str, url: str) -> Mapping[str, Any]:
    return {
        "job_name": f"blackbox {name}",
        "metrics_path": "/probe",
        "params": {"module": [name]},
        "static_configs": [{"targets": [url], "labels": {"service": "explorer", "probe": name}}],
        "relabel_configs": [
            {"target_label": "job", "replacement": "blackbox"},
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": "blackbox.explorer.internal:9115"},
        ],
    }
