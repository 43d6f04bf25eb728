"""The page about sign-offs shows steps that anybody can take with OpenSSH and Python: they work."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = ("ana", "bo", "eve")


@pytest.fixture(scope="session")
def steps(checkout: Path) -> str:
    """The script of the page."""
    page = (checkout / "docs" / "sign-off.md").read_text(encoding="utf-8")
    [script] = re.findall(
        r"```sh\n(.*?)```", page.partition("## Without this product")[2], re.DOTALL
    )
    return str(script)


def taken(steps: str, report: Path) -> tuple[int, str]:
    """Take the steps in a report's folder."""
    ran = subprocess.run(
        ["sh", "-eu", "-c", steps],
        cwd=report,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ran.returncode, ran.stdout


def test_the_steps_find_three_good_signatures_and_the_page(signed: Any, steps: str) -> None:
    status, said = taken(steps, signed.report)
    assert status == 0
    good = 'Good "orr-signoff-v1@pytest-orr" signature for {}@example.org with '
    assert [name for name in PEOPLE if good.format(name) in said] == [*PEOPLE]
    assert said.endswith("the page is the signed one\n")
    payload = (signed.report / "payload").read_bytes()
    assert payload == (signed.report / "statement.json").read_bytes()


def test_the_steps_tell_another_page(signed: Any, steps: str) -> None:
    page = signed.report / "readiness.html"
    page.write_bytes(page.read_bytes() + b" ")
    assert taken(steps, signed.report)[1].endswith("the page is ANOTHER ONE\n")


def test_the_steps_fail_for_another_statement(signed: Any, steps: str) -> None:
    changed = steps.replace("cat payload >> message", "sed s/demo/memo/ payload >> message")
    assert changed != steps
    status, said = taken(changed, signed.report)
    assert status != 0
    assert "Good" not in said


def test_the_steps_fail_for_somebody_whom_the_policy_does_not_list(signed: Any, steps: str) -> None:
    policy = signed.suite_file("policy.toml")
    text = policy.read_text(encoding="utf-8")
    head, _, rest = text.partition('email = "bo@example.org"')
    policy.write_text(
        head + 'email = "bo@example.org"\nkeys = []\nx =' + rest.partition("keys =")[2]
    )
    assert taken(steps, signed.report)[0] != 0
