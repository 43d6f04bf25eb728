"""How a release comes into being, by files of the repository and what the forge did with them.

The fact ``release_workflows``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.forge.said import Status, Tag
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of, unread
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .ci_files import Checkout, CiFile
from .github_workflows import github_files
from .gitlab_pipelines import gitlab_files
from .pipeline_tests import newest_of_each
from .release_assets import ReleaseAssets, published
from .release_tests import release_tags
from .releases_before import forge_of

WAITING = frozenset({"manual", "skipped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRun:
    """A run of a workflow, or a job of a pipeline, that made a release or tried to."""

    name: str
    status: Status

    @property
    def has_succeeded(self) -> bool:
        """Whether it did; unknown while it runs."""
        if self.status == "running":
            raise FactUnavailable(f"{self.name} has not ended", "run again when it has")
        return self.status == "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestTag:
    """The newest tag of a release, and what ran for it."""

    tag: str
    runs: tuple[ReleaseRun, ...] = ()

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        runs = ", ".join(f"{run.name} {run.status}" for run in self.runs)
        return f"{self.tag}: {runs or 'nothing ran'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWorkflowFacts:
    """What makes releases, by the release's commit, and how it went for the newest tag."""

    files: tuple[Part[CiFile], ...]
    newest: Part[NewestTag]
    assets: Part[ReleaseAssets]

    @property
    def seen(self) -> str:
        """One line about the files, for a finding; never raises."""
        return "; ".join(f"{one.name}: {one.seen}" for one in self.files) or "no such file"

    @property
    def releasing(self) -> tuple[CiFile, ...]:
        """Files that a release or a tag starts; unknown if none is, and one could not be read."""
        found = _releasing(self.files)
        for one in self.files if not found else ():
            _ = one.reading
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWorkflows:
    """Which workflow or job makes a release, and did it for the newest tag?"""

    name: str = "release_workflows"
    source: str = "git and the forge"
    operations: tuple[str, ...] = (
        "forge:jobs",
        "forge:pipelines",
        "forge:releases",
        "forge:tags",
        "git:files",
    )
    fact_type: Any = ReleaseWorkflowFacts

    def collect(self, desk: Desk) -> Answer[ReleaseWorkflowFacts]:
        """Read the files of the release's commit, and ask what ran for the newest tag."""
        kind = forge_of(desk).kind
        files = _files(desk, kind)
        newest = part_of("newest release tag", partial(_newest, desk, files))
        facts = ReleaseWorkflowFacts(
            files=files,
            newest=newest,
            assets=part_of("release of the newest tag", partial(_assets, desk)),
        )
        return Answer(value=facts, where=(desk.forge.where,))


def _checkout(desk: Desk) -> Checkout:
    files = (one.path for one in desk.git.entries(("**",)) if one.kind in {"file", "program"})
    return Checkout(project=forge_of(desk).project, paths=tuple(files), read=desk.git.read)


def _files(desk: Desk, kind: str) -> tuple[Part[CiFile], ...]:
    try:
        checkout = _checkout(desk)
        return gitlab_files(checkout) if kind == "gitlab" else github_files(checkout)
    except FactUnavailable as error:
        return (unread("files of the release's commit", error),)


def _releasing(files: tuple[Part[CiFile], ...]) -> tuple[CiFile, ...]:
    return tuple(one.observed for one in files if one.observed and one.observed.release_triggers)


def _newest_tag(desk: Desk) -> Tag:
    pattern = forge_of(desk).release_tags
    tags = release_tags(desk.forge, pattern)
    if not tags:
        raise FactUnavailable(
            f"{desk.forge.where} has no tag {pattern}",
            "push the tag of a release or a release candidate, or correct [forge] release_tags",
        )
    return tags[0]


def _newest(desk: Desk, files: tuple[Part[CiFile], ...]) -> NewestTag:
    tag = _newest_tag(desk)
    ran = (one for one in desk.forge.pipelines(commit=tag.commit) if one.ref == tag.name)
    return NewestTag(tag=tag.name, runs=tuple(_runs(desk, newest_of_each(ran), files)))


def _runs(desk: Desk, ran: Any, files: tuple[Part[CiFile], ...]) -> Iterator[ReleaseRun]:
    """Yield runs of releasing workflows; where pipelines have no names, their releasing jobs."""
    for file in _releasing(files):
        for one in ran:
            if one.name in file.names:
                yield ReleaseRun(name=f"{one.name} {one.id}", status=one.status)
            elif file.release_jobs:
                for job in desk.forge.jobs(one):
                    if _is_among(job.name, file.release_jobs) and job.status not in WAITING:
                        yield ReleaseRun(name=f"job {job.name} of {one.id}", status=job.status)


def _is_among(job: str, names: tuple[str, ...]) -> bool:
    """Tell whether a job is one of these, or one of several that one of these became."""
    return re.sub(r"( \d+/\d+|: \[.*\])$", "", job) in names


def _assets(desk: Desk) -> ReleaseAssets:
    return published(desk.forge.releases(), _newest_tag(desk).name)
