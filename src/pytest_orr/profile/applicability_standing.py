"""Does a not-applicable still rest on what the profile says? Part of ``standing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import REVIEWING

from .applicability import SAID_OF_ABSENCE, bases_of
from .mistakes import escape
from .objection import Objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .load import Written
    from .service import NotApplicable

ROLES = " or ".join(REVIEWING)


def against_proposal(declared: NotApplicable, written: Written) -> Iterator[Objection]:
    """Yield that nobody has agreed, and who may."""
    if declared.approver is None:
        yield Objection(
            reason="nobody has agreed yet", remedy=f"{_who_may_sign(written)}, or remove it"
        )


def against_basis(declared: NotApplicable, written: Written) -> Iterator[Objection]:
    """Yield each thing that the service has not, and that the profile declares nevertheless."""
    absent = bases_of(declared)
    for one in written.declared:
        if one.basis in absent:
            said = SAID_OF_ABSENCE.get(declared.reason, f"no {one.basis}")
            yield Objection(
                reason=f"{one.file}:{one.line} declares {one.section}, so “{said}” no longer holds",
                remedy="remove its [[not_applicable]] from readiness.toml: the item is judged"
                " without it",
            )


def _who_may_sign(written: Written) -> str:
    people = [
        one.email for one in written.profile.service.people if set(one.roles) & set(REVIEWING)
    ]
    if not people:
        return f"name somebody with the role {ROLES} in readiness.toml, who signs it"
    names = " or ".join(escape(one) for one in people)
    return f"let {names} sign it in readiness.toml: `approver` and `on` under [[not_applicable]]"
