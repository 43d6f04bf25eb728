"""Who may state and confirm an answer about an item? Part of ``standing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .drill_standing import drill_of
from .mistakes import escape
from .objection import Objection
from .service import same_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import ItemSpec

    from .load import Written
    from .schema import Statement

ANY_ITEM = ("principal-engineer", "approver")
"""Roles that may confirm a statement about any item."""


def against_people(spec: ItemSpec, statement: Statement, written: Written) -> Iterator[Objection]:
    """Yield what is wrong with who states and who confirms."""
    if not written.profile.has_role(statement.by, spec.owner):
        yield Objection(
            reason=f"its author {escape(statement.by)} has not the role {spec.owner}",
            remedy=f"have it stated by somebody with the role {spec.owner}",
        )
    if statement.confirmed is None:
        if spec.severity == "blocker":
            yield Objection(
                reason="nobody has confirmed it, which a blocker needs",
                remedy="have a second person confirm it: `confirmed`",
            )
    elif same_person(statement.confirmed, statement.by):
        yield Objection(
            reason="its author has confirmed it",
            remedy="have a second person confirm it: `confirmed`",
        )
    elif not may_confirm(spec, statement, statement.confirmed, written=written):
        roles = ", ".join(dict.fromkeys((spec.owner, ANY_ITEM[0])))
        whom = f"{escape(statement.confirmed)}, who confirmed it,"
        yield Objection(
            reason=f"{whom} has not the role {roles} or {ANY_ITEM[1]}, and did no drill of it",
            remedy=f"have it confirmed by somebody with the role {roles} or {ANY_ITEM[1]}",
        )


def may_confirm(spec: ItemSpec, statement: Statement, email: str, *, written: Written) -> bool:
    """Tell whether somebody may confirm a statement: by role, or as whoever did its drill."""
    if any(written.profile.has_role(email, role) for role in (spec.owner, *ANY_ITEM)):
        return True
    drills = (drill_of(one, written) for one in statement.evidence)
    return any(drill is not None and same_person(drill.record.by, email) for drill in drills)
