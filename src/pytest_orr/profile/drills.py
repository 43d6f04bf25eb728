"""The part of readiness.toml about drills: where records lie, and what makes one void."""

from pydantic import Field
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Days, RepositoryGlob, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Drills:
    """Rehearsals of what nobody should do for the first time in an incident."""

    folder: Text = "drills"
    """Folder with the records, beside this file."""
    valid_days: Days = 90
    """How old a drill may be."""
    voided_by: dict[Text, tuple[RepositoryGlob, ...]] = Field(default_factory=dict)
    """For an item, the files of the repository whose change voids its drill."""
