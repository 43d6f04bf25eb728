"""What the files of a pipeline say of releases, and of the foreign code that they call.

The words that GitHub's workflows and GitLab's pipelines share, for ``release_workflows``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
MOST_FILES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCode:
    """Code of somebody else that a pipeline runs: an action, a workflow, an include."""

    reference: str
    """As the file names it: ``owner/name@ref``."""
    is_pinned: bool
    """Whether the reference can never come to mean anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CiFile:
    """A workflow (GitHub), or the pipeline with the project's own files that it includes."""

    path: str
    name: str = ""
    """A workflow's own name."""
    release_triggers: tuple[str, ...] = ()
    """What of releases or tags starts it, or a job of it, in a few words."""
    release_jobs: tuple[str, ...] = ()
    """On GitLab, the jobs that make a release; those of a tag if none says that it makes one."""
    foreign: tuple[ForeignCode, ...] = ()

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        triggers = ", ".join(self.release_triggers) or "nothing of a release"
        pinned = sum(one.is_pinned for one in self.foreign)
        return f"started by {triggers}; {pinned} of {len(self.foreign)} foreign parts pinned"

    @property
    def follows(self) -> tuple[str, ...]:
        """Foreign code that may become something else without a change here."""
        return tuple(sorted({one.reference for one in self.foreign if not one.is_pinned}))

    @property
    def names(self) -> frozenset[str]:
        """How the forge may name its runs."""
        return frozenset({self.name, self.path, self.path.rpartition("/")[2]} - {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The files of the release's commit, and whose project they are."""

    project: str
    """Path of the project on the forge."""
    paths: tuple[str, ...]
    read: Callable[[str], bytes] = field(repr=False)
    """Returns a file's content."""

    @property
    def owner(self) -> str:
        """First part of the project's path, in lower case."""
        return self.project.partition("/")[0].lower()


def table(value: Any) -> dict[str, Any]:
    """Return a value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def several(value: Any) -> list[Any]:
    """Return what may stand alone or in a list as a list; nothing of an empty value."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def texts(value: Any) -> Iterator[str]:
    """Yield the texts of what may stand alone or in a list, lists in lists too."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
