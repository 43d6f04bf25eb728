"""The benchmarks run and print their shape; how long anything took is nobody's business here."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = {
    "case": str,
    "n": int,
    "latency_ms": int,
    "product_s": float,
    "limit_s": float,
    "rivals": dict,
    "calls": int,
    "limit_calls": int,
    "peak_mb": float,
    "verdicts_equal": bool,
}


def test_the_plugin_benchmark_prints_its_figures_and_their_shape(checkout: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "plugin", "--json"]
    ended = subprocess.run(
        [*command, "--runs", "1", "--replays", "1"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    *lines, last = ended.stdout.splitlines()
    result = json.loads(last)
    assert result.keys() == {"benchmark", "cases"}
    assert result["benchmark"] == "plugin"
    assert [(case["case"], case["n"]) for case in result["cases"]] == [
        ("start-up", 0),
        ("replay", 76),
    ]
    for case in result["cases"]:
        assert {name: type(value) for name, value in case.items()} == SHAPE
        assert case["verdicts_equal"] is True
        assert any(line.startswith(f"{case['case']} ({case['n']} tests, 1 ") for line in lines)


def test_an_unknown_benchmark_is_refused(checkout: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "nothing"]
    ended = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "invalid choice: 'nothing'" in ended.stderr
