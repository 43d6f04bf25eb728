"""What the pipelines of the release's tag tested: the fact ``release_tests``."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pytest_orr.clients.forge.interface import Forge
from pytest_orr.clients.forge.said import SuiteResult, Tag
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .pipeline_tests import PipelineTests, newest_of_each, read_tests
from .releases_before import forge_of, own_tags


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTestFacts:
    """The pipelines of the tags that name the release's commit."""

    tags: tuple[str, ...]
    """Tags of releases that name the release's commit."""
    commit: str
    """The release's commit, whole if a tag names it."""
    runs: tuple[PipelineTests, ...] = ()
    """Of each tag, workflow and trigger the newest."""

    @property
    def seen(self) -> str:
        """One line about the suites, for a finding; never raises."""
        names = sorted({suite.name for run in self.runs for suite in run.suites})
        return f"suites {', '.join(names) or 'none'} for {', '.join(self.tags)}"

    @property
    def suites(self) -> tuple[SuiteResult, ...]:
        """Suites of all runs, those of one name taken together; unknown if a report is."""
        told: dict[str, list[SuiteResult]] = {}
        for suite in (suite for run in self.runs for suite in run.results):
            told.setdefault(suite.name, []).append(suite)
        return tuple(_together(name, several) for name, several in sorted(told.items()))

    @property
    def total(self) -> int:
        """All tests."""
        return sum(suite.total for suite in self.suites)

    @property
    def skipped(self) -> int:
        """Those that were skipped."""
        return sum(suite.skipped for suite in self.suites)

    def has_run(self, suite: str) -> bool:
        """Tell whether a suite ran at least one test."""
        return any(one.name == suite and one.total > one.skipped for one in self.suites)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTests:
    """Which tests ran for the release's tag, and how did they end?"""

    name: str = "release_tests"
    source: str = "the forge"
    operations: tuple[str, ...] = (
        "forge:has_commit",
        "forge:pipelines",
        "forge:tags",
        "forge:test_report",
    )
    fact_type: Any = ReleaseTestFacts

    def collect(self, desk: Desk) -> Answer[ReleaseTestFacts]:
        """Ask for the tags of the release's commit, and what ran for them."""
        forge, commit = desk.forge, desk.profile.release.commit
        pattern = forge_of(desk).release_tags
        tags = own_tags(forge.tags(), pattern, commit)
        if not tags and not forge.has_commit(commit):
            raise FactUnavailable(
                f"{forge.where} does not know the release's commit {commit}",
                "push it there, or correct [release] commit in readiness.toml",
            )
        facts = ReleaseTestFacts(
            tags=tuple(tag.name for tag in tags),
            commit=tags[0].commit if tags else commit,
            runs=tuple(run for tag in tags for run in _runs_of(forge, tag)),
        )
        return Answer(value=facts, where=(forge.where,))


def release_tags(forge: Forge, pattern: str) -> tuple[Tag, ...]:
    """Return the tags of releases, newest first."""
    return tuple(tag for tag in forge.tags() if fnmatchcase(tag.name, pattern))


def _runs_of(forge: Forge, tag: Tag) -> tuple[PipelineTests, ...]:
    ran = (one for one in forge.pipelines(commit=tag.commit) if one.ref == tag.name)
    return read_tests(forge, newest_of_each(ran))


def _together(name: str, several: Iterable[SuiteResult]) -> SuiteResult:
    counts = [(one.total, one.failed, one.skipped) for one in several]
    total, failed, skipped = (sum(column) for column in zip(*counts, strict=True))
    return SuiteResult(name=name, total=total, failed=failed, skipped=skipped)
