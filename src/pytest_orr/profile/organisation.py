"""The form of the organisation's file: made of ``limits``' keys and of the profile's classes.

So that a limit has one type, one text and one place, whoever sets it.
"""

import dataclasses
from functools import cache
from typing import Any, get_args, get_type_hints

from pydantic.dataclasses import dataclass

from .answers import Policy
from .fields import CONFIG, Text
from .limits import OF_POLICY, keys
from .schema import Profile
from .service import Person


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Header:
    """The organisation's values, which hold for each service that extends this file."""

    name: Text
    """What documents call the organisation."""
    people: tuple[Person, ...] = ()
    """People of the organisation, beside those of each service; those with the role approver or
    principal-engineer, if there are any, alone may approve weakenings."""


@cache
def organisation_form() -> type[Any]:
    """Return the class that an organisation's file must fit: every key may be left out."""
    tables: dict[str, Any] = {}
    for key in keys():
        table = tables
        *around, last = key.removesuffix(".*").split(".")
        for step in around:
            table = table.setdefault(step, {})
        table[last] = None
    limits = {
        name: _table(name, inner, Policy if name in OF_POLICY else Profile)
        for name, inner in tables.items()
    }
    own = get_type_hints(Header, include_extras=True)
    return _made(
        "Organisation",
        [("name", own["name"]), ("people", own["people"], dataclasses.field(default=()))],
        limits,
        described_by=(Header, Profile, Policy),
    )


def _table(name: str, inner: dict[str, Any] | None, around: type) -> Any:
    """Return the type of a key: its own, or a class of those keys that may be set in a table."""
    hint = get_type_hints(around, include_extras=True)[name]
    if inner is None:
        return hint
    of_table = table_class(hint)
    types = {key: _table(key, further, of_table) for key, further in inner.items()}
    return _made(f"Limits{of_table.__name__}", [], types, described_by=(of_table,))


def table_class(hint: Any) -> Any:
    """Return the class of a table that may be left out."""
    classes = (one for one in (hint, *get_args(hint)) if isinstance(one, type))
    return next((one for one in classes if dataclasses.is_dataclass(one)), None)


def _made(
    name: str, first: list[Any], optional: dict[str, Any], *, described_by: tuple[type, ...]
) -> type[Any]:
    fields = [(key, kind | None, dataclasses.field(default=None)) for key, kind in optional.items()]
    plain = dataclasses.make_dataclass(
        name,
        [*first, *fields],
        frozen=True,
        kw_only=True,
        namespace={"described_by": described_by, "__doc__": described_by[0].__doc__},
    )
    return dataclass(frozen=True, kw_only=True, config=CONFIG)(plain)
