"""A suite is read from its files: in order, stamped, locked, and refused with every mistake."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput, NeededFileMissing
from pytest_orr.marker import FORM
from pytest_orr.model import AREAS
from pytest_orr.suite import baseline, digests, lock_text, modules, read, read_lock, relock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository

FACTS = ("numbers", "denied", "nothings")


def mistakes_of(repository: Repository) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as caught:
        read(repository.suite, fact_names=FACTS)
    return caught.value.mistakes


def module(*items: str, title: str = "Demo: a module.") -> str:
    return f'"""{title}"""\n\nimport pytest\n' + "".join(items)


@pytest.fixture
def two(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    return small(
        item("demo.a.one", "assert numbers", asks="numbers"), item("demo.a.two", "assert 1")
    )


def test_the_products_own_suite_has_76_items_in_the_process_documents_order() -> None:
    suite = read(baseline(), fact_names=())
    assert len(suite.items) == 76
    assert [item.position for item in suite.items] == list(range(1, 77))
    sections = [item.section for item in suite.items]
    assert sorted(sections, key=AREAS.index) == sections
    assert set(sections) == set(AREAS)
    assert {item.part for item in suite.items} == {"launch-checklist", "orr"}
    assert {item.stamp for item in suite.items} == {"baseline"}
    assert suite.lost == ()


def test_items_stand_in_the_order_of_areas_files_and_lines(
    two: Repository, item: Callable[..., str]
) -> None:
    named = {
        "test_z_code.py": ["code.b.one", "code.a.one"],
        "test_a_monitoring.py": ["monitoring.a.one"],
        "test_another.py": ["another.a.one"],
    }
    for name, ids in named.items():
        source = module(*(item(one, "assert 1") for one in ids), title="Code security: x.")
        (two.suite / name).write_text(source, encoding="utf-8")
    two.relock()
    suite = read(two.suite, fact_names=FACTS)
    assert [(i.position, i.id, i.part) for i in suite.items] == [
        (1, "code.b.one", "launch-checklist"),
        (2, "code.a.one", "launch-checklist"),
        (3, "monitoring.a.one", "orr"),
        (4, "another.a.one", "service"),
        (5, "demo.a.one", "service"),
        (6, "demo.a.two", "service"),
    ]
    by_id = suite.by_id()
    assert by_id["code.a.one"].section_title == "Code security"
    assert by_id["demo.a.one"].facts == ("numbers",)
    assert by_id["demo.a.one"].file == "test_demo.py"


def test_a_module_without_a_title_is_named_after_its_area(
    two: Repository, item: Callable[..., str]
) -> None:
    path = two.suite / "test_more.py"
    path.write_text("import pytest\n" + item("more.a.one", "assert 1"), encoding="utf-8")
    assert read(two.suite, fact_names=()).by_id()["more.a.one"].section_title == "More"


def test_aliases_lead_to_their_item(two: Repository) -> None:
    path = two.suite / "test_demo.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(
        source.replace('"demo.a.one", ', '"demo.a.one", aliases=["demo.a.old"], '), "utf-8"
    )
    by_id = read(two.suite, fact_names=()).by_id()
    assert by_id["demo.a.old"] is by_id["demo.a.one"]


def test_each_item_is_stamped_by_what_the_lock_says_of_its_file(
    two: Repository, item: Callable[..., str]
) -> None:
    (two.suite / "test_kept.py").write_text(module(item("kept.a.one", "assert 1")), "utf-8")
    two.relock()
    (two.suite / "test_own.py").write_text(module(item("own.a.one", "assert 1")), "utf-8")
    with (two.suite / "test_demo.py").open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    items = read(two.suite, fact_names=()).by_id()
    assert {name: one.stamp for name, one in items.items()} == {
        "kept.a.one": "baseline",
        "own.a.one": "local",
        "demo.a.one": "modified",
        "demo.a.two": "modified",
    }


def test_what_the_lock_names_and_no_file_states_is_lost(two: Repository) -> None:
    path = two.suite / "test_demo.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("demo.a.one", "demo.a.other"), encoding="utf-8")
    assert read(two.suite, fact_names=()).lost == ("demo.a.one",)
    path.unlink()
    assert read(two.suite, fact_names=()).lost == ("demo.a.one", "demo.a.two")


def test_the_digest_of_a_suite_covers_names_and_contents(two: Repository) -> None:
    before = read(two.suite, fact_names=()).sha256
    assert read(two.suite, fact_names=FACTS).sha256 == before
    (two.suite / "test_demo.py").rename(two.suite / "test_renamed.py")
    renamed = read(two.suite, fact_names=()).sha256
    with (two.suite / "test_renamed.py").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert len({before, renamed, read(two.suite, fact_names=()).sha256}) == 3


def test_modules_are_found_in_folders_too(two: Repository) -> None:
    (two.suite / "more").mkdir()
    shutil.move(two.suite / "test_demo.py", two.suite / "more" / "test_demo.py")
    (two.suite / "notes.py").write_text("import os\n", encoding="utf-8")
    assert [path.name for path in modules(two.suite)] == ["test_demo.py"]
    [(name, digest)] = digests(two.suite)
    content = (two.suite / "more" / "test_demo.py").read_bytes()
    assert (name, digest) == ("more/test_demo.py", hashlib.sha256(content).hexdigest())
    assert read(two.suite, fact_names=()).items[0].file == "more/test_demo.py"


def test_every_mistake_of_every_module_is_told_at_once(
    two: Repository, item: Callable[..., str]
) -> None:
    (two.suite / "test_broken.py").write_text("def test_x(:\n", encoding="utf-8")
    (two.suite / "test_fenced.py").write_text(
        module(item("fenced.a.one", "open('x')")) + "import os\nimport os\ndef test_no(): pass\n",
        encoding="utf-8",
    )
    (two.suite / "test_twice.py").write_text(module(item("demo.a.two", "assert 1")), "utf-8")
    told = mistakes_of(two)
    no_import = "import of os; items judge facts, clients belong to collectors"
    assert told[0].startswith("readiness/test_broken.py:1: does not parse: ")
    assert told[1:] == (
        "readiness/test_fenced.py:16: call of open(); items judge facts and touch nothing else",
        f"readiness/test_fenced.py:17: {no_import}",
        f"readiness/test_fenced.py:18: {no_import}",
        f"readiness/test_fenced.py:19: test_no is no item; {FORM}",
        "readiness/test_twice.py: demo.a.two is already the id of an item in test_demo.py",
    )


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x = '\0'\n", b"(" * 300])
def test_a_module_that_cannot_be_read_is_a_mistake(two: Repository, content: bytes) -> None:
    (two.suite / "test_bytes.py").write_bytes(content)
    [told] = mistakes_of(two)
    assert told.startswith("readiness/test_bytes.py:1: does not parse: ")


@pytest.mark.parametrize(
    "bad",
    [
        "demo",
        "demo.one",
        "demo.a.b.c",
        "Demo.a.b",
        "demo.a.b_c",
        "demo..b",
        "demo.a.-b",
        "demo.a.b ",
    ],
)
def test_a_malformed_id_is_told(two: Repository, item: Callable[..., str], bad: str) -> None:
    source = module(item("demo.a.three", "assert 1").replace("demo.a.three", bad, 1))
    (two.suite / "test_more.py").write_text(source, encoding="utf-8")
    assert mistakes_of(two) == (
        f"readiness/test_more.py: {bad!r} is no item id; write area.group.name in lower case",
    )


def test_a_module_holds_one_area(two: Repository, item: Callable[..., str]) -> None:
    source = module(item("code.a.one", "assert 1"), item("network.a.one", "assert 1"))
    (two.suite / "test_more.py").write_text(source, encoding="utf-8")
    two.relock()
    assert mistakes_of(two) == (
        "readiness/test_more.py: holds items of code and network; a module holds one area",
    )


@pytest.mark.parametrize("area", AREAS)
def test_a_module_of_a_services_own_takes_no_area_of_the_baseline(
    two: Repository, item: Callable[..., str], area: str
) -> None:
    (two.suite / "test_more.py").write_text(module(item(f"{area}.a.one", "assert 1")), "utf-8")
    assert mistakes_of(two) == (
        f"readiness/test_more.py: the area {area} is the baseline's; begin with your service",
    )


def test_an_alias_is_nobody_elses_id(two: Repository, item: Callable[..., str]) -> None:
    source = item("more.a.one", "assert 1").replace(
        '"more.a.one", ', '"more.a.one", aliases=["demo.a.one"], '
    )
    (two.suite / "test_more.py").write_text(module(source), encoding="utf-8")
    assert mistakes_of(two) == (
        "readiness/test_more.py: demo.a.one is already the id of an item in test_demo.py",
    )


def test_a_folder_without_a_lock_is_no_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    with pytest.raises(NeededFileMissing) as caught:
        read(tmp_path, fact_names=())
    assert caught.value.diagnostics() == (
        f"{tmp_path}/suite.lock is not there. Lay a suite down with `orr init`, or name another"
        " folder."
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        '{"version": "1", "items": [], "files": []}',
        '{"version": "1", "items": 7, "files": {}}',
        '{"items": [], "files": {}}',
    ],
)
def test_a_damaged_lock_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "suite.lock"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_lock(tmp_path)
    [told] = caught.value.mistakes
    assert told.startswith(f"{path}: is no suite lock (")
    assert told.endswith("); restore it from the repository's history")


def test_a_lock_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "suite.lock").write_bytes(b"\xff")
    with pytest.raises(InvalidInput):
        read_lock(tmp_path)


def test_a_lock_is_read_as_it_was_written(two: Repository) -> None:
    (two.suite / "suite.lock").write_text(lock_text(two.suite, version="1.2"), encoding="utf-8")
    lock = read_lock(two.suite)
    assert (lock.version, lock.items) == ("1.2", ("demo.a.one", "demo.a.two"))
    assert lock.files == digests(two.suite)
    assert read(two.suite, fact_names=()).version == "1.2"


def test_a_suite_is_locked_under_the_products_version(two: Repository) -> None:
    relock(str(two.suite))
    raw = json.loads((two.suite / "suite.lock").read_text(encoding="utf-8"))
    assert raw["version"] == read_lock(baseline()).version
