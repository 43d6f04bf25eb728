"""What a forge says of an issue, in words that GitLab and GitHub share."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue of a project."""

    number: int
    """In the project."""
    title: str
    is_closed: bool
    closed: datetime | None = None
    """Aware, UTC; none while it is open, and on GitLab for what was closed before 2018."""
    was_done: bool | None = None
    """Whether it was closed as done, and not as something that nobody will do; none on GitLab,
    which knows no such reason."""
