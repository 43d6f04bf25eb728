"""Says who keeps a document up to date, and whether that person is still there; part of facts."""

from dataclasses import dataclass
from functools import partial

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.schema import Person
from pytest_orr.profile.service import same_person
from pytest_orr.profile.support import Page

from .code_owners import code_owners_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Caretaker:
    """Somebody who keeps a document up to date."""

    name: str
    """An e-mail address, or what CODEOWNERS writes."""
    told_by: str
    """``readiness.toml`` or ``CODEOWNERS``."""
    is_person: bool
    """Whether it is one of ``[[service.people]]``."""
    username: str = ""
    is_member: bool | None = None
    """Whether the person has access to the project; none if no forge is declared."""
    code_owners: tuple[str, ...] = ()
    """Whom CODEOWNERS names for the file."""
    is_code_owner: bool | None = None
    """Whether it is one of them; none where CODEOWNERS says nothing of the document."""

    @property
    def seen(self) -> str:
        """One line for a finding."""
        known = "one of the service's people" if self.is_person else "nobody of the service"
        told = "" if self.is_member is None else f", {'' if self.is_member else 'no '}member there"
        return f"{self.name} by {self.told_by}: {known}{told}"

    def is_same_as(self, other: "Caretaker") -> bool:
        """Tell whether both are one person, however each is named."""
        names = {one for one in (other.name.casefold(), other.username.casefold()) if one}
        return bool({self.name.casefold(), self.username.casefold()} & names)

    @property
    def is_active(self) -> bool:
        """Whether it is a person of the service who, where a forge tells, is a member there."""
        return self.is_person and self.is_member is not False


def caretaker_part(desk: Desk, declared: Page, where: str) -> Part[Caretaker]:
    """Look up who owns a document; ``where`` says where it is declared."""
    return part_of(f"owner of {declared.name or where}", partial(_owner, desk, declared, where))


def deputy_part(desk: Desk, declared: Page, where: str) -> Part[Caretaker]:
    """Look up who takes care of a document when its owner is away."""
    return part_of(f"deputy of {declared.name or where}", partial(_deputy, desk, declared, where))


def _deputy(desk: Desk, declared: Page, where: str) -> Caretaker:
    if declared.deputy is None:
        raise Undeclared(f"{where} deputy", "an e-mail address")
    return _caretaker(desk, declared.deputy, declared)


def _owner(desk: Desk, declared: Page, where: str) -> Caretaker:
    named = code_owners_of(desk, declared.path) if declared.path else ()
    if declared.owner is None and not named:
        raise Undeclared(f"{where} owner", "an e-mail address")
    told = declared.owner or _first_of(named, desk.profile.service.people)
    return _caretaker(desk, told, declared)


def _caretaker(desk: Desk, told: str, declared: Page) -> Caretaker:
    named = code_owners_of(desk, declared.path) if declared.path else ()
    person = next((one for one in desk.profile.service.people if _is(one, told)), None)
    return Caretaker(
        name=told,
        told_by="readiness.toml" if told in {declared.owner, declared.deputy} else "CODEOWNERS",
        is_person=person is not None,
        username=(person.username or "") if person else "",
        is_member=_is_member(desk, person) if person else None,
        code_owners=named,
        is_code_owner=any(_is(person, one) for one in named) if person and named else None,
    )


def _first_of(named: tuple[str, ...], people: tuple[Person, ...]) -> str:
    """Return the first owner who is a person of the service; else the first, whoever it is."""
    known = (one for one in named if any(_is(person, one) for person in people))
    return next(known, named[0])


def _is(person: Person, named: str) -> bool:
    """Tell whether a person is meant by an e-mail address, or by an @ and a name on the forge."""
    if named.startswith("@"):
        return (person.username or "").casefold() == named[1:].casefold()
    return same_person(person.email, named)


def _is_member(desk: Desk, person: Person) -> bool | None:
    if desk.profile.forge is None:
        return None
    if person.username is None:
        raise FactUnavailable(
            f"readiness.toml does not say who {person.email} is on the forge",
            f"write username beside {person.email} under [[service.people]]",
        )
    there = (one for one in desk.forge.members() if one.has_joined and not one.is_robot)
    return person.username.casefold() in {one.username.casefold() for one in there}
