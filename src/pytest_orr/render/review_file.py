"""A file or a report's folder to the review that it holds, or what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput, NeededFileMissing

from . import review_json

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.model import Review

MIB = 1024 * 1024
LARGEST_MIB = 32


def review_at(path: Path) -> Review:
    """Read the review of a file, or of a folder's ``review.json``.

    Raises ``NeededFileMissing`` if nothing is there, ``InvalidInput`` with every mistake of the
    file if it is no review.
    """
    file = path / review_json.FILE_NAME if path.is_dir() else path
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_MIB * MIB + 1)
    except FileNotFoundError as error:
        raise NeededFileMissing(
            f"{file} is not there.",
            "Name a review.json, or the folder of a report: `pytest readiness/` writes one.",
        ) from error
    return review_of(content, str(file))


def review_of(content: bytes, name: str) -> Review:
    """Read the review of a file's content; ``InvalidInput`` calls the file by its name."""
    if len(content) > LARGEST_MIB * MIB:
        raise InvalidInput((f"{name}: larger than {LARGEST_MIB} MiB: no review.json",))
    try:
        return review_json.read(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidInput((f"{name}: not readable as UTF-8: {error}",)) from error
    except InvalidInput as error:
        told = (one.removeprefix(f"{review_json.FILE_NAME}: ") for one in error.mistakes)
        raise InvalidInput(tuple(f"{name}: {one}" for one in told)) from error
