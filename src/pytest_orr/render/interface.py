"""What a renderer is: a module with a file name and a pure function from a sign-off to its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pytest_orr.model import SignOff


@runtime_checkable
class Renderer(Protocol):
    """A document: the same sign-off gives the same bytes, on any day and any machine.

    It reads no clock, no file but its own templates, and no network; times come from
    ``signoff.review.run``. A module of this package is a renderer by having these two names.
    """

    @property
    def FILE_NAME(self) -> str:  # noqa: N802 a constant of whoever is one
        """How the document is called in the report's folder; others' begin with ``review-``."""

    def render(self, signoff: SignOff) -> str:
        """Return the whole document, ending with one line end; written as UTF-8."""
