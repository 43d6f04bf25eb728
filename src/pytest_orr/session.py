"""A judging run inside pytest: reads what was written, keeps the reports, ends with the verdict."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from . import options
from .collect.registry import registry
from .collect.snapshot import FACTS
from .controller import Controller
from .documents import check_names, prepare_documents
from .errors import OrrError
from .executor import Executor
from .fixtures.words import executor_key
from .htmlrows import HtmlRows
from .judge import status
from .model import RunBlock
from .plan import Plan, joined, prepare
from .progress import ProgressTail
from .publish.files import RUN_FOLDER, FolderLock, put_aside, writable, write_whole
from .redaction import Redactor, secret_values
from .render.escape import visible
from .suite import read
from .terminal import quiet, show, status_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from .collect.interface import Collector
    from .model import SignOff
    from .render.interface import Renderer


class Session:
    """The controller's part of a run that judges."""

    def __init__(self, config: pytest.Config, suite: str) -> None:
        self._config = config
        self._suite = Path(suite)
        self._controller: Controller | None = None
        self._signoff: SignOff | None = None
        self._opened = self._suite
        self._others: tuple[Renderer, ...] = ()
        shared = options.settings(config).report / RUN_FOLDER
        self._tail = ProgressTail(shared, self._show_progress)
        self._preparing = Thread(target=prepare_documents, name="orr-documents")
        quiet(config)
        if config.pluginmanager.has_plugin("html"):
            config.pluginmanager.register(HtmlRows(), "orr-html-rows")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Read and refuse everything that was written, before anything is asked."""
        config = self._config
        try:
            collectors = _collectors(config)
            # Read late: whoever hosts the run may have named the profile since it was configured.
            settings = options.settings(config)
            plan = prepare(settings, self._suite, collectors, tool=tool(), clock=now)
            self._others = tuple(chain.from_iterable(config.hook.pytest_orr_renderers()))
            check_names(self._others)
        except OrrError as error:
            raise pytest.UsageError(error.diagnostics()) from error
        self._controller = Controller(
            plan, root=config.rootpath, selection=options.narrowed(config, self._suite)
        )
        if not config.pluginmanager.has_plugin("dsession"):
            execute(config, plan, collectors)
        self._tail.start()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the run to a worker, as plain strings."""
        if self._controller is not None:
            plan = self._controller.plan
            node.workerinput["orr"] = {
                "suite": str(self._suite),
                "settings": {key: str(value or "") for key, value in asdict(plan.settings).items()},
                "run": asdict(plan.run),
            }

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self) -> None:
        """Prepare the documents while facts are gathered, which is waiting more than work."""
        self._preparing.start()

    def pytest_report_header(self) -> str:
        """Say what is judged, as of when."""
        plan = self._plan()
        service = plan.written.profile.service
        replay = " (replay of recorded facts)" if plan.settings.facts else ""
        return visible(
            f"orr: {service.name} ({service.environment}), {len(plan.suite.items)} items,"
            f" phase {plan.settings.phase}, as of {plan.run.as_of}{replay}"
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report."""
        self._tail.stop()
        if self._controller is not None:
            self._controller.keep(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a module could not be collected."""
        if self._controller is not None:
            self._controller.keep_collected(report)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Write the item's record to the disk."""
        if self._controller is not None:
            self._controller.finish(nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, Mapping[str, bool]]] | None:
        """Show an item by its outcome."""
        return status_of(report)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Judge the journal and write the documents; have the last word on the exit status."""
        self._tail.stop()
        if self._preparing.ident is not None:
            self._preparing.join()
        if self._controller is not None:
            try:
                self._signoff, self._opened = self._controller.close(others=self._others)
            except OSError as error:
                print(f"ERROR: the report cannot be written: {error}", file=sys.stderr)  # noqa: T201
                pytest.exit("the report cannot be written", returncode=3)
        result = yield
        if self._signoff is not None and self._controller is not None:
            of_pytest = int(session.exitstatus)
            if of_pytest == 1 and self._controller.only_previews_failed(self._signoff.review):
                of_pytest = 0
            gate = self._controller.plan.settings.gate
            session.exitstatus = status(of_pytest, self._signoff.verdict.exit_code, gate)
        # What is left ends with the process: pytest would look it through several times more.
        gc.freeze()
        return result

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what to do next, who must, and the verdict."""
        if self._signoff is not None:
            show(terminalreporter, self._signoff, self._opened)

    def _plan(self) -> Plan:
        if self._controller is None:
            raise RuntimeError("the run has not begun")
        return self._controller.plan

    def _show_progress(self, text: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and reporter.verbosity >= 0:
            reporter.ensure_newline()
            reporter.write_line(f"orr: {visible(text)}")


def join(config: pytest.Config, handed: Mapping[str, Any]) -> None:
    """Take part in a run as a worker: everything was checked by the controller already."""
    said = handed["settings"]
    settings = options.Settings(
        profile=Path(said["profile"]) if said["profile"] else None,
        report=Path(said["report"]),
        facts=Path(said["facts"]) if said["facts"] else None,
        phase=said["phase"],
        gate=said["gate"],
        as_of=said["as_of"],
    )
    collectors = _collectors(config)
    suite = read(Path(handed["suite"]), fact_names=collectors.keys())
    execute(config, joined(settings, suite, RunBlock(**handed["run"])), collectors)


def execute(config: pytest.Config, plan: Plan, collectors: Mapping[str, Collector[Any]]) -> None:
    """Make this process run items."""
    # What was imported stays: to look it through again and again costs a tenth of a run.
    gc.freeze()
    redact = Redactor(secret_values(os.environ))
    executor = Executor(plan, collectors, redact=redact, clock=now)
    config.stash[executor_key] = executor
    config.pluginmanager.register(executor, "orr-executor")


@contextmanager
def report_folder(settings: options.Settings) -> Iterator[None]:
    """Hold the report's folder for this run, with the previous run's files put aside."""
    try:
        lock, shared = _taken(settings)
    except OrrError as error:
        # Without a cause: no run has begun, so pytest itself says it and ends with 4.
        raise pytest.UsageError(error.diagnostics()) from None
    try:
        yield
    finally:
        shutil.rmtree(shared, ignore_errors=True)
        lock.release()


def _taken(settings: options.Settings) -> tuple[FolderLock, Path]:
    """Lock the report's folder and clear it; return the lock, and what this run's processes share.

    The facts to replay are read first: they may lie among the files that are put aside.
    """
    recorded = settings.facts.read_bytes() if settings.facts and settings.facts.is_file() else b""
    shared = settings.report / RUN_FOLDER
    with writable(settings.report):
        lock = FolderLock(settings.report)
        put_aside(settings.report)
        shutil.rmtree(shared, ignore_errors=True)
        shared.mkdir(mode=0o700)
        if recorded:
            write_whole(shared / FACTS, recorded, mode=0o600)
    return lock, shared


def tool() -> str:
    """Return name and version of this product."""
    return f"pytest-orr {version('pytest-orr')}"


def now() -> datetime:
    """Read the clock: here, at the edge, and nowhere else."""
    return datetime.now(UTC)


def _collectors(config: pytest.Config) -> Mapping[str, Collector[Any]]:
    return registry(config.hook.pytest_orr_collectors())
