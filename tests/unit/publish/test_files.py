"""The report's folder: whole files or none, one writer at a time, the last run put aside."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Self

import pytest

from pytest_orr.errors import RunFolderBusy, RunFolderUnusable
from pytest_orr.publish.files import RUN_FILES, FolderLock, put_aside, writable, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHOLE = ("journal.jsonl", "facts.json", "review.json", "signoff.md")
CUT = ("journal.jsonl",)


def laid(folder: Path, *names: str, content: str = "new") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(content, encoding="utf-8")


def there(folder: Path) -> dict[str, str]:
    """Every file below a folder with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_file_is_written_whole_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    write_whole(path, b"one")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"one", 0o644)
    write_whole(path, b"two", mode=0o600)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"two", 0o600)
    assert list(there(tmp_path)) == ["review.json"]


@pytest.mark.parametrize("broken", ["fsync", "chmod", "replace"])
def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "review.json"
    path.write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert there(tmp_path) == {"review.json": "old"}


def test_a_full_disk_leaves_the_old_file_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "review.json"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fdopen", _Full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert there(tmp_path) == {"review.json": "old"}


class _Full:
    """A file on a full disk."""

    def __init__(self, descriptor: int, mode: str) -> None:
        assert mode == "wb"
        self._descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def write(self, content: bytes) -> int:
        os.write(self._descriptor, content[:1])
        raise OSError(28, "No space left on device")


def test_the_content_is_on_the_disk_before_it_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def watched(name: str, really: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            done.append(name)
            return really(*args)

        return call

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, watched(name, getattr(os, name)))
    write_whole(tmp_path / "review.json", b"new")
    assert done == ["fsync", "replace", "fsync"]


def test_a_folder_without_a_run_is_left_as_it_is(tmp_path: Path) -> None:
    laid(tmp_path, "notes.txt")
    laid(tmp_path / "previous", "review.json", content="old")
    put_aside(tmp_path)
    assert there(tmp_path) == {"notes.txt": "new", "previous/review.json": "old"}


def test_what_is_no_file_of_a_run_stays_in_the_previous_folder(tmp_path: Path) -> None:
    laid(tmp_path / "previous", "precious.txt", "signoff.md", content="old")
    laid(tmp_path, "review.json")
    put_aside(tmp_path)
    assert there(tmp_path) == {"previous/precious.txt": "old", "previous/review.json": "new"}


def test_documents_of_others_are_put_aside_with_the_run(tmp_path: Path) -> None:
    laid(tmp_path / "previous", "review-old.txt", content="old")
    laid(tmp_path, "review.json", "review-count.txt", "count.txt")
    put_aside(tmp_path)
    assert there(tmp_path) == {
        "count.txt": "new",
        "previous/review.json": "new",
        "previous/review-count.txt": "new",
    }


def test_the_last_signed_run_is_kept_until_another_one_is_signed(tmp_path: Path) -> None:
    for number, signed in enumerate((True, False, False, True, False)):
        put_aside(tmp_path)
        names = ("journal.jsonl", "review.json", *(["signoff.json"] * signed))
        laid(tmp_path, *names, content=str(number))
        laid(tmp_path / "evidence", f"of-{number}", content=str(number))

    assert set(there(tmp_path / "previous" / "accepted").values()) == {"0"}
    put_aside(tmp_path)
    assert there(tmp_path / "previous" / "accepted") == {
        "evidence/of-3": "3",
        "journal.jsonl": "3",
        "review.json": "3",
        "signoff.json": "3",
    }
    assert (tmp_path / "previous" / "review.json").read_text(encoding="utf-8") == "4"


def test_evidence_goes_with_its_run_and_replaces_what_lay_there(tmp_path: Path) -> None:
    laid(tmp_path / "previous" / "evidence", "of-the-last-but-one", content="old")
    laid(tmp_path, "review.json")
    laid(tmp_path / "evidence", "of-the-last")
    put_aside(tmp_path)
    assert there(tmp_path) == {
        "previous/evidence/of-the-last": "new",
        "previous/review.json": "new",
    }


