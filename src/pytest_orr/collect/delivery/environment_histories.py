"""Reads what ran where, one release after another: the fact ``environment_histories``."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any, Self

from pytest_orr.clients.forge.said import Deployment
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .people import is_person, people_among
from .releases_before import forge_of

MOST = 100
"""Deployments that a forge is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A deployment that succeeded."""

    id: str
    commit: str
    began: datetime
    ended: datetime
    people: tuple[str, ...] = ()
    """Who started or approved it; robots are left out."""
    by_robot: bool = False
    """Whether a robot started it, for whomever."""

    def shows(self, people: int) -> bool:
        """Tell whether so many people took part.

        Whoever made a robot start it is not known, and would be one more.
        """
        if self.by_robot and len(self.people) == people - 1:
            cause = f"a robot started deployment {self.id}: for whom, the forge does not tell"
            raise FactUnavailable(cause, 'say in a statement with covers = "unknown" who it was')
        return len(self.people) >= people

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        who = ", ".join(self.people) or "no person"
        return f"deployment {self.id} of {self.commit[:12]} on {self.began:%Y-%m-%d} by {who}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentHistory:
    """What ran in an environment, oldest first; at most its newest hundred deployments."""

    environment: str
    runs: tuple[Run, ...] = ()
    begins: datetime | None = None
    """When the oldest deployment that was told began, if older ones may have been left out."""

    @property
    def rollbacks(self) -> tuple[Run, ...]:
        """Deployments of a commit that came to it earlier than the one whose place it took."""
        came: dict[str, int] = {}
        for place, run in enumerate(self.runs):
            came.setdefault(run.commit, place)
        return tuple(
            run for before, run in pairwise(self.runs) if came[run.commit] < came[before.commit]
        )

    def rollbacks_since(self, since: datetime) -> tuple[Run, ...]:
        """Return ``rollbacks``; that there is none is known only of a history back to ``since``."""
        if not self.rollbacks and self.begins and self.begins > since:
            raise FactUnavailable(
                f"the newest {MOST} deployments to {self.environment} go back to "
                f"{self.begins:%Y-%m-%d} alone",
                "rehearse a rollback anew",
            )
        return self.rollbacks

    def decisive(self, since: datetime) -> tuple[Run, ...]:
        """Return the rollbacks since an instant, or the newest deployment if there was none."""
        lately = tuple(one for one in self.rollbacks if one.began >= since)
        return lately or self.runs[-1:]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        last = f", last {self.runs[-1].seen}" if self.runs else ""
        back = self.rollbacks
        when = f", last rollback on {back[-1].began:%Y-%m-%d}" if back else ", no rollback"
        return f"{len(self.runs)} deployments{last}{when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentHistoryFacts:
    """Where the release goes, and where going back may have been rehearsed."""

    live: Part[EnvironmentHistory]
    """Production; at a first launch the named staging."""
    others: tuple[Part[EnvironmentHistory], ...] = ()
    """The named staging, if it is not ``live`` itself."""

    @property
    def name(self) -> str:
        """All environments, as a finding names them."""
        return ", ".join(one.name for one in (self.live, *self.others))

    @property
    def deciding(self) -> tuple[Part[EnvironmentHistory], ...]:
        """The history that shows how many people a deployment takes."""
        return (self.live,)

    @property
    def drills(self) -> tuple[Self, ...]:
        """All of them as one, as a rollback in any of them is a drill."""
        return (self,)

    @property
    def seen(self) -> str:
        """One line about all of them, for a finding."""
        return "; ".join(f"{one.name}: {one.seen}" for one in (self.live, *self.others))

    def last_rollback(self, since: datetime) -> Run | None:
        """Return the newest rollback in any of them, or none.

        That there is none is known only if all of them could be read, each back to ``since``.
        """
        several = (self.live, *self.others)
        found = [run for one in several if one.observed for run in one.observed.rollbacks]
        if not found:
            found = [run for one in several for run in one.reading.rollbacks_since(since)]
        return max(found, key=lambda run: run.began, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentHistories:
    """What ran in production and in the named staging, and who let it?"""

    name: str = "environment_histories"
    source: str = "forge"
    operations: tuple[str, ...] = ("forge:deployments",)
    fact_type: Any = EnvironmentHistoryFacts

    def collect(self, desk: Desk) -> Answer[EnvironmentHistoryFacts]:
        """Ask the forge for the deployments to each environment."""
        live, staging = live_environment(desk), forge_of(desk).staging
        others = [staging] if staging and staging != live else []
        read = partial(_part, desk)
        facts = EnvironmentHistoryFacts(live=read(live), others=tuple(map(read, others)))
        return Answer(value=facts, where=(desk.forge.where,))


def live_environment(desk: Desk) -> str:
    """Return the environment that a release goes to: at a first launch the named staging."""
    declared = forge_of(desk)
    if not desk.profile.release.first:
        return declared.production
    if declared.staging is None:
        raise Undeclared("[forge] staging", "where a first launch is rehearsed,")
    return declared.staging


def beginning_of(told: tuple[Deployment, ...]) -> datetime | None:
    """Return when the oldest deployment began if older ones may have been left out."""
    return min(one.created for one in told) if len(told) >= MOST else None


def runs_of(deployments: tuple[Deployment, ...]) -> tuple[Run, ...]:
    """Return those that succeeded, oldest first."""
    done = (one for one in deployments if one.status == "success")
    return tuple(sorted(map(_run, done), key=lambda run: (run.began, run.id)))


def _run(one: Deployment) -> Run:
    people = people_among((one.by, *one.approved_by))
    ended = one.ended or one.created
    return Run(
        id=one.id,
        commit=one.commit,
        began=one.created,
        ended=ended,
        people=people,
        by_robot=not is_person(one.by),
    )


def _part(desk: Desk, environment: str) -> Part[EnvironmentHistory]:
    def read() -> EnvironmentHistory:
        told = desk.forge.deployments(environment)
        return EnvironmentHistory(
            environment=environment, runs=runs_of(told), begins=beginning_of(told)
        )

    return part_of(environment, read)
