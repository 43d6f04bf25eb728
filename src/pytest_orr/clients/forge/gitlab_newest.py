"""The file that the newest job of a branch left behind on GitLab, whether it succeeded or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .gitlab_runs import read_jobs, read_kept_file, read_pipelines

if TYPE_CHECKING:
    from .gitlab_api import Api

MOST_PIPELINES = 20
"""Of a branch, newest first, in which a job is looked for."""
DONE = frozenset({"success", "failed"})


def read_newest_file(api: Api, project: str, branch: str, wanted: tuple[str, str]) -> bytes:
    """Return a file of the newest job that came to its end; ``wanted`` is the job and the path.

    A review that is not ready fails its job, and is wanted all the same. What an older job kept is
    no answer where the newest keeps nothing.
    """
    job, path = wanted
    for pipeline in read_pipelines(api, project, "", branch)[:MOST_PIPELINES]:
        for one in read_jobs(api, project, pipeline):
            if one.name == job and one.status in DONE:
                return read_kept_file(api, project, one, path)
    raise FactUnavailable(
        f"no job {job} has ended in the newest {MOST_PIPELINES} pipelines of {branch} of {project}",
        f"correct the branch or the job, or let {branch} be reviewed",
    )
