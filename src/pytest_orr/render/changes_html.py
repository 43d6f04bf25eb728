"""Changes to ``changes.html``: what a reviewer of the run before must look at again.

It is a page of its own because nobody signs it: the readiness report is bound by its digest to one
run, and a replay of that run must write the same bytes wherever it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pytest_orr.changes import changes_between, incomparable

from . import engine
from .changes import HEADINGS

if TYPE_CHECKING:
    from pytest_orr.changes import Changes
    from pytest_orr.model import Review, SignOff

TEMPLATE = "changes.html.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesPage:
    """Renders what changed since an earlier run of the same service."""

    FILE_NAME: ClassVar[str] = "changes.html"
    earlier: Review | None
    """None if there is nothing to compare with."""
    signed: bool
    """Whether a sign-off lies beside it, which nobody has verified here."""
    trouble: str = ""
    """Why an earlier run that is there cannot be compared; else empty."""

    def render(self, signoff: SignOff) -> str:
        """Return the page: no script, nothing loaded, every text escaped."""
        review, trouble = signoff.review, self.trouble
        changes = changes_between(self.earlier, review) if self.earlier else None
        if changes and (stranger := _stranger(changes)):
            changes, trouble = None, f"it is one of {stranger}"
        template = engine.environment().get_template(TEMPLATE)
        return template.render(
            review=review,
            signed=self.signed,
            trouble=trouble,
            changes=changes,
            movements=HEADINGS,
            doubts=incomparable(changes) if changes else (),
        )


def _stranger(changes: Changes) -> str:
    """Name the service of the earlier run, if it is another one."""
    before, after = changes.before, changes.after
    if (before.service, before.environment) == (after.service, after.environment):
        return ""
    return f"{before.service} ({before.environment})"
