"""What a report of thousands of findings costs, and pytest-html's: to write, to open, in bytes."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from . import report_rows
from .measured import OURS, Case, Command, Once, run
from .plugin import CHECKOUT, environment
from .rivals import Lacking, python_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser

    from .measured import Ended

RIVAL = "pytest-html"
REQUIREMENTS = ("pytest==9.2.0", "pytest-html==4.2.0")
TESTS = """\
import json
from pathlib import Path

import pytest

ROWS = json.loads(Path(__file__).with_name("rows.json").read_text())

@pytest.mark.parametrize(("holds", "detail"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS])
def test_group(holds, detail):
    print(detail)
    if not holds:
        pytest.fail(detail, pytrace=False)
"""
TIMER = """\
import time

from pytest_html.basereport import BaseReport

spent = []

def timed(method):
    def call(*arguments, **named):
        began = time.perf_counter()
        try:
            return method(*arguments, **named)
        finally:
            spent.append(time.perf_counter() - began)
    return call

BaseReport._process_report = timed(BaseReport._process_report)
BaseReport._generate_report = timed(BaseReport._generate_report)

def pytest_unconfigure(config):
    print(f"\\nwritten {spent[-1]:.6f} {sum(spent):.6f}")
"""
"""Tells what pytest-html does when all tests have ended, and that with the rows it made before."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
LOOK = """
() => new Promise((done) => {
  const look = () => {
    if (document.readyState !== 'complete' || !(READY)) return setTimeout(look, 5);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  };
  look();
})
"""
ROWS = {
    "product": "document.querySelectorAll('.findings tbody td:first-child')",
    RIVAL: "document.querySelectorAll('.results-table-row .col-result')",
}
LINES = "document.querySelector('pre').textContent.trim().split('\\n')"


def cases(*, findings: int, runs: int, rivals: bool = True) -> Iterator[Case]:
    """Measure every case: first writing, then opening what was written."""
    with tempfile.TemporaryDirectory(prefix="orr-bench-") as folder:
        place = Path(folder)
        commands = writers(place, findings, rivals=rivals)
        written: dict[str, list[Once]] = defaultdict(list)
        for number in range(runs + 1):
            for name, command in commands.items():
                for label, once in taken_from(name, run(command)):
                    written[label] += [once] if number else []
        pages = {name: place / f"{name}.html" for name in commands}
        sizes = {name: page.stat().st_size for name, page in pages.items()}
        yield Case(
            name="write",
            n=findings,
            unit="findings",
            expected="written",
            taken=written,
            sizes=sizes,
        )
        yield Case(
            name="open",
            n=findings,
            unit="findings",
            expected=told(len([row for row in report_rows.rows(findings) if row[1]]), findings),
            taken=opened(pages, runs=runs),
            sizes=sizes,
        )


def writers(place: Path, findings: int, *, rivals: bool) -> dict[str, Command]:
    """Return who writes a page of the same rows, each in a process of its own."""
    commands = {
        name: Command(
            arguments=(
                sys.executable,
                "-m",
                "benchmarks.report_rows",
                how,
                str(findings),
                str(path),
            ),
            folder=CHECKOUT,
            environment=environment(),
            outcome=last_line,
        )
        for name, how in zip(OURS, ("page", "plain"), strict=True)
        for path in [place / f"{name}.html"]
    }
    return commands | ({RIVAL: rival(place, findings)} if rivals else {})


def rival(place: Path, findings: int) -> Command:
    """Return pytest-html with one test a finding."""
    python = python_with(*REQUIREMENTS)
    project = place / "project"
    project.mkdir()
    (project / "rows.json").write_text(json.dumps(report_rows.rows(findings)), encoding="utf-8")
    (project / "test_rows.py").write_text(TESTS, encoding="utf-8")
    (project / "timer.py").write_text(TIMER, encoding="utf-8")
    page = f"--html={place / RIVAL}.html"
    quiet = ("-q", "--tb=no", "-p", "no:cacheprovider", "-p", "timer", "--no-summary")
    return Command(
        arguments=(str(python), "-m", "pytest", *quiet, page, "--self-contained-html"),
        folder=project,
        environment=environment(PYTHONPATH=str(project)),
        outcome=last_line,
    )


def last_line(ended: Ended) -> str:
    """Return what a writer said last: ``written``, and the seconds that it took."""
    return ended.last


def taken_from(name: str, once: Once) -> Iterator[tuple[str, Once]]:
    """Yield a run by the seconds that its process told, and by those with the rows, if it did."""
    word, *seconds = once.outcome.split()
    for label, told_seconds in zip((name, f"{name} with rows"), seconds, strict=False):
        yield label, replace(once, outcome=word, seconds=float(told_seconds))


def opened(pages: Mapping[str, Path], *, runs: int) -> dict[str, list[Once]]:
    """Open pages in turn, each in a Chromium of its own; a round that does not count first."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        raise Lacking("Chromium is not installed: apt-get install chromium")
    taken: dict[str, list[Once]] = {name: [] for name in pages}
    with sync_playwright() as playwright:
        for number in range(runs + 1):
            for name, page in pages.items():
                browser = playwright.chromium.launch(executable_path=program, args=QUIET)
                once = look(browser, name, page)
                browser.close()
                taken[name] += [once] if number else []
    return taken


def look(browser: Browser, name: str, path: Path) -> Once:
    """Open a page; its time ends with the second frame after all its rows are there."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri(), wait_until="commit")
    rows = ROWS.get(name)
    milliseconds = page.evaluate(LOOK.replace("READY", f"{rows or LINES}.length"))
    counted = f"[...{rows}].map((cell) => cell.textContent)" if rows else LINES
    said = page.evaluate(counted)
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    held = sum(text.strip().upper().startswith("PASS") for text in said)
    return Once(seconds=milliseconds / 1000, peak_mb=heap, outcome=told(held, len(said)))


def told(held: int, of: int) -> str:
    """Say what a page shows."""
    return f"{held} of {of} findings hold"
