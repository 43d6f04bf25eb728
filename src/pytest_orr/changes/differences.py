"""Two values to the fields in which they differ, in words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from .values import Difference

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def differences(
    before: Any,
    after: Any,
    *,
    prefix: str = "",
    leave_out: Collection[str] = (),
    labels: Mapping[str, str] | None = None,
) -> tuple[Difference, ...]:
    """Return the fields in which two values of one dataclass differ, in the order of its fields.

    A field is called by ``labels``, or else by its own name, after ``prefix``.
    """
    labels = labels or {}
    return tuple(
        Difference(
            name=f"{prefix}{labels.get(one.name, one.name.replace('_', ' '))}",
            before=said(was),
            after=said(now),
        )
        for one in fields(after)
        if one.name not in leave_out
        and (was := getattr(before, one.name)) != (now := getattr(after, one.name))
    )


def said(value: Any) -> str:
    """Print a value in one line: parts of a list by commas, fields of a record by spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(said, value))
    if is_dataclass(value):
        return " ".join(filter(None, (said(getattr(value, one.name)) for one in fields(value))))
    return str(value)
