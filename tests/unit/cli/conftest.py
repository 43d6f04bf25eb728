"""Reports on the disk, as runs leave them, and the command that reads them."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import main
from pytest_orr.clients.git_here import Here
from pytest_orr.collect.registry import registry
from pytest_orr.controller import signoff_of
from pytest_orr.documents import write_documents
from pytest_orr.model import Finding, Outcome, Person, Release, RunBlock
from pytest_orr.record.journal import JOURNAL, Closing, JournalWriter, Opening
from pytest_orr.record.review import NOTHING_KNOWN
from pytest_orr.record.values import ItemRecord
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytest_orr.model import ItemSpec
    from pytest_orr.suite import Suite
    from tests.conftest import Repository


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


@pytest.fixture(scope="session", autouse=True)
def own_suite_once() -> Iterator[None]:
    """Let commands share the product's own suite: no test changes it, and many read all of it."""
    own = baseline().resolve()
    once = cache(lambda: read(own, fact_names=registry().keys()))

    def shared(folder: Path, **known: Any) -> Suite:
        return once() if folder == own else read(folder, **known)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pytest_orr.cli.catalogue.read", shared)
        yield


@pytest.fixture(scope="session")
def three() -> tuple[ItemSpec, ...]:
    """Three items of the product's own suite."""
    return read(baseline(), fact_names=()).items[:3]


@pytest.fixture
def report_of(tmp_path: Path, three: tuple[ItemSpec, ...]) -> Callable[..., Path]:
    """Make the report of a run that gave these outcomes."""

    def make(
        *outcomes: str, selection: str = "", documents: bool = True, seen: str = "seen"
    ) -> Path:
        folder = tmp_path / "readiness-report"
        folder.mkdir()
        path = folder / "journal.jsonl"
        journal = JournalWriter(path)
        journal.append(_opening(three))
        for spec, outcome in zip(three, outcomes, strict=False):
            journal.append(_record(spec, Outcome(outcome), seen))
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


def _record(spec: ItemSpec, outcome: Outcome, seen: str = "seen") -> ItemRecord:
    finding = Finding(subject="backend", outcome=outcome, detail=seen)
    reason = f"backend: {seen}"
    return ItemRecord(
        id=spec.id, node="test_x", outcome=outcome, reason=reason, findings=(finding,)
    )


PEOPLE = """\
    { email = "cy@example.org", name = "Cy", roles = ["service", "security"] },
]
"""


@dataclass(frozen=True)
class Answering:
    """A small suite in a repository whose person, by git, is Ana; and whoever types there."""

    repository: Repository
    orr: Callable[..., Said]
    patch: pytest.MonkeyPatch

    def file(self, name: str = "attestations.toml") -> Path:
        return self.repository.suite / name

    def written(self, name: str = "attestations.toml") -> dict[str, Any]:
        """Return what a file holds."""
        return tomllib.loads(self.file(name).read_text(encoding="utf-8"))

    def ran(self, **findings: str) -> None:
        """Leave a run behind in which each item had these findings: outcomes by subject."""
        specs = read(self.repository.suite, fact_names=registry().keys()).items
        found = tuple(
            Finding(subject=subject.replace("_", "-"), outcome=Outcome(outcome), detail="seen")
            for subject, outcome in findings.items()
        )
        folder = self.repository.report
        folder.mkdir(exist_ok=True)
        (folder / JOURNAL).unlink(missing_ok=True)
        journal = JournalWriter(folder / JOURNAL)
        journal.append(_opening(specs))
        for spec in specs:
            first = _record(spec, found[0].outcome)
            journal.append(replace(first, reason=f"{found[0].subject}: seen", findings=found))
        journal.append(Closing(records=len(specs), provenance=NOTHING_KNOWN, selection=""))
        journal.close()
        write_documents(folder, *signoff_of(folder / JOURNAL))

    def typing(self, *answers: str | type[BaseException], to: Sequence[str]) -> Said:
        """Run the command on a terminal where these lines are typed, or keys pressed."""
        left = iter(answers)

        def typed(prompt: str) -> str:
            sys.stdout.write(f"{prompt}\n")
            answer = next(left, EOFError)
            if isinstance(answer, str):
                return answer
            raise answer

        for module in ("attest", "waive", "open_questions"):
            self.patch.setattr(f"pytest_orr.cli.{module}.on_terminal", lambda: True)
        self.patch.setattr("builtins.input", typed)
        return self.orr(*to)


@pytest.fixture
def answering(
    small: Callable[..., Repository],
    orr: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Answering]:
    """Lay a small suite down, judged as of 2026-11-20: ``answering(item(…), attestations="…")``."""

    def make(*items: str, **files: str) -> Answering:
        repository = small(*items, **files)
        profile = repository.suite / "readiness.toml"
        text = profile.read_text(encoding="utf-8").replace("]\n[release]", f"{PEOPLE}[release]")
        profile.write_text(text, encoding="utf-8")
        monkeypatch.chdir(repository.path)
        for name in ("ORR_REPORT", "ORR_PROFILE", "ORR_PHASE"):
            monkeypatch.delenv(name, raising=False)
        here = Here(email="Ana@example.org")
        monkeypatch.setattr("pytest_orr.cli.case.git_here", lambda _: here)
        monkeypatch.setenv("ORR_AS_OF", "2026-11-20")
        return Answering(repository, orr, monkeypatch)

    return make
