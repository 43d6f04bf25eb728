"""What an item's body is handed: facts out of their observations, and findings about the others."""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import TYPE_CHECKING

from pytest_orr.model import FactSeen, Finding, Outcome
from pytest_orr.observation import Observed, Unobserved, Unseen
from pytest_orr.profile.schema import Profile
from pytest_orr.record.attestation import Attestation
from pytest_orr.record.findings import Subjects

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from pytest_orr.model import ItemSpec


def replaced(item: pytest.Function, spec: ItemSpec) -> tuple[Finding, ...]:
    """Report what a fixture of the same name gave instead of the product's own."""
    expected: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(spec.facts, (Observed, Unobserved)),
        "subject": (Subjects,),
        "attestation": (Attestation,),
        "profile": (Profile,),
        "as_of": (datetime,),
    }
    return tuple(
        Finding(
            subject=name,
            outcome=Outcome.UNKNOWN,
            detail=f"another fixture took the place of {name}",
            remedy=f"rename the fixture {name} of the suite's conftest.py or module",
        )
        for name in _asked(item)
        if name in expected and not isinstance(item.funcargs[name], expected[name])
    )


def unwrap(
    item: pytest.Function, digests: Mapping[str, str]
) -> tuple[dict[str, object], tuple[Finding, ...], tuple[FactSeen, ...]]:
    """Return what the body is called with, a finding per fact not had, and all facts by name."""
    handed: dict[str, object] = {}
    missing: list[Finding] = []
    facts: list[FactSeen] = []
    for name, value in item.funcargs.items():
        if isinstance(value, Unobserved):
            missing.append(_unknown(value))
        if isinstance(value, Observed | Unobserved):
            facts.append(_seen(value, digests))
        handed[name] = _handed(value)
    handed = {name: handed[name] for name in _asked(item)}
    return handed, tuple(missing), tuple(sorted(facts, key=lambda fact: fact.name))


def caveats(item: pytest.Function) -> tuple[Finding, ...]:
    """Return what collectors could not see beside the facts they returned."""
    return tuple(
        Finding(
            subject=caveat.subject,
            outcome=Outcome.UNKNOWN,
            detail=caveat.cause,
            remedy=caveat.remedy,
        )
        for name in _asked(item)
        if isinstance(fact := item.funcargs[name], Observed)
        for caveat in fact.caveats
    )


def _asked(item: pytest.Function) -> list[str]:
    """Name what the body asks for; a parameter with a default is no fixture."""
    return [name for name in inspect.signature(item.obj).parameters if name in item.funcargs]


def _handed(value: object) -> object:
    match value:
        case Observed():
            return value.value
        case Unobserved():
            return Unseen(value)
        case _:
            return value


def _unknown(fact: Unobserved) -> Finding:
    return Finding(
        subject=fact.name, outcome=Outcome.UNKNOWN, detail=fact.cause, remedy=fact.remedy
    )


def _seen(fact: Observed[object] | Unobserved, digests: Mapping[str, str]) -> FactSeen:
    return FactSeen(
        name=fact.name,
        source=fact.source,
        digest=digests.get(fact.name, ""),
        observed=isinstance(fact, Observed),
        operations=tuple(sorted(set(fact.operations))),
    )
