"""The collectors there are: the product's own in one explicit list, others by hook."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.guard import SERVICES
from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.collect.interface import Collector


RESERVED = frozenset({"profile", "as_of", "subject", "attestation", "observation", "request"})
"""What items ask for by name besides facts."""
OWN = MappingProxyType(
    {
        "account_credentials": "account_credentials:AccountCredentials",
        "alert_runbooks": "operations.alert_runbooks:AlertRunbooks",
        "alert_rules": "watching.alert_rules:AlertRules",
        "availability_probes": "watching.availability_probes:AvailabilityProbes",
        "aws_identities": "aws_identities:AwsIdentities",
        "backend_ports": "backend_ports:BackendPorts",
        "backend_routes": "backend_routes:BackendRoutes",
        "backend_security_groups": "security_groups:BackendSecurityGroups",
        "balances": "chains.balances:Balances",
        "base_images": "images.base_images:BaseImages",
        "branch_builds": "delivery.branch_builds:BranchBuilds",
        "branch_pipelines": "delivery.branch_pipelines:BranchPipelines",
        "built_images": "images.built_images:BuiltImages",
        "canary_shares": "delivery.canary_shares:CanaryShares",
        "canary_traffic": "watching.canary_traffic:CanaryTraffics",
        "certificate_renewals": "certificate_renewals:CertificateRenewals",
        "chat_channels": "operations.chat_channels:ChatChannels",
        "clock_differences": "clock_differences:ClockDifferences",
        "code_scans": "delivery.code_scans:CodeScans",
        "container_images": "container_images:ContainerImages",
        "contingency_scripts": "repository.contingency_scripts:ContingencyScripts",
        "criteria_metrics": "watching.criteria_metrics:CriteriaMetrics",
        "deployment_approvals": "delivery.deployment_approvals:DeploymentApprovals",
        "earlier_images": "delivery.earlier_images:EarlierImages",
        "earlier_sign_offs": "delivery.earlier_sign_offs:EarlierSignOffs",
        "emergency_permissions": "emergency_permissions:EmergencyPermissions",
        "contracts": "chains.contracts:Contracts",
        "dashboards": "watching.dashboards:Dashboards",
        "database_backups": "database_backups:DatabaseBackups",
        "database_grants": "database_grants:DatabaseGrants",
        "database_rules": "database_rules:DatabaseRules",
        "databases": "databases:Databases",
        "dependencies": "dependencies:Dependencies",
        "drills": "operations.drills:Drills",
        "frontend_deployments": "operations.frontend_deployments:FrontendDeployments",
        "encryption_keys": "encryption_keys:EncryptionKeys",
        "endpoints": "endpoints:Endpoints",
        "environment_histories": "delivery.environment_histories:EnvironmentHistories",
        "faqs": "operations.faqs:Faqs",
        "exported_metrics": "watching.exported_metrics:ExportedMetrics",
        "external_audits": "repository.external_audits:ExternalAudits",
        "help_pages": "operations.help_pages:HelpPages",
        "host_accounts": "host_accounts:HostAccounts",
        "host_deployments": "host_deployments:HostDeployments",
        "host_exporters": "host_exporters:HostExporters",
        "host_images": "host_images:HostImages",
        "host_leftovers": "host_leftovers:HostLeftovers",
        "host_machines": "host_machines:HostMachines",
        "host_renewals": "host_renewals:HostRenewals",
        "host_secret_files": "host_secret_files:HostSecretFiles",
        "host_sockets": "host_sockets:HostSockets",
        "host_ssh_servers": "host_ssh_servers:HostSshServers",
        "host_units": "host_units:HostUnits",
        "host_update_schedules": "host_update_schedules:HostUpdateSchedules",
        "iam_users": "iam_users:IamUsers",
        "image_accounts": "images.image_accounts:ImageAccounts",
        "infrastructure_plans": "repository.infrastructure_plans:InfrastructurePlans",
        "key_uses": "key_uses:KeyUses",
        "lint_results": "repository.lint_results:LintResults",
        "load_balancers": "load_balancers:LoadBalancers",
        "load_results": "load_results:LoadResults",
        "loaded_hosts": "watching.loaded_hosts:LoadedHosts",
        "machine_images": "machine_images:MachineImages",
        "merged_changes": "delivery.merged_changes:MergedChanges",
        "name_lifetimes": "name_lifetimes:NameLifetimes",
        "on_call_schedules": "watching.on_call_schedules:OnCallSchedules",
        "node_targets": "watching.node_targets:NodeTargets",
        "outside_monitors": "watching.outside_monitors:OutsideMonitors",
        "pause_switches": "chains.pause_switches:PauseSwitches",
        "paging_services": "watching.paging_services:PagingServices",
        "peer_services": "peer_services:PeerServices",
        "playbooks": "repository.playbooks:Playbooks",
        "provider_limits": "chains.provider_limits:ProviderLimits",
        "provider_projects": "chains.provider_projects:ProviderProjects",
        "provider_protections": "chains.provider_protections:ProviderProtections",
        "public_certificates": "public_certificates:PublicCertificates",
        "public_metrics": "watching.public_metrics:PublicMetrics",
        "public_names": "public_names:PublicNames",
        "refund_criteria": "operations.refund_criteria:RefundCriteria",
        "refund_processes": "operations.refund_processes:RefundProcesses",
        "release_canaries": "delivery.release_canaries:ReleaseCanaries",
        "release_jobs": "delivery.release_jobs:ReleaseJobs",
        "release_tests": "delivery.release_tests:ReleaseTests",
        "release_workflows": "delivery.release_workflows:ReleaseWorkflows",
        "request_counts": "request_counts:RequestCounts",
        "rollback_criteria": "repository.rollback_criteria:RollbackCriteria",
        "runbooks": "operations.runbooks:Runbooks",
        "running_images": "images.running_images:RunningImages",
        "saturation_signals": "saturation_signals:SaturationSignals",
        "scaling_limits": "scaling_limits:ScalingLimits",
        "schema_changes": "delivery.schema_changes:SchemaChanges",
        "scrape_targets": "watching.scrape_targets:ScrapeTargets",
        "sealed_files": "repository.sealed_files:SealedFiles",
        "secret_scans": "secrets.scans:SecretScans",
        "service_targets": "watching.service_targets:ServiceTargets",
        "sized_instances": "sized_instances:SizedInstances",
        "support_mail": "operations.support_mail:SupportMails",
        "statement_authors": "operations.statement_authors:StatementAuthors",
        "statement_commits": "operations.statement_commits:StatementCommits",
        "static_sites": "static_sites:StaticSites",
        "tagged_releases": "delivery.tagged_releases:TaggedReleases",
        "tree_secrets": "secrets.tree:TreeSecrets",
        "vault_repositories": "delivery.vault_repositories:VaultRepositories",
        "testnet_deployments": "delivery.testnet_deployments:TestnetDeployments",
        "unhealthy_host_alarms": "watching.unhealthy_host_alarms:UnhealthyHostAlarms",
        "watched_instances": "watched_instances:WatchedInstances",
        "web_protections": "web_protections:WebProtections",
    }
)
"""The product's own by the name of their fact: module beside this one, and class."""


