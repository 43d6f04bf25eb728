"""Which keys the KMS of a place has by which aliases, for ``encryption_keys`` and its stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

OPERATIONS = ("kms:ListAliases",)
"""What is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """An alias that leads to a key."""

    name: str
    """``alias/explorer``."""
    arn: str
    key: str
    """ARN of the key."""

    def is_meant_by(self, name: str) -> bool:
        """Tell whether a resource that names a key by ``name`` means the key of this alias.

        Services write the ARN of the key or of an alias, the key's id, or the alias.
        """
        return name in {self.name, self.arn, self.key, self.key.rpartition("/")[2]}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """The aliases of one place, by name."""

    place: Place
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredKeys:
    """The declared aliases, and the keys to which they lead, in all places."""

    names: frozenset[str]
    """Aliases in ``[[keys]]``."""
    rings: tuple[KeyRing, ...]

    @property
    def by_key(self) -> Mapping[str, str]:
        """The declared alias of each key's ARN."""
        return {alias.key: alias.name for _, alias in self.found}

    @property
    def found(self) -> tuple[tuple[Place, Alias], ...]:
        """The declared aliases that are there, by place and name."""
        there = ((ring.place, alias) for ring in self.rings for alias in ring.aliases)
        return tuple((place, alias) for place, alias in there if alias.name in self.names)

    def alias_of(self, place: Place, key: str) -> str:
        """Return the declared alias of a key that a resource in ``place`` names; empty if none."""
        rings = [ring for ring in self.rings if ring.place == place or key.startswith("arn:")]
        meant = (alias.key for ring in rings for alias in ring.aliases if alias.is_meant_by(key))
        return self.by_key.get(next(meant, ""), "")


def read_key_ring(aws: AwsAccess, place: Place) -> KeyRing:
    """Read the aliases of a place that lead to a key (``kms:ListAliases``)."""
    listed = aws.listing(place, "kms:ListAliases", "Aliases")
    aliases = (
        Alias(
            name=raw["AliasName"],
            arn=raw["AliasArn"],
            key=f"{raw['AliasArn'].partition(':alias/')[0]}:key/{raw['TargetKeyId']}",
        )
        for raw in listed
        if raw.get("TargetKeyId")  # AWS lists aliases of its own keys before there are such keys
    )
    return KeyRing(place=place, aliases=tuple(sorted(aliases, key=lambda alias: alias.name)))
