"""An update is put in place whole or not at all, whenever it is killed, whatever the disk does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.locate import UPDATING
from pytest_orr.scaffold import schemas
from pytest_orr.suite import read
from pytest_orr.updating.judged import Request
from pytest_orr.updating.placing import alone, finish, is_cut_short, put_in_place
from pytest_orr.updating.planned import plan_update
from pytest_orr.updating.sides import CannotUpdate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from pytest_orr.updating.planned import Update
    from tests.conftest import Repository
    from tests.unit.updating.conftest import Said

    Contents: TypeAlias = Callable[[Path], dict[str, bytes]]

TOUCHES = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"})
SIZE = 2 * 1024 * 1024


@dataclass(frozen=True)
class Planned:
    """An update of a suite, and the suite before and after it."""

    update: Update
    before: dict[str, bytes]
    after: dict[str, bytes]
    kept: Path
    """A copy of the suite as it was."""

    @property
    def folder(self) -> Path:
        return self.update.folder

    def put(self) -> None:
        put_in_place(self.folder, self.update.contents, self.update.replaced)

    def begin_again(self) -> None:
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.kept, self.folder, dirs_exist_ok=True)


def plan(folder: Path, source: Path) -> Update:
    day = date(2026, 11, 20)
    return plan_update(Request(folder=folder, source=source, fact_names=frozenset(), as_of=day))


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is synced, by name, and not waited for: a kill of a process loses nothing of it."""
    names: list[str] = []

    def note(descriptor: int) -> None:
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(os, "fsync", note)
    return names


@pytest.fixture
def planned(
    synced: list[str],  # noqa: ARG001 what is put in place here again and again
    service: Repository,
    baselines: dict[str, Path],
    tmp_path: Path,
    contents: Contents,
) -> Planned:
    """The update from 1.0 to 3.0, which replaces, adds and lays a new text beside a changed one."""
    path = service.suite / "test_cicd.py"
    path.write_bytes(path.read_bytes() + b"# ours\n")
    for name, text in schemas().items():
        (service.suite / name).parent.mkdir(exist_ok=True)
        (service.suite / name).write_bytes(text)
    update = plan(service.suite, baselines["3.0"])
    before = contents(service.suite)
    new = {name: text for name, text in update.contents.items() if text is not None}
    shutil.copytree(service.suite, tmp_path / "kept")
    return Planned(update, before, before | new, tmp_path / "kept")


