"""Take pictures of a page at 1280 and 390 px: ``python docs/screenshot.py PAGE``."""

# ruff: noqa: INP001  a script beside the pictures it takes, not a package

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = ((1280, 1500), (390, 1500))


def main() -> None:
    """Write ``readiness-1280.png`` and so on, by the name of the page, beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, nargs="?", default="readiness-report/readiness.html")
    report = parser.parse_args().report.resolve()
    browser_path = next(filter(None, map(shutil.which, NAMES)), None)
    if not report.is_file():
        parser.exit(4, f"{report} is not there; `make demo` writes it\n")
    if browser_path is None:
        parser.exit(4, "no Chromium found; on Debian: apt-get install chromium\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        for width, height in SIZES:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(report.as_uri())
            page.screenshot(path=Path(__file__).with_name(f"{report.stem}-{width}.png"))
        browser.close()


if __name__ == "__main__":
    main()
