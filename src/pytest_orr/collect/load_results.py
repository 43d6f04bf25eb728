"""Reads the result files of stress tests, which tools wrote: the fact ``load_results``.

This product never makes load. A file is read once, and what was hashed is what was reckoned up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.schema import StressTest

from .interface import Desk
from .load_tools.figures import LoadFigures, Unreadable
from .load_tools.files import ResultFile
from .parts import Part, part_of

CLOCKS_APART = timedelta(minutes=10)
"""As far apart may be what a file and the profile say of when a test was."""
AGAIN = "declare the tool that wrote it, and let it write the file anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """A stress test: what the profile says of it, and what its file does."""

    tool: str
    target: str
    """Host that was loaded, in lower case."""
    stands_for: str
    """Name of the endpoint in whose place that host was loaded; empty if it is the service's."""
    started: datetime
    ended: datetime
    declared_sha256: str
    sha256: str
    """Of the file."""
    figures: LoadFigures | None = None
    unavailable: Unavailable | None = None
    """Why the file says nothing."""

    @property
    def is_the_declared_file(self) -> bool:
        """Whether the file is the one whose digest was declared."""
        return self.sha256 == self.declared_sha256

    @property
    def measured(self) -> LoadFigures:
        """What the tool measured; raises ``FactUnavailable`` if its file cannot be read."""
        if self.figures is not None:
            return self.figures
        why = self.unavailable or Unavailable(cause="its file was not read", remedy="run again")
        raise FactUnavailable(why.cause, why.remedy)

    @property
    def strangers(self) -> tuple[str, ...]:
        """Hosts that were asked, as the file says, and that are not the declared target."""
        return tuple(host for host in self.measured.hosts if host != self.target)

    @property
    def is_of_its_time(self) -> bool:
        """Whether the file, if it tells instants, tells of when the profile says the test was."""
        began, ended = self.measured.began, self.measured.ended
        early = began is not None and began < self.started - CLOCKS_APART
        late = ended is not None and ended > self.ended + CLOCKS_APART
        return not (early or late)

    @property
    def seen(self) -> str:
        """One line about it, for a finding; never raises."""
        said = self.unavailable.cause if self.unavailable else "not read"
        told = self.figures.seen if self.figures else said
        return f"{self.tool} against {self.target} on {self.started:%Y-%m-%d}: {told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResults:
    """What did the service withstand, by the files of its load tools?"""

    name: str = "load_results"
    source: str = "result files of load tools"
    operations: tuple[str, ...] = ("file:read",)
    fact_type: Any = tuple[Part[LoadResult], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[LoadResult], ...]]:
        """Read each declared file; one that is not there does not hide the others."""
        tests = desk.profile.stress_tests
        if not tests:
            raise Undeclared("[[stress_tests]]", "what load tools measured")
        facts = tuple(part_of(one.file, partial(_result, desk.folder, one)) for one in tests)
        return Answer(value=facts, where=tuple(one.file for one in tests))


def _result(folder: Path, test: StressTest) -> LoadResult:
    try:
        with opened_beside(folder, test.file) as opened:
            return _read(test, opened)
    except (FileRefused, Unreadable) as error:
        raise FactUnavailable(
            f"{test.file} {error}",
            f"put it at {folder / test.file}, or correct its path under [[stress_tests]]",
        ) from error


def _read(test: StressTest, opened: BinaryIO) -> LoadResult:
    file = ResultFile(opened)
    try:
        figures, unavailable = _reader(test)(file), None
    except Unreadable as error:
        cause = f"{test.file} is no result of {test.tool}: it {error}"
        figures, unavailable = None, Unavailable(cause=cause, remedy=AGAIN)
    return LoadResult(
        tool=test.tool,
        target=test.host,
        stands_for=test.stands_for or "",
        started=test.started,
        ended=test.ended,
        declared_sha256=test.sha256,
        sha256=file.witness.sha256(),
        figures=figures,
        unavailable=unavailable,
    )


def _reader(test: StressTest) -> Callable[[ResultFile], LoadFigures]:
    """Return what reads the files of a test's tool; its module is loaded when it is needed."""
    module = import_module(f"pytest_orr.collect.load_tools.{test.tool}")
    sent = {"sent": test.requests} if test.tool == "hey" else {}
    return partial(module.read, **sent)
