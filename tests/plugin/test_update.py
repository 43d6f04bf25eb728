"""A run after ``orr update`` judges the new suite, the old one, or says what to do: never a mix."""

from __future__ import annotations

import argparse
import json
import os
import pty
import shutil
import signal
import sys
import warnings
from typing import TYPE_CHECKING

import pytest
from pexpect.fdpexpect import fdspawn

from pytest_orr.cli import update
from pytest_orr.errors import OrrError
from pytest_orr.locate import UPDATING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository


@pytest.fixture
def updated(service: Repository, baselines: dict[str, Path]) -> Callable[[str], int]:
    """Bring the suite to a version, as a product that carries it would."""

    def run(version: str) -> int:
        parser = argparse.ArgumentParser()
        update.declare(parser)
        return update.run(parser.parse_args([str(service.suite), "--yes"]), baselines[version])

    return run


def stamps(service: Repository) -> dict[str, str]:
    return {item["id"]: item["stamp"] for item in service.review()["items"]}


def test_each_version_is_judged_as_it_was_brought_and_what_was_cut_short_is_refused(
    service: Repository, updated: Callable[[str], int]
) -> None:
    assert service.judge().status == 0
    (service.suite / UPDATING).mkdir()
    ran = service.judge()
    assert ran.status == 22
    assert "an update was cut short, so that the suite is of two versions; run `orr update`" in (
        ran.out + ran.err
    )
    assert not (service.report / "review.json").exists()
    for version in ("2.0", "3.0"):
        assert updated(version) == 0
        ran = service.judge()
        assert (ran.status, service.review()["verdict"]) == (0, "ready"), ran.out + ran.err
    code, cicd = ("code.a.one", "code.a.three", "code.a.two"), ("cicd.a.one", "cicd.a.renamed")
    assert stamps(service) == dict.fromkeys((*code, *cicd, "operations.a.one"), "baseline")


def test_a_module_that_waits_to_be_merged_keeps_the_suite_from_being_ready(
    service: Repository, updated: Callable[[str], int]
) -> None:
    path = service.suite / "test_code.py"
    path.write_text(path.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    assert updated("2.0") == 1
    assert service.judge().status == 21
    assert service.review()["verdict"] != "ready"
    assert service.outcomes()["code.a.three"] == "missing"
    assert stamps(service)["code.a.one"] == "modified"
    shutil.move(service.suite / "test_code.py.new", path)
    assert service.judge().status == 0


def test_a_statement_on_an_id_that_was_renamed_stays_valid_and_on_one_that_is_gone_is_refused(
    service: Repository, updated: Callable[[str], int]
) -> None:
    waiver = (
        '[[waiver]]\nitem = "{}"\nreason = "It is repaired next week."\n'
        'requester = "ana@example.org"\napprover = "eve@example.org"\n'
        "granted = 2026-11-18\nexpires = 2026-11-28\n"
    )
    path = service.suite / "waivers.toml"
    path.write_text(waiver.format("cicd.a.old"), encoding="utf-8")
    assert updated("2.0") == 0
    assert service.judge("--orr-as-of", "2026-11-20").status == 0
    path.write_text(waiver.format("operations.a.two"), encoding="utf-8")
    assert updated("3.0") == 1
    ran = service.judge("--orr-as-of", "2026-11-20")
    assert ran.status == 22
    assert 'readiness/waivers.toml:2: `waiver.item` is "operations.a.two"' in ran.out + ran.err


def test_the_installed_command_brings_an_earlier_suite_to_the_products_own(
    lay_down: Callable[[Path], Repository], tmp_path: Path
) -> None:
    repository = lay_down(tmp_path)
    whole = (repository.suite / "suite.lock").read_bytes()
    module = repository.suite / "test_cicd.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace("cicd.release.test", "cicd.release.tests"), encoding="utf-8")
    repository.version = "0.0.1"
    repository.relock()
    ran = repository.orr("update", "--yes")
    assert ran.status == 0, ran.out + ran.err
    assert "  new       cicd.release.test " in ran.out
    assert "  gone      cicd.release.tests " in ran.out
    assert module.read_text(encoding="utf-8") == text
    assert (repository.suite / "suite.lock").read_bytes() == whole


@pytest.mark.parametrize(
    ("typed", "status", "version"), [("\r", 2, "1.0"), ("\x03", 2, "1.0"), ("yes\r", 0, "2.0")]
)
def test_nothing_but_a_yes_at_the_terminal_changes_anything(
    service: Repository, baselines: dict[str, Path], typed: str, status: int, version: str
) -> None:
    child, terminal = at_a_terminal(["--restore"], service.suite, baselines["2.0"])
    person = fdspawn(terminal, timeout=60, encoding="utf-8")
    person.expect(r"Write \d+ files to readiness/\? yes or no \[no\]: ")
    person.send(typed)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == status
    person.close()
    assert json.loads((service.suite / "suite.lock").read_bytes())["version"] == version
    assert not list(service.suite.glob(".orr*"))


def at_a_terminal(flags: list[str], suite: Path, source: Path) -> tuple[int, int]:
    """Update in a process of its own at a terminal; return its id and the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that the child never uses
        child, terminal = pty.fork()
    if child:
        return child, terminal
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests may ignore it
    signal.alarm(60)
    sys.stdin, sys.stdout = (open(end, mode) for end, mode in ((0, "r"), (1, "w")))  # noqa: PTH123, SIM115
    parser = argparse.ArgumentParser()
    update.declare(parser)
    try:
        status = update.run(parser.parse_args([str(suite), *flags]), source)
    except OrrError as error:
        status = error.exit_code
    os._exit(status)
