"""Reads resource policies of AWS, of buckets and keys alike: whom they allow what, and on terms.

Statements that deny are not read: they can only take away what others give.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYBODY = "*"
EVERYBODY_CONFINED = "everybody (on conditions)"
CONFINING_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)
"""Terms that say who asks. ``kms:ViaService`` says only through what, which anybody can use."""
CONFINING_OPERATOR = re.compile(
    r"(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)"
)
"""Negations, ``…IfExists`` and ``ForAllValues:`` are fulfilled by who says nothing of himself."""
ACCOUNT_OF_ARN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody whom a statement names."""

    kind: str
    """``AWS``, ``Service``, ``Federated``, ``CanonicalUser``, or ``*``."""
    name: str

    @property
    def is_everybody(self) -> bool:
        """Whether it is anyone at all, of any account or of none."""
        return self.name == EVERYBODY

    @property
    def account(self) -> str:
        """Account of an ARN or a bare account id; empty for anybody else."""
        if re.fullmatch(r"\d{12}", self.name):
            return self.name
        parts = self.name.split(":")
        return parts[ACCOUNT_OF_ARN] if self.kind == "AWS" and len(parts) > ACCOUNT_OF_ARN else ""

    @property
    def shown(self) -> str:
        """As people know it: ``role/explorer``, ``all of 123456789012``, a service's name."""
        if self.is_everybody:
            return "everybody"
        whole = self.name == self.account or self.name.endswith(":root")
        return f"all of {self.account}" if whole else self.name.rpartition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A term of a statement: ``StringEquals``, ``aws:sourcearn``, the values."""

    operator: str
    key: str
    """In lower case."""
    values: tuple[str, ...]

    @property
    def is_positive(self) -> bool:
        """Whether it holds only for who has one of its values."""
        return bool(CONFINING_OPERATOR.fullmatch(self.operator))

    @property
    def confines(self) -> bool:
        """Whether it narrows everybody down to somebody."""
        known = self.key in CONFINING_KEYS and self.is_positive
        return bool(known and self.values) and not any(_is_anyone(value) for value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A statement that allows something."""

    name: str
    """Its Sid, or which one it is."""
    principals: tuple[Principal, ...]
    actions: tuple[str, ...]
    """In lower case; ``*`` for a statement that names only what it leaves out."""
    conditions: tuple[Condition, ...]

    @property
    def is_for_everybody(self) -> bool:
        """Whether it names anyone at all, and no term says who."""
        anyone = any(principal.is_everybody for principal in self.principals)
        return anyone and not any(condition.confines for condition in self.conditions)

    @property
    def who(self) -> tuple[str, ...]:
        """Whom it names, as people know them."""
        confined = EVERYBODY_CONFINED if not self.is_for_everybody else ""
        return tuple(
            confined if confined and principal.is_everybody else principal.shown
            for principal in self.principals
        )

    def allows(self, *actions: str) -> bool:
        """Whether it allows one of these actions, such as ``s3:GetObject``."""
        return any(fnmatchcase(one.lower(), own) for one in actions for own in self.actions)

    def values_of(self, key: str) -> tuple[str, ...]:
        """Return the values to which a term confines ``key``; none if nothing confines it."""
        wanted = (one for one in self.conditions if one.key == key.lower() and one.confines)
        return tuple(value for condition in wanted for value in condition.values)


def grants_of(text: str, whose: str) -> tuple[Grant, ...]:
    """Read a policy's text; ``whose`` names it when it cannot be read."""
    try:
        policy = json.loads(text)
        statements = _several(policy["Statement"])
        allowed = [(n, one) for n, one in enumerate(statements, 1) if one["Effect"] == "Allow"]
        return tuple(_grant(number, one) for number, one in allowed)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FactUnavailable(
            f"the policy of {whose} cannot be read",
            "update pytest-orr, which does not know this kind of policy",
        ) from error


def _grant(number: int, raw: dict[str, Any]) -> Grant:
    return Grant(
        name=raw.get("Sid") or f"statement {number}",
        principals=tuple(_principals(raw)),
        actions=tuple(action.lower() for action in _several(raw.get("Action", EVERYBODY))),
        conditions=tuple(_conditions(raw.get("Condition") or {})),
    )


def _principals(raw: dict[str, Any]) -> Iterator[Principal]:
    """Yield whom a statement names; to name whom it is not for is to name everybody."""
    named = raw["Principal"] if "NotPrincipal" not in raw else EVERYBODY
    if isinstance(named, str):
        yield Principal(kind=EVERYBODY, name=named)
        return
    for kind, names in named.items():
        yield from (Principal(kind=kind, name=name) for name in _several(names))


def _conditions(raw: dict[str, Any]) -> Iterator[Condition]:
    for operator, terms in raw.items():
        for key, values in terms.items():
            known = tuple(str(value) for value in _several(values))
            yield Condition(operator=operator, key=key.lower(), values=known)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_anyone(value: str) -> bool:
    """Whether a value leaves open whose it is: an ARN of any account, a pattern of ids."""
    owner = value
    if value.startswith("arn:"):
        parts = value.split(":", 5)
        owner = next((part for part in parts[ACCOUNT_OF_ARN:] if part), "*")
    first = owner.partition("/")[0]
    return not first or not {"*", "?"}.isdisjoint(first)
