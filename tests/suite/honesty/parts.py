"""Facts of which one part could not be read, each part of each fact by itself."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_orr.collect.parts import Part
from pytest_orr.observation import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_SEEN = Unavailable(cause="nobody saw it", remedy="look")


def without_each_part(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a fact's value once for each of its parts, without what was seen of that part."""
    if isinstance(value, Part):
        if value.observed is not None:
            yield value.name, replace(value, observed=None, unavailable=NOT_SEEN)
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            for name, other in without_each_part(one):
                yield name, (*value[:place], other, *value[place + 1 :])
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for name, other in without_each_part(getattr(value, field.name)):
                yield name, replace(value, **{field.name: other})
