"""What was written and read, to the days on which it ends; what never held has none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.operations.documents_seen import DocumentSeen
from pytest_orr.collect.operations.faqs import Faq, Faqs
from pytest_orr.collect.operations.runbooks import Runbook, Runbooks
from pytest_orr.collect.parts import Part
from pytest_orr.collect.snapshot import SCHEMA
from pytest_orr.endings import FAQ, RUNBOOK, endings_of
from pytest_orr.model import RunBlock, Weakening
from pytest_orr.profile.drill_form import DrillRecord
from pytest_orr.profile.drill_records import Drill
from pytest_orr.profile.evidence_files import EvidenceFile
from pytest_orr.profile.load import load
from pytest_orr.profile.schema import EvidenceRef, Statement
from pytest_orr.suite import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.model import Ending, ItemSpec
    from pytest_orr.profile.load import Written
    from tests.conftest import Repository

AS_OF = datetime(2026, 11, 20, 9, tzinfo=UTC)
CHANGED = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)
DOCUMENTS = """
[documents.runbook]
path = "docs/runbook.md"
owner = "ana@example.org"
review_days = 90

[documents.faq]
path = "docs/faq.md"
"""


@pytest.fixture
def said(small: Callable[..., Repository], item: Callable[..., str]) -> tuple[ItemSpec, Written]:
    """One item that asks for a drill, and a profile that declares two documents."""
    repository = small(item("demo.a.one", "assert attestation.drill", asks="attestation"))
    path = repository.suite / "readiness.toml"
    path.write_text(path.read_text(encoding="utf-8") + DOCUMENTS, encoding="utf-8")
    (spec,) = read(repository.suite, fact_names=()).items
    return spec, load(path, items=[spec], as_of=AS_OF.date())


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """The run's facts: a runbook and an FAQ, both changed on the last evening of September."""
    document = DocumentSeen(is_there=True, is_file=True, changed=CHANGED, told_by="git")
    part: Part[Any] = Part(name="ana")
    runbook = Runbook(name="docs/runbook.md", document=document, owner=part, deputy=part)
    faq = Faq(
        name="docs/faq.md",
        document=document,
        questions=5,
        linked=part,
        links=part,
    )
    entries = {
        asked.name: {
            "status": "observed",
            "value": TypeAdapter(asked.fact_type).dump_python((fact,), mode="json"),
        }
        for asked, fact in ((Runbooks(), runbook), (Faqs(), faq))
    }
    run = RunBlock(id="1", started="s", as_of="2026-11-20T09:00:00Z", tool="t", suite="")
    path = tmp_path / "kept.json"
    content = {"schema": SCHEMA, "run": TypeAdapter(RunBlock).dump_python(run)}
    path.write_text(json.dumps({**content, "observations": entries}), encoding="utf-8")
    return path


def told(endings: tuple[Ending, ...]) -> list[tuple[str, str, str, int, str]]:
    return [(one.kind, one.item, one.until, one.days_left, one.owner) for one in endings]


def test_documents_end_so_many_days_after_the_day_of_their_last_change(
    said: tuple[ItemSpec, Written], facts: Path
) -> None:
    spec, written = said
    items = [replace(spec, id=name) for name in (RUNBOOK, FAQ)]

    assert told(endings_of(written, items, AS_OF, facts)) == [
        ("document", RUNBOOK, "2026-12-29", 39, "ana@example.org"),
        ("document", FAQ, "2027-03-29", 129, "service"),
    ]
    assert endings_of(written, [spec], AS_OF, facts) == ()
    assert endings_of(written, items, AS_OF, facts.with_name("none.json")) == ()


def test_a_drill_ends_beside_its_statement_and_neither_once_it_is_refused(
    said: tuple[ItemSpec, Written], facts: Path
) -> None:
    spec, written = said
    spec = replace(spec, evidence_kind="drill")
    record = DrillRecord(
        items=(spec.id,),
        by="ana@example.org",
        author="bo@example.org",
        environment="production",
        release="0123456789",
        started=datetime(2026, 9, 1, 12, tzinfo=UTC),
        minutes=4,
        succeeded=True,
        happened="It was restarted.",
        lost="nothing",
    )
    drill = Drill(ref="drills/a.toml", sha256="1" * 64, record=record)
    named = EvidenceRef(kind="drill", ref=drill.ref, sha256=drill.sha256, dated=date(2026, 9, 1))
    statement = Statement(
        item=spec.id,
        statement="It is so.",
        by="ana@example.org",
        on=date(2026, 9, 2),
        until=date(2026, 11, 19),
        evidence=(named,),
    )
    file = EvidenceFile(ref=drill.ref, sha256=drill.sha256)
    stated = replace(written, statements=(statement,), drills=(drill,), evidence_files=(file,))

    assert told(endings_of(stated, [spec], AS_OF, facts)) == [
        ("statement", spec.id, "2026-11-19", -1, "service"),
        ("drill", spec.id, "2026-11-30", 10, "service"),
    ]
    refused = replace(stated, statements=(replace(statement, by="bo@example.org"),))
    assert endings_of(refused, [spec], AS_OF, facts) == ()


WEAKENING = Weakening(
    key="monitoring.freshest_minutes",
    organisation="Org",
    organisation_value="10",
    beneath="org.toml:7",
    value="20",
    where="readiness.toml:30",
    reason="r",
    approver="pat@example.org",
    on="2026-11-18",
    until="2026-11-20",
)


@pytest.mark.parametrize(
    ("until", "as_of", "left"),
    [
        ("2026-11-20", "2026-11-20T23:59:59+00:00", 0),
        ("2026-11-20", "2026-11-21T13:59:59+14:00", 0),
        ("2026-11-21", "2026-11-20T11:59:59-12:00", 1),
        ("2026-11-21", "2026-11-20T12:00:00-12:00", 0),
        ("2028-02-29", "2028-02-01T00:00:00+00:00", 28),
        ("2027-03-31", "2027-02-28T23:59:59+00:00", 31),
    ],
)
def test_a_weakening_ends_for_the_service_on_a_day_of_utc(
    said: tuple[ItemSpec, Written], facts: Path, until: str, as_of: str, left: int
) -> None:
    spec, written = said
    weaker = replace(written, weakenings=(replace(WEAKENING, until=until),))
    (one,) = endings_of(weaker, [spec], datetime.fromisoformat(as_of), facts)
    assert told((one,)) == [("weakening", "", until, left, "service")]
    assert one.what == "monitoring.freshest_minutes is 20, weaker than 10 of Org"
