"""A real Chromium for tests of pages, and axe-core's rules of accessibility for it."""

from __future__ import annotations

import shutil
import tarfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

GOLDEN = Path(__file__).parents[1] / "golden"
FETCHED = Path(__file__).parents[2] / ".venv" / "npm"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"
    ),
]
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
ASK = """
async (tags) => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}});
  return {
    passed: found.passes.length,
    violations: found.violations.flatMap(
      (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`)
    ),
  };
}
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield started
        finally:
            started.close()


def opened(
    browser: Browser,
    *,
    name: str = "readiness.html",
    width: int = 1280,
    scheme: str = "light",
    scripts: bool = False,
    fragment: str = "",
) -> Page:
    """Open a golden page at 800 px height, with scripts off as for a careful reader."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
    )
    page = context.new_page()
    page.goto((GOLDEN / name).as_uri() + fragment)
    return page


def violations(page: Page) -> list[str]:
    """Return what breaks WCAG 2.2 AA in an open page, one line a place; none if nothing does."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(ASK, list(WCAG))
    assert found["passed"] > 10, "axe-core looked at next to nothing"
    return list(found["violations"])


@cache
def _axe() -> str:
    archives = sorted(FETCHED.glob("axe-core-[0-9]*.tgz"))
    if not archives:
        pytest.skip("axe-core is not in .venv/npm: make packages fetches it, where npm is")
    with tarfile.open(archives[-1]) as archive:
        source = archive.extractfile("package/axe.min.js")
        assert source is not None
        return source.read().decode()
