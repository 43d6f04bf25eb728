"""On which absence a not-applicable rests: once the profile declares the thing, it is void."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .service import NotApplicable

Basis = Literal[
    "aws",
    "balances",
    "chains",
    "contracts",
    "databases",
    "delivery.canary",
    "delivery.testnet",
    "delivery.travis",
    "documents.inline_help",
    "documents.refund_criteria",
    "documents.refund_process",
    "emergency.pause",
    "frontend",
    "grafana",
    "hosting",
    "hosts",
    "images",
    "keys",
    "pagerduty",
    "prometheus",
    "provider",
    "support.channels",
    "support.email",
    "uptimerobot",
    "vault_repository",
]
"""What a profile may declare, and a not-applicable may say that the service has not."""
BASES: tuple[Basis, ...] = get_args(Basis)
FRONTEND = "frontend"
KEYS: Mapping[Basis, tuple[str, ...]] = {
    "frontend": ("endpoints", "hosting"),
    "images": ("release.images", "images.built", "images.registries"),
}
"""Keys that declare a thing, where they are not its name."""
RESTS_ON: Mapping[str, tuple[Basis, ...]] = {
    "cicd.github.travis": ("delivery.travis",),
    "cicd.pipeline.testnet-canary": ("delivery.testnet",),
    "cicd.release.canary": ("delivery.canary",),
    "code.audit.smart-contract": ("contracts",),
    "compute.image.docker-base": ("images",),
    "compute.image.lts-patched": ("hosts",),
    "compute.image.update-cron": ("hosts",),
    "compute.vps.cloudwatch": ("aws",),
    "compute.vps.machine-spec": ("hosts",),
    "deployment.automation.credential-cleanup": ("hosts",),
    "deployment.automation.systemd": ("hosts",),
    "deployment.database.backup": ("databases",),
    "deployment.database.service-account-leak": ("databases",),
    "deployment.database.write-restriction": ("databases",),
    "deployment.docker.build-automation": ("images",),
    "deployment.docker.team-account": ("images",),
    "deployment.infura.high-limit": ("provider",),
    "deployment.infura.project-id-protection": ("provider",),
    "deployment.infura.separate-project-ids": ("provider",),
    "deployment.vault.private-repo": ("vault_repository",),
    "monitoring.account-balance.monitor": ("balances",),
    "monitoring.account-balance.pagerduty": ("balances",),
    "monitoring.availability.frontend": ("frontend",),
    "monitoring.dashboard.grafana": ("grafana",),
    "monitoring.dashboard.node-exporter": ("hosts",),
    "monitoring.dashboard.prometheus-metrics": ("prometheus",),
    "monitoring.paging.on-call-rotation": ("pagerduty",),
    "monitoring.paging.pagerduty": ("pagerduty",),
    "monitoring.paging.uptimerobot": ("uptimerobot",),
    "network.backend.ssh-jump-host": ("hosts",),
    "network.frontend.static-hosting": ("frontend",),
    "network.kms.setup": ("aws", "keys"),
    "network.load-balancer.elb": ("aws",),
    "operations.emergency.pause": ("emergency.pause",),
    "operations.refund.criteria": ("documents.refund_criteria",),
    "operations.refund.process": ("documents.refund_process",),
    "operations.restart.frontend": ("frontend",),
    "operations.support.chat-channel": ("support.channels",),
    "operations.support.email": ("support.email",),
    "operations.support.inline-help": ("documents.inline_help",),
}
"""What must all be absent for an item not to apply, where the profile can tell."""
SAID_OF_ABSENCE = {
    "no-such-component": "no such component",
    "other-provider": "other provider",
}
"""Reasons that are void once the thing is declared; others hold beside it unless they say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Something that the profile declares, and where."""

    basis: str
    section: str
    """As it is written: ``[[contracts]]``."""
    file: str
    """Name without folders: what stands in documents is the same on every machine."""
    line: int


def items_resting_on(basis: Basis) -> tuple[str, ...]:
    """Return the items that do not apply to a service without this thing, sorted."""
    return tuple(sorted(item for item, bases in RESTS_ON.items() if basis in bases))


def bases_of(declared: NotApplicable) -> tuple[str, ...]:
    """Return what a not-applicable says that the service has not."""
    named = (declared.rests_on,) if declared.rests_on else ()
    known = RESTS_ON.get(declared.item, ()) if declared.reason in SAID_OF_ABSENCE else ()
    return tuple(dict.fromkeys((*named, *known)))


def declared_in(profile: Document) -> tuple[Declared, ...]:
    """Return the first place in which a profile declares each thing that it has."""
    found = (next(_places(profile, basis), None) for basis in BASES)
    return tuple(one for one in found if one is not None)


def _places(profile: Document, basis: Basis) -> Iterator[Declared]:
    for key in KEYS.get(basis, (basis,)):
        for path, value in profile.occurrences(key):
            if key == "endpoints" and not _is_frontend(value):
                continue
            where = profile.mistake(path, "")
            several = isinstance(path[-1], int)
            section = f"[[{key}]]" if several and isinstance(value, dict) else f"[{key}]"
            shown = section if isinstance(value, dict) else f"`{key}`"
            name = PurePath(where.file).name
            yield Declared(basis=basis, section=shown, file=name, line=where.line)


def _is_frontend(endpoint: object) -> bool:
    return isinstance(endpoint, dict) and endpoint.get("role") == FRONTEND
