"""Settings as ``orr explain`` prints them: the value in force, and which file and line wrote it."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.json_schemas import texts_under_fields
from pytest_orr.profile.limits import OF_POLICY, direction_of
from pytest_orr.profile.mistakes import escape
from pytest_orr.profile.overlay_values import written as as_written
from pytest_orr.profile.schema import Policy, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.profile.load import Written

DEFAULT = "the product's default"
WIDEST = 100
"""Characters of a value; a list may have a hundred entries."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A key as the profile's classes declare it."""

    key: str
    text: str
    """What an editor shows of it."""
    hint: Any
    """Its type."""

    @property
    def table(self) -> Any:
        """The class of a table or of a list of tables; nothing for a value."""
        classes = () if self.is_variable else _within(self.hint)
        return next((one for one in classes if dataclasses.is_dataclass(one)), None)

    @property
    def is_variable(self) -> bool:
        """Whether it may be read from the environment."""
        return FromEnvironment in _within(self.hint)

    @property
    def is_list(self) -> bool:
        """Whether it is a list of tables."""
        return self.table is not None and _holds_several(self.hint)

    @property
    def is_secret(self) -> bool:
        """Whether its value is secret, and named by its variable alone."""
        return self.is_variable and str not in _within(self.hint)


@cache
def declared(key: str) -> Declared | None:
    """Return a key of readiness.toml, or one of policy.toml; nothing if there is none.

    What stands below a list of tables is the list.
    """
    kind: Any = Policy if key.partition(".")[0] in OF_POLICY else Profile
    found = None
    steps = key.split(".")
    for end, step in enumerate(steps, 1):
        hints, texts = _described(kind) if kind else ({}, {})
        if step not in hints:
            return None
        text = " ".join(texts.get(step, "").split())
        found = Declared(key=".".join(steps[:end]), text=text, hint=hints[step])
        if found.is_list:
            return found
        kind = found.table
    return found


@cache
def _described(kind: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the types of a class's keys, and the texts under them."""
    return get_type_hints(kind, include_extras=True), texts_under_fields(kind)


def known_keys() -> tuple[str, ...]:
    """Return every key, table and list of tables that a profile and a policy may have."""
    return tuple(sorted({*_keys(Profile, ""), *_keys(Policy, "")}))


def shown(keys: Iterable[str], written: Written) -> Iterator[str]:
    """Yield a line for each setting: ``monitoring.freshest_minutes = 10 (org.toml:9)``."""
    found = {one.key: one for key in keys if (one := declared(key))}
    for key, one in sorted(found.items()):
        yield from _lines(key, one, written)


def setting(one: Declared, written: Written | None) -> Iterator[str]:
    """Yield all that is known of one setting."""
    yield from (one.key, "", one.text, "")
    if written is not None:
        yield from _lines(one.key, one, written)
    if direction := direction_of(tuple(one.key.split("."))):
        yield f"An organisation may set it: {direction.value}."
    for weakened in written.weakenings if written else ():
        if weakened.key == one.key:
            yield (
                f"Weaker than {weakened.organisation_value} of {weakened.organisation}"
                f" ({weakened.beneath}): {weakened.approver} approved it until {weakened.until}."
            )


def secrets(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each variable that holds a token or password, with what its field says of it."""
    found = {one.key: one for key in keys if (one := declared(key))}
    for _, one in sorted(found.items()):
        inner = () if one.is_list else _below(one)
        yield from ((below.key, below.text) for below in (one, *inner) if below.is_secret)


def _lines(key: str, one: Declared, written: Written) -> Iterator[str]:
    value = _value(written, key)
    origin = written.layers.origin_of(key)
    where = escape(str(origin)) if origin else DEFAULT
    if one.is_list:
        yield f"[[{key}]]: {len(value)} declared ({where})" if value else f"[[{key}]]: none"
    elif one.table is None:
        yield f"{key} = {_text(value)} ({where})"
    elif value is None:
        yield f"[{key}]: not declared"
    else:
        own = [below for below in _below(one) if written.layers.origin_of(below.key)]
        if not own:
            yield f"[{key}]: {DEFAULT}s"
        for below in own:
            yield from _lines(below.key, below, written)


def _below(one: Declared) -> tuple[Declared, ...]:
    """Return the keys of a table; none of a value."""
    names = _fields(one.table) if one.table else ()
    found = (declared(f"{one.key}.{name}") for name in names)
    return tuple(below for below in found if below)


def _value(written: Written, key: str) -> Any:
    steps = key.split(".")
    value: Any = written.policy if steps[0] in OF_POLICY else written.profile
    for step in steps:
        value = getattr(value, step, None)
    return value


def _text(value: Any) -> str:
    match value:
        case None:
            text = "nothing"
        case FromEnvironment(env=name):
            text = f'{{ env = "{name}" }}'
        case tuple():
            text = as_written(list(value))
        case dict():
            text = f"a table of {len(value)}"
        case _:
            text = as_written(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _holds_several(hint: Any) -> bool:
    return get_origin(hint) is tuple or any(map(_holds_several, get_args(hint)))


def _within(hint: Any) -> frozenset[Any]:
    inner = [one for part in get_args(hint) for one in _within(part)]
    return frozenset([hint, *inner]) if isinstance(hint, type) else frozenset(inner)


def _fields(table: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(table))


def _keys(kind: Any, around: str) -> Iterator[str]:
    for name in _fields(kind):
        key = f"{around}{name}"
        yield key
        one = declared(key)
        if one and one.table and not one.is_list:
            yield from _keys(one.table, f"{key}.")
