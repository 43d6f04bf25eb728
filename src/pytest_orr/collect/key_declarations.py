"""Whom the profile lets use a KMS key, for ``key_uses`` and what it reads of CloudTrail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .principals import plain_principal

if TYPE_CHECKING:
    from pytest_orr.profile.schema import Key

REMEDY = "declare who may use it as users under [[keys]] in readiness.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Whom the profile lets use and change a key, in the words of ``principals``, sorted."""

    alias: str
    users: tuple[str, ...]
    administrators: tuple[str, ...]

    @property
    def everybody(self) -> frozenset[str]:
        """Whoever may use the key; nobody declared is no declaration."""
        if not self.users:
            raise FactUnavailable(f"[[keys]] declares no users of {self.alias}", REMEDY)
        return frozenset((*self.users, *self.administrators))


def declared_of(key: Key) -> Declared:
    """Return what the profile says about a key."""
    users, administrators = (
        tuple(sorted({plain_principal(name) for name in names}))
        for names in (key.users, key.administrators)
    )
    return Declared(alias=key.alias, users=users, administrators=administrators)
