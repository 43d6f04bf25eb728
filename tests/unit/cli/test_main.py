"""The command: one verb at a time, with the exit codes of a run."""

from __future__ import annotations

import importlib
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from pytest_orr.cli import VERBS, main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_declares_its_arguments_and_runs(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    module = importlib.import_module(f"pytest_orr.cli.{verb.replace('-', '_')}")
    assert callable(module.declare)
    assert callable(module.run)
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert out.startswith(f"usage: orr {verb}")
    assert VERBS[verb] in " ".join(out.split())


def test_the_command_lists_its_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for verb, text in VERBS.items():
        assert f"{verb} {text}" in said
    assert "first steps, in a service's repository: orr init lay readiness/ down" in said
    assert "exit codes: 0 yes, 1 no, 20 unverified, 21 partial; 4 a file is missing" in said


def test_a_reader_who_goes_away_ends_a_command_quietly() -> None:
    code = "from pytest_orr.cli import main; raise SystemExit(main(['catalogue']))"
    asked = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert asked.stdout is not None
    asked.stdout.close()
    _, said = asked.communicate()
    assert (asked.returncode, said) == (141, b"")


def test_the_command_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"pytest-orr {version('pytest-orr')}\n"


@pytest.mark.parametrize(
    "arguments", [[], ["launch"], ["check", "a", "b"], ["render", "x"], ["gate", "--fast"]]
)
def test_what_the_command_does_not_know_ends_with_4(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 4
    assert "usage: orr" in capsys.readouterr().err


def test_a_mistake_is_told_on_the_error_stream_with_22(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "suite.lock").write_text("{", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 22
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"1 mistake in what was written:\n  {tmp_path}/suite.lock: is no suite")


def test_a_file_that_is_not_there_is_told_on_the_error_stream_with_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", str(tmp_path)]) == 4
    assert capsys.readouterr().err == (
        f"{tmp_path}/journal.jsonl is not there. Run `pytest readiness/` first.\n"
    )
