"""What a board is told to read, to each file's review or to why there is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pytest_orr.board import Read, glance_of
from pytest_orr.errors import InvalidInput, OrrError
from pytest_orr.render import html, review_json
from pytest_orr.render.review_file import review_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ON_FORGE = "gitlab:"
"""How what a job on a forge keeps is named."""
KEPT = "readiness-report/review.json"
"""The file that such a job keeps."""
PREVIOUS_TOO = "a folder stands for every review.json beneath it, those of earlier runs, too"


def read_all(named: Iterable[Path], *, beside: Path | None) -> Iterator[Read]:
    """Read each file that is named, and each ``review.json`` beneath a folder that is.

    A file that cannot be read is told and hides no other. ``beside`` is where the board will lie,
    from which the reviews' own pages are linked; None if it lies nowhere.
    """
    for path in named:
        if not path.is_dir():
            yield _read(path, beside)
            continue
        found = sorted(_beneath(path))
        yield from (_read(one, beside) for one in found)
        if not found:
            yield Read(source=str(path), why=f"no {review_json.FILE_NAME} lies beneath this folder")


def first_mistake(error: InvalidInput, source: str) -> str:
    """Tell the first mistake of a file, and how many there are more."""
    first, *rest = (one.removeprefix(f"{source}: ") for one in error.mistakes)
    return f"no review of pytest-orr: {first}" + (f" (and {len(rest)} more)" if rest else "")


def _beneath(folder: Path) -> Iterator[Path]:
    for place, _, files in os.walk(folder):
        if review_json.FILE_NAME in files:
            yield Path(place) / review_json.FILE_NAME


def _read(path: Path, beside: Path | None) -> Read:
    try:
        glance = glance_of(review_at(path))
    except InvalidInput as error:
        return Read(source=str(path), why=first_mistake(error, str(path)))
    except OrrError as error:
        return Read(source=str(path), why=str(error).removeprefix(f"{path} ").removesuffix("."))
    except OSError as error:
        return Read(source=str(path), why=f"cannot be read: {error.strerror}")
    return Read(source=str(path), glance=glance, page=_page(path, beside))


def _page(path: Path, beside: Path | None) -> str:
    page = path.with_name(html.FILE_NAME)
    if beside is None or not page.is_file():
        return ""
    return quote(os.path.relpath(page.resolve(), beside.resolve()))
