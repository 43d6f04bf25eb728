"""What the record of a drill says: who did what, when, for how long, and how it went."""

from typing import Annotated

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Commit, Email, Flag, Instant, RepositoryPath, Text

Minutes = Annotated[int, Strict(), Field(ge=1, le=10_080)]
"""At most a week."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class DrillRecord:
    """One drill, as those who were there wrote it down."""

    items: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Ids of the items that it rehearses."""
    by: Email
    """Who did it, by the written procedure alone: one of the profile's people."""
    author: Email
    """Who wrote the procedure: somebody else."""
    others: tuple[Email, ...] = ()
    """Who else took part or watched."""
    procedure: RepositoryPath | None = None
    """The procedure, if it lies in the repository, from the repository's top on."""
    environment: Text
    """Where it was done, such as production."""
    release: Commit
    """The commit that ran there."""
    started: Instant
    """When it began, with the offset from UTC."""
    minutes: Minutes
    """How long it took, to its end; a part of a minute counts as one."""
    objective_minutes: Minutes | None = None
    """How long it may take."""
    succeeded: Flag
    """Whether its aim was reached."""
    happened: Text
    """What happened, and what was found."""
    lost: Text
    """Requests that failed and data that was lost, or "nothing"."""

    @property
    def went_well(self) -> bool:
        """Whether its aim was reached, and in time if a time was set."""
        return not self.went

    @property
    def went(self) -> str:
        """How it failed, as it continues "the drill …"; empty if it went well."""
        if not self.succeeded:
            return "did not succeed"
        if self.objective_minutes is not None and self.minutes > self.objective_minutes:
            return f"took {self.minutes} minutes, {self.objective_minutes} are allowed"
        return ""
