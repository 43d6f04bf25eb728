"""The example's forge in the shapes of GitHub's REST API: runs, releases, environments, alerts."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from examples.explorer.github_shapes import BEGAN, moment, number_of, repository, user

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from examples.explorer.forge_words import ForgeState, PlantedProject
    from pytest_orr.clients.forge.said import (
        Alert,
        DeployKey,
        Deployment,
        EnvironmentProtection,
        Job,
        Pipeline,
        PublishedRelease,
        SuiteResult,
    )

CONCLUSIONS = {
    "success": "success",
    "failed": "failure",
    "canceled": "cancelled",
    "skipped": "skipped",
    "other": "neutral",
}
"""Of what has ended; what goes on has none."""
GOING_ON = {"manual": "waiting", "running": "in_progress"}
OF_RUNS = ("jobs", "logs", "check_suite", "cancel", "rerun", "artifacts", "workflow")
WORKFLOWS = ".github/workflows/"
PIPELINE = "pipeline.yml"


def workflow_of(pipeline: Pipeline) -> str:
    """Return the file of a run's workflow: schedules and releases have files of their own."""
    if pipeline.source == "schedule":
        return "testnet.yml"
    return "release.yml" if pipeline.ref.startswith("v") else PIPELINE


def run(pipeline: Pipeline, planted: PlantedProject, base: str) -> dict[str, Any]:
    """Return a run of a workflow."""
    own = f"{base}/repos/{planted.said.path}"
    url = f"{own}/actions/runs/{pipeline.id}"
    head = {
        "id": pipeline.commit,
        "tree_id": pipeline.commit,
        "message": "A commit",
        "timestamp": BEGAN,
        "author": None,
        "committer": None,
    }
    return {
        "id": int(pipeline.id),
        "name": pipeline.name or workflow_of(pipeline),
        "node_id": f"WFR_{pipeline.id}",
        "head_branch": pipeline.ref,
        "head_sha": pipeline.commit,
        "path": f"{WORKFLOWS}{workflow_of(pipeline)}",
        "run_number": 1,
        "display_title": "A run",
        "event": pipeline.source,
        **_state(pipeline.status),
        "workflow_id": number_of(workflow_of(pipeline)),
        "url": url,
        "html_url": f"{base}/{planted.said.path}/actions/runs/{pipeline.id}",
        "created_at": moment(pipeline.started),
        "run_started_at": moment(pipeline.started),
        "updated_at": moment(pipeline.ended or pipeline.started),
        "head_commit": head,
        "repository": repository(planted, base),
        "head_repository": repository(planted, base),
        "pull_requests": [],
        **{f"{part}_url": f"{url}/{part}" for part in OF_RUNS},
    }


def job(said: Job, pipeline: Pipeline, own: str) -> dict[str, Any]:
    """Return one job of a run."""
    url = f"{own}/actions/jobs/{said.id}"
    return {
        "id": int(said.id),
        "run_id": int(pipeline.id),
        "run_url": f"{own}/actions/runs/{pipeline.id}",
        "node_id": f"CR_{said.id}",
        "head_sha": pipeline.commit,
        "head_branch": pipeline.ref,
        "workflow_name": workflow_of(pipeline),
        "name": said.name,
        "url": url,
        "html_url": url,
        "check_run_url": url,
        **_state(said.status),
        "created_at": moment(pipeline.started),
        "started_at": moment(pipeline.started),
        "completed_at": moment(said.ended) if said.ended else None,
        "labels": [],
        **dict.fromkeys(("runner_id", "runner_name", "runner_group_id", "runner_group_name")),
    }


def _state(status: str) -> dict[str, Any]:
    going_on = GOING_ON.get(status)
    return {
        "status": going_on or "completed",
        "conclusion": None if going_on else CONCLUSIONS[status],
    }


def artifacts_of(state: ForgeState, run_id: str) -> dict[str, bytes]:
    """Return the archives that a run left behind: one for each suite of tests, and each job."""
    report = state.reports.get(run_id)
    suites = report.suites if report else ()
    kept = {one.name: _zip({"junit.xml": _junit(one)}) for one in suites}
    for one in state.jobs.get(run_id, ()):
        if files := state.artifacts.get(one.id):
            kept[f"{one.name}-files" if one.name in kept else one.name] = _zip(files)
    return kept


