"""The suite is laid down once, whole, and never over what is there."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.load import load
from pytest_orr.scaffold import FILES, drift, lay_down
from pytest_orr.suite import baseline, digests, modules, read

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "test_monitoring.py"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_empty_folder_gets_the_suite_and_every_file_people_write(tmp_path: Path) -> None:
    folder = tmp_path / "service" / "readiness"
    made = lay_down(folder)
    names = {path.name for path in modules(baseline())}
    assert {path.name for path in made} == {"suite.lock", *names, *FILES}
    assert set(contents(folder)) == {path.name for path in made}
    assert digests(folder) == digests(baseline())
    assert drift(folder) == ()


def test_what_was_laid_down_is_a_valid_suite_and_profile(tmp_path: Path) -> None:
    lay_down(tmp_path)
    suite = read(tmp_path, fact_names=())
    assert (len(suite.items), suite.lost) == (76, ())
    assert {item.stamp for item in suite.items} == {"baseline"}
    written = load(tmp_path / "readiness.toml", items=suite.items, as_of=date(2026, 11, 20))
    assert written.profile.service.name == "my-service"
    assert (written.statements, written.waivers) == ((), ())
    assert b'required_plugins = ["pytest-orr"]' in (tmp_path / "pytest.toml").read_bytes()


def test_a_file_that_people_wrote_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "readiness.toml").write_text("# ours\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("ours\n", encoding="utf-8")
    made = lay_down(tmp_path)
    assert tmp_path / "readiness.toml" not in made
    assert (tmp_path / "readiness.toml").read_text(encoding="utf-8") == "# ours\n"
    assert (tmp_path / "notes.md").read_text(encoding="utf-8") == "ours\n"


def test_a_suite_is_not_laid_down_over_a_suite(tmp_path: Path) -> None:
    lay_down(tmp_path)
    (tmp_path / MODULE).write_text("ours\n", encoding="utf-8")
    before = contents(tmp_path)
    with pytest.raises(InvalidInput) as caught:
        lay_down(tmp_path)
    assert caught.value.mistakes == (
        f"{tmp_path} is a readiness suite already; nothing was changed",
    )
    assert contents(tmp_path) == before


def test_a_suite_without_its_profile_gets_the_files_that_people_write_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / "suite.lock").write_text("{}", encoding="utf-8")
    (tmp_path / "policy.toml").write_text("# ours\n", encoding="utf-8")
    made = lay_down(tmp_path)
    assert [path.name for path in made] == ["readiness.toml", "attestations.toml", "waivers.toml"]
    assert (tmp_path / "policy.toml").read_text(encoding="utf-8") == "# ours\n"
    assert not (tmp_path / "pytest.toml").exists()


def test_modules_in_the_way_are_all_told_and_nothing_is_written(tmp_path: Path) -> None:
    for name in (MODULE, "test_cicd.py"):
        (tmp_path / name).write_text("ours\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        lay_down(tmp_path)
    assert caught.value.mistakes == (
        f"{tmp_path}/test_cicd.py is in the way; move it away",
        f"{tmp_path}/{MODULE} is in the way; move it away",
    )
    assert contents(tmp_path) == {MODULE: b"ours\n", "test_cicd.py": b"ours\n"}


def test_a_suite_that_was_laid_down_in_part_is_one_that_lacks_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = type(tmp_path).write_bytes
    left = 3

    def until_full(path: Path, content: bytes) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        return really(path, content)

    monkeypatch.setattr(type(tmp_path), "write_bytes", until_full)
    with pytest.raises(OSError, match="No space left"):
        lay_down(tmp_path)
    suite = read(tmp_path, fact_names=())
    assert suite.lost
    assert len(suite.items) + len(suite.lost) == 76


def test_every_difference_from_the_lock_is_told_by_its_kind(tmp_path: Path) -> None:
    lay_down(tmp_path)
    with (tmp_path / MODULE).open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    (tmp_path / "test_cicd.py").unlink()
    (tmp_path / "test_own.py").write_text("", encoding="utf-8")
    assert drift(tmp_path) == (
        "missing   test_cicd.py",
        f"modified  {MODULE}",
        "local     test_own.py",
    )


def test_the_lock_that_is_laid_down_is_the_products(tmp_path: Path) -> None:
    lay_down(tmp_path)
    lock = json.loads((tmp_path / "suite.lock").read_text(encoding="utf-8"))
    assert len(lock["items"]) == 76
    assert lock["files"] == dict(digests(baseline()))
