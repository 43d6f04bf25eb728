"""Reports on the disk, as runs leave them, and the command that reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pytest_orr.cli import main
from pytest_orr.controller import signoff_of
from pytest_orr.documents import write_documents
from pytest_orr.model import Finding, Outcome, Person, Release, RunBlock
from pytest_orr.record.journal import Closing, JournalWriter, Opening
from pytest_orr.record.review import NOTHING_KNOWN
from pytest_orr.record.values import ItemRecord
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.model import ItemSpec


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def orr(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run the command in this process."""

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Said(status=status, out=out, err=err)

    return run


@pytest.fixture(scope="session")
def three() -> tuple[ItemSpec, ...]:
    """Three items of the product's own suite."""
    return read(baseline(), fact_names=()).items[:3]


@pytest.fixture
def report_of(tmp_path: Path, three: tuple[ItemSpec, ...]) -> Callable[..., Path]:
    """Make the report of a run that gave these outcomes."""

    def make(*outcomes: str, selection: str = "", documents: bool = True) -> Path:
        folder = tmp_path / "readiness-report"
        folder.mkdir()
        path = folder / "journal.jsonl"
        journal = JournalWriter(path)
        journal.append(_opening(three))
        for spec, outcome in zip(three, outcomes, strict=False):
            journal.append(_record(spec, Outcome(outcome)))
        journal.append(
            Closing(records=len(outcomes), provenance=NOTHING_KNOWN, selection=selection)
        )
        journal.close()
        if documents:
            write_documents(folder, *signoff_of(path))
        return folder

    return make


def _opening(items: tuple[ItemSpec, ...]) -> Opening:
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
        release=Release(commit="0123456"),
        phase="launch",
        people=(Person(email="ana@example.org", name="Ana", roles=("service",)),),
        expected=items,
    )


def _record(spec: ItemSpec, outcome: Outcome) -> ItemRecord:
    finding = Finding(subject="backend", outcome=outcome, detail="seen")
    return ItemRecord(
        id=spec.id, node="test_x", outcome=outcome, reason="backend: seen", findings=(finding,)
    )