def killed_at(number: int, act: Callable[[], None]) -> bool:
    """Do something in a process that is killed at its nth touch of the disk; tell if it was."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that the child never uses
        child = os.fork()
    if not child:
        left = number

        def count(event: str, _: tuple[Any, ...]) -> None:
            nonlocal left
            if event in TOUCHES:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        patch = pytest.MonkeyPatch()
        patch.setattr(os, "fsync", lambda _: count("open", ()))
        sys.addaudithook(count)
        act()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def without_remains(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: text for name, text in found.items() if not name.startswith(f"{UPDATING}-")}


@pytest.mark.usefixtures("untraced")
def test_an_update_that_is_killed_at_any_touch_of_the_disk_is_the_old_suite_the_new_or_refused(
    planned: Planned, contents: Contents
) -> None:
    ends: Counter[str] = Counter()
    number = 0
    while killed_at(number, planned.put):
        found = without_remains(contents(planned.folder))
        if is_cut_short(planned.folder):
            with pytest.raises(InvalidInput) as caught:
                read(planned.folder, fact_names=())
            [told] = caught.value.mistakes
            assert told.endswith("the suite is of two versions; run `orr update`")
            finish(planned.folder)
            ends["refused"] += 1
        else:
            assert found in (planned.before, planned.after), number
            ends["old" if found == planned.before else "new"] += 1
            planned.begin_again() if found == planned.after else None
            planned.put()
        assert contents(planned.folder) == planned.after, number
        assert sorted(path.name for path in planned.folder.glob(".orr*")) == []
        planned.begin_again()
        number += 1
    assert ends["old"] > 10
    assert ends["refused"] > 10
    assert contents(planned.folder) == planned.after


def test_everything_is_on_the_disk_before_anything_gets_its_name(
    planned: Planned, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    really, renamed = Path.rename, []

    def rename(path: Path, to: Path) -> Path:
        renamed.append((path.name, to.name, len(synced)))
        return really(path, to)

    monkeypatch.setattr(Path, "rename", rename)
    planned.put()
    files = [str(number) for number in range(len(planned.update.contents))]
    [(staged, name, before)] = renamed
    assert name == UPDATING
    assert synced[:before] == [*files, "steps.json", staged]
    assert list(planned.update.contents)[-1] == "suite.lock"


@pytest.mark.usefixtures("untraced")
def test_what_finishes_an_update_may_be_killed_as_well(
    planned: Planned, contents: Contents
) -> None:
    halves = 0
    for number in range(24, 100, 8):
        if not killed_at(number, planned.put):
            break
        if is_cut_short(planned.folder):
            halves += 1
            again = 0
            while is_cut_short(planned.folder):
                killed_at(again, lambda: void(finish(planned.folder)))
                again += 5
            assert contents(planned.folder) == planned.after
        planned.begin_again()
    assert halves > 1


def void(_: object) -> None:
    """Take a value for nothing."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount the small disk that this test fills")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount a disk: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_changes_nothing_and_leaves_nothing(
    planned: Planned, disk: Path, baselines: dict[str, Path], contents: Contents
) -> None:
    folder = disk / "readiness"
    shutil.copytree(planned.kept, folder)
    update = plan(folder, baselines["3.0"])
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    needed = sum(len(text) for text in update.contents.values() if text)
    for room in range(0, needed, needed // 6):
        filler.write_bytes(b"\0" * (free - room))
        with pytest.raises(OSError, match="No space left"):
            put_in_place(folder, update.contents, update.replaced)
        assert contents(folder) == planned.before
        assert not list(folder.glob(".orr*"))
    filler.unlink()
    put_in_place(folder, update.contents, update.replaced)
    assert contents(folder) == planned.after


def test_a_disk_that_cannot_be_written_changes_nothing_and_is_told(
    planned: Planned, disk: Path, baselines: dict[str, Path]
) -> None:
    folder = disk / "readiness"
    shutil.copytree(planned.kept, folder)
    update = plan(folder, baselines["3.0"])
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(OSError, match="Read-only file system"):
        put_in_place(folder, update.contents, update.replaced)
    assert read(folder, fact_names=(), published=baselines["1.0"]).version == "1.0"


def test_a_file_that_cannot_be_replaced_cuts_the_update_short_until_it_can(
    planned: Planned, contents: Contents
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file onto another")
    path = planned.folder / "test_code.py"
    bound = ["mount", "--bind", str(planned.kept / "test_code.py"), str(path)]
    if subprocess.run(bound, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file")
    try:
        with pytest.raises(CannotUpdate) as caught:
            planned.put()
        assert "The update is cut short, and no run judges the suite: see to it" in str(
            caught.value
        )
        with pytest.raises(InvalidInput):
            read(planned.folder, fact_names=())
    finally:
        subprocess.run(["umount", str(path)], check=True)
    finish(planned.folder)
    assert contents(planned.folder) == planned.after


def test_a_file_that_was_changed_meanwhile_stops_everything(
    planned: Planned, contents: Contents
) -> None:
    (planned.folder / "test_code.py").write_text("# somebody else\n", encoding="utf-8")
    before = contents(planned.folder)
    with pytest.raises(InvalidInput) as caught:
        planned.put()
    [told] = caught.value.mistakes
    assert told.startswith("readiness/test_code.py: was changed by somebody else meanwhile")
    assert contents(planned.folder) == before


def cut_short(planned: Planned) -> None:
    number = 24
    while killed_at(number, planned.put) and not is_cut_short(planned.folder):
        planned.begin_again()
        number += 4
    assert is_cut_short(planned.folder)


def test_what_was_changed_since_it_was_cut_short_is_not_lost(planned: Planned) -> None:
    cut_short(planned)
    path = planned.folder / "test_code.py"
    path.write_text("# ours, since then\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        finish(planned.folder)
    [told] = caught.value.mistakes
    assert told.startswith("readiness/test_code.py: was changed since an update was cut short")
    assert path.read_text(encoding="utf-8") == "# ours, since then\n"


def test_orr_update_finishes_what_was_cut_short_and_says_so(
    planned: Planned, updated: Callable[..., Said], checked: Callable[[str], Said]
) -> None:
    cut_short(planned)
    assert checked("3.0").status == 22
    assert "run `orr update`" in checked("3.0").err
    looked = updated("3.0", "--dry-run")
    assert (looked.status, looked.lines) == (1, ["An update of readiness/ was cut short."])
    said = updated("3.0")
    number = len(planned.update.contents)
    assert said.lines[:2] == [
        "An update of readiness/ was cut short.",
        f"Finished: {number} files are in place.",
    ]
    assert not is_cut_short(planned.folder)


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "test_code.py/../../outside"])
def test_a_list_that_leads_out_of_the_suite_is_refused(planned: Planned, name: str) -> None:
    staged = planned.folder / UPDATING
    staged.mkdir()
    step = {"name": name, "staged": "0", "before": "", "after": ""}
    (staged / "steps.json").write_text(json.dumps([step]), encoding="utf-8")
    (staged / "0").write_text("hostile", encoding="utf-8")
    with pytest.raises(InvalidInput, match="mistake"):
        finish(planned.folder)
    assert not (planned.folder.parent / "outside").exists()


@pytest.mark.parametrize("text", ["", "{", "7", "[7]", "[[]]", '[{"name": "a"}]', '[{"other": 1}]'])
def test_a_list_that_is_none_is_refused(planned: Planned, text: str) -> None:
    (planned.folder / UPDATING).mkdir()
    (planned.folder / UPDATING / "steps.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        finish(planned.folder)
    [told] = caught.value.mistakes
    assert told.endswith(
        "is no list of an update; restore the folder from the repository's history"
    )


def test_what_is_no_folder_of_an_update_is_refused(planned: Planned, tmp_path: Path) -> None:
    (planned.folder / UPDATING).symlink_to(tmp_path)
    with pytest.raises(InvalidInput) as caught:
        finish(planned.folder)
    assert caught.value.mistakes[0].endswith("is no folder of an update; remove it")


def test_two_updates_do_not_mix(planned: Planned, updated: Callable[..., Said]) -> None:
    with alone(planned.folder):
        said = updated("3.0")
    assert said.status == 4
    assert said.err.startswith(f"Another command is changing {planned.folder}.")