WITH_AWS = "aws_identities"
"""The fact that a run gathers whenever it asks AWS anything."""
WITH_ANY = "clock_differences"
"""The fact that a run gathers whenever it gathers any."""


class Registry(Mapping[str, "Collector[Any]"]):
    """Every collector by the name of its fact, sorted; one's module is imported when it is used."""

    def __init__(self, others: Mapping[str, Collector[Any]]) -> None:
        self._known: dict[str, Collector[Any]] = dict(others)
        self._names = sorted({*OWN, *others})

    def __getitem__(self, name: str) -> Collector[Any]:
        if name not in self._known:
            module, _, kind = OWN[name].partition(":")
            self._known[name] = getattr(import_module(f"pytest_orr.collect.{module}"), kind)()
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in OWN

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def gathered(names: Iterable[str], known: Mapping[str, Collector[Any]]) -> frozenset[str]:
    """Return the facts that a run gathers for those that its items ask for, by name."""
    asked = known.keys() & {*names}
    operations = (one for name in asked for one in known[name].operations)
    of_aws = any(one.partition(":")[0] in SERVICES for one in operations)
    return frozenset({*asked, *([WITH_ANY] if asked else []), *([WITH_AWS] if of_aws else [])})


def registry(others: Iterable[Iterable[Collector[Any]]] = ()) -> Registry:
    """Return every collector by the name of its fact.

    ``others`` is what the hook ``pytest_orr_collectors`` returned; a name that is taken already
    raises ``InvalidInput``.
    """
    brought: dict[str, Collector[Any]] = {}
    for collector in (one for several in others for one in several):
        if collector.name in RESERVED:
            reserved = f"no collector may bring a fact called {collector.name}; rename it"
            raise InvalidInput((reserved,))
        if collector.name in brought or collector.name in OWN:
            taken = f"two collectors bring the fact {collector.name}; rename one of them"
            raise InvalidInput((taken,))
        brought[collector.name] = collector
    return Registry(brought)
