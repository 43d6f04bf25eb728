"""People to roles: every place that must be filled, by a person who fills no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .people import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

AUTHORS_ROLE = "service"
"""The one role that who made or asked for a release may fill."""
FEWEST_PEOPLE = 2
"""People who must have signed, unless the policy says ``solo``."""


def filled(
    people: Mapping[str, Collection[str]],
    need: Iterable[tuple[str, int]],
    authors: Iterable[str],
    *,
    solo: bool,
) -> dict[str, str] | None:
    """Return by e-mail which role each person fills; nothing if they cannot fill all.

    ``people`` are who signed, by e-mail, with their roles; ``need`` says how many people each role
    takes; nobody is needed nowhere. An e-mail names one person, with capitals or without.
    """
    made = folded(authors)
    able = _one_each(people)
    if len(able) < FEWEST_PEOPLE and not solo:
        return None
    for email in made & able.keys():
        able[email] = able[email] & {AUTHORS_ROLE}
    places = [role for role, count in need for _ in range(count)]
    if not places:
        return None
    taken: dict[str, int] = {}
    for place in range(len(places)):
        if not _placed(place, places, able, taken, set()):
            return None
    spelt = {email.casefold(): email for email in sorted(people, reverse=True)}
    return {spelt[email]: places[place] for email, place in sorted(taken.items())}


def _one_each(people: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    able: dict[str, frozenset[str]] = {}
    for email, roles in sorted(people.items()):
        name = email.casefold()
        able[name] = able.get(name, frozenset()) | frozenset(roles)
    return able


def _placed(
    place: int,
    places: list[str],
    able: Mapping[str, Collection[str]],
    taken: dict[str, int],
    tried: set[str],
) -> bool:
    """Give a place to somebody, if need be by finding another place for whoever has it."""
    for email, roles in able.items():
        if places[place] in roles and email not in tried:
            tried.add(email)
            if email not in taken or _placed(taken[email], places, able, taken, tried):
                taken[email] = place
                return True
    return False
