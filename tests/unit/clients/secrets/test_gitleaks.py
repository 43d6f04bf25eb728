"""gitleaks, played by a script that writes down how it was called and a report of its shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients import gitleaks
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAYED = """#!/bin/sh
if [ "$1" = version ]; then echo "${VERSION}"; exit 0; fi
for word in "$@"; do printf '%s\\n' "$word"; done > FOLDER/called
printf '%s\\n' "$PWD" > FOLDER/where
env > FOLDER/environment
git -C "$(tail -n 1 FOLDER/called)" log --format=%H COMMIT > FOLDER/commits
BODY
"""
FOUND = [
    {
        "RuleID": "aws-access-token",
        "Description": "AWS credentials",
        "StartLine": 3,
        "EndLine": 3,
        "StartColumn": 1,
        "EndColumn": 21,
        "Match": "REDACTED",
        "Secret": "REDACTED",
        "File": "deploy.sh",
        "SymlinkFile": "",
        "Commit": "0" * 40,
        "Entropy": 3.6,
        "Author": "a",
        "Email": "a@example.org",
        "Date": "2026-10-01T08:00:00Z",
        "Message": "x",
        "Tags": [],
        "Fingerprint": f"{'0' * 40}:deploy.sh:aws-access-token:3",
    }
]


@pytest.fixture
def leaks(
    tmp_path: Path,
    history: Callable[..., Path],
    head: Callable[[Path], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Run it over a history of two commits, played by a script that ends as told."""

    def run(ending: str, *, version: str = "8.30.1", seconds: float = 20) -> Any:
        folder = history({"a": "1\n", ".gitleaksignore": "x\n"}, {".gitleaks.toml": "title = 1\n"})
        report = 'report=$(sed -n "/^--report-path$/{n;p;}" FOLDER/called)\n'
        script = PLAYED.replace("BODY", report + ending).replace("${VERSION}", version)
        script = script.replace("COMMIT", head(folder)).replace("FOLDER", str(tmp_path))
        program = tmp_path / "bin" / "gitleaks"
        program.parent.mkdir()
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")
        monkeypatch.setenv("GITLEAKS_CONFIG", "/somebody/elses.toml")
        assert gitleaks.installed()
        said: list[str] = []
        told = gitleaks.scan(folder, head(folder), seconds, said.append)
        return told, said

    return run


def test_its_report_of_the_whole_history_is_handed_on(
    leaks: Callable[..., Any], tmp_path: Path
) -> None:
    told, _ = leaks(f"cat > \"$report\" <<'END'\n{json.dumps(FOUND)}\nEND\nexit 10")

    assert json.loads(told.raw) == FOUND
    assert told.version == "8.30.1"
    assert told.commits == 2
    assert len((tmp_path / "commits").read_text().splitlines()) == 2


def test_no_settings_of_the_repository_or_the_person_are_in_force(
    leaks: Callable[..., Any], tmp_path: Path
) -> None:
    leaks('cp "$(sed -n "/^--config$/{n;p;}" FOLDER/called)" FOLDER/rules; echo "[]" > "$report"')

    called = (tmp_path / "called").read_text().splitlines()
    assert called[:3] == ["git", "--report-format", "json"]
    assert {"--redact=100", "--ignore-gitleaks-allow", "--exit-code=10"} <= {*called}
    assert not any(word.startswith("--baseline") for word in called)
    ignored = called[called.index("--gitleaks-ignore-path") + 1]
    assert not ignored.startswith(str(tmp_path / "repository"))
    assert (tmp_path / "rules").read_text() == "[extend]\nuseDefault = true\n"
    assert called[-1].endswith("/bare")
    assert "GITLEAKS" not in (tmp_path / "environment").read_text()


@pytest.mark.parametrize(
    ("ending", "cause"),
    [
        ("exit 1", "gitleaks ended with 1"),
        ("exit 0", "gitleaks wrote no report that can be read"),
    ],
)
def test_a_run_that_failed_is_no_report(leaks: Callable[..., Any], ending: str, cause: str) -> None:
    with pytest.raises(FactUnavailable) as refused:
        leaks(ending)
    assert refused.value.cause == cause
    assert "[[scans]]" in refused.value.remedy


def test_a_run_that_takes_too_long_is_ended(leaks: Callable[..., Any]) -> None:
    with pytest.raises(FactUnavailable, match="gitleaks did not end in time"):
        leaks("exec sleep 60", seconds=1)


def test_a_run_that_takes_a_while_says_so(leaks: Callable[..., Any]) -> None:
    _, said = leaks('sleep 1.2; echo "[]" > "$report"')

    assert said == ["gitleaks: 1 s"]


def test_without_it_nothing_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not gitleaks.installed()
