"""What GitLab says of deployments: of what, by whom, by which pipeline, and who approved them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .gitlab_protection import UNTOLD, read_protected_environments
from .gitlab_reading import as_described, number, project_path, status_of, username_of, words
from .gitlab_refusals import Refused, Wanted
from .instants import instant, instant_or_none
from .said import Deployment

if TYPE_CHECKING:
    from .gitlab_api import Api

DEPLOYMENTS = Wanted(what="the deployments")
ENDED = frozenset({"success", "failed", "canceled", "skipped"})


def read_deployments(api: Api, project: str, environment: str) -> tuple[Deployment, ...]:
    """Return the newest hundred deployments to an environment, newest first.

    Approvals are told one deployment at a time. They are asked for where the environment is
    protected, or where GitLab does not tell whether it is: nowhere else can there be any.
    """
    path = f"{project_path(project)}/deployments"
    told = api.listing(
        path,
        DEPLOYMENTS,
        project,
        newest=True,
        environment=environment,
        order_by="created_at",
        sort="desc",
    )
    if _may_have_approvals(api, project, environment):
        with as_described(DEPLOYMENTS, project):
            numbers = [number(one["id"]) for one in told]
        told = api.each(lambda one: api.get(f"{path}/{one}", DEPLOYMENTS, project), numbers)
    with as_described(DEPLOYMENTS, project):
        return tuple(_deployment(one) for one in told)


def _may_have_approvals(api: Api, project: str, environment: str) -> bool:
    try:
        protected = read_protected_environments(api, project)
    except Refused as refused:
        if refused.status in UNTOLD:
            return True
        raise
    with as_described(DEPLOYMENTS, project):
        return environment in {one["name"] for one in protected}


def _deployment(one: Any) -> Deployment:
    job = one.get("deployable")
    status = status_of(one["status"])
    ended = (job or {}).get("finished_at") or one["updated_at"]
    return Deployment(
        id=str(number(one["id"])),
        environment=words(one["environment"]["name"]),
        commit=words(one["sha"]),
        ref=words(one["ref"]),
        status=status,
        created=instant(one["created_at"]),
        ended=instant_or_none(ended) if status in ENDED else None,
        by=username_of(one.get("user")),
        pipeline=str(number(job["pipeline"]["id"])) if job else None,
        approved_by=tuple(
            username_of(given["user"])
            for given in one.get("approvals") or ()
            if given["status"] == "approved"
        ),
    )
