"""Reads how long the release served a few before it served all: the fact ``release_canaries``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

from .environment_histories import MOST, Run, beginning_of, live_environment, runs_of
from .releases_before import forge_of, same_commit

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCanary:
    """When the release ran in the canary's environment, and when it went to production."""

    environment: str
    stays: tuple[tuple[datetime, datetime | None], ...] = ()
    """From when to when it ran there; without an end it is there still."""
    begins: datetime | None = None
    """When the oldest deployment there that was told began, if older ones may be left out."""
    spread: datetime | None = None
    """When its first deployment to production began; none if it was not deployed there yet."""
    spread_begins: datetime | None = None
    """When the oldest deployment to production that was told began, if older ones may be left
    out."""

    @property
    def has_run(self) -> bool:
        """Whether it ever ran there; that it did not is known only of the whole history."""
        if not self.stays and self.begins:
            raise FactUnavailable(
                f"the newest {MOST} deployments to {self.environment} are all of others, and "
                f"older ones than of {self.begins:%Y-%m-%d} are not told",
                "deploy the release there again, or correct [delivery.canary] environment",
            )
        return bool(self.stays)

    def hours_before_all(self, as_of: datetime) -> float:
        """Return the longest time that it ran there without a break before production had it.

        Raises ``FactUnavailable`` when production may have had it before what is told of it.
        """
        start, end = self.stay_before_all(as_of)
        return (end - start).total_seconds() / SECONDS_PER_HOUR

    def stay_before_all(self, as_of: datetime) -> tuple[datetime, datetime]:
        """Return from when to when that was; an empty time if it never ran there.

        Raises ``FactUnavailable`` as ``hours_before_all`` does.
        """
        if self.stays and self.spread_begins and self.spread_begins > self.stays[0][0]:
            raise FactUnavailable(
                f"the newest {MOST} deployments to production go back to "
                f"{self.spread_begins:%Y-%m-%d} alone, and the release may be there for longer",
                'say in a statement with covers = "unknown" when production had it',
            )
        until = min(self.spread or as_of, as_of)
        stays = ((start, min(end or until, until)) for start, end in self.stays)
        return max(stays, key=lambda stay: stay[1] - stay[0], default=(until, until))

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.stays:
            return "the release was never deployed there"
        since = f"it runs there since {self.stays[0][0]:%Y-%m-%d %H:%M}"
        spread = f"{self.spread:%Y-%m-%d %H:%M}" if self.spread else "not yet"
        return f"{since}, in production {spread}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCanaries:
    """Did the release run in the canary's environment before production had it?"""

    name: str = "release_canaries"
    source: str = "forge"
    operations: tuple[str, ...] = ("forge:deployments",)
    fact_type: Any = tuple[Part[ReleaseCanary], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[ReleaseCanary], ...]]:
        """Ask the forge what ran in the canary's environment and in production.

        At a first launch the named staging is the canary.
        """
        part = part_of(environment_of(desk), lambda: read_release_canary(desk))
        return Answer(value=(part,), where=(desk.forge.where,))


def environment_of(desk: Desk) -> str:
    """Return where the release is tried on a few: the named staging at a first launch."""
    is_first = desk.profile.release.first
    return live_environment(desk) if is_first else desk.profile.delivery.canary.environment


def read_release_canary(desk: Desk) -> ReleaseCanary:
    """Ask when the release ran in the canary's environment (forge: deployments)."""
    own, forge, environment = desk.profile.release.commit, desk.forge, environment_of(desk)
    live = forge.deployments(forge_of(desk).production)
    spread = (run.began for run in runs_of(live) if same_commit(run.commit, own))
    told = forge.deployments(environment)
    return ReleaseCanary(
        environment=environment,
        stays=_stays(runs_of(told), own),
        begins=beginning_of(told),
        spread=min(spread, default=None),
        spread_begins=beginning_of(live),
    )


def _stays(runs: tuple[Run, ...], commit: str) -> tuple[tuple[datetime, datetime | None], ...]:
    found: list[tuple[datetime, datetime | None]] = []
    for run in runs:
        is_there = bool(found) and found[-1][1] is None
        if same_commit(run.commit, commit) and not is_there:
            found.append((run.ended, None))
        elif is_there and not same_commit(run.commit, commit):
            found[-1] = (found[-1][0], run.began)
    return tuple(found)
