"""The suite is laid down once, whole, and never over what is there."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.load import load
from pytest_orr.scaffold import (
    ALSO,
    DRILLS,
    ISOLATION,
    WRITTEN,
    drift,
    is_whole,
    lay_down,
)
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
    named = {path.relative_to(folder).as_posix() for path in made}
    schemas = {f".schemas/{name.partition('.')[0]}.schema.json" for name in (*WRITTEN, *ALSO)}
    assert named == {"suite.lock", *names, ISOLATION, *WRITTEN, DRILLS, *schemas}
    assert set(contents(folder)) == named
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
    [told] = caught.value.mistakes
    assert told == (
        f"{tmp_path} is a readiness suite already; nothing was changed: `orr check` compares"
        " it, `orr update` renews it"
    )
    assert contents(tmp_path) == before


def test_a_suite_without_its_profile_gets_the_files_that_people_write_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / "suite.lock").write_text("{}", encoding="utf-8")
    (tmp_path / "policy.toml").write_text("# ours\n", encoding="utf-8")
    made = lay_down(tmp_path)
    assert [path.name for path in made if path.parent == tmp_path] == [
        "readiness.toml",
        "attestations.toml",
        "waivers.toml",
        "review-notes.toml",
    ]
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


def test_a_disk_that_is_full_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "waivers.toml").write_text("# ours\n", encoding="utf-8")
    really = type(tmp_path).open

    def until_full(path: Path, mode: str = "r", **more: Any) -> Any:
        if (path.name, mode) == ("policy.toml", "xb"):
            raise OSError(28, "No space left on device")
        return really(path, mode, **more)

    monkeypatch.setattr(type(tmp_path), "open", until_full)
    with pytest.raises(OSError, match="No space left"):
        lay_down(tmp_path)
    monkeypatch.undo()
    assert contents(tmp_path) == {"waivers.toml": b"# ours\n"}


def test_a_suite_that_was_laid_down_in_part_lacks_items_and_is_completed(tmp_path: Path) -> None:
    lay_down(tmp_path)
    whole = contents(tmp_path)
    for name in (MODULE, "test_cicd.py", "readiness.toml", "pytest.toml"):
        (tmp_path / name).unlink()
    assert read(tmp_path, fact_names=()).lost
    assert not is_whole(tmp_path)
    made = lay_down(tmp_path)
    assert [path.name for path in made] == ["test_cicd.py", MODULE, "pytest.toml", "readiness.toml"]
    assert contents(tmp_path) == whole
    assert is_whole(tmp_path)


def test_a_suite_of_another_version_is_not_completed(tmp_path: Path) -> None:
    lay_down(tmp_path)
    lock = json.loads((tmp_path / "suite.lock").read_text(encoding="utf-8"))
    (tmp_path / "suite.lock").write_text(json.dumps(lock | {"version": "0.0.1"}), encoding="utf-8")
    (tmp_path / MODULE).unlink()
    assert is_whole(tmp_path)


def test_stale_schemas_are_brought_up_to_date_and_a_second_time_none_is(tmp_path: Path) -> None:
    lay_down(tmp_path)
    whole = contents(tmp_path)
    (tmp_path / ".schemas" / "drill.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / ".schemas" / "policy.schema.json").unlink()
    assert not is_whole(tmp_path)
    assert {path.name for path in lay_down(tmp_path)} == {"drill.schema.json", "policy.schema.json"}
    assert contents(tmp_path) == whole
    assert is_whole(tmp_path)


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
