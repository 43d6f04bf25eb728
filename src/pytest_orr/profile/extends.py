"""The part of readiness.toml about the organisation's file beneath it, and what bends that file."""

from typing import Annotated

from pydantic import Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Date, Email, FullCommit, Setting, Sha256, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Extends:
    """The organisation's file, whose values hold unless this file has stricter ones."""

    path: Text
    """The file, beside this one; with `commit`, its path from the top of the repository on."""
    sha256: Sha256
    """Its digest: another content is refused until somebody has read it and changed this line."""
    commit: FullCommit | None = None
    """The commit of the organisation's repository to read it from, whole; nothing is fetched."""
    clone: Setting | None = None
    """With commit: folder of a local clone of that repository, beside this file unless it begins
    with /."""
    repository: Text | None = None
    """Where the clone comes from, as `git clone` takes it; only told, never asked."""


Scalar = Annotated[bool, Strict()] | Annotated[int, Strict()] | Annotated[float, Strict()] | Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ApprovedWeakening:
    """A value that is weaker than the organisation's, by permission and for a time."""

    key: Text
    """The key, such as monitoring.freshest_minutes, or gate.credentials of policy.toml."""
    value: Scalar | tuple[Scalar, ...]
    """What was approved: the value that the key has now."""
    reason: Text
    """Why the organisation's value cannot be kept."""
    approver: Email
    """Who agreed: somebody with the role approver or principal-engineer, one of the organisation's
    people if it names any."""
    on: Date
    """When."""
    until: Date
    """Last day on which it holds, at most 180 days later."""
