"""Beside a service's own tests the plugin does nothing until its suite is named."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Ran, Repository

HEADER = "orr: readiness/ is left out; judge it by `pytest readiness/`"
PYPROJECT = """\
[tool.pytest]
addopts = ["--strict-markers"]
{more}
"""
CONFTEST = '''
import pytest


@pytest.fixture
def profile():
    """The service's own idea of a profile."""
    return "of the service"
'''
OWN = """
def test_certificates(profile, {also}):
    assert profile == "of the service"
"""


@pytest.fixture(scope="session")
def scaffolded(tmp_path_factory: pytest.TempPathFactory, at: Callable[[Path], Repository]) -> Path:
    """A service's repository with own tests and, beside them, what ``orr init`` lays down."""
    repository = at(tmp_path_factory.mktemp("service"))
    (repository.path / "pyproject.toml").write_text(PYPROJECT.format(more=""), encoding="utf-8")
    tests = repository.path / "tests"
    tests.mkdir()
    (tests / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tests / "test_monitoring.py").write_text(OWN.format(also="tmp_path"), encoding="utf-8")
    assert repository.orr("init").status == 0
    return repository.path


@pytest.fixture
def service(scaffolded: Path, at: Callable[[Path], Repository]) -> Repository:
    """The service's repository, as ``orr init`` left it."""
    for report in list(scaffolded.rglob("readiness-report")):
        shutil.rmtree(report)
    return at(scaffolded)


def assert_dormant(service: Repository, ran: Ran, status: int = 0) -> None:
    assert ran.status == status, ran.out + ran.err
    assert ran.lines.count(HEADER) == 1, ran.out
    others = [line for line in ran.lines if not line.startswith("testpaths: ")]
    assert [line for line in others if "orr:" in line or "readiness" in line] == [HEADER]
    assert not list(service.path.rglob("readiness-report"))


def assert_awake(
    service: Repository,
    ran: Ran,
    report: Path | None = None,
    verdict: tuple[int, str] = (20, "UNVERIFIED"),
) -> None:
    status, word = verdict
    assert ran.status == status, ran.out + ran.err
    assert HEADER not in ran.out
    assert f"{word}: " in ran.out
    folder = report or service.report
    assert [path.name for path in folder.iterdir() if "review" in path.name or "sel" in path.name]


@pytest.mark.parametrize("arguments", [[], ["."], ["tests"], ["tests", "-n2"], ["-p", "no:xdist"]])
def test_a_services_own_tests_run_untouched(service: Repository, arguments: list[str]) -> None:
    ran = service.pytest(*arguments)
    assert_dormant(service, ran)
    assert "1 passed" in ran.out


@pytest.mark.parametrize(
    ("own", "status", "said"),
    [("assert 0", 1, "1 failed"), ("assert 1", 0, "1 passed"), ("", 5, "no tests ran")],
    ids=["fails", "passes", "has no tests"],
)
def test_the_exit_status_of_a_services_own_tests_is_theirs(
    at: Callable[[Path], Repository], tmp_path: Path, own: str, status: int, said: str
) -> None:
    service = at(tmp_path)
    assert service.orr("init").status == 0
    if own:
        (tmp_path / "test_monitoring.py").write_text(f"def test_own():\n    {own}\n")
    ran = service.pytest()
    assert_dormant(service, ran, status)
    assert said in ran.out


def test_testpaths_that_name_the_suite_do_not_wake_it(
    at: Callable[[Path], Repository], scaffolded: Path, tmp_path: Path
) -> None:
    service = at(tmp_path)
    for name in ("tests", "readiness"):
        (tmp_path / name).symlink_to(scaffolded / name)
    more = 'testpaths = ["tests", "readiness"]'
    (tmp_path / "pyproject.toml").write_text(PYPROJECT.format(more=more), encoding="utf-8")
    ran = service.pytest()
    assert_dormant(service, ran)
    assert "1 passed" in ran.out


def test_a_quiet_run_has_no_line_of_ours(service: Repository) -> None:
    ran = service.pytest("-q")
    assert ran.status == 0
    assert "orr" not in ran.out
    assert "readiness" not in ran.out


def test_two_suites_are_left_out_by_name(at: Callable[[Path], Repository], tmp_path: Path) -> None:
    service = at(tmp_path)
    assert service.orr("init", "one").status == service.orr("init", "two").status == 0
    ran = service.pytest()
    assert ran.status == 5
    assert "orr: one/, two/ are left out; judge each by itself: `pytest one/`" in ran.lines


def test_none_of_our_fixtures_is_there(service: Repository) -> None:
    ran = service.pytest("--fixtures")
    assert ran.status == 0
    names = {line.partition(" ")[0] for line in ran.lines}
    ours = {"attestation", "subject", "as_of", "endpoints", "load_balancers"}
    assert "tmp_path" in names
    assert not names & (ours | {"backend_security_groups"})
    assert "pytest_orr" not in ran.out


def test_our_options_do_nothing_where_no_suite_is_named(service: Repository) -> None:
    env = {"ORR_PHASE": "lunch", "ORR_REPORT": "elsewhere"}
    assert_dormant(service, service.pytest("--orr-as-of", "soon", env=env))
    assert not (service.path / "elsewhere").exists()


def test_the_suite_is_awake_by_its_folder(service: Repository, mode: list[str]) -> None:
    ran = service.judge(*mode)
    assert_awake(service, ran)
    assert_everything_is_open(service)


def test_the_suite_is_awake_inside_its_folder(
    service: Repository, at: Callable[[Path], Repository]
) -> None:
    inside = at(service.suite)
    ran = inside.pytest()
    assert_awake(inside, ran)
    assert_everything_is_open(inside)


def test_the_suite_is_awake_by_its_absolute_path(service: Repository) -> None:
    ran = service.pytest(str(service.suite))
    assert_awake(service, ran)
    assert_everything_is_open(service)


def test_the_suite_is_awake_by_a_symbolic_link(
    service: Repository, at: Callable[[Path], Repository], tmp_path: Path
) -> None:
    (tmp_path / "orr").symlink_to(service.suite)
    elsewhere = at(tmp_path)
    ran = elsewhere.pytest("orr", "-p", "no:cacheprovider")
    assert_awake(elsewhere, ran)
    assert_everything_is_open(elsewhere)


def test_the_suite_is_awake_by_one_of_its_modules(service: Repository) -> None:
    ran = service.pytest("readiness/test_monitoring.py")
    assert_awake(service, ran, verdict=(21, "PARTIAL"))
    assert set(service.outcomes("selection.json").values()) == {"unknown"}
    assert {item.partition(".")[0] for item in service.outcomes("selection.json")} == {"monitoring"}


def assert_everything_is_open(repository: Repository) -> None:
    assert list(repository.outcomes().values()) == ["unknown"] * 76
    assert repository.review()["verdict"] == "unverified"


@pytest.mark.parametrize("more", [[], ["--color=yes"], ["-q"]], ids=["plain", "colour", "quiet"])
def test_a_fresh_scaffold_says_what_to_do_in_25_lines(service: Repository, more: list[str]) -> None:
    ran = service.judge("-p", "no:xdist", *more)
    assert_awake(service, ran)
    assert len(ran.lines) <= 25, ran.out
    [title] = (place for place, line in enumerate(ran.lines) if "= launch readiness =" in line)
    first = "75 items UNKNOWN: fill in readiness.toml, first [forge]: 15 items wait for it; then"
    assert first in ran.lines[title + 1]
    assert ("\x1b[" in ran.out) == (more == ["--color=yes"])


def test_v_shows_every_item_with_its_findings(service: Repository) -> None:
    ran = service.judge("-p", "no:xdist", "-v")
    assert_awake(service, ran)
    for item in service.outcomes():
        assert sum(line.split()[1:2] == [f"{item}:"] for line in ran.lines) == 1, item


def test_without_a_terminal_nothing_is_said_and_all_is_written(service: Repository) -> None:
    ran = service.judge("-p", "no:xdist", "-p", "no:terminal")
    assert (ran.status, ran.out, ran.err) == (20, "", "")
    assert_everything_is_open(service)


def test_a_suite_that_lost_its_lock_is_told_and_judges_nothing(
    service: Repository, tmp_path: Path, at: Callable[[Path], Repository]
) -> None:
    copied = at(shutil.copytree(service.path, tmp_path / "copied"))
    lock = copied.suite / "suite.lock"
    assert copied.pytest("readiness", "--collect-only", "-q").status == 0
    lock.unlink()
    ran = copied.pytest("readiness")
    assert ran.status == 4
    assert f"ERROR: {lock} is not there, and without it nothing is judged." in ran.err
    assert "ERROR: " in copied.pytest("readiness/test_monitoring.py").err
    assert copied.pytest("tests").status == 0
    assert copied.orr("init").status == 0
    assert copied.pytest("readiness", "--collect-only", "-q").status == 0
