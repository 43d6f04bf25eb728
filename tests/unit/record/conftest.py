"""Values that the recorder handles, built by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.model import (
    Evidence,
    Finding,
    ItemSpec,
    Notice,
    Outcome,
    Person,
    Provenance,
    Release,
    RunBlock,
    StatementUsed,
    WaiverUsed,
)
from pytest_orr.record.journal import Closing, Opening
from pytest_orr.record.values import ItemRecord

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC: dict[str, Any] = {
    "id": "demo.a.one",
    "position": 1,
    "part": "service",
    "section": "demo",
    "section_title": "Demo",
    "title": "It holds.",
    "stated": "it",
    "severity": "major",
    "phase": "launch",
    "owner": "service",
    "why": "Because.",
    "fix": "Do the right thing.",
    "question": "Who says so?",
    "evidence_kind": "link",
    "valid_for": 90,
    "class_as_built": "automatic",
    "stamp": "local",
    "file": "test_demo.py",
    "function": "test_one",
}


@pytest.fixture(scope="session")
def a_spec() -> Callable[..., ItemSpec]:
    """Make an item; whatever is named differs from an ordinary one."""
    return lambda **changes: ItemSpec(**{**SPEC, **changes})


@pytest.fixture(scope="session")
def a_record() -> Callable[..., ItemRecord]:
    """Make the record of a passed item; whatever is named differs."""

    def make(item_id: str = "demo.a.one", **changes: Any) -> ItemRecord:
        finding = Finding(subject="backend", outcome=Outcome.PASS, detail="2 zones")
        values: dict[str, Any] = {
            "node": f"readiness/test_demo.py::test_{item_id.rpartition('.')[2]}",
            "outcome": Outcome.PASS,
            "reason": "backend: 2 zones",
            "findings": (finding,),
        }
        return ItemRecord(id=item_id, **{**values, **changes})

    return make


@pytest.fixture(scope="session")
def a_statement() -> Callable[..., StatementUsed]:
    """Make a statement in force that answers the question; whatever is named differs."""

    def make(**changes: Any) -> StatementUsed:
        values: dict[str, Any] = {
            "statement": "Restarted in 4 min.",
            "by": "ana@example.org",
            "confirmed": "bo@example.org",
            "on": "2026-11-02",
            "until": "2027-01-31",
            "release": "any",
            "covers": "question",
            "evidence": (Evidence(kind="link", ref="https://x.example.org", dated="2026-11-02"),),
        }
        return StatementUsed(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def a_waiver() -> WaiverUsed:
    """A waiver as it is shown, before anything is covered by it."""
    return WaiverUsed(
        reason="accepted",
        requester="ana@example.org",
        approver="eve@example.org",
        granted="2026-11-10",
        expires="2026-12-01",
        resource="",
        action="",
        true_outcome=Outcome.UNKNOWN,
        true_reason="",
    )


@pytest.fixture(scope="session")
def opening(a_spec: Callable[..., ItemSpec]) -> Opening:
    """The head of a run that expects two items."""
    return Opening(
        run=RunBlock(
            id="run-1",
            started="2026-11-20T09:00:00Z",
            as_of="2026-11-20T09:00:00Z",
            tool="pytest-orr 0.1.0",
            suite="0" * 64,
        ),
        service="demo",
        environment="production",
        release=Release(commit="0123456", images=("demo@sha256:0",)),
        phase="launch",
        people=(Person(email="ana@example.org", name="Ana", roles=("service",)),),
        expected=(a_spec(), a_spec(id="demo.a.two", function="test_two")),
    )


@pytest.fixture(scope="session")
def closing() -> Closing:
    """The end of that run."""
    return Closing(
        records=2,
        provenance=Provenance(
            profile_sha256="a" * 64,
            attestations_sha256="",
            waivers_sha256="",
            policy_sha256="",
            facts_sha256="b" * 64,
        ),
        notices=(Notice(kind="waiver-expired", item="demo.a.one", text="it expired"),),
    )
