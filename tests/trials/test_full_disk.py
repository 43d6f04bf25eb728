"""A disk that fills up at any point of a run leaves no half document and no ready review."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Repository

pytestmark = pytest.mark.trial

SEED = 20261123
SIZE = 2 * 1024 * 1024
PAGE = 4096
WRITTEN = (
    ".run/facts.json",
    "journal.jsonl",
    "facts.json",
    "readiness.html",
    "signoff.md",
    "statement.json",
    "review.json",
)
"""In the order of writing."""
DOCUMENTS = ("readiness.html", "signoff.md", "statement.json", "review.json")
READY_WORDS = {"ready", "ready_with_waivers"}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount the small disk that this trial fills")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount a disk: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def rooms(sizes: dict[str, int], each: int, chance: random.Random) -> Iterator[tuple[str, int]]:
    """Yield a file and the bytes to leave free so that there is no room for all of it."""
    before = 0
    for name, size in sizes.items():
        pages = -(-size // PAGE)
        for _ in range(each):
            yield name, before + PAGE * chance.randrange(pages)
        before += PAGE * pages


def fill(disk: Path, *, leave: int) -> None:
    """Empty the disk, and fill it but for some bytes."""
    for entry in disk.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    (disk / "filler").write_bytes(b"\0" * (SIZE - leave))


def is_whole(report: Path, rendered: Path) -> bool:
    """Whether every document is what the journal renders to, and no temporary file is left."""
    found = [name for name in DOCUMENTS if (report / name).exists()]
    whole = all((report / name).read_bytes() == (rendered / name).read_bytes() for name in found)
    return whole and not list(report.glob(".tmp-*"))


def test_a_run_without_room_is_not_ready_and_writes_no_half_document(
    ready: Repository, disk: Path, trials: Any
) -> None:
    assert ready.judge("-p", "no:xdist").status == 0
    sizes = {name: (ready.report / name.removeprefix(".run/")).stat().st_size for name in WRITTEN}
    small = replace(ready, arguments=[*ready.arguments, "--orr-report", str(disk / "report")])
    fill(disk, leave=SIZE)
    assert small.judge("-p", "no:xdist").status == 0
    statuses: Counter[int] = Counter()
    chance = random.Random(SEED)  # noqa: S311 a fixed seed
    for name, room in rooms(sizes, trials.many(1, 10), chance):
        fill(disk, leave=room)
        ran = small.judge("-p", "no:xdist")
        assert ran.status != 0, (name, room)
        statuses[ran.status] += 1
        report, rendered = disk / "report", ready.path / "rendered"
        shutil.rmtree(rendered, ignore_errors=True)
        if (report / "journal.jsonl").exists():
            main(["render", str(report), "--to", str(rendered)])
        assert is_whole(report, rendered), (name, room, ran.out + ran.err)
        if (report / "review.json").exists():
            review = json.loads((report / "review.json").read_text(encoding="utf-8"))
            assert review["verdict"] not in READY_WORDS
        assert main(["gate", str(report)]) != 0
    tried = sum(statuses.values())
    codes = ", ".join(f"{status} ({number} times)" for status, number in sorted(statuses.items()))
    text = (
        f"{tried} runs, in turn without room for each of {len(WRITTEN)} files: ended with {codes}"
    )
    trials.saw("a disk of 2 MiB that fills up", seed=SEED, text=text)
