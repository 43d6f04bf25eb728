"""Who could put a statement into force by confirming it: asked of the judgement of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.profile.service import Person, same_person
from pytest_orr.profile.standing import statement_standing

if TYPE_CHECKING:
    from datetime import date

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.fields import Role
    from pytest_orr.profile.load import Written
    from pytest_orr.profile.schema import Statement

SOMEBODY = "second.person@nobody.invalid"
"""Stands for a person whom the profile does not name yet."""
EVERYTHING: tuple[Role, ...] = ("service", "security", "platform", "product", "support")


def second_persons(
    spec: ItemSpec, statement: Statement, *, written: Written, as_of: date
) -> tuple[str, ...] | None:
    """Return who among the profile's people would put a statement into force by confirming it.

    Nobody (an empty tuple) when somebody would have to be named in the profile first; ``None`` when
    a second person is not what is missing.
    """
    now = statement_standing(spec, statement, written=written, as_of=as_of)
    if statement.confirmed is not None or now.in_force:
        return None

    def confirmed_by(email: str, within: Written) -> bool:
        said = replace(statement, confirmed=email)
        return statement_standing(spec, said, written=within, as_of=as_of).in_force

    people = written.profile.service.people
    able = tuple(
        one.email
        for one in people
        if not same_person(one.email, statement.by) and confirmed_by(one.email, written)
    )
    if able or confirmed_by(SOMEBODY, _with_somebody(written)):
        return able
    return None


def _with_somebody(written: Written) -> Written:
    profile = written.profile
    somebody = Person(email=SOMEBODY, name="somebody", roles=EVERYTHING)
    service = replace(profile.service, people=(*profile.service.people, somebody))
    return replace(written, profile=replace(profile, service=service))
