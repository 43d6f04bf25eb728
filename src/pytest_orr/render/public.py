"""SignOff to the same sign-off for a wider public: accounts and addresses are masked."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")
MASK = "[masked]"
ACCOUNT = re.compile(r"(?<![0-9a-f])[0-9]{12}(?![0-9a-f])")
ADDRESS = re.compile(r"(?<![\w:.])[0-9a-fA-F:]*[:.][0-9a-fA-F:.]*[0-9a-fA-F:](?![\w:])")


def masked(value: T) -> T:
    """Return a value as a page may show it to people outside: nothing else of it is changed."""
    changed: Any = value
    if isinstance(value, str) and not isinstance(value, StrEnum):
        changed = ADDRESS.sub(_mask_if_address, ACCOUNT.sub(MASK, value))
    elif isinstance(value, tuple):
        changed = tuple(masked(part) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(value, **{f.name: masked(getattr(value, f.name)) for f in fields(value)})
    return changed  # type: ignore[no-any-return]  # built from the value's own parts


def _mask_if_address(found: re.Match[str]) -> str:
    try:
        ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]
    return MASK
