"""Whoever answers, answers on a real terminal: carefully, by Enter alone, or leaving half-way."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ORR = Path(sys.executable).with_name("orr")
LONGEST = 30
"""Seconds until something must have been said."""
MANUAL = "@pytest.mark.manual\n"
LINK = "https://wiki.example.org/explorer/a-very-long-name-of-a-page"


@dataclass
class Typist:
    """A person at a terminal of a given width, in a repository."""

    path: Path
    environment: dict[str, str]

    def at(self, *arguments: str, columns: int = 80) -> Any:
        """Start the command there."""
        return pexpect.spawn(
            str(ORR),
            list(arguments),
            cwd=str(self.path),
            env=self.environment,
            encoding="utf-8",
            dimensions=(24, columns),
            timeout=LONGEST,
        )

    def written(self) -> Any:
        text = (self.path / "readiness" / "attestations.toml").read_text(encoding="utf-8")
        return tomllib.loads(text).get("attestation", [])


def end_of(session: Any) -> tuple[int, str]:
    """Wait until the command has ended; return its status and what it said last."""
    session.expect(pexpect.EOF)
    session.close()
    return session.exitstatus, session.before


@pytest.fixture
def typist(small: Callable[..., Any], item: Callable[..., str]) -> Typist:
    """A repository of git whose person is Ana, with two questions for her."""
    ids = ("demo.area.one", "demo.area.two")
    asks = {"asks": "attestation", "marks": MANUAL}
    repository = small(*(item(one, "assert attestation", **asks) for one in ids))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(repository.path),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "ORR_AS_OF": "2026-11-20",
    }
    subprocess.run(["git", "init", "-q"], cwd=repository.path, check=True, env=environment)
    said = ["git", "config", "user.email", "ana@example.org"]
    subprocess.run(said, cwd=repository.path, check=True, env=environment)
    return Typist(repository.path, environment)


def test_a_careful_person_answers_everything_on_a_narrow_terminal(typist: Typist) -> None:
    session = typist.at("attest", "--next", columns=40)
    session.expect_exact("2 questions for ana@example.org")
    for place in ("(1 of 2)", "(2 of 2)"):
        session.expect_exact(place)
        for prompt, answer in (
            ("Answer: ", "Ünïcode: “it is so”"),
            ("Evidence, link: ", LINK),
            ("or today): ", "tomorrow"),
            ("or today): ", "today"),
            ("for none): ", ""),
            ("[2027-02-18]: ", ""),
            ("attestations.toml? [no]: ", "y"),
        ):
            session.expect_exact(prompt)
            session.sendline(answer)
    status, last = end_of(session)
    assert status == 0
    assert "2 answers written, 0 questions" in last
    assert [one["statement"] for one in typist.written()] == ["Ünïcode: “it is so”"] * 2
    assert [one["evidence"][0]["ref"] for one in typist.written()] == [LINK] * 2


def test_enter_everywhere_ends_with_nothing_written_and_says_how_to_go_on(typist: Typist) -> None:
    session = typist.at("attest", "--next")
    session.expect_exact("(1 of 2)")
    session.send("\r" * 20)
    status, last = end_of(session)
    assert status == 4
    assert "Come back when you have it, or give it as --statement." in last
    assert typist.written() == []


def test_ctrl_c_at_the_last_question_leaves_nothing_half_written(typist: Typist) -> None:
    session = typist.at("attest", "demo.area.one")
    for prompt, answer in (
        ("[ana@example.org]: ", ""),
        ("Answer: ", "It is so."),
        ("Evidence, link: ", LINK),
        ("or today): ", "today"),
        ("for none): ", ""),
        ("[2027-02-18]: ", ""),
    ):
        session.expect_exact(prompt)
        session.sendline(answer)
    session.expect_exact("attestations.toml? [no]: ")
    session.sendintr()
    status, last = end_of(session)
    assert status == 2
    assert "Stopped; nothing was written for this." in last
    assert typist.written() == []
    assert [one.name for one in (typist.path / "readiness").glob(".tmp*")] == []
