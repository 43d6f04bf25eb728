"""What keeps the parts apart, the suite complete and a dormant start cheap."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.collect.registry import registry
from pytest_orr.fence import breaches
from pytest_orr.suite import baseline, digests, lock_text, modules, read, read_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Repository

pytestmark = pytest.mark.usefixtures("untraced")

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pytest_orr"
SUITE = ROOT / "readiness"
CHECKLIST = tomllib.loads((Path(__file__).parent / "checklist.toml").read_text(encoding="utf-8"))

LONGEST_PLUGIN = 200
LONGEST_MODULE = 300
LONGEST_FUNCTION = 45
CLIENTS = ("boto3", "botocore", "paramiko", "gitlab", "requests")
HEAVY = (*CLIENTS, "jinja2", "cryptography", "jsonschema", "pydantic")

OF_PYTEST_METADATA = "subprocess.Popen ('uname', ['uname', '-p'])"
"""That plugin asks Python for the platform's name in every start of pytest."""
WATCHER = """
import sys
from pathlib import Path

WATCHED = (
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen",
    "os.posix_spawn", "os.fork", "os.forkpty", "os.exec", "os.system",
)
SEEN = Path("seen.txt")
SEEN.touch()


def watch(event, arguments):
    if event in WATCHED:
        with SEEN.open("a") as stream:
            stream.write(f"{event} {arguments[:2]}\\n")


sys.addaudithook(watch)
"""


def sources() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path, node: ast.stmt | ast.expr | ast.ExceptHandler) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.fixture
def watched(lay_down: Callable[[Path], Repository], tmp_path: Path) -> Repository:
    """The suite in a repository, with a plugin that writes down what reaches for the outside."""
    repository = lay_down(tmp_path)
    (tmp_path / "watcher.py").write_text(WATCHER, encoding="utf-8")
    return repository


def reached(repository: Repository) -> list[str]:
    ran = repository.judge(
        *("-p", "watcher", "--collect-only", "-q", "-p", "no:cacheprovider"),
        env={"PYTHONPATH": str(repository.path)},
    )
    assert ran.status == 0, ran.out + ran.err
    assert sum("::test_" in line for line in ran.lines) == 76
    seen = (repository.path / "seen.txt").read_text(encoding="utf-8").splitlines()
    return [event for event in seen if event != OF_PYTEST_METADATA]


def test_collecting_the_suite_reaches_for_nothing(watched: Repository) -> None:
    assert reached(watched) == []


def test_the_watcher_sees_whoever_reaches_for_something(watched: Repository) -> None:
    (watched.suite / "conftest.py").write_text(
        "import os, socket, subprocess, sys\n"
        "socket.getaddrinfo('127.0.0.1', 9)\n"
        "subprocess.run([sys.executable, '-c', ''], check=True)\n"
        "with socket.socket() as one:\n    one.connect_ex(('127.0.0.1', 9))\n",
        encoding="utf-8",
    )
    events = {event.partition(" ")[0] for event in reached(watched)}
    assert events >= {"socket.getaddrinfo", "subprocess.Popen", "socket.connect"}


def test_a_dormant_start_imports_no_heavy_library() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import pytest_orr.plugin"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "pytest_orr.plugin" in imported
    assert {name for name in imported if name.partition(".")[0] in HEAVY} == set()


def test_modules_and_functions_stay_short() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert lines[SOURCE / "plugin.py"] <= LONGEST_PLUGIN
    assert [path.name for path, count in lines.items() if count > LONGEST_MODULE] == []
    long = [
        f"{shown(path, node)} {node.name}"
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_nothing_is_caught_broadly_and_nothing_is_global() -> None:
    found = [
        shown(path, node)
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Global) or (isinstance(node, ast.ExceptHandler) and broad(node))
    ]
    assert found == []


def broad(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    names = {ast.unparse(one) if one else "" for one in kinds}
    return bool(names & {"", "Exception", "BaseException"})


def test_every_public_name_is_described() -> None:
    bare = [
        f"{path.relative_to(ROOT)} {name}"
        for path in sources()
        for name, node in public(tree_of(path))
        if not (ast.get_docstring(node) or is_overload(node))
    ]
    assert bare == []


def is_overload(node: ast.AST) -> bool:
    """Whether it only tells types of what is described below it."""
    decorators = getattr(node, "decorator_list", ())
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in decorators)


def public(
    node: ast.Module | ast.ClassDef,
) -> Iterator[tuple[str, ast.Module | ast.ClassDef | ast.FunctionDef]]:
    """Yield a module or class and everything in it that has a public name."""
    yield getattr(node, "name", "module"), node
    for part in node.body:
        if isinstance(part, ast.ClassDef) and not part.name.startswith("_"):
            yield from public(part)
        elif isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
            yield part.name, part


def test_the_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "5 kept, 0 broken." in done.stdout


def test_the_suite_keeps_to_its_fence() -> None:
    broken = {path.name: list(breaches(tree_of(path))) for path in modules(SUITE)}
    assert len(broken) == 8
    assert {name for name, found in broken.items() if found} == set()


def test_the_suite_is_locked_as_it_stands() -> None:
    lock = read_lock(SUITE)
    assert lock.files == digests(SUITE)
    text = (SUITE / "suite.lock").read_text(encoding="utf-8")
    assert text == lock_text(SUITE, version=lock.version)
    assert len(lock.items) == 76


def test_the_suite_states_the_process_document_word_for_word() -> None:
    stated = [
        {
            "number": item.position,
            "id": item.id,
            "stated": item.stated,
            "severity": item.severity,
            "phase": item.phase,
            "owner": item.owner,
            "valid_for": item.valid_for,
            **({"void": item.void} if item.void else {}),
        }
        for item in read(SUITE, fact_names=registry()).items
    ]
    assert stated == CHECKLIST["item"]
    assert len(stated) == 76


def test_every_item_is_a_part_of_the_document_and_a_function_of_its_own() -> None:
    items = read(SUITE, fact_names=registry()).items
    assert [item.part for item in items] == ["launch-checklist"] * 28 + ["orr"] * 48
    assert len({item.function for item in items}) == 76
    assert {item.stamp for item in items} == {"baseline"}
    for item in items:
        assert item.title.endswith("."), item.id
        assert item.why, item.id
        assert item.fix, item.id
        assert item.question.endswith("?"), item.id


def test_the_wheel_carries_the_suite(installed: Path) -> None:
    [packages] = installed.glob("lib/python*/site-packages")
    carried = baseline_of(packages)
    assert carried == packages / "pytest_orr" / "_suite"
    assert contents(carried) == contents(SUITE)
    assert (packages / "pytest_orr" / "py.typed").is_file()


def test_an_editable_install_carries_the_suite() -> None:
    carried = baseline()
    assert contents(carried) == contents(SUITE)


def baseline_of(installed: Path) -> Path:
    """Return what the product takes for its own suite when it is imported from a folder."""
    code = "from pytest_orr.suite import baseline; print(baseline())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=installed,
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


def contents(folder: Path) -> dict[str, str]:
    """Return the digest of every file of a suite by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [folder / "suite.lock", *modules(folder)]
    }