def artifact(run_id: str, place: int, name: str, content: bytes, own: str) -> dict[str, Any]:
    """Return what is known of an archive; ``place`` is its own among those of the run."""
    number = artifact_number(run_id, place)
    return {
        "id": number,
        "node_id": f"A_{number}",
        "name": name,
        "size_in_bytes": len(content),
        "url": f"{own}/actions/artifacts/{number}",
        "archive_download_url": f"{own}/actions/artifacts/{number}/zip",
        "expired": False,
        **dict.fromkeys(("created_at", "expires_at", "updated_at"), BEGAN),
    }


def artifact_number(run_id: str, place: int) -> int:
    """Return an archive's id."""
    return int(run_id) * 100 + place


def _zip(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _junit(suite: SuiteResult) -> bytes:
    cases = [
        f"<testcase name={quoteattr(f'case {place}')}>{_went(place, suite)}</testcase>"
        for place in range(suite.total)
    ]
    return f"<testsuite name={quoteattr(suite.name)}>{''.join(cases)}</testsuite>".encode()


def _went(place: int, suite: SuiteResult) -> str:
    if place < suite.failed:
        return '<failure message="no"/>'
    return "<skipped/>" if place < suite.failed + suite.skipped else ""


def release(said: PublishedRelease, own: str, base: str) -> dict[str, Any]:
    """Return a release."""
    url = f"{own}/releases/{number_of(said.tag)}"
    by = user(said.by, base)
    return {
        **{f"{part}_url": f"{url}/{part}" for part in ("assets", "upload", "tarball", "zipball")},
        "url": url,
        "html_url": url,
        "id": number_of(said.tag),
        "node_id": f"RE_{number_of(said.tag)}",
        "created_at": moment(said.published),
        "published_at": None if said.is_draft else moment(said.published),
        "draft": said.is_draft,
        "prerelease": said.is_candidate,
        "author": by,
        "name": said.tag,
        "tag_name": said.tag,
        "target_commitish": "main",
        "assets": [_asset(one.name, one.digest, url, by) for one in said.assets],
    }


def _asset(name: str, digest: str | None, url: str, by: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": f"{url}/assets/{name}",
        "browser_download_url": f"{url}/download/{name}",
        "id": number_of(name),
        "node_id": f"RA_{number_of(name)}",
        "name": name,
        "label": None,
        "state": "uploaded",
        "content_type": "application/octet-stream",
        "size": 1,
        "digest": digest,
        "download_count": 0,
        "created_at": BEGAN,
        "updated_at": BEGAN,
        "uploader": by,
    }


def environment(name: str, rule: EnvironmentProtection | None, own: str, base: str) -> Any:
    """Return an environment; its reviewers are a team for each name."""
    url = f"{own}/environments/{name}"
    reviews = {
        "id": number_of(name),
        "node_id": f"GA_{number_of(name)}",
        "type": "required_reviewers",
        "prevent_self_review": rule is not None and rule.own_approval_counts is False,
        "reviewers": [
            {"type": "Team", "reviewer": _team(one, base)}
            for one in (rule.approvers if rule else ())
        ],
    }
    return {
        "id": number_of(name),
        "node_id": f"EN_{number_of(name)}",
        "name": name,
        "url": url,
        "html_url": url,
        "created_at": BEGAN,
        "updated_at": BEGAN,
        "protection_rules": [reviews] if rule else [],
        "deployment_branch_policy": None,
    }


def _team(name: str, base: str) -> dict[str, Any]:
    url = f"{base}/teams/{name.lower()}"
    return {
        "id": number_of(name),
        "node_id": f"T_{number_of(name)}",
        "name": name,
        "slug": name.lower(),
        "description": None,
        "privacy": "closed",
        "permission": "push",
        "type": "organization",
        "organization_id": 1,
        **dict.fromkeys(("url", "html_url", "members_url", "repositories_url"), url),
        "parent": None,
    }


def approvals(deployments: Iterable[Deployment], base: str) -> list[dict[str, Any]]:
    """Return who agreed to the deployments of a run."""
    return [
        {
            "state": "approved",
            "comment": "",
            "user": user(name, base),
            "environments": [{"id": number_of(one.environment), "name": one.environment}],
        }
        for one in deployments
        for name in one.approved_by
    ]


def deploy_key(key: DeployKey, own: str) -> dict[str, Any]:
    """Return the key of a machine."""
    number = number_of(key.title)
    return {
        "id": number,
        "key": "ssh-ed25519 AAAA",
        "url": f"{own}/keys/{number}",
        "title": key.title,
        "verified": True,
        "created_at": BEGAN,
        "read_only": not key.may_write,
        "enabled": True,
    }


def workflow(file: str, own: str, *, is_active: bool) -> dict[str, Any]:
    """Return a workflow."""
    number = number_of(file)
    url = f"{own}/actions/workflows/{number}"
    return {
        "id": number,
        "node_id": f"W_{number}",
        "name": file.removesuffix(".yml"),
        "path": f"{WORKFLOWS}{file}",
        "state": "active" if is_active else "disabled_inactivity",
        "url": url,
        "html_url": url,
        "badge_url": f"{url}/badge.svg",
        "created_at": BEGAN,
        "updated_at": BEGAN,
    }


def alert(said: Alert, own: str) -> dict[str, Any]:
    """Return an alert in the shape of its kind; a secret is never among it."""
    url = f"{own}/{said.kind}-scanning/alerts/{said.id}"
    common = {
        "number": int(said.id),
        "url": url,
        "html_url": url,
        "created_at": moment(said.created),
        "updated_at": moment(said.resolved or said.created),
    }
    resolved = moment(said.resolved) if said.resolved else None
    return common | ALERTS[said.kind](said, resolved, url)


def _secret(said: Alert, resolved: str | None, url: str) -> dict[str, Any]:
    location = {"path": said.where, "start_line": 1, "end_line": 1, "start_column": 1}
    blob = {"end_column": 9, "blob_sha": "0" * 40, "commit_sha": "0" * 40}
    urls = {"blob_url": url, "commit_url": url}
    return {
        "locations_url": f"{url}/locations",
        "state": "resolved" if resolved else "open",
        "resolution": said.resolution if resolved else None,
        "resolved_at": resolved,
        "secret_type": said.detector,
        "secret_type_display_name": said.title,
        "secret": "",
        "first_location_detected": location | blob | urls,
    }


def _dependency(said: Alert, resolved: str | None, _url: str) -> dict[str, Any]:
    package = {"ecosystem": "go", "name": said.title.partition(" in ")[2] or said.title}
    vulnerable = {
        "package": package,
        "severity": said.severity,
        "vulnerable_version_range": "< 1",
        "first_patched_version": None,
    }
    advisory = {
        "ghsa_id": "GHSA-0000-0000-0000",
        "cve_id": next((one for one in said.aliases if one.startswith("CVE-")), None),
        "summary": said.title,
        "description": said.title,
        "vulnerabilities": [vulnerable],
        "severity": said.severity,
        "cvss": {"score": 7.5, "vector_string": None},
        "cwes": [],
        "identifiers": [{"type": one.partition("-")[0], "value": one} for one in said.aliases],
        "references": [],
        "published_at": moment(said.created),
        "updated_at": moment(said.created),
        "withdrawn_at": None,
    }
    return {
        "state": "fixed" if resolved else "open",
        "dependency": {"package": package, "manifest_path": said.where, "scope": "runtime"},
        "security_advisory": advisory,
        "security_vulnerability": vulnerable,
        **dict.fromkeys(("dismissed_at", "dismissed_by", "dismissed_reason", "dismissed_comment")),
        "fixed_at": resolved,
    }


def _code(said: Alert, resolved: str | None, url: str) -> dict[str, Any]:
    return {
        "instances_url": f"{url}/instances",
        "state": "fixed" if resolved else "open",
        "fixed_at": resolved,
        **dict.fromkeys(("dismissed_at", "dismissed_by", "dismissed_reason")),
        "rule": {
            "id": "go/rule",
            "name": "go/rule",
            "description": said.title,
            "severity": "error",
            "security_severity_level": said.severity,
        },
        "tool": {"name": said.detector or "CodeQL", "version": "2.23.0"},
        "most_recent_instance": {
            "ref": "refs/heads/main",
            "state": "open",
            "location": {"path": said.where, "start_line": 1},
        },
    }


ALERTS = {"secret": _secret, "dependency": _dependency, "code": _code}