def test_what_says_ready_is_the_first_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid(tmp_path, *RUN_FILES)

    def full(source: Path, _: Path) -> None:
        assert source.name == "review.json"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        put_aside(tmp_path)


def test_what_a_killed_write_left_is_cleared_away(tmp_path: Path) -> None:
    laid(tmp_path, ".tmp-readiness-abc", ".tmp-other")
    laid(tmp_path / "evidence", ".tmp-readiness-def")
    put_aside(tmp_path)
    assert there(tmp_path) == {".tmp-other": "new"}


def test_nothing_is_done_without_a_folder_to_move_from(tmp_path: Path) -> None:
    put_aside(tmp_path)
    assert there(tmp_path) == {}


@pytest.mark.parametrize("name", RUN_FILES)
def test_every_file_of_a_run_is_put_aside(tmp_path: Path, name: str) -> None:
    laid(tmp_path, name)
    put_aside(tmp_path)
    [moved] = there(tmp_path)
    assert moved in {f"previous/{name}", f"previous/unfinished/{name}"}


@pytest.mark.parametrize(
    ("previous", "now", "expected"),
    [
        ((), WHOLE, {f"previous/{name}": "new" for name in WHOLE}),
        ((), CUT, {"previous/unfinished/journal.jsonl": "new"}),
        (
            ("review.json", "signoff.json"),
            ("journal.jsonl", "review.json"),
            {
                "previous/accepted/review.json": "old",
                "previous/accepted/signoff.json": "old",
                "previous/journal.jsonl": "new",
                "previous/review.json": "new",
            },
        ),
        (
            ("review.json", "signoff.json"),
            CUT,
            {
                "previous/review.json": "old",
                "previous/signoff.json": "old",
                "previous/unfinished/journal.jsonl": "new",
            },
        ),
        (
            ("review.json",),
            CUT,
            {"previous/review.json": "old", "previous/unfinished/journal.jsonl": "new"},
        ),
        (
            ("unfinished/journal.jsonl", "unfinished/facts.json"),
            CUT,
            {"previous/unfinished/journal.jsonl": "new"},
        ),
        (
            ("unfinished/journal.jsonl",),
            ("selection.json", "journal.jsonl"),
            {
                "previous/selection.json": "new",
                "previous/journal.jsonl": "new",
                "previous/unfinished/journal.jsonl": "old",
            },
        ),
    ],
)
def test_what_a_run_left_is_put_where_it_belongs(
    tmp_path: Path, previous: tuple[str, ...], now: tuple[str, ...], expected: dict[str, str]
) -> None:
    (tmp_path / "previous" / "unfinished").mkdir(parents=True)
    laid(tmp_path / "previous", *previous, content="old")
    laid(tmp_path, *now)
    put_aside(tmp_path)
    assert there(tmp_path) == expected


def test_a_second_run_in_the_same_process_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "report"
    lock = FolderLock(folder)
    with pytest.raises(RunFolderBusy) as caught:
        FolderLock(folder)
    assert caught.value.diagnostics() == (
        f"Another run is writing to {folder}. Wait for it, or give this one a folder of its own"
        " with --orr-report."
    )
    lock.release()
    FolderLock(folder).release()


HOLDER = """
import pathlib, sys
from pytest_orr.publish.files import FolderLock
lock = FolderLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_folder_that_another_process_holds_is_refused_until_it_dies(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RunFolderBusy):
            FolderLock(tmp_path)
        holder.kill()
    FolderLock(tmp_path).release()
    assert there(tmp_path) == {}


def test_what_the_disk_refuses_is_told_with_another_way(tmp_path: Path) -> None:
    occupied = tmp_path / "report"
    occupied.touch()
    with pytest.raises(RunFolderUnusable) as caught, writable(occupied):
        FolderLock(occupied)
    assert caught.value.diagnostics() == (
        f"{occupied} cannot hold the report: File exists. Name another folder with --orr-report."
    )


def test_what_is_no_fault_of_the_disk_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(RunFolderBusy), writable(tmp_path):
        raise RunFolderBusy("another run")
