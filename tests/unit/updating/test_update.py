"""A suite is brought to a later baseline: told first, merged where it was changed, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.scaffold import schemas
from pytest_orr.scaffold.profile_text import laid_down
from pytest_orr.suite import read, relock
from pytest_orr.updating.judged import Request
from pytest_orr.updating.line_ends import sha256
from pytest_orr.updating.planned import ISOLATIONS, plan_update
from pytest_orr.updating.sides import CannotUpdate

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from tests.conftest import Repository
    from tests.unit.updating.conftest import Said

    Updated: TypeAlias = Callable[..., Said]
    Contents: TypeAlias = Callable[[Path], dict[str, bytes]]

REFRESHED = [f"  refreshed {name}" for name in schemas()]
CONDITION = "assert at_least_one(numbers, 'number')"
OURS = "assert 1 < len(at_least_one(numbers, 'number'))"
OURS_TOO = 'severity="minor"'
NEW = "major, due by launch, owner service"
UNKNOWN = (
    '`attestation.item` is "operations.a.two", an unknown item: did you mean'
    ' "operations.a.one" or "code.a.two"?'
)
STATEMENT = """
[[attestation]]
item = "{item}"
statement = "It was looked at by two people."
by = "ana@example.org"
on = 2026-11-01
until = 2026-12-01
evidence = [{{ kind = "link", ref = "https://example.org/a", dated = 2026-11-01 }}]
"""


def change(path: Path, old: str = CONDITION, new: str = OURS, *, last: bool = False) -> None:
    """Change a module, in its first or its last place that says so."""
    text = path.read_text(encoding="utf-8")
    parts = text.rsplit(old, 1) if last else text.split(old, 1)
    path.write_text(new.join(parts), encoding="utf-8")


def stamps(service: Repository, source: Path) -> dict[str, str]:
    items = read(service.suite, fact_names=(), published=source).items
    return {item.id: item.stamp for item in items}


def test_untouched_modules_are_replaced_and_every_item_is_told_by_its_id(
    updated: Updated, service: Repository, baselines: dict[str, Path]
) -> None:
    said = updated("2.0")
    assert said.lines == [
        "readiness/: version 1.0 → 2.0, items: 1 new, 1 changed, 1 renamed.",
        "Items:",
        f"  new       code.a.three  {NEW}: The item code.a.three holds.",
        "  changed   code.a.one  question: Who says so? → Who says so, and since when?",
        "  renamed   cicd.a.renamed  was cicd.a.old, on which statements stay valid; wording",
        "Files:",
        "  replaced  test_cicd.py",
        "  replaced  test_code.py",
        *REFRESHED,
        f"{len(REFRESHED) + 3} files written.",
        "Items are stamped: 7 baseline.",
    ]
    assert said.status == 0
    for path in baselines["2.0"].iterdir():
        assert (service.suite / path.name).read_bytes() == path.read_bytes()


def test_a_second_update_changes_nothing(
    updated: Updated, service: Repository, contents: Contents
) -> None:
    updated("2.0")
    before = contents(service.suite)
    said = updated("2.0")
    told = ["readiness/ holds version 2.0 already. Nothing was changed."]
    assert (said.status, said.lines) == (0, told)
    assert contents(service.suite) == before


def test_an_update_over_two_versions_is_that_of_one_after_the_other(
    updated: Updated, service: Repository, contents: Contents, baselines: dict[str, Path]
) -> None:
    for version in ("2.0", "3.0"):
        updated(version)
    one_by_one = contents(service.suite)
    shutil.rmtree(service.suite / ".schemas")
    (service.suite / "test_code_more.py").unlink()
    shutil.copytree(baselines["1.0"], service.suite, dirs_exist_ok=True)
    updated("3.0")
    assert contents(service.suite) == one_by_one


def test_what_moves_and_what_goes_is_told_with_the_lines_that_speak_of_it(
    updated: Updated, service: Repository, contents: Contents
) -> None:
    updated("2.0")
    (service.suite / "attestations.toml").write_text(
        STATEMENT.format(item="cicd.a.old") + STATEMENT.format(item="operations.a.two"), "utf-8"
    )
    before = contents(service.suite)
    said = updated("3.0", "--dry-run")
    assert said.status == 1
    assert said.lines == [
        "readiness/: version 2.0 → 3.0, items: 1 moved, 1 gone.",
        "Items:",
        "  moved     code.a.two  test_code.py → test_code_more.py",
        "  gone      operations.a.two  The item operations.a.two holds.",
        "Files:",
        "  replaced  test_code.py",
        "  added     test_code_more.py",
        "  replaced  test_operations.py",
        "A run is refused until this is put right:",
        f"  readiness/attestations.toml:11: {UNKNOWN}",
        "Nothing was changed.",
    ]
    assert contents(service.suite) == before


def test_what_people_write_and_a_services_own_modules_are_never_touched(
    updated: Updated, service: Repository, item: Callable[..., str], baselines: dict[str, Path]
) -> None:
    own = '"""Demo: ours."""\nimport pytest\n' + item("demo.a.one", "assert 1")
    (service.suite / "test_own.py").write_text(own, encoding="utf-8")
    profile = (service.suite / "readiness.toml").read_text(encoding="utf-8")
    (service.suite / "readiness.toml").write_text(f"{profile}# ours\n", encoding="utf-8")
    kept = ("test_own.py", "readiness.toml", "conftest.py", "pytest.toml")
    before = {name: (service.suite / name).read_bytes() for name in kept}
    assert updated("2.0").status == 0
    assert {name: (service.suite / name).read_bytes() for name in kept} == before
    assert stamps(service, baselines["2.0"])["demo.a.one"] == "local"


def test_a_changed_module_is_merged_where_git_knows_what_it_was(
    updated: Updated, committed: Repository, baselines: dict[str, Path]
) -> None:
    change(committed.suite / "test_code.py")
    said = updated("2.0")
    assert "  merged    test_code.py  your changes are kept" in said.lines
    assert said.lines[-1] == "Items are stamped: 4 baseline, 3 modified."
    assert said.status == 0
    text = (committed.suite / "test_code.py").read_text(encoding="utf-8")
    assert (text.count(OURS), text.count("code.a.three")) == (1, 2)
    assert "Who says so, and since when?" in text
    assert (
        '+    question="Who says so, and since when?", evidence="link", valid_for=90,' in said.lines
    )
    assert stamps(committed, baselines["2.0"]) == {
        **{f"code.a.{one}": "modified" for one in ("one", "two", "three")},
        **{f"cicd.a.{one}": "baseline" for one in ("one", "renamed")},
        **{f"operations.a.{one}": "baseline" for one in ("one", "two")},
    }
    assert json.loads((committed.suite / "suite.lock").read_bytes()) == json.loads(
        (baselines["2.0"] / "suite.lock").read_bytes()
    )


def test_changes_are_carried_through_three_versions(
    updated: Updated, committed: Repository, git: Callable[..., bytes], baselines: dict[str, Path]
) -> None:
    change(committed.suite / "test_operations.py", 'severity="major"', OURS_TOO)
    git("commit", "-qam", "ours")
    updated("2.0")
    git("add", "-A")
    git("commit", "-qm", "2.0")
    said = updated("3.0")
    assert "  merged    test_operations.py  your changes are kept" in said.lines
    text = (committed.suite / "test_operations.py").read_text(encoding="utf-8")
    assert (OURS_TOO in text, "operations.a.two" in text) == (True, False)
    assert stamps(committed, baselines["3.0"])["operations.a.one"] == "modified"
    assert stamps(committed, baselines["3.0"])["code.a.two"] == "baseline"


def test_a_module_that_both_sides_changed_alike_keeps_its_text_and_the_new_one_lies_beside(
    updated: Updated,
    checked: Callable[[str], Said],
    committed: Repository,
    baselines: dict[str, Path],
) -> None:
    path = committed.suite / "test_code.py"
    change(path, "Who says so?", "Who of us says so?")
    local = path.read_bytes()
    said = updated("2.0")
    assert said.status == 1
    assert (
        "  kept      test_code.py  as it is (both sides changed the same lines);"
        " the new text goes to test_code.py.new"
    ) in said.lines
    assert said.lines[said.lines.index("Missing afterwards, so that no run is READY:") + 1] == (
        "  code.a.three"
    )
    assert path.read_bytes() == local
    beside = committed.suite / "test_code.py.new"
    assert beside.read_bytes() == (baselines["2.0"] / "test_code.py").read_bytes()
    assert b"<<<<<<<" not in local
    told = checked("2.0")
    assert told.status == 1
    assert told.lines[0] == (
        "unmerged  test_code.py: bring test_code.py.new into it by hand, then remove that file"
    )
    assert "modified  test_code.py" in told.lines
    assert "lost      code.a.three" in told.lines


def test_without_git_a_changed_module_keeps_its_text(
    updated: Updated, service: Repository, contents: Contents
) -> None:
    change(service.suite / "test_code.py")
    said = updated("2.0")
    assert f"as it is ({service.suite} lies in no git repository); the new text" in said.out
    assert (service.suite / "test_code.py.new").is_file()
    before = contents(service.suite)
    assert updated("2.0").status == 1
    assert contents(service.suite) == before


def test_what_was_not_merged_is_merged_later_with_what_it_was_made_from(
    updated: Updated, service: Repository, git: Callable[..., bytes], baselines: dict[str, Path]
) -> None:
    path = service.suite / "test_code.py"
    git("init", "--quiet", "-b", "main")
    change(path, last=True)
    assert updated("2.0").status == 1
    ours = path.read_bytes()
    path.write_bytes((baselines["1.0"] / "test_code.py").read_bytes())
    git("add", "-A")
    git("commit", "-qm", "history came later")
    path.write_bytes(ours)
    said = updated("3.0")
    assert "kept      test_code.py" in said.out
    assert not (service.suite / "test_code_more.py.new").exists()
    assert (service.suite / "test_code.py.new").read_bytes() == (
        baselines["3.0"] / "test_code.py"
    ).read_bytes()
    path.write_bytes(ours.replace(OURS.encode(), CONDITION.encode()) + b"# ours\n")
    assert "merged    test_code.py" in updated("3.0").out
    assert not (service.suite / "test_code.py.new").exists()
    assert path.read_bytes() == (baselines["3.0"] / "test_code.py").read_bytes() + b"# ours\n"
    assert (service.suite / "suite.lock").read_bytes() == (
        baselines["3.0"] / "suite.lock"
    ).read_bytes()


def test_a_merge_that_would_mix_items_up_keeps_the_local_text(
    updated: Updated, committed: Repository
) -> None:
    """``code.a.three`` stands in 3.0 where ``code.a.two`` stood, and says much the same."""
    change(committed.suite / "test_code.py", last=True)
    said = updated("3.0")
    assert "kept      test_code.py  as it is (merged by lines, items would be mixed up)" in said.out


def test_what_was_changed_in_an_item_that_is_renamed_is_kept(
    updated: Updated, committed: Repository
) -> None:
    path = committed.suite / "test_cicd.py"
    change(path, last=True)
    said = updated("2.0")
    assert "merged    test_cicd.py" in said.out
    text = path.read_text(encoding="utf-8").partition('"cicd.a.renamed"')[2]
    assert OURS in text


def test_a_merge_that_would_be_no_module_keeps_the_local_text(
    updated: Updated, committed: Repository
) -> None:
    path = committed.suite / "test_code.py"
    change(path, "import pytest\n", f"import pytest\n{THREE}\n")
    said = updated("2.0")
    assert "as it is (merged, the two would be no valid module)" in said.out
    assert path.read_text(encoding="utf-8").count("code.a.three") == 2


THREE = '''

@pytest.mark.orr(
    "code.a.three", stated="ours", severity="major", phase="launch", owner="service",
    question="Who?", evidence="link", valid_for=90,
)
def test_ours(numbers):
    """The item code.a.three holds.

    Why: because.

    Fix: do it.
    """
    assert at_least_one(numbers, 'number')
'''


def test_line_ends_are_no_change_of_a_text_and_are_kept(
    updated: Updated, service: Repository, baselines: dict[str, Path]
) -> None:
    for name in ("test_code.py", "test_cicd.py", "test_operations.py"):
        text = (service.suite / name).read_bytes()
        (service.suite / name).write_bytes(text.replace(b"\n", b"\r\n"))
    assert updated("3.0").status == 0
    assert not list(service.suite.glob("*.new"))
    for name in ("test_code.py", "test_cicd.py", "test_operations.py"):
        new = (baselines["3.0"] / name).read_bytes()
        assert (service.suite / name).read_bytes() == new.replace(b"\n", b"\r\n")


def test_a_checkout_that_turns_line_ends_is_no_reason_to_update(
    updated: Updated, checked: Callable[[str], Said], service: Repository, contents: Contents
) -> None:
    updated("2.0")
    for name, text in contents(service.suite).items():
        (service.suite / name).write_bytes(text.replace(b"\n", b"\r\n"))
    told = ["readiness/ holds version 2.0 already. Nothing was changed."]
    assert updated("2.0").lines == told
    assert "update" not in checked("2.0").out


def test_a_changed_module_with_other_line_ends_is_merged_and_keeps_them(
    updated: Updated, committed: Repository
) -> None:
    path = committed.suite / "test_code.py"
    change(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert "merged    test_code.py" in updated("2.0").out
    text = path.read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n")
    assert OURS.encode() in text
    assert b"code.a.three" in text


def test_a_module_that_was_deleted_comes_back_with_a_flag_alone(
    updated: Updated, service: Repository, baselines: dict[str, Path]
) -> None:
    path = service.suite / "test_operations.py"
    path.unlink()
    said = updated("2.0")
    assert "  deleted   test_operations.py  you deleted it; --restore brings it back" in said.lines
    assert not path.exists()
    suite = read(service.suite, fact_names=(), published=baselines["2.0"])
    assert suite.lost == ("operations.a.one", "operations.a.two")
    said = updated("2.0", "--yes", "--restore")
    assert "  restored  test_operations.py" in said.lines
    assert "1 file written." in said.lines
    assert path.read_bytes() == (baselines["2.0"] / "test_operations.py").read_bytes()


def test_a_module_that_is_gone_is_removed_unless_it_was_changed(
    updated: Updated, committed: Repository, baselines: dict[str, Path], tmp_path: Path
) -> None:
    updated("3.0")
    less = tmp_path / "4.0"
    shutil.copytree(baselines["3.0"], less)
    (less / "test_code_more.py").unlink()
    lock = json.loads((less / "suite.lock").read_bytes())
    lock["version"] = "4.0"
    lock["items"].remove("code.a.two")
    del lock["files"]["test_code_more.py"]
    (less / "suite.lock").write_text(json.dumps(lock), encoding="utf-8")
    baselines = {**baselines, "4.0": less}
    path = committed.suite / "test_code_more.py"
    local = path.read_bytes()
    path.write_bytes(local + b"# ours\n")
    told = _planned(committed.suite, less)
    assert [(one.name, one.kind) for one in told.files] == [("test_code_more.py", "left")]
    assert told.refused == (
        "readiness/test_code_more.py: the area code is the baseline's; begin with your service",
    )
    path.write_bytes(local)
    told = _planned(committed.suite, less)
    assert [(one.name, one.kind) for one in told.files] == [("test_code_more.py", "removed")]
    assert told.contents["test_code_more.py"] is None


def _planned(suite: Path, source: Path) -> Any:
    return plan_update(
        Request(folder=suite, source=source, fact_names=frozenset(), as_of=date(2026, 11, 20))
    )


def test_a_module_of_ones_own_that_was_locked_stays_and_stays_locked(
    updated: Updated, service: Repository, item: Callable[..., str], baselines: dict[str, Path]
) -> None:
    own = '"""Demo: ours."""\nimport pytest\n' + item("demo.a.one", "assert 1")
    (service.suite / "test_own.py").write_text(own, encoding="utf-8")
    relock(str(service.suite), "1.0")
    assert updated("2.0").status == 0
    lock = json.loads((service.suite / "suite.lock").read_bytes())
    assert (lock["version"], "demo.a.one" in lock["items"]) == ("2.0", True)
    assert "test_own.py" in lock["files"]
    (service.suite / "test_own.py").unlink()
    assert updated("3.0").status == 0
    suite = read(service.suite, fact_names=(), published=baselines["3.0"])
    assert suite.lost == ("demo.a.one",)


def test_a_later_suite_is_refused_with_what_to_install(
    updated: Updated, checked: Callable[[str], Said], service: Repository, contents: Contents
) -> None:
    updated("3.0")
    before = contents(service.suite)
    said = updated("2.0")
    told = "readiness/ was laid down by version 3.0, and 2.0 is installed: pip install"
    assert (said.status, said.err) == (4, f"{told} 'pytest-orr>=3.0'")
    assert contents(service.suite) == before
    assert f"update    {said.err}" in checked("2.0").lines


def test_check_says_in_one_line_what_an_update_brings(
    checked: Callable[[str], Said], updated: Updated
) -> None:
    said = checked("2.0")
    assert said.status == 0
    assert said.lines == [
        "6 items, laid down by version 1.0",
        "update    to version 2.0: items: 1 new, 1 changed, 1 renamed; see `orr update --dry-run`",
    ]
    updated("2.0")
    assert checked("2.0").lines == ["7 items, laid down by version 2.0"]


def test_without_a_terminal_it_needs_a_yes(
    updated: Updated, service: Repository, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(service.suite)
    with Path(os.devnull).open(encoding="utf-8") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        said = updated("2.0", "--restore")
    assert said.status == 4
    assert said.err.startswith("orr update needs --yes where nobody can be asked")
    assert contents(service.suite) == before


def test_links_and_odd_files_are_refused_all_at_once(
    updated: Updated, service: Repository, tmp_path: Path, contents: Contents
) -> None:
    code, cicd = service.suite / "test_code.py", service.suite / "test_cicd.py"
    shutil.move(code, tmp_path / "elsewhere.py")
    code.symlink_to(tmp_path / "elsewhere.py")
    cicd.unlink()
    cicd.mkdir()
    (service.suite / "test_operations.py.new").symlink_to("/nonexistent")
    before = contents(service.suite)
    said = updated("2.0")
    assert said.status == 22
    link = "a symbolic link; put what it leads to there, as nothing is written through links"
    assert said.err.splitlines()[1:] == [
        "  readiness/test_cicd.py: is no plain file; move it away",
        f"  readiness/test_code.py: is {link}",
        f"  readiness/test_operations.py.new: is {link}",
    ]
    assert contents(service.suite) == before


def test_a_linked_folder_on_the_way_is_refused(
    updated: Updated, service: Repository, tmp_path: Path
) -> None:
    (tmp_path / "schemas").mkdir()
    (service.suite / ".schemas").symlink_to(tmp_path / "schemas")
    said = updated("2.0")
    assert said.status == 22
    assert "readiness/.schemas: is a symbolic link" in said.err
    assert not list((tmp_path / "schemas").iterdir())


def test_a_lock_that_leads_out_of_the_suite_is_refused(
    updated: Updated, service: Repository
) -> None:
    path = service.suite / "suite.lock"
    lock = json.loads(path.read_bytes())
    lock["files"] |= {"../outside.py": "0", "/etc/hostname": "0"}
    path.write_text(json.dumps(lock), encoding="utf-8")
    said = updated("2.0")
    assert said.status == 22
    assert [line.partition(":")[0] for line in said.err.splitlines()[1:]] == [
        *("  ../outside.py", "  ../outside.py.new"),
        *("  /etc/hostname", "  /etc/hostname.new"),
    ]


def test_a_module_of_ones_own_in_the_place_of_a_new_one_is_refused(
    updated: Updated, service: Repository
) -> None:
    (service.suite / "test_code_more.py").write_text("# ours\n", encoding="utf-8")
    said = updated("3.0")
    assert said.status == 22
    told = "is a module of yours, where the new baseline has one; rename it"
    assert f"readiness/test_code_more.py: {told}" in said.err


def test_what_lies_beside_a_module_and_was_changed_is_refused(
    updated: Updated, service: Repository
) -> None:
    change(service.suite / "test_code.py")
    updated("2.0")
    (service.suite / "test_code.py.new").write_text("# ours\n", encoding="utf-8")
    said = updated("3.0")
    assert said.status == 22
    assert "readiness/test_code.py.new: was changed; move it away" in said.err


@pytest.mark.parametrize("version", ["a suite of its own", ""])
def test_a_suite_of_no_version_is_refused(
    updated: Updated, service: Repository, version: str
) -> None:
    relock(str(service.suite), version or " ")
    said = updated("2.0")
    assert said.status == 22
    assert "is no version of pytest-orr; nothing to update" in said.err


def test_the_baseline_itself_is_not_updated(baselines: dict[str, Path]) -> None:
    with pytest.raises(CannotUpdate, match="is the baseline itself"):
        _planned(baselines["2.0"], baselines["2.0"])


def test_permissions_of_files_are_kept(updated: Updated, service: Repository) -> None:
    (service.suite / "test_code.py").chmod(0o444)
    (service.suite / "test_cicd.py").chmod(0o755)
    assert updated("2.0").status == 0
    modes = [
        (service.suite / f"test_{name}.py").stat().st_mode & 0o777 for name in ("code", "cicd")
    ]
    assert modes == [0o444, 0o755]


def test_pytest_toml_is_refreshed_only_as_it_was_laid_down(
    updated: Updated, service: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = service.suite / "pytest.toml"
    path.write_text(laid_down("pytest.toml"), encoding="utf-8")
    monkeypatch.setattr("pytest_orr.updating.planned.laid_down", lambda _: "# later\n")
    assert "  refreshed pytest.toml" in updated("2.0").lines
    assert path.read_text(encoding="utf-8") == "# later\n"
    path.write_text("# ours\n", encoding="utf-8")
    updated("3.0")
    assert path.read_text(encoding="utf-8") == "# ours\n"


def test_every_pytest_toml_that_is_laid_down_is_known_as_such() -> None:
    assert sha256(laid_down("pytest.toml").encode()) in ISOLATIONS


def test_a_suite_that_no_run_can_read_is_updated_and_its_mistakes_stay_its_own(
    updated: Updated, service: Repository
) -> None:
    (service.suite / "test_own.py").write_text("import os\n", encoding="utf-8")
    said = updated("2.0")
    assert said.status == 0
    assert "refused" not in said.out
    assert said.lines[-1] == f"{len(REFRESHED) + 3} files written."
