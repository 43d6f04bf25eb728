"""The last word on the exit status."""

from __future__ import annotations

import pytest

from pytest_orr.judge import status
from pytest_orr.session import now, tool


@pytest.mark.parametrize("gate", ["enforce", "advise"])
@pytest.mark.parametrize("of_verdict", [0, 1, 20, 21])
@pytest.mark.parametrize("of_pytest", [2, 3, 4, 5])
def test_pytests_own_trouble_keeps_its_status(of_pytest: int, of_verdict: int, gate: str) -> None:
    assert status(of_pytest, of_verdict, gate) == of_pytest


@pytest.mark.parametrize("of_pytest", [0, 1])
@pytest.mark.parametrize("of_verdict", [1, 20, 21])
def test_a_verdict_that_is_not_ready_decides(of_pytest: int, of_verdict: int) -> None:
    assert status(of_pytest, of_verdict, "enforce") == of_verdict
    assert status(of_pytest, of_verdict, "advise") == 0


@pytest.mark.parametrize("gate", ["enforce", "advise"])
@pytest.mark.parametrize("of_pytest", [0, 1, 7])
def test_a_ready_verdict_does_not_hide_a_stray_failure(of_pytest: int, gate: str) -> None:
    assert status(of_pytest, 0, gate) == of_pytest


def test_a_run_says_which_tool_and_reads_an_aware_clock() -> None:
    assert tool().startswith("pytest-orr ")
    assert now().utcoffset() is not None
