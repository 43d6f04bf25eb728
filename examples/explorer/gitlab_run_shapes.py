"""Pipelines, jobs, tests and deployments of the example's forge, in the shapes of GitLab's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.gitlab_shapes import PROJECT_ID, instant, user

if TYPE_CHECKING:
    from pytest_orr.clients.forge.said import Deployment, Job, Pipeline, SuiteResults


def status(said: str) -> str:
    """Return GitLab's word for a status."""
    return "pending" if said == "other" else said


def pipeline(one: Pipeline) -> dict[str, Any]:
    """Return a pipeline as listings have it."""
    return {
        "id": int(one.id),
        "project_id": PROJECT_ID,
        "sha": one.commit,
        "ref": one.ref,
        "source": one.source,
        "status": status(one.status),
        "created_at": instant(one.started),
        "updated_at": instant(one.ended or one.started),
        "web_url": one.url,
    }


def whole_pipeline(one: Pipeline) -> dict[str, Any]:
    """Return a pipeline by itself."""
    more = {"started_at": instant(one.started), "finished_at": instant(one.ended)}
    return {**pipeline(one), **more}


def job(one: Job) -> dict[str, Any]:
    """Return a job."""
    file = {"filename": "artifacts.zip", "size": 4096} if one.has_artifacts else None
    return {
        "id": int(one.id),
        "name": one.name,
        "stage": one.stage,
        "status": status(one.status),
        "allow_failure": bool(one.may_fail),
        "finished_at": instant(one.ended),
        "artifacts_file": file,
        "artifacts": [{"file_type": "archive", **file}] if file else [],
    }


def test_report_summary(said: SuiteResults | None) -> dict[str, Any]:
    """Return counts of tests by suite."""
    suites = said.suites if said else ()
    return {
        "total": {"count": sum(one.total for one in suites), "suite_error": None},
        "test_suites": [
            {
                "name": one.name,
                "total_count": one.total,
                "success_count": one.total - one.failed - one.skipped,
                "failed_count": one.failed,
                "skipped_count": one.skipped,
                "error_count": 0,
                "suite_error": None,
            }
            for one in suites
        ],
    }


def deployment(one: Deployment) -> dict[str, Any]:
    """Return a deployment as listings have it; one made by hand has no job."""
    made_by = one.pipeline and {
        "id": int(one.id) + 1_000_000,
        "name": f"deploy-{one.environment}",
        "status": status(one.status),
        "finished_at": instant(one.ended),
        "pipeline": {"id": int(one.pipeline), "sha": one.commit, "ref": one.ref},
    }
    return {
        "id": int(one.id),
        "iid": int(one.id),
        "ref": one.ref,
        "sha": one.commit,
        "created_at": instant(one.created),
        "updated_at": instant(one.ended or one.created),
        "status": status(one.status),
        "user": user(one.by),
        "environment": {"id": 1, "name": one.environment},
        "deployable": made_by or None,
    }


def whole_deployment(one: Deployment) -> dict[str, Any]:
    """Return a deployment by itself, with who approved it."""
    given = [
        {"user": user(name), "status": "approved", "created_at": instant(one.created)}
        for name in one.approved_by
    ]
    return {**deployment(one), "pending_approval_count": 0, "approvals": given}
